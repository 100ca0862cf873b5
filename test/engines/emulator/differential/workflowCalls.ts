/** Calls of Step Functions and Lambda. */
import * as lambda from "@aws-sdk/client-lambda";
import * as sfn from "@aws-sdk/client-sfn";
import { systemClock } from "../../../../local/cloud/clock";
import type { Clients } from "../clients";
import type { Call } from "./compare";
import { FUNCTION, MACHINE_ARN } from "./program";

const NO_EXECUTION = MACHINE_ARN.replace("stateMachine", "execution").concat(":nothing");

const start = (aws: Clients, name: string, input: string) =>
  aws.sfn.send(new sfn.StartExecutionCommand({ stateMachineArn: MACHINE_ARN, name, input }));

async function ended(aws: Clients, executionArn: string | undefined) {
  for (;;) {
    const {
      startDate: _,
      stopDate: __,
      ...told
    } = await aws.sfn.send(new sfn.DescribeExecutionCommand({ executionArn }));
    if (told.status !== "RUNNING") return { ...told, output: JSON.parse(told.output ?? "null") };
    await systemClock.sleep(20);
  }
}

const STATES_CALLS: readonly Call[] = [
  ["a state machine", (aws) => aws.sfn.send(new sfn.DescribeStateMachineCommand({ stateMachineArn: MACHINE_ARN }))],
  [
    "a missing state machine",
    (aws) => aws.sfn.send(new sfn.DescribeStateMachineCommand({ stateMachineArn: `${MACHINE_ARN}x` })),
  ],
  ["an execution to its end", async (aws) => ended(aws, (await start(aws, "one", '{"word":"hi"}')).executionArn)],
  ["the same name with another input", (aws) => start(aws, "one", '{"word":"other"}')],
  ["a name that is none", (aws) => start(aws, "a name", "{}")],
  ["an input that is no JSON", (aws) => start(aws, "two", "{")],
  [
    "a start of a missing state machine",
    (aws) => aws.sfn.send(new sfn.StartExecutionCommand({ stateMachineArn: `${MACHINE_ARN}x`, name: "one" })),
  ],
  ["an ARN that is none", (aws) => aws.sfn.send(new sfn.DescribeExecutionCommand({ executionArn: "nothing" }))],
  ["a missing execution", (aws) => aws.sfn.send(new sfn.DescribeExecutionCommand({ executionArn: NO_EXECUTION }))],
  [
    "history of a missing execution",
    (aws) => aws.sfn.send(new sfn.GetExecutionHistoryCommand({ executionArn: NO_EXECUTION })),
  ],
  ["stop a missing execution", (aws) => aws.sfn.send(new sfn.StopExecutionCommand({ executionArn: NO_EXECUTION }))],
  [
    "executions",
    async (aws) => {
      const { executions } = await aws.sfn.send(new sfn.ListExecutionsCommand({ stateMachineArn: MACHINE_ARN }));
      return executions?.filter(({ name }) => name === "one").map(({ name, status }) => `${name} ${status}`);
    },
  ],
];

async function invoke(aws: Clients, event: object, more: object = {}) {
  const Payload = Buffer.from(JSON.stringify(event));
  const answer = await aws.lambda.send(new lambda.InvokeCommand({ FunctionName: FUNCTION, Payload, ...more }));
  const { trace: _, ...payload } = JSON.parse(Buffer.from(answer.Payload ?? []).toString() || "{}");
  return { status: answer.StatusCode, error: answer.FunctionError, version: answer.ExecutedVersion, payload };
}

const LAMBDA_CALLS: readonly Call[] = [
  ["invoke a function", (aws) => invoke(aws, { a: 1 })],
  ["invoke a function that throws", (aws) => invoke(aws, { fail: true })],
  ["a dry run", (aws) => invoke(aws, { a: 1 }, { InvocationType: "DryRun" })],
  ["invoke a missing function", (aws) => aws.lambda.send(new lambda.InvokeCommand({ FunctionName: "nothing" }))],
  [
    "invoke with a payload that is no JSON",
    (aws) => aws.lambda.send(new lambda.InvokeCommand({ FunctionName: FUNCTION, Payload: Buffer.from("{") })),
  ],
];

export const WORKFLOW_CALLS: readonly Call[] = [...STATES_CALLS, ...LAMBDA_CALLS];
