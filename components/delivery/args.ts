/** The arguments of DeliveryStream, and the checks on them. */
import type * as cloudwatch from "@pulumi/aws/cloudwatch";
import type * as glue from "@pulumi/aws/glue";
import type * as iam from "@pulumi/aws/iam";
import type * as kinesis from "@pulumi/aws/kinesis";
import type * as pulumi from "@pulumi/pulumi";
import { defaults } from "../../lake/defaults";
import type { DeliveryHooks } from "../../lake/delivery/deliveryLines";
import { checkFormats, DEFAULT_FORMATS, type FormatsConfig } from "../../lake/formats";
import { deliveredNames } from "../../lake/tableName";
import { type CallbackFunctionTransform, functionNames } from "../callbackFunction";
import { keyArnProblem } from "../existing/key";
import type { RegistrySource } from "../existing/registry";
import type { StreamSource } from "../existing/stream";
import { type FunctionSettings, functionSettingsProblems } from "../function/settings";
import type { Lake } from "../lake/lake";
import type { PrivateBucketTransform } from "../lake/privateBucket";
import type { AlarmsArgs } from "../parts/alarm";
import { choiceProblem, LOG_RETENTION_DAYS, refuseProblems, wholeNumberProblem } from "../parts/checks";
import { nameProblems } from "../parts/names";
import type { TagsArgs } from "../parts/tags";
import type { Transform } from "../parts/transform";

export interface DeliveryAlarmsArgs extends AlarmsArgs {
  /**
   * Age of the oldest record that is not delivered, beyond the time in buffers, at which `freshness` goes off, minutes,
   * 1 to 10080. `behind` goes off when Firehose reads the stream that late.
   * @default `defaults.delivery.alarms.freshnessMinutes` (15)
   */
  freshnessMinutes?: number;
}

export interface DeliveryStreamArgs extends FunctionSettings, TagsArgs {
  /**
   * The stream that Firehose reads, from the newest record on: records that arrived before the delivery stream was made are
   * not delivered. A `StreamIngest`, an `aws.kinesis.Stream`, or `{ streamArn, … }` of one that exists.
   */
  stream: StreamSource;
  /** The lake that rows are delivered to. */
  lake: Lake;
  /** The table of rows that no hook sends elsewhere. Each delivery stream has tables of its own. @default the lake's first table */
  table?: string;
  /**
   * The formats that are tried, each with its options.
   * @default JSON, NDJSON and CSV
   * @example formats: { json: {}, csv: {} }
   */
  formats?: FormatsConfig;
  /** The registry of the schemas that records name by id in Glue's frame. @default none: only declared schemas are known */
  schemaRegistry?: RegistrySource;
  /**
   * Inline callbacks for each row: `transform(row)` returns the row to deliver, or undefined to leave it out, and
   * `table(row)` returns the table, the same for all rows of a record; not with `parquet`. They are part of the package: they `require` inside
   * their body everything but plain values. Their second argument reads `secrets`. If one throws, the whole record goes to
   * `failed-deliveries/`.
   * @default none
   * @example hooks: { transform: (row) => (row.test === true ? undefined : row) }
   */
  hooks?: DeliveryHooks;
  /**
   * True makes Firehose write the rows as Parquet, at once and without the hourly step: with the declared columns of the table,
   * which has its `columns` or `schema` in the lake. The view `<table>_delivered` has each row once; `<table>_delivered_files` has
   * the Parquet as delivered, in which a row may be repeated. The rows are not in `raw/`: `<table>` and `<table>_live` do not have
   * them, and fields without a column are not kept. A record with a value that does not convert to its column's type, and one
   * whose rows do not fit into an answer of 6 MB with those before it in its batch (`batchMebibytes`), goes to
   * `failed-deliveries/`, from which nothing delivers it again (docs/runbook.md, `failed-records`, has the way back). Firehose charges for the conversion.
   * @default false
   */
  parquet?: boolean;
  /**
   * Size at which an object is delivered, MiB before compression or conversion, 64 to 128; dynamic partitioning takes no less.
   * @default `defaults.delivery.bufferMebibytes` (64)
   */
  bufferMebibytes?: number;
  /**
   * Time after which an object is delivered, seconds, 60 to 900; dynamic partitioning takes no less, and may take 1.5 times
   * as long.
   * @default `defaults.delivery.bufferSeconds` (300)
   */
  bufferSeconds?: number;
  /**
   * Size of the records that are transformed at once, MiB, 0.2 to 3. The rows of a batch fill one answer of 6 MB: about 8 times
   * the size of a batch of 0.5 MiB, 21 times that of 0.2 MiB. Rows that do not fit are written to the lake by the function. With
   * `parquet` it writes none: the records of these rows go to `failed-deliveries/`.
   * @default `defaults.delivery.batchMebibytes` (0.5), or with `parquet` `defaults.delivery.parquetBatchMebibytes` (0.2)
   */
  batchMebibytes?: number;
  /** Time after which a smaller batch is transformed, seconds, 0 to 900. @default `defaults.delivery.batchSeconds` (60) */
  batchSeconds?: number;
  /**
   * Retries of a batch whose transformation fails, 0 to 300; then its records go to `failed-deliveries/`.
   * @default `defaults.delivery.retryAttempts` (3)
   */
  retryAttempts?: number;
  /**
   * True keeps each record as it came, in a bucket of its own: their bytes one after the other, without a character
   * between them, compressed with gzip.
   * @default false
   */
  sourceBackup?: boolean;
  /** How long the backup is kept, days, 1 to 3650. @default `defaults.delivery.backupDays` (90) */
  backupDays?: number;
  /** ARN of the customer's KMS key that encrypts the backup. @default none: S3's own keys */
  encryptionKeyArn?: pulumi.Input<string>;
  /** True lets `pulumi destroy` delete the backup, if the stack has `streamlake:allowDataDeletion: true`. @default false */
  deleteDataOnDestroy?: boolean;
  /** Memory of the function, MiB, 128 to 10240; processor time grows with it. @default `defaults.delivery.memoryMebibytes` (1024) */
  memoryMebibytes?: number;
  /** Maximum run time for one batch, seconds, 1 to 300, Firehose's maximum. @default `defaults.delivery.timeoutSeconds` (120) */
  timeoutSeconds?: number;
  /** How long logs are kept, days. @default `defaults.function.logRetentionDays` (30) */
  logRetentionDays?: number;
  /**
   * Alarms on deliveries that are late (`freshness`), on reading that is behind (`behind`), on errors of the function (`errors`), on
   * records that fail (`failed-records`), with `parquet` on rows that Firehose does not convert (`failed-conversions`), with
   * `sourceBackup` on a backup that is late (`backup-freshness`), and with a hook for tables on too many partitions
   * (`too-many-partitions`). CloudWatch charges for each alarm.
   * @default none
   */
  alarms?: DeliveryAlarmsArgs;
  /** Changes to the raw resources, just before they are declared. @default none */
  transform?: DeliveryStreamTransform;
}

export interface DeliveryStreamTransform {
  deliveryStream?: Transform<kinesis.FirehoseDeliveryStreamArgs>;
  function?: CallbackFunctionTransform;
  role?: Transform<iam.RoleArgs>;
  policy?: Transform<iam.RolePolicyArgs>;
  logs?: Transform<cloudwatch.LogGroupArgs>;
  logStream?: Transform<cloudwatch.LogStreamArgs>;
  backup?: PrivateBucketTransform;
  /** The catalog's table and view of `parquet`. */
  table?: Transform<glue.CatalogTableArgs>;
  alarm?: Transform<cloudwatch.MetricAlarmArgs>;
}

const VARIABLES = ["LAKE_BUCKET", "STREAM_NAME", "EXPOSE_HOOK_ERRORS"];
const OF_BACKUP = ["backupDays", "encryptionKeyArn", "deleteDataOnDestroy"] as const;

/** @throws one error that names every problem */
export function checkDeliveryStream(name: string, args: DeliveryStreamArgs): void {
  const { lake, table, sourceBackup } = args;
  const formats = args.formats ?? DEFAULT_FORMATS;
  const seconds = { min: 0, max: 900, unit: "seconds" };
  refuseProblems("DeliveryStream", name, [
    ...nameProblems(name, [
      ["delivery stream", "-delivery"],
      ...functionNames("-transform"),
      ...(sourceBackup ? [["S3 bucket", "-backup"] as const] : []),
    ]),
    /^[A-Za-z0-9_-]+$/.test(name) ? undefined : `its name is part of keys; use letters, digits, "-" and "_".`,
    table === undefined || Object.hasOwn(lake.tables, table)
      ? undefined
      : `table "${table}" is not a table of its lake; use one of ${Object.keys(lake.tables).join(", ")}.`,
    ...checkFormats(formats).map((problem) => `formats: ${problem}.`),
    ...hookProblems(args),
    ...parquetProblems(args),
    wholeNumberProblem("bufferMebibytes", args.bufferMebibytes, { min: 64, max: 128, unit: "MiB" }),
    // Zero buffering is not there with dynamic partitioning: https://docs.aws.amazon.com/firehose/latest/dev/buffering.html
    wholeNumberProblem("bufferSeconds", args.bufferSeconds, { ...seconds, min: 60 }),
    batchProblem(args.batchMebibytes),
    wholeNumberProblem("batchSeconds", args.batchSeconds, seconds),
    wholeNumberProblem("retryAttempts", args.retryAttempts, { min: 0, max: 300, unit: "tries" }),
    ...(sourceBackup ? [] : OF_BACKUP.filter((option) => args[option] !== undefined)).map(
      (option) => `${option} is for the backup; set sourceBackup to true, or leave ${option} out.`,
    ),
    wholeNumberProblem("backupDays", args.backupDays, { min: 1, max: 3650, unit: "days" }),
    keyArnProblem("encryptionKeyArn", args.encryptionKeyArn),
    wholeNumberProblem("memoryMebibytes", args.memoryMebibytes, { min: 128, max: 10_240, unit: "MiB" }),
    wholeNumberProblem("timeoutSeconds", args.timeoutSeconds, { min: 1, max: 300, unit: "seconds" }),
    choiceProblem("logRetentionDays", args.logRetentionDays, LOG_RETENTION_DAYS),
    wholeNumberProblem("alarms.freshnessMinutes", args.alarms?.freshnessMinutes, {
      min: 1,
      max: 10_080,
      unit: "minutes",
    }),
    ...functionSettingsProblems(args, VARIABLES),
  ]);
}

function hookProblems({ hooks = {} }: DeliveryStreamArgs): (string | undefined)[] {
  return Object.entries(hooks).map(([hook, callback]) => {
    if (!["transform", "table"].includes(hook)) return `hooks has "${hook}"; the hooks are transform and table.`;
    if (callback === undefined || typeof callback === "function") return undefined;
    return `hook ${hook} is ${typeof callback}; use an inline callback.`;
  });
}

function parquetProblems({ parquet, hooks, lake, ...args }: DeliveryStreamArgs): (string | undefined)[] {
  if (!parquet) return [];
  const table = deliveryTable({ lake, ...args });
  const undeclared = Object.keys(lake.tables).filter((each) => !lake.tables[each]?.columns);
  const taken = Object.values(deliveredNames(table)).find((name) => Object.hasOwn(lake.tables, name));
  return [
    hooks?.table
      ? "parquet is true, and a hook chooses tables, but Firehose converts rows to the columns of one; leave one of them out."
      : undefined,
    lake.tables[table]?.columns || !Object.hasOwn(lake.tables, table)
      ? undefined
      : `parquet is true, and table "${table}" declares no columns; give it columns or a schema in its lake.`,
    // A crawler catalogs every folder below the prefix of Parquet.
    lake.tables[table]?.columns && undeclared.length > 0
      ? `parquet is true, and its lake has a crawler, which would change the table of delivered Parquet; declare the columns of ${undeclared.join(", ")} too.`
      : undefined,
    taken === undefined
      ? undefined
      : `parquet is true, and its lake has a table "${taken}", whose name the delivered rows of "${table}" need; rename it.`,
  ];
}

/** The table of rows for which no hook decides. */
export function deliveryTable({ table, lake }: Pick<DeliveryStreamArgs, "table" | "lake">): string {
  return table ?? Object.keys(lake.tables)[0] ?? defaults.table;
}

/** https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html */
function batchProblem(megabytes: number | undefined): string | undefined {
  if (megabytes === undefined || (megabytes >= 0.2 && megabytes <= 3)) return undefined;
  return `batchMebibytes is ${megabytes}; use 0.2 to 3 MiB.`;
}
