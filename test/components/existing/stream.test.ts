/** Streams that exist: names, retention, keys and permissions of routers and alerts on them, and the refusals. */
import * as kinesis from "@pulumi/aws/kinesis";
import * as pulumi from "@pulumi/pulumi";
import { ContentAlerts, DataLake, FormatRouter, type FormatRouterArgs, type StreamSource } from "streamlake";
import { declare, UNKNOWN } from "streamlake/testing";
import { streamOf } from "../../../components/existing/stream";
import { maxRecordAgeHours } from "../../../components/stream/mapping";
import { listed, statements } from "../support/listed";
import { outputFailure } from "../support/outputFailure";

const STREAM = "arn:aws:kinesis:us-east-1:123456789012:stream/clicks";
const KEY = "arn:aws:kms:us-east-1:123456789012:key/own";
const READ = [
  "kinesis:DescribeStream",
  "kinesis:DescribeStreamSummary",
  "kinesis:GetRecords",
  "kinesis:GetShardIterator",
  "kinesis:ListShards",
];

const routed =
  (stream: () => StreamSource, args: Partial<FormatRouterArgs> = {}) =>
  () => {
    new FormatRouter("r", { stream: stream(), lake: new DataLake("lake"), ...args });
  };
const resource = (args: kinesis.StreamArgs = {}) => new kinesis.Stream("clicks", args);

/** The statements of the router on the stream and on keys, and the mapping's source and age. */
async function routing(program: () => void) {
  const declared = await declare(program);
  const { eventSourceArn, maximumRecordAgeInSeconds } = declared.one("r-mapping").inputs;
  const of = (statements(declared.one("r-router-policy")) as { Action: string[]; Resource: string[] }[])
    .filter(({ Action }) => /^(kinesis|kms):/.test(Action[0] as string))
    .map(({ Action, Resource }) => [Action, Resource]);
  const { STREAM_NAME } = declared.one("r-router-function").inputs.environment.variables;
  return { eventSourceArn, hours: maximumRecordAgeInSeconds / 3600, name: STREAM_NAME, of };
}

const sources: [string, () => StreamSource, object][] = [
  [
    "an aws.kinesis.Stream that keeps records for Kinesis' 24 hours",
    () => resource(),
    { eventSourceArn: STREAM, hours: 23, name: "clicks", of: [[READ, [STREAM]]] },
  ],
  [
    "an aws.kinesis.Stream with the key of AWS",
    () => resource({ encryptionType: "KMS", kmsKeyId: "alias/aws/kinesis", retentionPeriod: 48 }),
    { eventSourceArn: STREAM, hours: 47, name: "clicks", of: [[READ, [STREAM]]] },
  ],
  [
    "an aws.kinesis.Stream with the ARN of a customer's key",
    () => resource({ encryptionType: "KMS", kmsKeyId: KEY, retentionPeriod: 8760 }),
    {
      eventSourceArn: STREAM,
      hours: 168,
      name: "clicks",
      of: [
        [READ, [STREAM]],
        [["kms:Decrypt"], [KEY]],
      ],
    },
  ],
  [
    "an aws.kinesis.Stream with the id of a customer's key",
    () => resource({ encryptionType: "KMS", kmsKeyId: "own" }),
    {
      eventSourceArn: STREAM,
      hours: 23,
      name: "clicks",
      of: [
        [READ, [STREAM]],
        [["kms:Decrypt"], [KEY]],
      ],
    },
  ],
  [
    "the result of a look-up",
    () => pulumi.output({ arn: STREAM, name: "clicks", kmsKeyId: KEY, retentionPeriod: 24 }),
    {
      eventSourceArn: STREAM,
      hours: 23,
      name: "clicks",
      of: [
        [READ, [STREAM]],
        [["kms:Decrypt"], [KEY]],
      ],
    },
  ],
  [
    "an ARN",
    () => ({ streamArn: STREAM }),
    { eventSourceArn: STREAM, hours: 23, name: "clicks", of: [[READ, [STREAM]]] },
  ],
  [
    "a description",
    () => ({ streamArn: pulumi.output(STREAM), streamName: "clicks", encryptionKeyArn: KEY, retentionHours: 168 }),
    {
      eventSourceArn: STREAM,
      hours: 167,
      name: "clicks",
      of: [
        [READ, [STREAM]],
        [["kms:Decrypt"], [KEY]],
      ],
    },
  ],
  [
    "a StreamIngest of another installed copy",
    () => ({
      streamArn: pulumi.output(STREAM),
      streamName: pulumi.output("clicks"),
      retentionHours: 100,
      readAccess: () => [{ actions: ["kinesis:GetRecords"], resources: [STREAM] }],
      writeAccess: () => [],
      consumerArn: () => pulumi.output(STREAM),
    }),
    { eventSourceArn: STREAM, hours: 99, name: "clicks", of: [[["kinesis:GetRecords"], [STREAM]]] },
  ],
];

test.each(sources)(
  "a router reads %s, with the permissions that it needs and no others",
  async (_, source, expected) => {
    expect(await routing(routed(source))).toEqual(expected);
  },
);

test("through a consumer of an existing stream, a router reads the consumer's ARN and may subscribe to it", async () => {
  const consumer = `${STREAM}/consumer/fast:1`;
  const source = () => ({ streamArn: STREAM, consumerArns: { fast: consumer } });
  expect(await routing(routed(source, { consumer: "fast" }))).toEqual({
    eventSourceArn: consumer,
    hours: 23,
    name: "clicks",
    of: [
      [READ, [STREAM]],
      [["kinesis:SubscribeToShard"], [consumer]],
    ],
  });
});

test("a preview declares the same resources on a stream that does not exist yet, and its policy is unknown", async () => {
  const program = routed(() => resource({ kmsKeyId: KEY }));
  const preview = await declare(program, { preview: true });
  expect(listed(preview)).toEqual(listed(await declare(program)));
  expect(preview.one("r-router-policy").inputs.policy).toBe(UNKNOWN);
});

test("the router declares nothing for a stream that exists", async () => {
  const names = listed(await declare(routed(() => ({ streamArn: STREAM })))).filter((line) => !line.includes(" lake"));
  expect(names).toEqual([
    "aws:cloudwatch/logGroup:LogGroup r-router-logs",
    "aws:iam/role:Role r-router-role",
    "aws:iam/rolePolicy:RolePolicy r-router-policy",
    "aws:lambda/eventSourceMapping:EventSourceMapping r-mapping",
    "aws:lambda/function:Function r-router-function",
    "streamlake:index:CallbackFunction r-router",
    "streamlake:index:FormatRouter r",
  ]);
});

test("the description of the alarm on the iterator age has the age that the retention gives", async () => {
  const alarms = { topicArn: "arn:aws:sns:us-east-1:123456789012:alarms" };
  const declared = await declare(routed(() => resource({ retentionPeriod: 48 }), { alarms }));
  expect(declared.one("r-alarm-iterator-age").inputs.alarmDescription).toBe(
    "r is 15 minutes behind; Lambda discards records after 47 hours",
  );
});

test("alerts read a stream that exists", async () => {
  const declared = await declare(() => {
    const lake = new DataLake("lake");
    new ContentAlerts("a", { stream: { streamArn: STREAM }, lake, rules: { never: () => false } });
  });
  expect(declared.one("a-mapping").inputs.eventSourceArn).toBe(STREAM);
  expect(statements(declared.one("a-alerts-policy"))[1]).toEqual({ Effect: "Allow", Action: READ, Resource: [STREAM] });
});

const refused: [string, () => unknown, Partial<FormatRouterArgs>, string][] = [
  [
    "what is no stream",
    () => undefined,
    {},
    'FormatRouter "r": stream is not a stream; give a StreamIngest, an aws.kinesis.Stream, or { streamArn } of one that exists.',
  ],
  [
    "a name in place of an ARN",
    () => ({ streamArn: "clicks" }),
    {},
    'FormatRouter "r": streamArn of its stream is "clicks"; use the ARN of a stream, as "arn:aws:kinesis:us-east-1:123456789012:stream/clicks".',
  ],
  [
    "an alias in place of a key",
    () => ({ streamArn: STREAM, encryptionKeyArn: "alias/own" }),
    {},
    'FormatRouter "r": encryptionKeyArn of its stream is "alias/own"; use the ARN of a key, as "arn:aws:kms:us-east-1:123456789012:key/1234abcd".',
  ],
  [
    "an unknown consumer",
    () => ({ streamArn: STREAM, consumerArns: { fast: `${STREAM}/consumer/fast:1` } }),
    { consumer: "slow" },
    'FormatRouter "r": consumerArns of its stream has no "slow"; its consumers are: fast.',
  ],
  [
    "an age over the retention of a description",
    () => ({ streamArn: STREAM, retentionHours: 48 }),
    { maxRecordAgeHours: 48 },
    'FormatRouter "r": maxRecordAgeHours is 48, but the stream keeps records for 48 hours; use less: Kinesis drops older records before Lambda can keep them in the on-failure destination.',
  ],
];

test.each(refused)("refuses %s", async (_, stream, args, message) => {
  await expect(declare(routed(stream as () => StreamSource, args))).rejects.toThrow(message);
});

test("refuses a consumer of an aws.kinesis.Stream, which does not list its consumers", async () => {
  await expect(declare(routed(() => resource(), { consumer: "fast" }))).rejects.toThrow(
    `FormatRouter "r": an aws.kinesis.Stream does not list its consumers; give { streamArn, consumerArns: { "fast": … } } with the consumer's ARN.`,
  );
});

test("refuses an aws.kinesis.Stream whose key is an alias", async () => {
  const stream = streamOf('FormatRouter "r"', { arn: STREAM, name: "clicks", kmsKeyId: "alias/own" });
  expect(await outputFailure(stream.readAccess()[1]?.resources[0])).toBe(
    `FormatRouter "r": its stream is encrypted with the key of "alias/own", and IAM policies do not name keys by alias; give { streamArn, encryptionKeyArn } with the key's ARN.`,
  );
});

test("refuses an age over the retention of an aws.kinesis.Stream", async () => {
  const stream = streamOf('FormatRouter "r"', { arn: STREAM, name: "clicks", retentionPeriod: 24 });
  expect(await outputFailure(maxRecordAgeHours("r-mapping", { stream, maxRecordAgeHours: 24 }))).toBe(
    "r-mapping: maxRecordAgeHours is 24, but the stream keeps records for 24 hours; use less: Kinesis drops older records before Lambda can keep them in the on-failure destination.",
  );
});
