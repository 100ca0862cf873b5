/** A warehouse's database: statements on the Redshift Data API until they end, and the pages of their results. */
import { dataApiDatabase } from "../../../functions/effects/warehouseDatabase";

type Answer = (input: Record<string, unknown>, calls: number) => unknown;

function database(answers: Readonly<Record<string, Answer>>) {
  const calls: [string, object][] = [];
  const counts: Record<string, number> = {};
  const waits: number[] = [];
  const made = dataApiDatabase({
    workgroupName: "wh",
    database: "lake",
    secretArn: "arn:secret",
    call: async (operation, input) => {
      calls.push([operation, input]);
      counts[operation] = (counts[operation] ?? 0) + 1;
      return answers[operation]?.(input as Record<string, unknown>, counts[operation] ?? 0);
    },
    sleep: async (millis) => void waits.push(millis),
  });
  return { made, calls, waits };
}

const TARGET = { WorkgroupName: "wh", Database: "lake", SecretArn: "arn:secret" };
const finished = () => ({ Status: "FINISHED" });

test("a query waits for its end, and reads all pages as strings", async () => {
  const { made, calls, waits } = database({
    ExecuteStatement: () => ({ Id: "s-1" }),
    DescribeStatement: (_, calls) => ({ Status: calls < 3 ? "STARTED" : "FINISHED" }),
    GetStatementResult: ({ NextToken }) =>
      NextToken === undefined
        ? { Records: [[{ stringValue: "a" }, { longValue: 7 }]], NextToken: "more" }
        : { Records: [[{ isNull: true }, { booleanValue: false }]] },
  });
  expect(await made.query("SELECT 1")).toEqual([
    ["a", "7"],
    [null, "false"],
  ]);
  expect(calls[0]).toEqual(["ExecuteStatement", { ...TARGET, Sql: "SELECT 1" }]);
  expect(calls.slice(-2)).toEqual([
    ["GetStatementResult", { Id: "s-1" }],
    ["GetStatementResult", { Id: "s-1", NextToken: "more" }],
  ]);
  expect(waits).toEqual([100, 150]);
});

test("a single statement runs by itself, outside of a transaction block", async () => {
  const { made, calls } = database({ ExecuteStatement: () => ({ Id: "s" }), DescribeStatement: finished });
  await made.run(["S1"]);
  expect(calls).toEqual([
    ["ExecuteStatement", { ...TARGET, Sql: "S1" }],
    ["DescribeStatement", { Id: "s" }],
  ]);
});

test("statements run in one transaction, until it ends", async () => {
  const { made, calls } = database({ BatchExecuteStatement: () => ({ Id: "s" }), DescribeStatement: finished });
  await made.run(["S1", "S2"]);
  expect(calls).toEqual([
    ["BatchExecuteStatement", { ...TARGET, Sqls: ["S1", "S2"] }],
    ["DescribeStatement", { Id: "s" }],
  ]);
});

test.each([
  [{ Status: "FAILED", Error: "ERROR: syntax" }, "warehouse: a statement of the plan is FAILED: ERROR: syntax (s-1)"],
  [{ Status: "ABORTED" }, "warehouse: a statement of the plan is ABORTED: no error is given (s-1)"],
  [{ Status: "STARTED" }, "warehouse: a statement of the plan is STARTED after 300 s (s-1)"],
])("a statement that is %j throws", async (described, message) => {
  const { made } = database({ ExecuteStatement: () => ({ Id: "s-1" }), DescribeStatement: () => described });
  await expect(made.query("SELECT 1")).rejects.toThrow(message);
});
