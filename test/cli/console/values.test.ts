import { rmSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { valuesOf } from "../../../cli/console/values";
import { objectKey } from "../../../lake/objectKey";
import { queryLake } from "../../../local/queryLake";
import { type Lake, makeLake, NOW, table } from "../../local/support/athenaLake";

let lake: Lake;
beforeEach(() => {
  lake = makeLake();
});
afterEach(() => rmSync(lake.dataDir, { recursive: true, force: true }));

const values = () =>
  valuesOf(lake.dataDir, (sql, database) => queryLake({ dataDir: lake.dataDir, sql, database, nowMillis: NOW }));
const columns = (...pairs: [string, string][]) => pairs.map(([Name, Type]) => ({ Name, Type }));

test("numbers are counted by format and size, and only finite ones", async () => {
  lake.catalog.putTable(
    table("records", columns(["_format", "string"], ["note", "string"], ['a "b"', "double"], ["n", "bigint"])),
  );
  await lake.putParquet(
    "parquet-output/records/a.parquet",
    `SELECT * FROM (VALUES
      ('csv', 'x', 0.0::DOUBLE, 7::BIGINT), ('csv', 'y', 10.0, 7), ('json', 'z', 19.9, NULL), ('json', NULL, 20.0, NULL),
      ('json', NULL, 'NaN'::DOUBLE, NULL), ('json', NULL, 'infinity'::DOUBLE, NULL)) AS t ("_format", note, "a ""b""", n)`,
  );
  const bins = (counts: Record<number, number>) => Array.from({ length: 20 }, (_, index) => counts[index] ?? 0);
  expect((await values()).tables).toEqual([
    {
      database: "lake",
      table: "records",
      rows: [
        { format: "csv", count: 2 },
        { format: "json", count: 4 },
      ],
      columns: [
        {
          name: 'a "b"',
          from: 0,
          to: 20,
          formats: [
            { format: "csv", count: 2, min: 0, mean: 5, max: 10, bins: bins({ 0: 1, 10: 1 }) },
            { format: "json", count: 2, min: 19.9, mean: 19.95, max: 20, bins: bins({ 19: 2 }) },
          ],
        },
        { name: "n", from: 7, to: 7, formats: [{ format: "csv", count: 2, min: 7, mean: 7, max: 7, bins: bins({}) }] },
      ],
      leftOutColumns: 0,
    },
  ]);
});

test("tables without formats are left out, and a table that cannot be read has its reason", async () => {
  lake.catalog.putTable(table("other", columns(["n", "bigint"])));
  lake.catalog.putTable(table("records", columns(["_format", "string"], ["n", "bigint"])));
  lake.put("parquet-output/records/a.parquet", "no Parquet");
  expect((await values()).tables).toEqual([
    {
      database: "lake",
      table: "records",
      rows: [],
      columns: [],
      leftOutColumns: 0,
      error: expect.stringMatching(/^Invalid Input Error: File '.*' too small to be a Parquet file$/),
    },
  ]);
});

test("rows of raw objects are counted by the size of their JSON", async () => {
  const line = (format: string, data: string) =>
    `{"_id":"s/1/0.0","_format":"${format}","_key":"\\",\\"data\\":","data":${data}}\n`;
  const key = objectKey("raw/", "records", "2026-11-20T10", {
    shard: "shardId-000000000000",
    first: "1",
    last: "3",
    count: 3,
  });
  const lines = [line("json", '{"a":1}'), line("csv", `{"a":"${"x".repeat(24)}"}`), line("json", '{"a":12}')];
  lake.put(key, gzipSync(lines.join("")));
  lake.put(`other/${key}`, "no gzip");
  expect((await values()).sizes).toEqual({
    fromBytes: [4, 8, 16, 32],
    rows: [
      { format: "csv", counts: [0, 0, 0, 1] },
      { format: "json", counts: [1, 1, 0, 0] },
    ],
    isSample: false,
  });
});
