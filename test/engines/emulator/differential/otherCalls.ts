/** Calls of Glue, Athena, Step Functions, Lambda, SNS, SQS, Logs and STS. */
import * as athena from "@aws-sdk/client-athena";
import * as logs from "@aws-sdk/client-cloudwatch-logs";
import * as glue from "@aws-sdk/client-glue";
import * as lambda from "@aws-sdk/client-lambda";
import * as sfn from "@aws-sdk/client-sfn";
import * as sns from "@aws-sdk/client-sns";
import * as sqs from "@aws-sdk/client-sqs";
import * as sts from "@aws-sdk/client-sts";
import { systemClock } from "../../../../local/clock";
import type { Clients } from "../clients";
import type { Call } from "./compare";
import { DATABASE, FUNCTION, MACHINE_ARN, QUEUE, TOPIC_ARN } from "./program";

const NO_ID = "11111111-2222-3333-4444-555555555555";
const NO_EXECUTION = MACHINE_ARN.replace("stateMachine", "execution").concat(":nothing");

const GLUE_CALLS: readonly Call[] = [
  ["a database", (aws) => aws.glue.send(new glue.GetDatabaseCommand({ Name: DATABASE }))],
  ["a missing database", (aws) => aws.glue.send(new glue.GetDatabaseCommand({ Name: "nothing" }))],
  ["a table", (aws) => aws.glue.send(new glue.GetTableCommand({ DatabaseName: DATABASE, Name: "rows" }))],
  [
    "a table in capitals",
    async (aws) => {
      const { Table } = await aws.glue.send(new glue.GetTableCommand({ DatabaseName: DATABASE, Name: "ROWS" }));
      return { name: Table?.Name };
    },
  ],
  ["a missing table", (aws) => aws.glue.send(new glue.GetTableCommand({ DatabaseName: DATABASE, Name: "nothing" }))],
  [
    "a table of a missing database",
    (aws) => aws.glue.send(new glue.GetTableCommand({ DatabaseName: "nothing", Name: "rows" })),
  ],
  [
    "partitions of an empty table",
    (aws) => aws.glue.send(new glue.GetPartitionsCommand({ DatabaseName: DATABASE, TableName: "rows" })),
  ],
  [
    "a missing partition",
    (aws) =>
      aws.glue.send(
        new glue.GetPartitionCommand({ DatabaseName: DATABASE, TableName: "rows", PartitionValues: ["x"] }),
      ),
  ],
  ["a missing job", (aws) => aws.glue.send(new glue.GetJobCommand({ JobName: "nothing" }))],
  ["a run of a missing job", (aws) => aws.glue.send(new glue.StartJobRunCommand({ JobName: "nothing" }))],
  ["a missing run", (aws) => aws.glue.send(new glue.GetJobRunCommand({ JobName: "nothing", RunId: "jr_1" }))],
  ["a missing crawler", (aws) => aws.glue.send(new glue.GetCrawlerCommand({ Name: "nothing" }))],
  ["start a missing crawler", (aws) => aws.glue.send(new glue.StartCrawlerCommand({ Name: "nothing" }))],
];

const ATHENA_CALLS: readonly Call[] = [
  [
    "a workgroup",
    async (aws) => {
      const { WorkGroup } = await aws.athena.send(new athena.GetWorkGroupCommand({ WorkGroup: "differential" }));
      return {
        Name: WorkGroup?.Name,
        State: WorkGroup?.State,
        at: WorkGroup?.Configuration?.ResultConfiguration?.OutputLocation,
      };
    },
  ],
  ["a missing workgroup", (aws) => aws.athena.send(new athena.GetWorkGroupCommand({ WorkGroup: "nothing" }))],
  [
    "a missing query execution",
    (aws) => aws.athena.send(new athena.GetQueryExecutionCommand({ QueryExecutionId: NO_ID })),
  ],
  [
    "results of a missing query execution",
    (aws) => aws.athena.send(new athena.GetQueryResultsCommand({ QueryExecutionId: NO_ID })),
  ],
  ["a missing named query", (aws) => aws.athena.send(new athena.GetNamedQueryCommand({ NamedQueryId: NO_ID }))],
  [
    "a query in a missing workgroup",
    (aws) => aws.athena.send(new athena.StartQueryExecutionCommand({ QueryString: "SELECT 1", WorkGroup: "nothing" })),
  ],
  [
    "an empty query",
    (aws) => aws.athena.send(new athena.StartQueryExecutionCommand({ QueryString: "", WorkGroup: "differential" })),
  ],
];

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

const WORKFLOW_CALLS: readonly Call[] = [
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

const publish =
  (input: Partial<sns.PublishCommandInput>): Call[1] =>
  (aws) =>
    aws.sns.send(new sns.PublishCommand({ TopicArn: TOPIC_ARN, Message: "hello", ...input }));

const onQueue =
  (run: (aws: Clients, QueueUrl: string) => Promise<unknown>): Call[1] =>
  async (aws) => {
    const { QueueUrl = "" } = await aws.sqs.send(new sqs.GetQueueUrlCommand({ QueueName: QUEUE }));
    return run(aws, QueueUrl);
  };

const MESSAGE_CALLS: readonly Call[] = [
  ["publish", publish({})],
  ["publish with a subject", publish({ Subject: "A subject" })],
  ["publish nothing", publish({ Message: "" })],
  ["publish more than 256 KiB", publish({ Message: "x".repeat(262_145) })],
  ["publish with a subject of 101 characters", publish({ Subject: "x".repeat(101) })],
  ["publish with a subject of two lines", publish({ Subject: "a\nb" })],
  ["publish to a missing topic", publish({ TopicArn: `${TOPIC_ARN}-missing` })],
  ["topics", (aws) => aws.sns.send(new sns.ListTopicsCommand({}))],
  ["a queue's URL", onQueue(async (_aws, url) => ({ url }))],
  ["a missing queue's URL", (aws) => aws.sqs.send(new sqs.GetQueueUrlCommand({ QueueName: "nothing" }))],
  [
    "send a message",
    onQueue((aws, QueueUrl) => aws.sqs.send(new sqs.SendMessageCommand({ QueueUrl, MessageBody: "hello" }))),
  ],
  [
    "send a message with attributes",
    onQueue((aws, QueueUrl) =>
      aws.sqs.send(
        new sqs.SendMessageCommand({
          QueueUrl,
          MessageBody: "hello",
          MessageAttributes: { of: { DataType: "String", StringValue: "me" } },
        }),
      ),
    ),
  ],
  [
    "send an empty message",
    onQueue((aws, QueueUrl) => aws.sqs.send(new sqs.SendMessageCommand({ QueueUrl, MessageBody: "" }))),
  ],
  [
    "send more than 1 MiB",
    onQueue((aws, QueueUrl) =>
      aws.sqs.send(new sqs.SendMessageCommand({ QueueUrl, MessageBody: "x".repeat(1024 * 1024 + 1) })),
    ),
  ],
  [
    "send to a missing queue",
    onQueue((aws, QueueUrl) =>
      aws.sqs.send(new sqs.SendMessageCommand({ QueueUrl: `${QueueUrl}-missing`, MessageBody: "hello" })),
    ),
  ],
  [
    "two attributes of a queue",
    onQueue((aws, QueueUrl) =>
      aws.sqs.send(
        new sqs.GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn", "ApproximateNumberOfMessages"] }),
      ),
    ),
  ],
  [
    "no attributes of a queue",
    onQueue((aws, QueueUrl) => aws.sqs.send(new sqs.GetQueueAttributesCommand({ QueueUrl }))),
  ],
];

const LOGS_CALLS: readonly Call[] = [
  ["log groups", (aws) => aws.logs.send(new logs.DescribeLogGroupsCommand({ logGroupNamePrefix: "differential" }))],
  [
    "a log stream",
    (aws) =>
      aws.logs.send(new logs.CreateLogStreamCommand({ logGroupName: "differential-logs", logStreamName: "one" })),
  ],
  [
    "a log stream once more",
    (aws) =>
      aws.logs.send(new logs.CreateLogStreamCommand({ logGroupName: "differential-logs", logStreamName: "one" })),
  ],
  [
    "a log stream of a missing group",
    (aws) => aws.logs.send(new logs.CreateLogStreamCommand({ logGroupName: "nothing", logStreamName: "one" })),
  ],
  [
    "events to a missing log stream",
    (aws) =>
      aws.logs.send(
        new logs.PutLogEventsCommand({
          logGroupName: "differential-logs",
          logStreamName: "two",
          logEvents: [{ timestamp: systemClock.now(), message: "hi" }],
        }),
      ),
  ],
];

export const OTHER_CALLS: readonly Call[] = [
  ...GLUE_CALLS,
  ...ATHENA_CALLS,
  ...WORKFLOW_CALLS,
  ...LAMBDA_CALLS,
  ...MESSAGE_CALLS,
  ...LOGS_CALLS,
  ["who calls", async (aws) => ({ account: (await aws.sts.send(new sts.GetCallerIdentityCommand({}))).Account })],
];
