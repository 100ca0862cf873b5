/** The shipped script on real Spark against the golden vectors. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Column } from "../../../lake/columns";
import { makeSparkLake, type SparkLake } from "./sparkLake";

interface Expected {
  readonly declared?: Column[];
  /** What the table has from its other hours. */
  readonly tableColumns?: Column[];
  readonly columns: Column[];
  readonly rows: unknown[][];
  readonly failedCasts: number;
}

const VECTORS = join(__dirname, "../../fixtures/flatten/rows");
const names = readdirSync(VECTORS);
const expectedOf = (name: string) => JSON.parse(readFileSync(join(VECTORS, name, "expected.json"), "utf8")) as Expected;
const tableOf = (name: string) => name.replaceAll("-", "_");
let lake: SparkLake;

beforeAll(async () => {
  lake = await makeSparkLake();
  const declared: Record<string, Column[]> = {};
  for (const name of names) {
    const rows = readFileSync(join(VECTORS, name, "rows.ndjson"), "utf8")
      .trimEnd()
      .split("\n");
    lake.putRows(tableOf(name), rows);
    const { declared: columns, tableColumns } = expectedOf(name);
    if (columns) declared[tableOf(name)] = columns;
    const known = Buffer.from(JSON.stringify({ columns: tableColumns }));
    if (tableColumns) lake.put(`ledger/${tableOf(name)}/columns.json`, known);
  }
  await lake.runSpark(names.map(tableOf), declared);
});
afterAll(() => lake?.close());

test.each(names)("Spark flattens %s", async (name) => {
  const expected = expectedOf(name);
  const { columns, rows, report } = await lake.bySpark(tableOf(name));
  expect(report.columns.slice(3)).toMatchObject(expected.columns);
  expect(columns.slice(3)).toEqual(expected.columns.map(({ name, type }) => ({ name, type })));
  expect((rows as unknown[][]).map((row) => row.slice(3))).toEqual(expected.rows);
  expect(report.failedCasts).toBe(expected.failedCasts);
  expect(report.rows).toBe(expected.rows.length);
});
