/** The service integrations that a task's `Resource` may name; any other is refused when the state machine is created. */
import { withoutUndefined } from "../../../cloud/json";
import { glueGetCrawler, glueGetJobRuns, glueStartCrawler, glueStartJobRun } from "./glue";
import { argumentsOf, type Integration, withErrorNames } from "./integration";
import { lambdaInvoke } from "./lambdaInvoke";
import { redshiftDataIntegrations } from "./redshiftData";

const SNS_ERRORS = { prefix: "SNS", accessDenied: "AuthorizationErrorException" };

/** `sns:publish`: publishes a message to a topic. A message that is not a string is sent as its JSON. */
const snsPublish: Integration = async (call, service) => {
  const { TopicArn, Message, Subject } = argumentsOf(call, ["TopicArn", "Message", "Subject"], ["TopicArn", "Message"]);
  const text = typeof Message === "string" ? Message : JSON.stringify(Message);
  const input = withoutUndefined({ TopicArn, Message: text, Subject });
  const { MessageId } = (await withErrorNames(SNS_ERRORS, () => service("sns", "Publish", input))) as {
    MessageId: string;
  };
  return { MessageId };
};

// An execution that exists already is `StepFunctions.ExecutionAlreadyExistsException`. A denied call has no exception
// of its own in the service's model, so the SDK's base exception is reported.
const STATES_ERRORS = { prefix: "StepFunctions", accessDenied: "AWSStepFunctionsException" };

/** `states:startExecution`: starts an execution and does not wait for it. */
const startExecution: Integration = async (call, service) => {
  const names = ["StateMachineArn", "Input", "Name"];
  const { StateMachineArn, Input = {}, Name } = argumentsOf(call, names, ["StateMachineArn"]);
  if (typeof Input === "string") throw new Error(`${call.resource}: Input must be JSON, not a string`);
  const input = withoutUndefined({ stateMachineArn: StateMachineArn, input: JSON.stringify(Input), name: Name });
  const started = await withErrorNames(STATES_ERRORS, () => service("states", "StartExecution", input));
  const { executionArn, startDate } = started as { executionArn: string; startDate: Date };
  return { ExecutionArn: executionArn, StartDate: startDate.toISOString() };
};

// As with `STATES_ERRORS`, under the name of the SDK's client.
const SFN_ERRORS = { prefix: "Sfn", accessDenied: "SfnException" };

/** `aws-sdk:sfn:describeExecution`: the status of an execution; its input, output and error are not returned. */
const describeExecution: Integration = async (call, service) => {
  const { ExecutionArn } = argumentsOf(call, ["ExecutionArn"], ["ExecutionArn"]);
  const input = { executionArn: ExecutionArn };
  const found = (await withErrorNames(SFN_ERRORS, () => service("states", "DescribeExecution", input))) as {
    executionArn: string;
    stateMachineArn: string;
    name: string;
    status: string;
    startDate: Date;
    stopDate?: Date;
  };
  return {
    ExecutionArn: found.executionArn,
    StateMachineArn: found.stateMachineArn,
    Name: found.name,
    Status: found.status,
    StartDate: found.startDate.toISOString(),
    ...(found.stopDate && { StopDate: found.stopDate.toISOString() }),
  };
};

/** `aws-sdk:sfn:listExecutions`: the executions of a state machine, newest first, a page at a time. */
const listExecutions: Integration = async (call, service) => {
  const names = ["StateMachineArn", "StatusFilter", "MaxResults", "NextToken"];
  const { StateMachineArn, StatusFilter, MaxResults, NextToken } = argumentsOf(call, names, ["StateMachineArn"]);
  const input = withoutUndefined({
    stateMachineArn: StateMachineArn,
    statusFilter: StatusFilter,
    maxResults: MaxResults,
    nextToken: NextToken,
  });
  const found = (await withErrorNames(SFN_ERRORS, () => service("states", "ListExecutions", input))) as {
    executions: { executionArn: string; name: string; status: string; startDate: Date; stopDate?: Date }[];
    nextToken?: string;
  };
  return {
    Executions: found.executions.map((each) => ({
      ExecutionArn: each.executionArn,
      Name: each.name,
      StateMachineArn: StateMachineArn as string,
      Status: each.status,
      StartDate: each.startDate.toISOString(),
      ...(each.stopDate && { StopDate: each.stopDate.toISOString() }),
    })),
    ...(found.nextToken !== undefined && { NextToken: found.nextToken }),
  };
};

export const integrations: ReadonlyMap<string, Integration> = new Map<string, Integration>([
  ["arn:aws:states:::lambda:invoke", lambdaInvoke],
  ["arn:aws:states:::glue:startJobRun.sync", glueStartJobRun],
  ["arn:aws:states:::aws-sdk:glue:startCrawler", glueStartCrawler],
  ["arn:aws:states:::aws-sdk:glue:getCrawler", glueGetCrawler],
  ["arn:aws:states:::aws-sdk:glue:getJobRuns", glueGetJobRuns],
  ["arn:aws:states:::aws-sdk:sfn:describeExecution", describeExecution],
  ...Object.entries(redshiftDataIntegrations).map(([name, integration]): [string, Integration] => [
    `arn:aws:states:::aws-sdk:redshiftdata:${name}`,
    integration,
  ]),
  ["arn:aws:states:::aws-sdk:sfn:listExecutions", listExecutions],
  ["arn:aws:states:::sns:publish", snsPublish],
  ["arn:aws:states:::states:startExecution", startExecution],
]);
