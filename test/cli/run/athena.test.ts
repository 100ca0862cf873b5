import { type CallService, runQuery, withoutTable } from "../../../cli/run/athena";
import { type Clock, skippingClock, systemClock } from "../../../local/cloud/clock";

const CONTEXT = { database: "lake_db", workgroup: "lake-wg" };
const row = (...values: (string | undefined)[]) => ({
  Data: values.map((value) => (value === undefined ? {} : { VarCharValue: value })),
});

/** Answers states one after the other, then pages. */
function fakeAthena(states: object[], pages: object[]): { call: CallService; calls: [string, object][] } {
  const calls: [string, object][] = [];
  const left = { states: [...states], pages: [...pages] };
  return {
    calls,
    call: async (operation, input) => {
      calls.push([operation, input]);
      if (operation === "StartQueryExecution") return { QueryExecutionId: "q-1" };
      if (operation === "GetQueryExecution") return { QueryExecution: { Status: left.states.shift() } };
      return left.pages.shift();
    },
  };
}

const run = (call: CallService, clock: Clock = skippingClock(systemClock)) =>
  runQuery(call, "SELECT 1", CONTEXT, { clock, signal: new AbortController().signal });

const ColumnInfo = [
  { Name: "n", Type: "bigint" },
  { Name: "big", Type: "bigint" },
  { Name: "ratio", Type: "double" },
  { Name: "yes", Type: "boolean" },
  { Name: "text", Type: "varchar" },
];

test("a query is started, waited for and read page by page, values as their types say", async () => {
  const page = (Rows: object[], NextToken?: string) => ({
    ResultSet: { ResultSetMetadata: { ColumnInfo }, Rows },
    ...(NextToken && { NextToken }),
  });
  const { call, calls } = fakeAthena(
    [{ State: "QUEUED" }, { State: "RUNNING" }, { State: "SUCCEEDED" }],
    [
      page([row("n", "big", "ratio", "yes", "text"), row("7", "9007199254740993", "0.5", "true", "7")], "more"),
      page([row("-1", "3", "NaN", "false", undefined)]),
    ],
  );
  expect(await run(call)).toEqual({
    sql: "SELECT 1",
    columns: ["n", "big", "ratio", "yes", "text"],
    rows: [
      [7, "9007199254740993", 0.5, true, "7"],
      [-1, 3, "NaN", false, null],
    ],
  });
  expect(calls).toEqual([
    [
      "StartQueryExecution",
      { QueryString: "SELECT 1", QueryExecutionContext: { Database: "lake_db" }, WorkGroup: "lake-wg" },
    ],
    ["GetQueryExecution", { QueryExecutionId: "q-1" }],
    ["GetQueryExecution", { QueryExecutionId: "q-1" }],
    ["GetQueryExecution", { QueryExecutionId: "q-1" }],
    ["GetQueryResults", { QueryExecutionId: "q-1" }],
    ["GetQueryResults", { QueryExecutionId: "q-1", NextToken: "more" }],
  ]);
});

test("statements that answer without a heading keep their first row", async () => {
  const ResultSet = {
    ResultSetMetadata: { ColumnInfo: [{ Name: "tab_name", Type: "string" }] },
    Rows: [row("records")],
  };
  const { call } = fakeAthena([{ State: "SUCCEEDED" }], [{ ResultSet }]);
  const answer = async (operation: string, input: object) =>
    operation === "GetQueryExecution"
      ? { QueryExecution: { StatementType: "UTILITY", Status: { State: "SUCCEEDED" } } }
      : call(operation, input);
  expect((await run(answer)).rows).toEqual([["records"]]);
});

test("a query that fails has Athena's reason in place of rows", async () => {
  const { call } = fakeAthena([{ State: "FAILED", StateChangeReason: "TABLE_NOT_FOUND: x" }], []);
  expect(await run(call)).toEqual({ sql: "SELECT 1", columns: [], rows: [], error: "TABLE_NOT_FOUND: x" });
});

describe("a ready query whose table is not in the catalog", () => {
  const result = {
    sql: "SELECT 1 FROM orders",
    columns: [],
    rows: [],
    error: "TABLE_NOT_FOUND: Table 'awsdatacatalog.lake.orders' does not exist",
  };

  test("is no failure where the table has no rows", () => {
    expect(withoutTable(result, new Set(["records"]))).toEqual({
      sql: "SELECT 1 FROM orders",
      columns: [],
      rows: [],
      note: "the table orders has no rows yet",
    });
  });

  test("stays one where the table has rows", () => {
    expect(withoutTable(result, new Set(["records", "orders"]))).toEqual(result);
  });

  test("hides no other error", () => {
    const other = { ...result, error: "GENERIC_USER_ERROR: out of range" };
    expect(withoutTable(other, new Set())).toEqual(other);
  });
});
