/** Replay: its resources, its roles, its package, its state machine, and what it refuses. */
import {
  DataLake,
  type DataLakeArgs,
  FormatRouter,
  type FormatRouterArgs,
  Replay,
  type ReplayArgs,
  SchemaRegistry,
  StreamIngest,
} from "streamlake";
import { declare } from "streamlake/testing";
import { listed, packageOf, statements } from "./support/listed";

const TOPIC = "arn:aws:sns:us-east-1:123456789012:again-failures";
const LAKE = "arn:aws:s3:::lake-lake";
const FAILED = "arn:aws:s3:::lake-failed";
const KEY = "arn:aws:kms:us-east-1:123456789012:key/own";

interface Parts extends Partial<ReplayArgs> {
  lakeArgs?: DataLakeArgs;
  routerArgs?: Partial<FormatRouterArgs>;
  registry?: boolean;
}

const replay =
  ({ lakeArgs, routerArgs, registry, ...args }: Parts = {}) =>
  () => {
    const stream = new StreamIngest("in");
    const lake = new DataLake("lake", lakeArgs);
    const schemaRegistry = registry
      ? new SchemaRegistry("shop", { schemas: { order: { format: "avro", definition: '"long"' } } })
      : undefined;
    const router = new FormatRouter("router", { stream, lake, schemaRegistry, ...routerArgs });
    return new Replay("again", { router, ...args }).stateMachineArn;
  };

test("declares a state machine, two functions and a topic; in a preview, too", async () => {
  const update = await declare(replay({ alarms: { topicArn: TOPIC } }));
  const names = listed(update).filter((line) => line.includes(" again"));
  expect(names).toEqual([
    "aws:cloudwatch/logGroup:LogGroup again-chunk-logs",
    "aws:cloudwatch/logGroup:LogGroup again-plan-logs",
    "aws:cloudwatch/logGroup:LogGroup again-workflow-logs",
    "aws:cloudwatch/metricAlarm:MetricAlarm again-alarm-failed",
    "aws:iam/role:Role again-chunk-role",
    "aws:iam/role:Role again-plan-role",
    "aws:iam/role:Role again-workflow-role",
    "aws:iam/rolePolicy:RolePolicy again-chunk-policy",
    "aws:iam/rolePolicy:RolePolicy again-plan-policy",
    "aws:iam/rolePolicy:RolePolicy again-workflow-policy",
    "aws:iam/rolePolicy:RolePolicy again-workflow-start-policy",
    "aws:lambda/function:Function again-chunk-function",
    "aws:lambda/function:Function again-plan-function",
    "aws:sfn/stateMachine:StateMachine again-workflow",
    "aws:sns/topic:Topic again-failures",
    "streamlake:index:CallbackFunction again-chunk",
    "streamlake:index:CallbackFunction again-plan",
    "streamlake:index:Replay again",
  ]);
  expect(listed(await declare(replay({ alarms: { topicArn: TOPIC } }), { preview: true }))).toEqual(listed(update));
  expect(update.one("again-alarm-failed").inputs).toMatchObject({
    dimensions: { StateMachineArn: update.outputs },
    alarmActions: [TOPIC],
    threshold: 1,
  });
});

const logs = (name: string) => ({
  Effect: "Allow",
  Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
  Resource: [`arn:aws:logs:us-east-1:123456789012:log-group:${name}:*`],
});

test("planning lists both buckets; a chunk reads, lands and moves; neither does anything else", async () => {
  const declared = await declare(replay());
  expect(statements(declared.one("again-plan-policy"))).toEqual([
    logs("again-plan-logs"),
    { Effect: "Allow", Action: ["s3:ListBucket"], Resource: [LAKE, FAILED] },
  ]);
  expect(statements(declared.one("again-chunk-policy"))).toEqual([
    logs("again-chunk-logs"),
    { Effect: "Allow", Action: ["s3:PutObject"], Resource: [`${LAKE}/raw/*`, `${LAKE}/unformatted/*`] },
    { Effect: "Allow", Action: ["s3:GetObject"], Resource: [`${LAKE}/unformatted/*`, `${FAILED}/aws/lambda/*`] },
    { Effect: "Allow", Action: ["s3:PutObject"], Resource: [`${LAKE}/replayed/*`] },
    { Effect: "Allow", Action: ["s3:DeleteObject"], Resource: [`${LAKE}/unformatted/*`] },
    { Effect: "Allow", Action: ["s3:ListBucket"], Resource: [LAKE, FAILED] },
  ]);
});

test("the lake's own key and a schema registry add what a router needs of them", async () => {
  const declared = await declare(replay({ lakeArgs: { encryptionKeyArn: KEY }, registry: true }));
  const all = statements(declared.one("again-chunk-policy")) as { Action: string[] }[];
  const added = all.filter(({ Action }) => /^(kms|glue):/.test(Action[0] ?? ""));
  expect(added).toEqual<unknown[]>([
    { Effect: "Allow", Action: ["kms:GenerateDataKey"], Resource: [KEY] },
    { Effect: "Allow", Action: ["kms:Decrypt"], Resource: [KEY] },
    { Effect: "Allow", Action: ["glue:GetSchemaVersion"], Resource: ["*"] },
  ]);
  expect(await packageOf(declared.one("again-chunk-function"))).toContain("GetSchemaVersion");
});

test("the state machine may start itself, invoke its two functions, and publish its failures", async () => {
  const declared = await declare(replay());
  const name = (role: string) => `arn:aws:lambda:us-east-1:123456789012:function:again-${role}-function`;
  expect(statements(declared.one("again-workflow-policy")).slice(0, 3)).toEqual([
    { Effect: "Allow", Action: ["lambda:InvokeFunction"], Resource: [name("plan")] },
    { Effect: "Allow", Action: ["lambda:InvokeFunction"], Resource: [name("chunk")] },
    { Effect: "Allow", Action: ["sns:Publish"], Resource: [TOPIC] },
  ]);
  expect(statements(declared.one("again-workflow-start-policy"))).toEqual([
    { Effect: "Allow", Action: ["states:StartExecution"], Resource: [declared.outputs] },
  ]);
});

test("the chunk's package holds the router's hooks and formats, and changes with them; it is the same each time", async () => {
  const text = async (hooks: FormatRouterArgs["hooks"]) =>
    packageOf((await declare(replay({ routerArgs: { hooks } }))).one("again-chunk-function"));
  const accept: NonNullable<FormatRouterArgs["hooks"]>["accept"] = (row) =>
    row.price !== undefined || "has no price at all";
  const strict = await text({ accept });
  expect(strict).toContain("has no price at all");
  expect(strict.length).toBeLessThan(1_000_000);
  expect((await text({ accept })) === strict).toBe(true);
  expect(await text({})).not.toContain("has no price at all");
});

test("the functions get names by their environment", async () => {
  const declared = await declare(replay());
  const variables = (name: string) => declared.one(name).inputs.environment.variables;
  expect(variables("again-plan-function")).toEqual({ LAKE_BUCKET: "lake-lake", FAILED_BUCKET: "lake-failed" });
  expect(variables("again-chunk-function")).toEqual({
    LAKE_BUCKET: "lake-lake",
    STREAM_NAME: "in-stream",
    FAILED_BUCKET: "lake-failed",
    ROUTER_FUNCTION: "router-router-function",
  });
  expect(declared.one("again-chunk-function").inputs).toMatchObject({ memorySize: 1024, timeout: 900 });
});

test("transforms are offered each resource", async () => {
  const seen: string[] = [];
  const see = (_args: object, _opts: object, name: string) => void seen.push(name);
  const fn = { function: see, role: see, policy: see, logs: see };
  const workflow = { machine: see, role: see, policy: see, logs: see };
  const alarms = { topicArn: TOPIC };
  await declare(replay({ alarms, transform: { plan: fn, chunk: fn, failures: see, workflow, alarm: see } }));
  expect(seen).toHaveLength(15);
});

test.each<[Partial<ReplayArgs>, string]>([
  [{ concurrentChunks: 41 }, "concurrentChunks is 41; use a whole number from 1 to 40 chunks at once."],
  [{ retryAttempts: 11 }, "retryAttempts is 11; use a whole number from 0 to 10 tries."],
  [{ eventsPerExecution: 25_000 }, "eventsPerExecution is 25000; use a whole number from 200 to 24000 events."],
  [{ memoryMebibytes: 64 }, "memoryMebibytes is 64; use a whole number from 128 to 10240 MiB."],
  [{ logRetentionDays: 2 }, "logRetentionDays is 2; use one of 1, 3, 5"],
])("%j is refused", async (args, problem) => {
  const program = () => new Replay("again", { router: {} as FormatRouter, ...args });
  await expect(declare(program)).rejects.toThrow(`Replay "again": ${problem}`);
});
