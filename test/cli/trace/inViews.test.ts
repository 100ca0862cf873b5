import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { lakesOfRun } from "../../../cli/target/lakePlace";
import { inViews } from "../../../cli/trace/inViews";
import { subjectOf } from "../../../cli/trace/subject";

const SHARD = "shardId-000000000000";
let directory: string;
beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), "views-"));
  for (const [table, day, hour] of [
    ["sales_delivered_files", "20", "11"],
    ["sales_delivered_files", "21", "09"],
    ["other", "21", "09"],
  ]) {
    const folder = path.join(directory, `s3/lake/parquet-output/${table}/dt=2026-11-${day}/hour=${hour}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, "a.parquet"), "");
  }
});
afterAll(() => rmSync(directory, { recursive: true }));

async function asked(argument: string, hours?: readonly string[]) {
  const sent: string[] = [];
  const views = await inViews(lakesOfRun({ directory }), subjectOf(argument), hours, async (sql) => {
    sent.push(sql);
    return { count: 3 };
  });
  return { sent, views };
}

test.each([
  [`${SHARD}/4965`, `${SHARD}/4965/%`],
  [`${SHARD}/4965/0`, `${SHARD}/4965/0.%`],
  [`${SHARD}/4965/0.17`, `${SHARD}/4965/0.17`],
])("the rows of the record %s are counted in the view of Firehose's Parquet", async (record, like) => {
  const where = `FROM "sales_delivered" WHERE "dt" = '2026-11-20' AND "hour" = '11' AND "_id" LIKE '%${like}'`;
  const hour = "2026-11-20T11";
  expect(await asked(record, [hour, "2026-11-20T12"])).toEqual({
    sent: [`SELECT count(*) ${where}`],
    views: [
      { bucket: "lake", view: "sales_delivered", firstHour: hour, lastHour: hour, sql: `SELECT * ${where}`, rows: 3 },
    ],
  });
});

test("a text is not searched: the view and the days of its Parquet are named", async () => {
  expect(await asked("536365")).toEqual({
    sent: [],
    views: [
      {
        bucket: "lake",
        view: "sales_delivered",
        firstHour: "2026-11-20T11",
        lastHour: "2026-11-21T09",
        sql: `SELECT * FROM "sales_delivered" WHERE "dt" BETWEEN '2026-11-20' AND '2026-11-21'`,
      },
    ],
  });
  expect((await asked("raw/sales/dt=2026-11-20/hour=11/a.ndjson.gz")).views).toEqual([]);
});
