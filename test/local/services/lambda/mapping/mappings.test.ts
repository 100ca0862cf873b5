/** Event source mappings in a run: from the stream through the function's process to success or the failure bucket. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { CALLER } from "../../../../../local/cloud/iam/principal";
import { snsService } from "../../../../../local/services/sns/service";
import { Pipeline, STATEMENTS } from "../../../support/lambdaPipeline";

let pipeline: Pipeline;
beforeEach(() => {
  pipeline = new Pipeline();
});
afterEach(() => pipeline.end());

/** A handler that appends `<shard>/<sequence number> <data>` of each record to a file, then does what the text says. */
function recording(then = "return { batchItemFailures: [] };"): string {
  return `
    const fs = require("node:fs");
    exports.handler = async (event) => {
      const texts = event.Records.map((record) => Buffer.from(record.kinesis.data, "base64").toString());
      ${then.includes("record(texts)") ? "" : "record(texts);"}
      ${then}
    };
    function record(texts) { fs.appendFileSync(${JSON.stringify(path.join(pipeline.dataDir, "seen"))}, texts.map((text) => text + "\\n").join("")); }
  `;
}

function seen(): string[] {
  return readFileSync(path.join(pipeline.dataDir, "seen"), "utf8").trimEnd().split("\n").sort();
}

test("every record of every shard reaches the function once", async () => {
  await pipeline.declare(recording(), { batchSize: 7, parallelizationFactor: 3 });
  const texts = Array.from({ length: 100 }, (_, index) => `text ${index}`);
  await pipeline.put(texts.slice(0, 60));
  await pipeline.put(texts.slice(60));
  await pipeline.lambda.drainMappings();
  expect(seen()).toEqual([...texts].sort());
  expect(pipeline.lambda.failedBatches()).toEqual([]);
  expect(pipeline.cloud.usage().denied).toEqual([]);
});

test("draining does not wait for the window, and later records are seen by the next drain", async () => {
  await pipeline.declare(recording(), { maximumBatchingWindowInSeconds: 300 });
  await pipeline.put(["a"]);
  await pipeline.lambda.drainMappings();
  await pipeline.put(["b"]);
  await pipeline.lambda.drainMappings();
  expect(seen()).toEqual(["a", "b"]);
});

test("records are delivered without a drain as they come", async () => {
  await pipeline.declare(recording());
  await pipeline.put(["a"]);
  for (let tries = 0; tries < 100; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    try {
      if (seen().length > 0) break;
    } catch {
      // Nothing has been delivered yet: the file is not there.
    }
  }
  expect(seen()).toEqual(["a"]);
});

test("a record that the function always throws on is given up alone, its whole event in the failure bucket", async () => {
  await pipeline.declare(recording('if (texts.includes("bad")) throw new TypeError("cannot");'), {
    bisectBatchOnFunctionError: true,
    maximumRetryAttempts: 1,
    destinationConfig: { onFailure: { destinationArn: "arn:aws:s3:::failed" } },
  });
  await pipeline.put(["a", "b", "bad", "c"]);
  await pipeline.lambda.drainMappings();
  expect([...new Set(seen())]).toEqual(["a", "b", "bad", "c"]);
  const [batch, ...others] = pipeline.lambda.failedBatches();
  expect(others).toEqual([]);
  expect(batch).toMatchObject({ records: 1, condition: "RetryAttemptsExhausted", reason: "TypeError: cannot" });
  const [[key, text]] = [...pipeline.objects] as [[string, string]];
  expect(batch?.destination).toBe(key);
  expect(key).toMatch(
    /^s3:\/\/failed\/aws\/lambda\/[0-9a-f-]{36}\/shardId-00000000000\d\/\d{4}\/\d\d\/\d\d\/\d{4}-\d\d-\d\dT\d\d\.\d\d\.\d\d-[0-9a-f-]{36}$/,
  );
  const document = JSON.parse(text);
  const sequenceNumber = batch?.firstSequenceNumber;
  expect(document).toEqual({
    requestContext: {
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      functionArn: "arn:aws:lambda:us-east-1:123456789012:function:router",
      condition: "RetryAttemptsExhausted",
      approximateInvokeCount: expect.any(Number),
    },
    responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
    version: "1.0",
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    KinesisBatchInfo: {
      shardId: batch?.shard,
      startSequenceNumber: sequenceNumber,
      endSequenceNumber: sequenceNumber,
      approximateArrivalOfFirstRecord: expect.any(String),
      approximateArrivalOfLastRecord: expect.any(String),
      batchSize: 1,
      streamArn: "arn:aws:kinesis:us-east-1:123456789012:stream/clicks",
    },
    payload: expect.any(String),
  });
  const [record, ...more] = JSON.parse(document.payload).Records;
  expect(more).toEqual([]);
  expect(Buffer.from(record.kinesis.data, "base64").toString()).toBe("bad");
});

test("a batch without a destination is reported as lost", async () => {
  await pipeline.declare('exports.handler = async () => { throw new Error("no"); };', { maximumRetryAttempts: 0 });
  await pipeline.put(["a"]);
  await pipeline.lambda.drainMappings();
  expect(pipeline.lambda.failedBatches()).toMatchObject([
    { records: 1, reason: "Error: no", undelivered: "the mapping has no on-failure destination" },
  ]);
});

test("a batch that is on its way to the failure bucket when its mapping is deleted is told of once it is there", async () => {
  const began = new Promise<() => void>((resolve) => {
    pipeline.beforePut = () => new Promise((goOn) => resolve(goOn));
  });
  const id = await pipeline.declare('exports.handler = async () => { throw new Error("no"); };', {
    maximumRetryAttempts: 0,
    destinationConfig: { onFailure: { destinationArn: "arn:aws:s3:::failed" } },
  });
  await pipeline.put(["a"]);
  const goOn = await began;
  await pipeline.deleteMapping(id);
  expect(pipeline.lambda.failedBatches()).toEqual([]);
  goOn();
  await new Promise((resolve) => setImmediate(resolve));
  const [key] = pipeline.objects.keys();
  expect(pipeline.lambda.failedBatches()).toMatchObject([{ records: 1, reason: "Error: no", destination: key }]);
});

test("a topic as the destination is told which records were given up, and gets none of them", async () => {
  const topic = "arn:aws:sns:us-east-1:123456789012:failed";
  const publish = { Effect: "Allow", Action: "sns:Publish", Resource: topic };
  const sns = snsService(pipeline.cloud);
  pipeline.cloud.register(sns);
  await pipeline.create("aws:sns/topic:Topic", "failed", { name: "failed" });
  await pipeline.declare(
    'exports.handler = async () => { throw new Error("no"); };',
    { maximumRetryAttempts: 0, destinationConfig: { onFailure: { destinationArn: topic } } },
    [...STATEMENTS, publish],
  );
  await pipeline.put(["secret"]);
  await pipeline.lambda.drainMappings();
  expect(pipeline.lambda.failedBatches()).toMatchObject([{ records: 1, destination: topic }]);
  const { body = "{}" } = sns.topics()[0]?.messages[0] ?? {};
  expect(JSON.parse(body)).toMatchObject({
    requestContext: { condition: "RetryAttemptsExhausted" },
    KinesisBatchInfo: { batchSize: 1 },
  });
  expect(body).not.toContain(Buffer.from("secret").toString("base64"));
  expect(JSON.parse(body)).not.toHaveProperty("payload");
});

test("a topic that the role may not publish to leaves the batch undelivered, and says so", async () => {
  const topic = "arn:aws:sns:us-east-1:123456789012:failed";
  pipeline.cloud.register(snsService(pipeline.cloud));
  await pipeline.create("aws:sns/topic:Topic", "failed", { name: "failed" });
  await pipeline.declare('exports.handler = async () => { throw new Error("no"); };', {
    maximumRetryAttempts: 0,
    destinationConfig: { onFailure: { destinationArn: topic } },
  });
  await pipeline.put(["a"]);
  await pipeline.lambda.drainMappings();
  expect(pipeline.lambda.failedBatches()[0]?.undelivered).toContain("is not authorized to perform: sns:Publish");
});

test("a failure bucket that the role may not write to is reported with the denied action", async () => {
  const withoutPut = STATEMENTS.filter((statement) => statement.Action !== "s3:PutObject");
  await pipeline.declare(
    'exports.handler = async () => { throw new Error("no"); };',
    { maximumRetryAttempts: 0, destinationConfig: { onFailure: { destinationArn: "arn:aws:s3:::failed" } } },
    withoutPut,
  );
  await pipeline.put(["a"]);
  await pipeline.lambda.drainMappings();
  expect(pipeline.lambda.failedBatches()[0]?.undelivered).toContain("is not authorized to perform: s3:PutObject");
});

test("a role that may not read the stream stops the mapping, and the drain says why", async () => {
  const withoutRead = [{ ...STATEMENTS[0], Action: ["kinesis:DescribeStreamSummary", "kinesis:ListShards"] }];
  await pipeline.declare(recording(), {}, withoutRead);
  await pipeline.put(["a"]);
  await expect(pipeline.lambda.drainMappings()).rejects.toThrow(
    /event source mapping of arn:aws:lambda:us-east-1:123456789012:function:router: .*kinesis:GetShardIterator/,
  );
});

test("a mapping that is not enabled reads nothing", async () => {
  await pipeline.declare(recording(), { enabled: false });
  writeFileSync(path.join(pipeline.dataDir, "seen"), "");
  await pipeline.put(["a"]);
  await pipeline.lambda.drainMappings();
  expect(seen()).toEqual([""]);
});

test("records of a shard that was split and of its children are all delivered", async () => {
  await pipeline.declare(recording(), { batchSize: 10 });
  await pipeline.put(["a-1", "a-2", "a-3"]);
  const { Shards } = (await pipeline.cloud.call(CALLER, "kinesis", "ListShards", { StreamName: "clicks" })) as {
    Shards: { ShardId: string; HashKeyRange: { StartingHashKey: string; EndingHashKey: string } }[];
  };
  const [first] = Shards as [(typeof Shards)[number]];
  const { StartingHashKey, EndingHashKey } = first.HashKeyRange;
  await pipeline.cloud.call(CALLER, "kinesis", "SplitShard", {
    StreamName: "clicks",
    ShardToSplit: first.ShardId,
    NewStartingHashKey: String((BigInt(StartingHashKey) + BigInt(EndingHashKey)) / 2n),
  });
  await pipeline.put(["b-1", "b-2", "b-3"]);
  await pipeline.lambda.drainMappings();
  expect(seen()).toEqual(["a-1", "a-2", "a-3", "b-1", "b-2", "b-3"]);
});

test("Invoke calls a function for whoever may call it", async () => {
  await pipeline.declare("exports.handler = async (event) => ({ hour: event.hour });", { enabled: false });
  const input = { FunctionName: "router", Payload: Buffer.from('{"hour":"2026-11-20T10"}') };
  const output = await pipeline.cloud.call(CALLER, "lambda", "Invoke", input);
  expect(output).toEqual({
    StatusCode: 200,
    ExecutedVersion: "$LATEST",
    Payload: Buffer.from('{"hour":"2026-11-20T10"}'),
  });
});

test.each([
  ["a role without the permission", "router", /lambda:InvokeFunction/],
  ["a function that is not there", "other", /Function not found: arn:aws:lambda:us-east-1:123456789012:function:other/],
])("Invoke by %s is refused", async (_name, FunctionName, message) => {
  await pipeline.declare("exports.handler = async () => 1;", { enabled: false });
  const role = { kind: "role", arn: "arn:aws:iam::123456789012:role/router" } as const;
  await expect(pipeline.cloud.call(role, "lambda", "Invoke", { FunctionName })).rejects.toThrow(message);
});

test.each<[string, object]>([
  ["without end", {}],
  ["for days", { maximumRetryAttempts: 10_000, maximumRecordAgeInSeconds: 601_200 }],
])(
  "draining says which batch would be retried %s",
  async (_, settings) => {
    await pipeline.declare('exports.handler = async () => { throw new Error("no"); };', settings);
    await pipeline.put(["a"]);
    await expect(pipeline.lambda.drainMappings()).rejects.toThrow(
      /the batch from shardId-00000000000\d \d+ has failed 5 times \(Error: no\), and its retries do not end soon; correct the function, or set maximumRetryAttempts to at most 100/,
    );
  },
  20_000,
);

test("a mapping whose role cannot describe the stream is refused, as AWS refuses it", async () => {
  await expect(pipeline.declare(recording(), {}, STATEMENTS.slice(1))).rejects.toThrow(
    /event source mapping "router": .*kinesis:DescribeStreamSummary.*; the role's policy must allow it and be made before/,
  );
});

test("Invoke of the type Event is refused", async () => {
  await pipeline.declare("exports.handler = async () => 1;", { enabled: false });
  const input = { FunctionName: "router", InvocationType: "Event" };
  await expect(pipeline.cloud.call(CALLER, "lambda", "Invoke", input)).rejects.toThrow(
    'local/lambda: the invocation type "Event" is not simulated; use "RequestResponse", see docs/fidelity.md',
  );
});

test("a payload that is no JSON is refused before the function is asked", async () => {
  await pipeline.declare("exports.handler = async () => 1;", { enabled: false });
  const input = { FunctionName: "router", Payload: Buffer.from("{") };
  await expect(pipeline.cloud.call(CALLER, "lambda", "Invoke", input)).rejects.toMatchObject({
    code: "InvalidRequestContentException",
    status: 400,
  });
});

test("the inputs that are simulated and that have no effect", () => {
  const { resources } = pipeline.lambda;
  expect(Object.keys(resources)).toEqual([
    "aws:lambda/function:Function",
    "aws:lambda/eventSourceMapping:EventSourceMapping",
    "aws:lambda/permission:Permission",
  ]);
  expect(resources["aws:lambda/function:Function"]).toMatchObject({
    simulated: [
      "name",
      "namePrefix",
      "role",
      "runtime",
      "handler",
      "code",
      "memorySize",
      "timeout",
      "environment",
      "loggingConfig",
      "reservedConcurrentExecutions",
      "vpcConfig",
    ],
    withoutEffect: ["description", "architectures", "tags", "tracingConfig", "publish"],
  });
  expect(resources["aws:lambda/eventSourceMapping:EventSourceMapping"]).toMatchObject({
    simulated: [
      "eventSourceArn",
      "functionName",
      "startingPosition",
      "startingPositionTimestamp",
      "batchSize",
      "maximumBatchingWindowInSeconds",
      "parallelizationFactor",
      "maximumRetryAttempts",
      "maximumRecordAgeInSeconds",
      "bisectBatchOnFunctionError",
      "functionResponseTypes",
      "destinationConfig",
      "enabled",
      "metricsConfig",
    ],
    withoutEffect: ["tags"],
  });
});
