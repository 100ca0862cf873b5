/** Runs an inline handler on the batches of a stream, with retries that end, and a place for the batches that fail. */
import * as pulumi from "@pulumi/pulumi";
import type { CallbackContext } from "../lake/callbackContext";
import { defaults } from "../lake/defaults";
import { functionNames } from "./callbackFunction";
import { givenKey } from "./existing/key";
import { type OnStream, streamOf } from "./existing/stream";
import { functionSettingsProblems } from "./function/settings";
import { failedBatchAccess, failedBucketAccess } from "./lake/access";
import type { Lake } from "./lake/lake";
import { expireAfter, type PrivateBucket, type PrivateBucketTransform, privateBucket } from "./lake/privateBucket";
import type { HandlerFactory } from "./package/bundleCallback";
import { refuseProblems, wholeNumberProblem } from "./parts/checks";
import { mayDeleteData } from "./parts/config";
import type { Monitoring } from "./parts/monitoring/monitoring";
import { nameProblems } from "./parts/names";
import { withTags } from "./parts/tags";
import { type StreamAlarmsArgs, streamAlarmsProblems } from "./stream/alarms";
import { streamMappingProblems } from "./stream/mappingArgs";
import { type Subscription, type SubscriptionArgs, type SubscriptionTransform, subscribe } from "./stream/subscription";

/** A batch, as Lambda delivers it: https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html */
export interface StreamEvent {
  readonly Records: readonly {
    readonly eventID: string;
    readonly eventSourceARN: string;
    readonly kinesis: {
      /** In base64. */
      readonly data: string;
      readonly partitionKey: string;
      readonly sequenceNumber: string;
      /** Seconds since the epoch. */
      readonly approximateArrivalTimestamp: number;
    };
  }[];
}

/** The lowest sequence number is the checkpoint: Lambda delivers that record and all later ones of the batch again. */
export interface StreamAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/**
 * Handles a batch. If it throws, Lambda splits the batch and retries both halves; nothing returned is success. Records
 * may be delivered more than once.
 */
export type StreamHandler = (
  event: StreamEvent,
  context: CallbackContext,
) => Promise<StreamAnswer | undefined> | Promise<void> | StreamAnswer | undefined | void;

/** The mapping's defaults are `defaults.streamFunction`. */
export interface StreamFunctionArgs extends SubscriptionArgs {
  /**
   * The inline handler. It is part of the package: it `require`s inside its body everything but plain values. Its second
   * argument reads `secrets`.
   * @default none: `factory` makes it
   * @example handler: async ({ Records }) => { for (const { kinesis } of Records) console.log(kinesis.partitionKey); }
   */
  handler?: StreamHandler;
  /** Makes the handler once at cold start, for handlers that keep clients between batches. @default none: `handler` */
  factory?: (context: CallbackContext) => (event: StreamEvent) => unknown;
  /** The purpose of the function, shown in the console. @default none */
  description?: string;
  /** Keeps failed batches in this lake's bucket of failed batches. @default none: a bucket of its own */
  lake?: Lake;
  /** How long its own bucket keeps failed batches, days, 1 to 3650. @default `defaults.retentionDays.failedBatches` (90) */
  failedBatchDays?: number;
  /** ARN of the KMS key that encrypts its own bucket. @default none: S3's own keys */
  encryptionKeyArn?: pulumi.Input<string>;
  /** True lets `pulumi destroy` delete its own bucket, if the stack has `streamlake:allowDataDeletion: true`. @default false */
  deleteDataOnDestroy?: boolean;
  /** Memory, MiB, 128 to 10240; processor time grows with it. @default `defaults.streamFunction.memoryMebibytes` (512) */
  memoryMebibytes?: number;
  /** Maximum run time for one batch, seconds, 1 to 900. @default `defaults.streamFunction.timeoutSeconds` (120) */
  timeoutSeconds?: number;
  /**
   * Alarms on records that wait, on failures, and on records that are discarded. CloudWatch charges for each alarm, and
   * charges the mapping's metrics as custom metrics.
   * @default none
   */
  alarms?: StreamAlarmsArgs;
  /** Changes to the raw resources, just before they are declared. @default none */
  transform?: StreamFunctionTransform;
}

export interface StreamFunctionTransform extends SubscriptionTransform {
  failed?: PrivateBucketTransform;
}

/** The raw resources. */
export interface StreamFunctionNodes extends Subscription {
  /** The bucket of failed batches; undefined with the argument `lake`. */
  readonly failed: PrivateBucket | undefined;
}

/** A Lambda function on a stream, the event source mapping between them, and a bucket of failed batches. */
export class StreamFunction extends pulumi.ComponentResource {
  readonly functionName: pulumi.Output<string>;
  /** The bucket in which Lambda keeps whole failed batches, under `aws/lambda/`. */
  readonly failedBucketName: pulumi.Output<string>;
  readonly nodes: StreamFunctionNodes;
  /** For `PipelineAlarms` and `PipelineDashboard`. */
  readonly monitoring: Monitoring;

  constructor(name: string, given: StreamFunctionArgs, opts?: pulumi.ComponentResourceOptions) {
    const args = { ...given, stream: streamOf(`StreamFunction "${name}"`, given.stream) };
    check(name, args);
    super("streamlake:index:StreamFunction", name, {}, withTags("StreamFunction", name, args, opts));

    const failed = args.lake ? undefined : this.failedBatches(name, args);
    const { failedArn, failedBucketName } = failed
      ? { failedArn: failed.bucket.arn, failedBucketName: failed.bucket.id }
      : (args.lake as Lake).resources;
    const { monitoring, ...subscription } = subscribe(name, args, {
      parent: this,
      component: "StreamFunction",
      role: "handler",
      description: args.description,
      factory: factoryOf(args),
      defaults: defaults.streamFunction,
      permissions: args.lake
        ? failedBatchAccess(args.lake.resources)
        : failedBucketAccess(failedArn, givenKey(args.encryptionKeyArn)),
      onFailure: {
        arn: failedArn,
        discarded: "into the bucket of failed batches, which keeps whole events",
        undelivered: "write failed batches of % to their bucket; check the role, the bucket and its key",
      },
    });
    this.nodes = { ...subscription, failed };
    this.monitoring = monitoring;
    this.functionName = subscription.function.nodes.function.name;
    this.failedBucketName = failedBucketName;

    this.registerOutputs({ functionName: this.functionName, failedBucketName: this.failedBucketName });
  }

  private failedBatches(name: string, args: StreamFunctionArgs): PrivateBucket {
    return privateBucket(`${name}-failed`, {
      parent: this,
      deletable: mayDeleteData(args.deleteDataOnDestroy),
      encryptionKeyArn: args.encryptionKeyArn,
      lifecycleRules: [expireAfter("failed-batches", args.failedBatchDays ?? defaults.retentionDays.failedBatches)],
      transform: args.transform?.failed,
    });
  }
}

function factoryOf({ handler, factory }: StreamFunctionArgs): HandlerFactory {
  if (factory) return factory as HandlerFactory;
  const inline = handler as StreamHandler;
  return (context) => (event: StreamEvent) => inline(event, context);
}

function check(name: string, args: OnStream<StreamFunctionArgs>): void {
  const { handler, factory, lake } = args;
  const ownBucket = ["failedBatchDays", "encryptionKeyArn", "deleteDataOnDestroy"] as const;
  refuseProblems("StreamFunction", name, [
    ...nameProblems(name, [...functionNames("-handler"), ...(lake ? [] : [["S3 bucket", "-failed"] as const])]),
    (handler === undefined) === (factory === undefined)
      ? `it has ${handler === undefined ? "neither handler nor factory" : "both handler and factory"}; use one of them.`
      : undefined,
    handler === undefined || typeof handler === "function"
      ? undefined
      : `handler is ${typeof handler}; use an inline callback.`,
    ...(lake ? ownBucket.filter((option) => args[option] !== undefined) : []).map(
      (option) => `${option} is for its own bucket; leave it out, or leave lake out.`,
    ),
    wholeNumberProblem("failedBatchDays", args.failedBatchDays, { min: 1, max: 3650, unit: "days" }),
    // A filter on data drops records that are not JSON, which this handler may expect or not.
    ...streamMappingProblems(args, {}),
    ...functionSettingsProblems(args),
    ...streamAlarmsProblems(args),
  ]);
}
