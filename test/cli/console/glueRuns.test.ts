/** Runs of Glue on the page: their times, the changes of tables in words, errors. */
import { glueRunViews } from "../../../cli/console/glueRuns";

const at = Date.parse("2026-11-20T11:00:00.000Z");

test("runs are described, the last one first", () => {
  const views = glueRunViews([
    {
      kind: "job",
      name: "flatten",
      id: "jr_1",
      state: "SUCCEEDED",
      startMillis: at,
      endMillis: at + 1500,
      arguments: { "--HOUR": "2026-11-20T10", "--TABLES": "records" },
      effects: [{ kind: "flattened", table: "records", rows: 1234, objects: 2, files: 1 }],
    },
    {
      kind: "crawl",
      name: "crawler",
      id: "crawl-1",
      state: "FAILED",
      startMillis: at + 2000,
      endMillis: at + 2100,
      error: "AccessDenied",
      arguments: {},
      effects: [
        { kind: "crawled", table: "records", columns: 5, isNew: true, newColumns: 5, newPartitions: 1 },
        { kind: "crawled", table: "other", columns: 7, isNew: false, newColumns: 2, newPartitions: 0 },
      ],
    },
    { kind: "crawl", name: "crawler", id: "crawl-2", state: "RUNNING", startMillis: at, arguments: {}, effects: [] },
  ]);
  expect(views).toEqual([
    { kind: "crawl", name: "crawler", id: "crawl-2", status: "RUNNING", startMillis: at, input: [], effects: [] },
    {
      kind: "crawl",
      name: "crawler",
      id: "crawl-1",
      status: "FAILED",
      startMillis: at + 2000,
      endMillis: at + 2100,
      error: "AccessDenied",
      input: [],
      effects: ["records: created, 5 columns, 1 new partition", "other: 7 columns (2 new), 0 new partitions"],
    },
    {
      kind: "job",
      name: "flatten",
      id: "jr_1",
      status: "SUCCEEDED",
      startMillis: at,
      endMillis: at + 1500,
      input: ["--HOUR 2026-11-20T10", "--TABLES records"],
      effects: ["records: 1,234 rows of 2 raw objects in 1 Parquet object"],
    },
  ]);
});
