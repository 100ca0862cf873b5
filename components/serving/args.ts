/** The arguments of ServingTable, and the checks on them. */
import type * as dynamodb from "@pulumi/aws/dynamodb";
import type * as pulumi from "@pulumi/pulumi";
import { checkFormats, DEFAULT_FORMATS, type FormatsConfig } from "../../lake/formats";
import { type FoldedAttributes, foldProblems, type ServingFold, type ServingKey } from "../../lake/serving/fold";
import { functionNames } from "../callbackFunction";
import { keyArnProblem } from "../existing/key";
import type { RegistrySource } from "../existing/registry";
import type { OnStream } from "../existing/stream";
import { functionSettingsProblems } from "../function/settings";
import type { Lake } from "../lake/lake";
import { refuseProblems, wholeNumberProblem } from "../parts/checks";
import { nameProblems } from "../parts/names";
import type { Transform } from "../parts/transform";
import { type StreamAlarmsArgs, streamAlarmsProblems } from "../stream/alarms";
import { streamMappingProblems } from "../stream/mappingArgs";
import type { SubscriptionArgs } from "../stream/subscription";
import type { StreamFunctionTransform } from "../streamFunction";

/** The mapping's defaults are `defaults.serving`. */
export interface ServingTableArgs extends SubscriptionArgs {
  /**
   * The key of a row's item, 1 to 2048 bytes: the name of a member of the rows, or an inline callback, which returns
   * false for a row that is not part of the view. With a key that is not the stream partition key, the rows of one item
   * may come from several shards: they are folded once each, and in order only among those of one shard.
   * @default the stream partition key of the row's record
   * @example key: (row) => row.kind === "order" && String(row.customer)
   */
  key?: string | ServingKey;
  /**
   * Makes the item of a key from its rows, one after the other: an inline callback, or declared attributes. A callback
   * is synchronous, and returns the same item for the same arguments. Callbacks are part of the package: they `require`
   * inside their body everything but plain values, and their last argument reads `secrets`.
   * @default the item is the newest row
   * @example fold: { orders: { count: true }, total: { sum: "amount" }, name: { latest: "name" }, recent: { last: 10, of: "order" } }
   */
  fold?: ServingFold | FoldedAttributes;
  /** How long Lambda gathers a batch, seconds, 0 to 300; items are at least that old, and a longer window saves writes. @default 10 */
  batchWindowSeconds?: number;
  /** Concurrent batches of each shard, 1 to 10; only without `key`, and not for records that a KPL producer aggregated. @default 1 */
  parallelizationFactor?: number;
  /** The formats that are tried, each with its options; usually those of the router. @default JSON, NDJSON and CSV */
  formats?: FormatsConfig;
  /** The registry of the schemas that records name by id in Glue's frame; usually that of the router. @default none: only declared schemas are known */
  schemaRegistry?: RegistrySource;
  /**
   * Time from the arrival of an item's newest row to its expiry, days, 1 to 3650. DynamoDB deletes expired items within a
   * few days, so readers compare `_expires` (seconds since the epoch) with the time. A row that arrives after the expiry
   * begins its item anew.
   * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
   * @default none: items stay
   */
  timeToLiveDays?: number;
  /** ARN of the customer's KMS key that encrypts the table, and its own bucket of failed batches. @default none: keys of DynamoDB and S3 */
  encryptionKeyArn?: pulumi.Input<string>;
  /** Keeps failed batches in this lake's bucket of failed batches. @default none: a bucket of its own */
  lake?: Lake;
  /** How long its own bucket keeps failed batches, days, 1 to 3650. @default `defaults.retentionDays.failedBatches` (90) */
  failedBatchDays?: number;
  /**
   * Lets `pulumi destroy` delete the table and its own bucket, if the stack has `streamlake:allowDataDeletion: true`. The
   * table then has no deletion protection.
   * @default false: they stay in the account
   */
  deleteDataOnDestroy?: boolean;
  /** Memory, MiB, 128 to 10240; processor time grows with it. @default `defaults.serving.memoryMebibytes` (1024) */
  memoryMebibytes?: number;
  /** Maximum run time for one batch, seconds, 1 to 900. @default `defaults.serving.timeoutSeconds` (120) */
  timeoutSeconds?: number;
  /**
   * Alarms on records that wait, on failures, on records that are discarded, on rows that are not folded, and on failed
   * writes. CloudWatch charges for each alarm, and charges the mapping's metrics as custom metrics.
   * @default none
   */
  alarms?: StreamAlarmsArgs;
  /** Changes to the raw resources, just before they are declared. @default none */
  transform?: ServingTableTransform;
}

export interface ServingTableTransform extends StreamFunctionTransform {
  table?: Transform<dynamodb.TableArgs>;
}

export function checkServingTable(name: string, args: OnStream<ServingTableArgs>): void {
  const { key, fold, lake } = args;
  const formats = args.formats ?? DEFAULT_FORMATS;
  refuseProblems("ServingTable", name, [
    ...nameProblems(name, [
      ["DynamoDB table", "-table"],
      ...functionNames("-fold-handler"),
      ...(lake ? [] : [["S3 bucket", "-fold-failed"] as const]),
    ]),
    keyProblem(key),
    fold === undefined || typeof fold === "function" || (typeof fold === "object" && fold !== null)
      ? undefined
      : `fold is ${typeof fold}; use an inline callback, or attributes as { orders: { count: true } }.`,
    ...(typeof fold === "object" && fold !== null ? foldProblems(fold) : []),
    key !== undefined && (args.parallelizationFactor ?? 1) > 1
      ? `parallelizationFactor is ${args.parallelizationFactor}, which keeps only the records of one stream partition key in order; leave out key, so that items have that key, or leave out parallelizationFactor.`
      : undefined,
    ...checkFormats(formats).map((problem) => `formats: ${problem}.`),
    ...streamMappingProblems(args, formats),
    ...functionSettingsProblems(args, ["VIEW_TABLE"]),
    ...streamAlarmsProblems(args),
    wholeNumberProblem("timeToLiveDays", args.timeToLiveDays, { min: 1, max: 3650, unit: "days" }),
    wholeNumberProblem("failedBatchDays", args.failedBatchDays, { min: 1, max: 3650, unit: "days" }),
    lake && args.failedBatchDays !== undefined
      ? "failedBatchDays is for its own bucket; leave it out, or leave lake out."
      : undefined,
    keyArnProblem("encryptionKeyArn", args.encryptionKeyArn),
  ]);
}

function keyProblem(key: unknown): string | undefined {
  if (key === "") return "key is empty; name a member of the rows, or leave key out for the stream partition key.";
  if (key === undefined || typeof key === "string" || typeof key === "function") return undefined;
  return `key is ${typeof key}; use the name of a member of the rows, or an inline callback.`;
}
