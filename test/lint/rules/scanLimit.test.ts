import { scanLimit } from "../../../lint/rules/scanLimit";
import { foundBy, type Given } from "../support/programOf";

const workgroup = (bytesScannedCutoffPerQuery?: number): Given => ({
  type: "aws:athena/workgroup:Workgroup",
  name: "lake",
  inputs: { configuration: { bytesScannedCutoffPerQuery } },
});
const query = (name: string, sql: string): Given => ({
  type: "aws:athena/namedQuery:NamedQuery",
  name,
  inputs: { query: sql },
  links: { workgroup: ["lake"] },
});
const RECENT = `WHERE "dt" >= date_format(current_date - interval '7' day, '%Y-%m-%d')`;
const latest = query("latest", `SELECT *\nFROM "records"\n${RECENT}`);

// 50 million records of 1,000 bytes: 2.5 GB of Parquet a day at the least, 17.5 GB a week.
test.each([
  ["a limit above a week of rows", [workgroup(18e9), latest], { recordsPerDay: 50e6 }],
  ["no number of records", [workgroup(1), latest], {}],
  ["no limit", [workgroup(), latest], { recordsPerDay: 50e6 }],
  [
    "a query that counts",
    [workgroup(1e9), query("count", `SELECT "hour", count(*) FROM "records" ${RECENT} GROUP BY 1`)],
    { recordsPerDay: 50e6 },
  ],
  [
    "a second table, which may have half of the records",
    [workgroup(10e9), latest, query("more", `SELECT * FROM "orders" ${RECENT}`)],
    { recordsPerDay: 50e6 },
  ],
])("%s passes", (_, given, figures) => {
  expect(foundBy(scanLimit, given, figures)).toEqual([]);
});

test("a limit below what a ready query reads fails", () => {
  expect(foundBy(scanLimit, [workgroup(10e9), latest], { recordsPerDay: 50e6, recordBytes: 1000 })).toEqual([
    "lake: Athena cancels queries beyond 10.0 GB, but latest reads all columns of 7 days: at least 17.5 GB of Parquet at 50000000 records of 1000 bytes a day. Raise bytesScannedCutoffPerQuery (scanLimitGibibytes of a DataLake), or shorten the query's days.",
  ]);
});

test("without the number of records the rule is not checked", () => {
  expect([scanLimit.needs?.({}), scanLimit.needs?.({ recordsPerDay: 1 })]).toEqual([false, true]);
});
