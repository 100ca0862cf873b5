/** Declares the lake's Kinesis data stream, which producers write and routers read. */
import * as kinesis from "@pulumi/aws/kinesis";
import * as pulumi from "@pulumi/pulumi";
import { defaults } from "../lake/defaults";
import { givenKey, keyAccess } from "./existing/key";
import { streamReadAccess, streamWriteAccess } from "./existing/stream";
import { choiceProblem, refuseProblems, wholeNumberProblem } from "./parts/checks";
import { mayDeleteData } from "./parts/config";
import type { Monitoring } from "./parts/monitoring/monitoring";
import { nameProblems } from "./parts/names";
import type { Permission } from "./parts/permission";
import { type TagsArgs, withTags } from "./parts/tags";
import { type Transform, transformed } from "./parts/transform";
import { ingestGraphs, throttledWrites } from "./stream/ingestMonitoring";

export interface StreamIngestArgs extends TagsArgs {
  /**
   * With `"on-demand"`, AWS sets the number of shards by load; with `"provisioned"`, the program sets it by `shards`.
   * @default "on-demand"
   */
  capacity?: "on-demand" | "provisioned";
  /** Shards of a provisioned stream; each takes 1 MB/s or 1,000 records/s. @default none: needed when provisioned */
  shards?: number;
  /**
   * Throughput that an on-demand stream takes without warm-up, MiB/s, 1 to 10240. Kinesis accepts it only in an account that has
   * enabled the minimum throughput billing commitment (On-demand Advantage), which is billed for at least 24 hours.
   * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateStreamWarmThroughput.html
   * @default none
   */
  warmThroughputMebibytesPerSecond?: number;
  /** How long records stay readable, hours, 24 to 8760. @default `defaults.stream.retentionHours` (168) */
  retentionHours?: number;
  /**
   * Maximum size of a record, KiB, 1024 to 10240. A record above about 4.4 MiB never reaches a router, because Lambda's
   * event contains it in base64 and has at most 6 MB. Lambda discards the record into the bucket of failed batches. A
   * preview warns of such sizes.
   * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
   * @default none: Kinesis' own 1024
   */
  maxRecordKibibytes?: number;
  /**
   * Names of consumers with dedicated throughput (enhanced fan-out), 2 MB/s per shard each; at most 20.
   * @default []
   * @example consumers: ["router"] // then `new FormatRouter("clicks", { stream, consumer: "router", … })`
   */
  consumers?: readonly string[];
  /** ARN of the customer's KMS key that encrypts records. @default none: the AWS managed key `alias/aws/kinesis` */
  encryptionKeyArn?: pulumi.Input<string>;
  /**
   * Lets `pulumi destroy` delete the stream and the records in it; effective only together with the stack's
   * `streamlake:allowDataDeletion: true`.
   * @default false: the stream stays in the account
   */
  deleteDataOnDestroy?: boolean;
  /** Changes to the raw resources, just before they are declared. @default none */
  transform?: { stream?: Transform<kinesis.StreamArgs>; consumer?: Transform<kinesis.StreamConsumerArgs> };
}

/** The raw resources. */
export interface StreamIngestNodes {
  readonly stream: kinesis.Stream;
  /** By the consumer's name. */
  readonly consumers: Readonly<Record<string, kinesis.StreamConsumer>>;
}

/** One encrypted Kinesis data stream; by default, it is on demand and keeps records for 168 hours. */
export class StreamIngest extends pulumi.ComponentResource {
  readonly streamName: pulumi.Output<string>;
  readonly streamArn: pulumi.Output<string>;
  /** How long records stay readable, hours. */
  readonly retentionHours: number;
  readonly nodes: StreamIngestNodes;
  /** For `PipelineAlarms` and `PipelineDashboard`. */
  readonly monitoring: Monitoring;
  private readonly encryptionKeyArn?: pulumi.Input<string>;

  constructor(name: string, args: StreamIngestArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    check(name, args);
    super("streamlake:index:StreamIngest", name, {}, withTags("StreamIngest", name, args, opts));
    this.retentionHours = args.retentionHours ?? defaults.stream.retentionHours;
    this.encryptionKeyArn = args.encryptionKeyArn;

    warnOfLargeRecords(name, args);
    const stream = this.stream(name, args);
    this.nodes = { stream, consumers: this.consumers(name, args, stream) };

    this.streamName = stream.name;
    this.streamArn = stream.arn;
    this.monitoring = {
      component: "StreamIngest",
      name,
      arn: stream.arn,
      alarms: { "throttled-writes": throttledWrites(name, stream) },
      declared: {},
      graphs: ingestGraphs(name, stream),
      links: [],
    };
    this.registerOutputs({ streamName: this.streamName, streamArn: this.streamArn });
  }

  /** For producers. */
  writeAccess(): Permission[] {
    return streamWriteAccess(this.streamArn, givenKey(this.encryptionKeyArn));
  }

  /** For functions that read the stream by its shards or, with a consumer's name, through that consumer. */
  readAccess(consumer?: string): Permission[] {
    const consumerArn = consumer === undefined ? undefined : this.consumerArn(consumer);
    return [
      ...streamReadAccess(this.streamArn, consumerArn),
      ...keyAccess([givenKey(this.encryptionKeyArn), "kms:Decrypt"]),
    ];
  }

  /** @throws when `consumers` has no such name */
  consumerArn(consumer: string): pulumi.Output<string> {
    const found = this.nodes.consumers[consumer];
    if (found) return found.arn;
    const known = Object.keys(this.nodes.consumers).join(", ") || "none";
    throw new Error(`StreamIngest has no consumer "${consumer}"; its consumers are: ${known}.`);
  }

  private stream(name: string, args: StreamIngestArgs): kinesis.Stream {
    const provisioned = args.capacity === "provisioned";
    return new kinesis.Stream(
      ...transformed<kinesis.StreamArgs>(
        args.transform?.stream,
        `${name}-stream`,
        {
          streamModeDetails: { streamMode: provisioned ? "PROVISIONED" : "ON_DEMAND" },
          shardCount: args.shards,
          warmThroughputMibPs: args.warmThroughputMebibytesPerSecond,
          retentionPeriod: this.retentionHours,
          maxRecordSizeInKib: args.maxRecordKibibytes,
          encryptionType: "KMS",
          kmsKeyId: args.encryptionKeyArn ?? "alias/aws/kinesis",
        },
        { parent: this, retainOnDelete: !mayDeleteData(args.deleteDataOnDestroy) },
      ),
    );
  }

  private consumers(name: string, args: StreamIngestArgs, stream: kinesis.Stream) {
    const declare = (consumer: string) =>
      new kinesis.StreamConsumer(
        ...transformed<kinesis.StreamConsumerArgs>(
          args.transform?.consumer,
          `${name}-consumer-${consumer}`,
          { streamArn: stream.arn },
          { parent: this },
        ),
      );
    return Object.fromEntries((args.consumers ?? []).map((consumer) => [consumer, declare(consumer)]));
  }
}

/** In base64, 6 MB contain 4,608 KiB of data (three quarters), less some for the rest of the event. */
const MAX_INVOKED_KIBIBYTES = 4500;

function warnOfLargeRecords(name: string, { maxRecordKibibytes = 0 }: StreamIngestArgs): void {
  if (maxRecordKibibytes <= MAX_INVOKED_KIBIBYTES) return;
  void pulumi.log.warn(
    `StreamIngest "${name}": maxRecordKibibytes is ${maxRecordKibibytes}, but Lambda's events hold records of about ${MAX_INVOKED_KIBIBYTES} KiB at most; larger ones never reach a router and land in the bucket of failed batches.`,
  );
}

function isConsumerName(consumer: string): boolean {
  return /^[a-zA-Z0-9_.-]{1,100}$/.test(consumer);
}

function check(name: string, args: StreamIngestArgs): void {
  const provisioned = args.capacity === "provisioned";
  const consumers = args.consumers ?? [];
  refuseProblems("StreamIngest", name, [
    ...nameProblems(name, [
      ["Kinesis stream", "-stream"],
      ...consumers.filter(isConsumerName).map((consumer) => ["Kinesis consumer", `-consumer-${consumer}`] as const),
    ]),
    choiceProblem("capacity", args.capacity, ["on-demand", "provisioned"]),
    wholeNumberProblem("shards", args.shards, { min: 1, max: 100_000, unit: "shards" }),
    provisioned && args.shards === undefined ? `capacity is "provisioned" without shards; say how many.` : undefined,
    !provisioned && args.shards !== undefined
      ? `shards is ${args.shards}, but on-demand streams set their own; use capacity "provisioned", or leave shards out.`
      : undefined,
    provisioned && args.warmThroughputMebibytesPerSecond !== undefined
      ? `warmThroughputMebibytesPerSecond is for on-demand streams; a provisioned one has its shards.`
      : undefined,
    wholeNumberProblem("warmThroughputMebibytesPerSecond", args.warmThroughputMebibytesPerSecond, {
      min: 1,
      max: 10_240,
      unit: "MiB/s",
    }),
    wholeNumberProblem("retentionHours", args.retentionHours, { min: 24, max: 8760, unit: "hours" }),
    wholeNumberProblem("maxRecordKibibytes", args.maxRecordKibibytes, { min: 1024, max: 10_240, unit: "KiB" }),
    consumers.length > 20 ? `consumers has ${consumers.length} names; a stream takes at most 20.` : undefined,
    new Set(consumers).size < consumers.length ? `consumers names one twice (${consumers.join(", ")}).` : undefined,
    ...consumers.map((consumer) =>
      isConsumerName(consumer)
        ? undefined
        : `consumer "${consumer}" is not a name; use letters, digits, "_", "." and "-".`,
    ),
  ]);
}
