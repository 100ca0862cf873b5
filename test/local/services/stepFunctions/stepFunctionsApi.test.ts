/** The Step Functions API, as AWS's own client sees it. */
import {
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from "@aws-sdk/client-sfn";
import * as iam from "@pulumi/aws/iam";
import * as sfn from "@pulumi/aws/sfn";
import type { StepFunctionsService } from "../../../../local/services/stepFunctions/service";
import type { LocalCloud } from "../../../../local/startLocal";
import { machineOf } from "../../support/machine";
import { start, stopAll, stoppedClock } from "../../support/start";

const clients: SFNClient[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await stopAll();
});

const trust = (service: string) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: service } }],
  });

const waiting = { Wait: { Type: "Wait", Seconds: 60, End: true } };

function program(states: Record<string, object> = waiting, more: object = {}) {
  return () => {
    const role = new iam.Role("r", { assumeRolePolicy: trust("states.amazonaws.com") });
    const machine = new sfn.StateMachine("m", {
      name: "hourly",
      roleArn: role.arn,
      definition: machineOf(states),
      ...more,
    });
    return { arn: machine.arn, role: role.arn };
  };
}

async function startClient(states?: Record<string, object>, workflowClock?: typeof stoppedClock) {
  const cloud = await start(program(states), workflowClock && { workflowClock });
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const client = new SFNClient({ region: "us-east-1", endpoint: cloud.endpoint, credentials });
  clients.push(client);
  return { cloud, client, stateMachineArn: String(cloud.outputs.arn) };
}

async function ended(cloud: LocalCloud, executionArn: string | undefined): Promise<void> {
  await (cloud.service("states") as StepFunctionsService).execution(String(executionArn)).ended;
}

test("an execution is started, described and listed", async () => {
  const { cloud, client, stateMachineArn } = await startClient({ A: { Type: "Pass", Output: { x: 1 }, End: true } });
  const started = await client.send(new StartExecutionCommand({ stateMachineArn, name: "one", input: '{"a":1}' }));
  expect(started).toMatchObject({
    executionArn: "arn:aws:states:us-east-1:000000000000:execution:hourly:one",
    startDate: new Date("2026-11-20T10:15:00.000Z"),
  });
  await ended(cloud, started.executionArn);
  expect(await client.send(new DescribeExecutionCommand({ executionArn: started.executionArn }))).toMatchObject({
    name: "one",
    status: "SUCCEEDED",
    stateMachineArn,
    input: '{"a":1}',
    output: '{"x":1}',
    stopDate: new Date("2026-11-20T10:15:00.000Z"),
  });
  const { executions } = await client.send(new ListExecutionsCommand({ stateMachineArn, statusFilter: "SUCCEEDED" }));
  expect(executions?.map(({ name }) => name)).toEqual(["one"]);
  expect(
    (await client.send(new ListExecutionsCommand({ stateMachineArn, statusFilter: "RUNNING" }))).executions,
  ).toEqual([]);
});

test("a failed execution is described with its error and cause", async () => {
  const { cloud, client, stateMachineArn } = await startClient({ F: { Type: "Fail", Error: "E", Cause: "c" } });
  const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn }));
  await ended(cloud, executionArn);
  expect(await client.send(new DescribeExecutionCommand({ executionArn }))).toMatchObject({
    status: "FAILED",
    error: "E",
    cause: "c",
  });
});

test("the same name and input while running is the same execution; anything else with that name exists already", async () => {
  const { client, stateMachineArn } = await startClient(waiting, stoppedClock);
  const start = (input: string) => client.send(new StartExecutionCommand({ stateMachineArn, name: "hour-1", input }));
  const first = await start("{}");
  expect((await start("{}")).executionArn).toBe(first.executionArn);
  const exists = { name: "ExecutionAlreadyExists", message: `Execution Already Exists: '${first.executionArn}'` };
  await expect(start('{"a":1}')).rejects.toMatchObject(exists);
  await client.send(new StopExecutionCommand({ executionArn: first.executionArn }));
  await expect(start("{}")).rejects.toMatchObject(exists);
});

test("StopExecution ends a waiting execution as ABORTED", async () => {
  const { client, stateMachineArn } = await startClient(waiting, stoppedClock);
  const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn }));
  expect(await client.send(new DescribeExecutionCommand({ executionArn }))).toMatchObject({ status: "RUNNING" });
  expect((await client.send(new StopExecutionCommand({ executionArn }))).stopDate).toEqual(
    new Date("2026-11-20T10:15:00.000Z"),
  );
  expect(await client.send(new DescribeExecutionCommand({ executionArn }))).toMatchObject({ status: "ABORTED" });
});

test("the history comes in pages, forwards and backwards", async () => {
  const { cloud, client, stateMachineArn } = await startClient({ A: { Type: "Pass", End: true } });
  const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn, input: "[1]" }));
  await ended(cloud, executionArn);
  const first = await client.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 3 }));
  expect(first.events?.map(({ type }) => type)).toEqual(["ExecutionStarted", "PassStateEntered", "PassStateExited"]);
  expect(first.events?.[1]).toMatchObject({
    id: 2,
    previousEventId: 1,
    stateEnteredEventDetails: { name: "A", input: "[1]" },
  });
  const second = await client.send(
    new GetExecutionHistoryCommand({ executionArn, maxResults: 3, nextToken: first.nextToken }),
  );
  expect(second.events?.map(({ type }) => type)).toEqual(["ExecutionSucceeded"]);
  expect(second.nextToken).toBeUndefined();
  const backwards = await client.send(
    new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: 1 }),
  );
  expect(backwards.events?.map(({ type }) => type)).toEqual(["ExecutionSucceeded"]);
});

test("state machines are listed and described", async () => {
  const { cloud, client, stateMachineArn } = await startClient();
  const { stateMachines } = await client.send(new ListStateMachinesCommand({}));
  expect(stateMachines).toMatchObject([{ stateMachineArn, name: "hourly", type: "STANDARD" }]);
  expect(await client.send(new DescribeStateMachineCommand({ stateMachineArn }))).toMatchObject({
    status: "ACTIVE",
    roleArn: cloud.outputs.role,
    definition: machineOf(waiting),
  });
});

test.each([
  ["a name with a space", { name: "an hour" }, "InvalidName"],
  ["a name with a slash", { name: "2026/11" }, "InvalidName"],
  ["a name with a colon", { name: "10:00" }, "InvalidName"],
  ["a name of 81 characters", { name: "n".repeat(81) }, "InvalidName"],
  ["an input that is not JSON", { input: "{" }, "InvalidExecutionInput"],
  ["an input above 256 KiB", { input: JSON.stringify("x".repeat(262_143)) }, "InvalidExecutionInput"],
  [
    "an unknown state machine",
    { stateMachineArn: "arn:aws:states:us-east-1:000000000000:stateMachine:no" },
    "StateMachineDoesNotExist",
  ],
])("%s is refused", async (_case, more, name) => {
  const { client, stateMachineArn } = await startClient();
  await expect(client.send(new StartExecutionCommand({ stateMachineArn, ...more }))).rejects.toMatchObject({ name });
});

test("names may have letters of any alphabet, and 80 characters", async () => {
  const { client, stateMachineArn } = await startClient();
  for (const name of ["hour-2026-11-20T10", "Zürich_1.2+3=(x)@!'", "n".repeat(80)]) {
    await expect(client.send(new StartExecutionCommand({ stateMachineArn, name }))).resolves.toBeDefined();
  }
});

test("a state machine of the type EXPRESS beside the pipeline is only declared", async () => {
  const { declaredOnly } = await start(program(waiting, { type: "EXPRESS" }));
  expect(declaredOnly).toEqual([
    {
      type: "aws:sfn/stateMachine:StateMachine",
      name: "m",
      reason: 'type "EXPRESS" is not simulated; only "STANDARD" is',
    },
  ]);
});

describe("a state machine is refused", () => {
  test.each<[string, () => unknown, string]>([
    [
      "with a definition that is not simulated",
      program({ A: { Type: "Pass", Result: 1, End: true } }),
      'resource "m" (aws:sfn/stateMachine:StateMachine): definition.States.A.Result is not supported',
    ],
    [
      "whose role does not trust the service",
      () => {
        const role = new iam.Role("r", { assumeRolePolicy: trust("lambda.amazonaws.com") });
        new sfn.StateMachine("m", { roleArn: role.arn, definition: machineOf(waiting) });
      },
      "User: states.amazonaws.com is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::000000000000:role/r-",
    ],
  ])("%s", async (_case, refused, words) => {
    await expect(start(refused)).rejects.toThrow(words);
  });
});
