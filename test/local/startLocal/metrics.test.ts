/** The metrics that a run publishes, as CloudWatch lists them. */
import * as apigatewayv2 from "@pulumi/aws/apigatewayv2";
import * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as iam from "@pulumi/aws/iam";
import * as kinesis from "@pulumi/aws/kinesis";
import * as lambda from "@pulumi/aws/lambda";
import * as sfn from "@pulumi/aws/sfn";
import * as sns from "@pulumi/aws/sns";
import * as sqs from "@pulumi/aws/sqs";
import * as pulumi from "@pulumi/pulumi";
import type { StepFunctionsService } from "../../../local/services/stepFunctions/service";
import { NOW, start, stopAll, stoppedClock } from "../support/start";

afterEach(stopAll);

const trust = (service: string): iam.PolicyDocument => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
});

/** Fails on a record with the text "fail", and logs the number of records as a metric. */
const CODE = `exports.handler = async (event) => {
  const records = event.Records ?? [];
  if (records.length === 0) return { statusCode: event.rawPath === "/bad" ? 502 : 200, body: "{}" };
  const directive = { Namespace: "Shop", Dimensions: [["Shop"]], Metrics: [{ Name: "Seen", Unit: "Count" }] };
  process.stdout.write(JSON.stringify({ Shop: "north", Seen: records.length, _aws: { Timestamp: ${NOW}, CloudWatchMetrics: [directive] } }) + "\\n");
  if (records.some(({ kinesis }) => Buffer.from(kinesis.data, "base64").toString() === "fail")) throw new Error("failed");
  return {};
};`;

function program() {
  const stream = new kinesis.Stream("s", { name: "s", shardCount: 1 });
  const group = new cloudwatch.LogGroup("g", { name: "/aws/lambda/f" });
  const role = new iam.Role("r", { assumeRolePolicy: trust("lambda.amazonaws.com") });
  const policy = new iam.RolePolicy("p", {
    role: role.id,
    policy: {
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Action: ["kinesis:*"], Resource: stream.arn },
        { Effect: "Allow", Action: ["logs:CreateLogStream", "logs:PutLogEvents"], Resource: "arn:aws:logs:*:*:*" },
      ],
    },
  });
  const f = new lambda.Function(
    "f",
    {
      name: "f",
      role: role.arn,
      runtime: "nodejs22.x",
      handler: "index.handler",
      code: new pulumi.asset.AssetArchive({ "index.js": new pulumi.asset.StringAsset(CODE) }),
    },
    { dependsOn: [group, policy] },
  );
  const mapping = new lambda.EventSourceMapping("m", {
    eventSourceArn: stream.arn,
    functionName: f.name,
    startingPosition: "TRIM_HORIZON",
    batchSize: 2,
    maximumRetryAttempts: 0,
    metricsConfig: { metrics: ["EventCount"] },
    destinationConfig: { onFailure: { destinationArn: "arn:aws:sns:us-east-1:000000000000:none" } },
  });
  const machine = new sfn.StateMachine("w", {
    name: "w",
    roleArn: new iam.Role("wr", { assumeRolePolicy: trust("states.amazonaws.com") }).arn,
    definition: JSON.stringify({
      QueryLanguage: "JSONata",
      StartAt: "End",
      States: { End: { Type: "Fail", Error: "Broken", Cause: "on purpose" } },
    }),
  });
  const queue = new sqs.Queue("q", { name: "q" });
  const topic = new sns.Topic("t", { name: "t" });
  const api = new apigatewayv2.Api("a", { protocolType: "HTTP" });
  new lambda.Permission("ap", {
    action: "lambda:InvokeFunction",
    function: f.name,
    principal: "apigateway.amazonaws.com",
    sourceArn: pulumi.interpolate`${api.executionArn}/*`,
  });
  const integration = new apigatewayv2.Integration("ai", {
    apiId: api.id,
    integrationType: "AWS_PROXY",
    integrationUri: f.arn,
    payloadFormatVersion: "2.0",
  });
  const target = pulumi.interpolate`integrations/${integration.id}`;
  new apigatewayv2.Route("ar", { apiId: api.id, routeKey: "GET /{path}", target });
  new apigatewayv2.Stage("as", { apiId: api.id, name: "$default", autoDeploy: true });
  return {
    mapping: mapping.uuid,
    machine: machine.arn,
    queue: queue.url,
    topic: topic.arn,
    api: api.id,
    url: api.apiEndpoint,
  };
}

test("each service publishes its metrics with the dimensions of AWS", async () => {
  const cloud = await start(program);
  const { mapping, machine, queue, topic, api, url } = cloud.outputs as Record<string, string>;
  const Records = ["ok", "ok", "fail"].map((text) => ({ Data: Buffer.from(text), PartitionKey: "k" }));
  await cloud.call("kinesis", "PutRecords", { StreamName: "s", Records });
  await cloud.drain();
  const { arn } = (cloud.service("states") as StepFunctionsService).start(
    { stateMachineArn: machine as string },
    stoppedClock,
  );
  await (cloud.service("states") as StepFunctionsService).execution(arn).ended;
  await cloud.call("sqs", "SendMessage", { QueueUrl: queue, MessageBody: "four" });
  await cloud.call("sns", "Publish", { TopicArn: topic, Message: "three" });
  for (const path of ["good", "bad"]) await fetch(`${url}/${path}`);

  const sums: Record<string, Record<string, number>> = {};
  const minute = Math.floor(NOW / 60_000) * 60;
  const range = { StartTime: minute, EndTime: minute + 60, Period: 60, Statistics: ["Sum"] };
  const { Metrics } = (await cloud.call("cloudwatch", "ListMetrics", {})) as {
    Metrics: { Namespace: string; MetricName: string; Dimensions: { Name: string; Value: string }[] }[];
  };
  for (const metric of Metrics) {
    const read = (await cloud.call("cloudwatch", "GetMetricStatistics", { ...metric, ...range })) as {
      Datapoints: { Sum: number; Unit: string }[];
    };
    const [point] = read.Datapoints;
    const of = `${metric.Namespace} ${metric.Dimensions.map(({ Name, Value }) => `${Name}=${Value}`).join(" ")}`;
    sums[of] = { ...sums[of], [`${metric.MetricName} ${point?.Unit}`]: point?.Sum as number };
  }
  const { "PutRecords.Success Count": _once, ...incoming } = sums["AWS/Kinesis StreamName=s"] as Record<string, number>;
  expect(incoming).toMatchObject({
    "IncomingRecords Count": 3,
    "IncomingBytes Bytes": 8,
    "WriteProvisionedThroughputExceeded Count": 0,
    "PutRecords.TotalRecords Count": 3,
    "PutRecords.SuccessfulRecords Count": 3,
    "PutRecords.ThrottledRecords Count": 0,
    "GetRecords.Records Count": 3,
    "GetRecords.IteratorAgeMilliseconds Milliseconds": 0,
  });
  expect(sums["AWS/Lambda FunctionName=f"]).toEqual({
    // Two batches and two requests.
    "Invocations Count": 4,
    "Errors Count": 1,
    "Throttles Count": 0,
    "Duration Milliseconds": 0,
    "ConcurrentExecutions Count": 4,
    "IteratorAge Milliseconds": 0,
    "DestinationDeliveryFailures Count": 1,
  });
  expect(sums[`AWS/Lambda EventSourceMappingUUID=${mapping}`]).toEqual({
    "PolledEventCount Count": 3,
    "FilteredOutEventCount Count": 0,
    "InvokedEventCount Count": 3,
    "FailedInvokeEventCount Count": 1,
    "DroppedEventCount Count": 1,
    "OnFailureDestinationDeliveredEventCount Count": 0,
  });
  expect(sums[`AWS/States StateMachineArn=${machine}`]).toEqual({
    "ExecutionsStarted Count": 1,
    "ExecutionsSucceeded Count": 0,
    "ExecutionsFailed Count": 1,
    "ExecutionsTimedOut Count": 0,
    "ExecutionsAborted Count": 0,
    "ExecutionTime Milliseconds": 0,
  });
  expect(sums["AWS/SQS QueueName=q"]).toMatchObject({
    "NumberOfMessagesSent Count": 1,
    "SentMessageSize Bytes": 4,
    "ApproximateAgeOfOldestMessage Seconds": 0,
  });
  expect(sums["AWS/SQS QueueName=q"]).toHaveProperty(["ApproximateNumberOfMessagesVisible Count"]);
  expect(sums["AWS/SNS TopicName=t"]).toEqual({ "NumberOfMessagesPublished Count": 1, "PublishSize Bytes": 5 });
  for (const dimensions of [`ApiId=${api}`, `ApiId=${api} Stage=$default`]) {
    expect(sums[`AWS/ApiGateway ${dimensions}`]).toEqual({
      "Count Count": 2,
      "4xx Count": 0,
      "5xx Count": 1,
      "Latency Milliseconds": 0,
      "IntegrationLatency Milliseconds": 0,
    });
  }
  expect(sums["Shop Shop=north"]).toEqual({ "Seen Count": 3 });
});
