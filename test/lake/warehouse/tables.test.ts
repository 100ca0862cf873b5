/** The transactions that make a warehouse's tables: each within the Data API's limit, and whole when it is the last. */
import { declareTables } from "../../../lake/warehouse/tables";

const TABLES = Object.fromEntries(Array.from({ length: 80 }, (_, index) => [`t${index}`, []]));
const MADE = /^CREATE TABLE IF NOT EXISTS "lake"\."(\w+)"/;

test("each transaction has at most 40 statements, and grants the tables that it makes", () => {
  const transactions = declareTables("lake", TABLES, new Map());
  expect(transactions.map((each) => each.length)).toEqual([40, 40, 10]);
  for (const statements of transactions) {
    expect(statements[0]).toBe('CREATE SCHEMA IF NOT EXISTS "lake"');
    expect(statements.slice(-2)).toEqual([
      'GRANT USAGE ON SCHEMA "lake" TO PUBLIC',
      'GRANT SELECT ON ALL TABLES IN SCHEMA "lake" TO PUBLIC',
    ]);
  }
  const made = transactions.flat().flatMap((statement) => MADE.exec(statement)?.[1] ?? []);
  expect(made).toEqual([...Object.keys(TABLES), "streamlake_loads"]);
});

test("38 tables need a second transaction, which is made after the first one alone has committed", () => {
  const tables = Object.fromEntries(Object.entries(TABLES).slice(0, 38));
  const [first = [], second] = declareTables("lake", tables, new Map());
  const present = new Map(
    first.flatMap((statement) => {
      const table = MADE.exec(statement)?.[1];
      return table === undefined ? [] : [[table, new Set(["_id", "_arrived", "_format"])] as const];
    }),
  );
  expect(declareTables("lake", tables, present)).toEqual([second]);
  expect(second).toHaveLength(5);
});

test("nothing is run where all is there", () => {
  const present = new Map([
    ["t0", new Set(["_id", "_arrived", "_format"])],
    ["streamlake_loads", new Set(["table_name"])],
  ]);
  expect(declareTables("lake", { t0: [] }, present)).toEqual([]);
});
