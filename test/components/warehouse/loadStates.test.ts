/** The state machine of a warehouse's loads, run by the interpreter against a world that is told what to answer. */
import validate from "asl-validator";
import { warehouseWorkflow } from "../../../components/warehouse/loadStates";
import type { LoadFailure } from "../../../functions/warehouse/rawObjects";
import { skippingClock } from "../../../local/cloud/clock";
import { isObject, type Json } from "../../../local/cloud/json";
import { checkDefinition } from "../../../local/services/stepFunctions/checkDefinition";
import { History } from "../../../local/services/stepFunctions/history";
import { integrations } from "../../../local/services/stepFunctions/integrations";
import { type ExecutionEnd, runExecution } from "../../../local/services/stepFunctions/runExecution";
import { WorkflowError } from "../../../local/services/stepFunctions/workflowError";

const WORKFLOW = {
  planFunctionArn: "arn:aws:lambda:us-east-1:123456789012:function:plan",
  workgroupName: "wh",
  database: "lake",
  secretArn: "arn:aws:secretsmanager:us-east-1:123456789012:secret:redshift!wh-a1B2c3",
  topicArn: "arn:aws:sns:us-east-1:123456789012:topic",
  loadTimeoutMinutes: 10,
  retryAttempts: 2,
};
const ID = "arn:aws:states:us-east-1:123456789012:execution:wh:b";
const START = "2026-11-20T12:00:00.000Z";
const DATA_API = ["batchExecuteStatement", "cancelStatement", "describeStatement"].map(
  (call) => `arn:aws:states:::aws-sdk:redshiftdata:${call}`,
);

interface Planned {
  /** The tables with new objects. */
  readonly tables?: readonly string[];
  readonly failures?: readonly LoadFailure[];
}

interface World {
  /** One plan after the other; then there is nothing to load. */
  readonly plans?: readonly (Planned | WorkflowError)[];
  readonly running?: readonly { readonly ExecutionArn: string; readonly StartDate: string }[] | WorkflowError;
  /** What a look at the load of a table finds, by the number of the table's tries and of looks, from 0. @default FINISHED */
  readonly look?: (table: string, tries: number, looks: number) => { Status: string; Error?: string };
}

interface Run {
  readonly end: ExecutionEnd;
  readonly calls: string[];
  readonly tokens: string[];
  readonly published: string[];
  readonly events: number;
}

async function run({ plans = [], running = [], look = () => ({ Status: "FINISHED" }) }: World = {}): Promise<Run> {
  const known = new Set([...integrations.keys(), ...DATA_API]);
  const machine = checkDefinition(JSON.stringify(warehouseWorkflow(WORKFLOW)), known);
  const calls: string[] = [];
  const tokens: string[] = [];
  const published: string[] = [];
  const left = [...plans];
  const tries = new Map<string, number>();
  const looks = new Map<string, number>();
  const next = (counts: Map<string, number>, key: string) => {
    const count = counts.get(key) ?? 0;
    counts.set(key, count + 1);
    return count;
  };
  const answer = async (resource: string, args: { [name: string]: Json }): Promise<Json> => {
    switch (resource.split(":::")[1]) {
      case "aws-sdk:sfn:listExecutions":
        expect(args).toEqual({ StateMachineArn: "arn:machine", StatusFilter: "RUNNING", MaxResults: 100 });
        if (running instanceof WorkflowError) throw running;
        return { Executions: [{ ExecutionArn: ID, StartDate: START }, ...running] as unknown as Json };
      case "lambda:invoke": {
        calls.push("plan");
        const plan = left.shift() ?? {};
        if (plan instanceof WorkflowError) throw plan;
        const loads = (plan.tables ?? []).map((table) => ({
          table,
          id: `id-${table}`,
          rows: 10,
          statements: ["LOCK", table],
        }));
        return { Payload: { loads, failures: (plan.failures ?? []) as unknown as Json } };
      }
      case "aws-sdk:redshiftdata:batchExecuteStatement": {
        const { Sqls, ClientToken, ...rest } = args;
        const table = String((Sqls as string[])[1]);
        expect(Sqls).toEqual(["LOCK", table]);
        expect(rest).toEqual({
          WorkgroupName: "wh",
          Database: "lake",
          SecretArn: WORKFLOW.secretArn,
          StatementName: `load-id-${table}`,
        });
        tokens.push(String(ClientToken));
        calls.push(`load ${table}`);
        return { Id: `${table}/${next(tries, table)}` };
      }
      case "aws-sdk:redshiftdata:describeStatement": {
        const [table, tried] = String(args.Id).split("/") as [string, string];
        return { Id: String(args.Id), ...look(table, Number(tried), next(looks, String(args.Id))) };
      }
      case "aws-sdk:redshiftdata:cancelStatement":
        calls.push(`cancel ${String(args.Id)}`);
        return { Status: true };
      case "sns:publish":
        published.push(String(args.Message));
        return {};
      default:
        throw new Error(`unexpected call of ${resource}`);
    }
  };
  const history = new History();
  const end = await runExecution(
    {
      machine,
      input: {},
      context: { Execution: { Id: ID, Name: "b", Input: {}, StartTime: START }, StateMachine: { Id: "arn:machine" } },
      roleArn: "arn:role",
      history,
      signal: new AbortController().signal,
    },
    {
      clock: skippingClock({ now: () => 0, sleep: () => Promise.reject(new Error("never")) }),
      random: () => 0.5,
      region: "us-east-1",
      invokeTask: ({ resource, arguments: args }) => answer(resource, isObject(args) ? args : {}),
    },
  );
  return { end, calls, tokens, published, events: history.events.length };
}

test("the public validator takes the definition", () => {
  const { isValid, errorsText } = validate(warehouseWorkflow(WORKFLOW));
  expect([isValid, errorsText("\n")]).toEqual([true, ""]);
});

test("nothing to load is a success", async () => {
  const { end, calls } = await run();
  expect(end).toMatchObject({ status: "SUCCEEDED", output: { result: "nothing to do", loads: 0, rows: 0 } });
  expect(calls).toEqual(["plan"]);
});

test("it plans and loads until a plan has no loads", async () => {
  const { end, calls } = await run({ plans: [{ tables: ["orders", "clicks"] }, { tables: ["orders"] }] });
  expect(calls).toEqual(["plan", "load orders", "load clicks", "plan", "load orders", "plan"]);
  expect(end).toMatchObject({
    status: "SUCCEEDED",
    output: { result: "loaded", loads: 3, rows: 30, isMore: false },
  });
});

test.each([
  ["started before", "a", "2026-11-20T11:59:59.999Z", true],
  ["started at the same time, with a smaller name", "a", START, true],
  ["started at the same time, with a greater name", "c", START, false],
  ["started later", "a", "2026-11-20T12:00:00.001Z", false],
])("work is left to an execution that %s", async (_, name, StartDate, isLeft) => {
  const ExecutionArn = ID.replace(/b$/, name);
  const { end, calls } = await run({ running: [{ ExecutionArn, StartDate }] });
  expect(end).toMatchObject({ output: isLeft ? { result: "left to the execution that loads now" } : { loads: 0 } });
  expect(calls).toEqual(isLeft ? [] : ["plan"]);
});

test("where executions cannot be listed it loads, because loads may overlap", async () => {
  const { end } = await run({
    running: new WorkflowError("Sfn.InvalidArnException", "no"),
    plans: [{ tables: ["orders"] }],
  });
  expect(end).toMatchObject({ status: "SUCCEEDED", output: { loads: 1 } });
});

test("it waits for a load, longer and longer", async () => {
  const { end, events } = await run({
    plans: [{ tables: ["orders"] }],
    look: (_, __, looks) => ({ Status: ["SUBMITTED", "PICKED", "STARTED", "STARTED"][looks] ?? "FINISHED" }),
  });
  expect(end).toMatchObject({ status: "SUCCEEDED", output: { loads: 1 } });
  expect(events).toBeLessThan(120);
});

test("a load that conflicts with another transaction is run again, under another token", async () => {
  const conflict = { Status: "FAILED", Error: "ERROR: 1023 Serializable isolation violation on table in Redshift" };
  const { end, calls, tokens } = await run({
    plans: [{ tables: ["orders"] }],
    look: (_, tries) => (tries < 2 ? conflict : { Status: "FINISHED" }),
  });
  expect(calls).toEqual(["plan", "load orders", "load orders", "load orders", "plan"]);
  expect(new Set(tokens).size).toBe(3);
  expect(tokens.every((token) => /^[0-9a-f]{64}$/.test(token))).toBe(true);
  expect(end).toMatchObject({ status: "SUCCEEDED", output: { loads: 1 } });
});

test("a load that fails stops no other, and fails the execution with its table and Redshift's error", async () => {
  const { end, calls, published } = await run({
    plans: [{ tables: ["orders", "clicks"] }],
    look: (table) =>
      table === "orders" ? { Status: "FAILED", Error: "ERROR: Invalid digit" } : { Status: "FINISHED" },
  });
  expect(calls).toEqual(["plan", "load orders", "load clicks"]);
  expect(end).toMatchObject({ status: "FAILED", error: "WarehouseLoadFailed" });
  expect(JSON.parse(published[0] ?? "{}").failures).toEqual([
    { step: "load orders", error: "FAILED", cause: "ERROR: Invalid digit" },
  ]);
});

test("a load beyond its time is canceled and reported", async () => {
  const { end, calls, published } = await run({
    plans: [{ tables: ["orders"] }],
    look: () => ({ Status: "STARTED" }),
  });
  expect(calls).toEqual(["plan", "load orders", "cancel orders/0"]);
  expect(end.status).toBe("FAILED");
  expect(JSON.parse(published[0] ?? "{}").failures).toEqual([
    { step: "load orders", error: "LoadTimeout", cause: "the load runs for more than 10 minutes" },
  ]);
});

const UNREADABLE = { step: "read the objects of clicks", error: "UnreadableObject", cause: "bad" };

test("objects that a plan cannot read are published once all others are loaded", async () => {
  const { end, calls, published } = await run({
    plans: [
      { tables: ["orders"], failures: [UNREADABLE] },
      { tables: ["orders"], failures: [UNREADABLE] },
      { failures: [UNREADABLE] },
    ],
  });
  expect(calls).toEqual(["plan", "load orders", "plan", "load orders", "plan"]);
  expect(end.status).toBe("FAILED");
  expect(JSON.parse(published[0] ?? "{}").failures).toEqual([UNREADABLE]);
});

test("objects that read at the next plan are no failure", async () => {
  const { end } = await run({ plans: [{ tables: ["orders"], failures: [UNREADABLE] }] });
  expect(end).toMatchObject({ status: "SUCCEEDED", output: { loads: 1 } });
});

test("a load that fails is published with the objects that its plan could not read", async () => {
  const { calls, published } = await run({
    plans: [{ tables: ["orders"], failures: [UNREADABLE] }],
    look: () => ({ Status: "FAILED", Error: "ERROR: Invalid digit" }),
  });
  expect(calls).toEqual(["plan", "load orders"]);
  expect(JSON.parse(published[0] ?? "{}").failures).toEqual([
    UNREADABLE,
    { step: "load orders", error: "FAILED", cause: "ERROR: Invalid digit" },
  ]);
});

test("a plan that fails is tried again, and then published", async () => {
  const broken = new WorkflowError("Error", '{"errorMessage":"warehouse: a statement of the plan is FAILED"}');
  const once = await run({ plans: [broken, { tables: ["orders"] }] });
  expect(once.end).toMatchObject({ status: "SUCCEEDED", output: { loads: 1 } });
  const always = await run({ plans: Array(9).fill(broken) });
  expect(always.calls).toEqual(["plan", "plan", "plan"]);
  expect(JSON.parse(always.published[0] ?? "{}").failures).toMatchObject([{ step: "plan the loads", error: "Error" }]);
});

test("an execution without an end of work stops after twenty plans, and the next start goes on", async () => {
  const { end, calls, events } = await run({ plans: Array(50).fill({ tables: ["orders"] }) });
  expect(calls.filter((call) => call === "plan")).toHaveLength(20);
  expect(end).toMatchObject({ status: "SUCCEEDED", output: { loads: 20, isMore: true } });
  expect(events).toBeLessThan(25_000);
});
