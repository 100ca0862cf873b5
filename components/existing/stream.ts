/** Takes a Kinesis stream of any owner, and gives components its name, its retention and the permissions to read it. */
import * as pulumi from "@pulumi/pulumi";
import type { Permission } from "../parts/permission";
import { attributeKey, type CustomerKey, givenKey, keyAccess, keyArnProblem } from "./key";

/** A stream as components use it. A `StreamIngest` is one, also that of another installed copy of this package. */
export interface Stream {
  readonly streamName: pulumi.Output<string>;
  readonly streamArn: pulumi.Output<string>;
  /** How long records stay readable, hours. */
  readonly retentionHours: pulumi.Input<number>;
  /** For functions that read the stream by its shards or, with a consumer's name, through that consumer. */
  readAccess(consumer?: string): Permission[];
  /** For producers. */
  writeAccess(): Permission[];
  /** The ARN of a consumer with dedicated throughput. */
  consumerArn(consumer: string): pulumi.Output<string>;
}

/** The attributes of an `aws.kinesis.Stream`, whether it is declared, imported, or looked up by `get` or `getStreamOutput`. */
export interface StreamResource {
  readonly arn: pulumi.Input<string>;
  readonly name: pulumi.Input<string>;
  readonly kmsKeyId?: pulumi.Input<string | undefined>;
  readonly retentionPeriod?: pulumi.Input<number | undefined>;
}

/** A stream that another program or team owns. */
export interface ExistingStream {
  /** ARN of the stream. */
  readonly streamArn: pulumi.Input<string>;
  /** Name of the stream. @default the name in the ARN */
  readonly streamName?: pulumi.Input<string>;
  /** ARN of the customer's KMS key that encrypts the stream. @default none: a key of AWS, or no encryption */
  readonly encryptionKeyArn?: pulumi.Input<string>;
  /** How long the stream keeps records, hours. @default 24, as for a new stream of Kinesis */
  readonly retentionHours?: number;
  /**
   * ARNs of consumers with dedicated throughput, by the names that the argument `consumer` uses.
   * @default none
   * @example consumerArns: { router: "arn:aws:kinesis:us-east-1:123456789012:stream/clicks/consumer/router:1700000000" }
   */
  readonly consumerArns?: Readonly<Record<string, pulumi.Input<string>>>;
}

/** A stream of this package, of `@pulumi/aws`, or by its ARN. */
export type StreamSource = Stream | StreamResource | ExistingStream;

/** Arguments whose stream is resolved. */
export type OnStream<Args> = Args & { readonly stream: Stream };

/** Kinesis' own default (API reference, CreateStream). */
const KINESIS_RETENTION_HOURS = 24;

/**
 * @param who the component, for errors: `FormatRouter "clicks"`
 * @throws when it is none of these
 */
export function streamOf(who: string, source: StreamSource): Stream {
  // An output of a look-up has every property, each an output.
  if (pulumi.Output.isInstance(source)) return streamOfResource(who, source as StreamResource);
  const { readAccess, arn, streamArn } = (source ?? {}) as Partial<Stream & StreamResource & ExistingStream>;
  if (typeof readAccess === "function") return source as Stream;
  if (arn !== undefined) return streamOfResource(who, source as StreamResource);
  if (streamArn !== undefined) return streamOfDescription(who, source as ExistingStream);
  throw new pulumi.RunError(
    `${who}: stream is not a stream; give a StreamIngest, an aws.kinesis.Stream, or { streamArn } of one that exists.`,
  );
}

function streamOfResource(who: string, { arn, name, kmsKeyId, retentionPeriod }: StreamResource): Stream {
  const key = attributeKey({
    who: `${who}: its stream`,
    instead: "{ streamArn, encryptionKeyArn }",
    neighbour: arn,
    key: kmsKeyId,
  });
  const streamArn = pulumi.output(arn);
  return {
    streamArn,
    streamName: pulumi.output(name),
    retentionHours: pulumi.output(retentionPeriod).apply((hours) => hours ?? KINESIS_RETENTION_HOURS),
    readAccess: () => [...streamReadAccess(streamArn), ...keyAccess([key, "kms:Decrypt"])],
    writeAccess: () => streamWriteAccess(streamArn, key),
    consumerArn: (consumer) => {
      throw new pulumi.RunError(
        `${who}: an aws.kinesis.Stream does not list its consumers; give { streamArn, consumerArns: { "${consumer}": … } } with the consumer's ARN.`,
      );
    },
  };
}

function streamOfDescription(who: string, existing: ExistingStream): Stream {
  const { retentionHours = KINESIS_RETENTION_HOURS, encryptionKeyArn, consumerArns = {} } = existing;
  const problems = [
    arnProblem(existing.streamArn),
    keyArnProblem("encryptionKeyArn of its stream", encryptionKeyArn),
  ].filter((problem) => problem !== undefined);
  if (problems.length > 0) throw new pulumi.RunError(`${who}: ${problems.join(" ")}`);
  const streamArn = pulumi.output(existing.streamArn);
  const consumerArn = (consumer: string) => {
    const arn = consumerArns[consumer];
    if (arn !== undefined) return pulumi.output(arn);
    const known = Object.keys(consumerArns).join(", ") || "none";
    throw new pulumi.RunError(`${who}: consumerArns of its stream has no "${consumer}"; its consumers are: ${known}.`);
  };
  return {
    streamArn,
    streamName: pulumi.output(existing.streamName ?? streamArn.apply((arn) => arn.slice(arn.indexOf("/") + 1))),
    retentionHours,
    consumerArn,
    readAccess: (consumer) => [
      ...streamReadAccess(streamArn, consumer === undefined ? undefined : consumerArn(consumer)),
      ...keyAccess([givenKey(encryptionKeyArn), "kms:Decrypt"]),
    ],
    writeAccess: () => streamWriteAccess(streamArn, givenKey(encryptionKeyArn)),
  };
}

function arnProblem(arn: pulumi.Input<string>): string | undefined {
  if (typeof arn !== "string" || /^arn:[^:]+:kinesis:[^:]+:\d+:stream\/[^/]+$/.test(arn)) return undefined;
  return `streamArn of its stream is "${arn}"; use the ARN of a stream, as "arn:aws:kinesis:us-east-1:123456789012:stream/clicks".`;
}

/**
 * Reading a stream by its shards or through a consumer. The actions are those of AWS's managed policy
 * AWSLambdaKinesisExecutionRole, without its logs and without `*`.
 */
export function streamReadAccess(
  streamArn: pulumi.Output<string>,
  consumerArn?: pulumi.Output<string>,
): readonly Permission[] {
  const actions = ["DescribeStream", "DescribeStreamSummary", "GetRecords", "GetShardIterator", "ListShards"];
  const read = { actions: actions.map((action) => `kinesis:${action}`), resources: [streamArn] };
  if (consumerArn === undefined) return [read];
  return [read, { actions: ["kinesis:SubscribeToShard"], resources: [consumerArn] }];
}

/**
 * Writing to a stream. Producers of an encrypted one make data keys:
 * https://docs.aws.amazon.com/streams/latest/dev/permissions-user-key-KMS.html
 */
export function streamWriteAccess(streamArn: pulumi.Output<string>, key: CustomerKey | undefined): Permission[] {
  const write = { actions: ["kinesis:PutRecord", "kinesis:PutRecords"], resources: [streamArn] };
  return [write, ...keyAccess([key, "kms:GenerateDataKey"])];
}
