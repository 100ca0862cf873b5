/** The arguments of a lake, such as tables, retention and query limits, with their defaults; and its raw resources. */
import type * as athena from "@pulumi/aws/athena";
import type * as glue from "@pulumi/aws/glue";
import * as pulumi from "@pulumi/pulumi";
import type { Column } from "../../lake/columns";
import { defaults } from "../../lake/defaults";
import type { Schema } from "../../lake/schemas/schema";
import type { BucketSource } from "../existing/bucket";
import type { DatabaseSource, WorkgroupSource } from "../existing/catalog";
import { COMPONENT_KEYS, readKey } from "../parts/config";
import type { TagsArgs } from "../parts/tags";
import type { Transform } from "../parts/transform";
import type { LakePrefixes } from "./access";
import type { LakeCrawler, LakeCrawlerTransform } from "./crawler";
import type { PrivateBucket, PrivateBucketTransform } from "./privateBucket";

export interface LakeTable {
  /**
   * The table's own columns, besides `_id`, `_arrived` and `_format`. With declared columns, the declared types win,
   * and the table needs no crawler, because its partitions are computed.
   * @default none: a crawler finds columns and partitions each hour
   */
  columns?: readonly Column[];
  /**
   * The table's schema, instead of `columns`. It defines the columns, and routers check each row against it. Rows that
   * do not match go to `unformatted/`, reason `schema`.
   * @default none
   * @example tables: { orders: { schema: defineSchema({ name: "orders", fields: { order_id: "string", total: "double" } }) } }
   */
  schema?: Schema<object>;
  /**
   * How many days before today the view `<table>_live` shows raw rows of, 0 to 365. The view has the rows of the table
   * and, minutes after they arrived, those that no hourly step has flattened yet, each row once. Only a table with
   * declared columns has the view. Each query of it reads the raw objects of these days, or of the days that it selects
   * by `dt`. If two fields of a row flatten to the name of one column, the view may show the other one than the table; give
   * the column its `path`. 0: no view, and no permission to read raw objects for queries.
   * @default `defaults.liveDays` (2)
   */
  liveDays?: number;
}

export interface DataLakeArgs extends TagsArgs {
  /**
   * The tables, by name: lower-case letters, digits and `_`.
   * @default { records: {} }
   * @example tables: { records: {}, orders: { columns: [{ name: "total", type: "double" }] } }
   */
  tables?: Readonly<Record<string, LakeTable>>;
  /**
   * The Glue database: lower-case letters, digits and `_`.
   * @default `<project>_<stack>_<name>`; for a renamed lake, with the name in its last alias
   */
  databaseName?: string;
  /**
   * A bucket that exists, instead of one that the lake declares: an `aws.s3.Bucket`, or `{ bucketName, … }`. The lake adds
   * objects below its prefixes, and leaves the bucket's policy, lifecycle, encryption, versioning, public access and
   * notifications to its owner; docs/existing-resources.md lists what the owner adds. It is in the Region of the lake.
   * @default none: the lake declares `<name>-lake`
   * @example bucket: { bucketName: "team-data", encryptionKeyArn: key.arn }
   */
  bucket?: BucketSource;
  /**
   * A bucket that exists, for the results of queries, below `athena-results/`.
   * @default none: the lake declares `<name>-results`
   */
  resultsBucket?: BucketSource;
  /**
   * A bucket that exists, for failed batches. Lambda writes below `aws/lambda/`, and only to a bucket of its own account.
   * @default none: the lake declares `<name>-failed`
   */
  failedBucket?: BucketSource;
  /**
   * A database that exists, for the lake's tables: an `aws.glue.CatalogDatabase`, or `{ databaseArn }`. Two lakes cannot
   * share a database, because each has a table `unformatted`.
   * @default none: the lake declares one
   */
  database?: DatabaseSource;
  /**
   * A workgroup that exists, for the lake's queries: an `aws.athena.Workgroup`, or `{ workgroupName, resultsLocation }`.
   * Its location of results and its limit of scanned bytes are its owner's; a preview refuses one without a location, and
   * warns of one without a limit.
   * @default none: the lake declares `<name>-workgroup`
   */
  workgroup?: WorkgroupSource;
  /**
   * A prefix of all `prefixes`, ending with `/`, so that several lakes can share a bucket.
   * @default none: the prefixes begin at the root of the bucket
   * @example prefix: "streamlake/" // raw rows lie below `streamlake/raw/`
   */
  prefix?: string;
  /** Prefixes in the lake's bucket, each ending with `/`. @default `defaults.prefixes` */
  prefixes?: Partial<LakePrefixes>;
  /**
   * The first day that tables show, `YYYY-MM-DD`: the day of the lake's first deployment, or that of the oldest record
   * in its streams. Queries do not find rows of earlier days. The catalog computes the hours of a table from that day
   * on (partition projection); AWS advises against projection if more than half of them are empty. Set the day in the
   * program or in `Pulumi.<stack>.yaml`, so that previews and updates on later days change nothing; a preview warns
   * while it is missing.
   * https://docs.aws.amazon.com/athena/latest/ug/partition-projection.html
   * @default the stack's `streamlake:firstDay`, else `defaults.firstDay` ("2024-01-01")
   */
  firstDay?: string;
  /** The maximum that one query may scan, GiB; Athena stops a query there. @default `defaults.athena.scanLimitGibibytes` (100) */
  scanLimitGibibytes?: number;
  /**
   * How long each kind of object is kept, days. The owner of an existing `bucket` adds the rules, which are the output
   * `lifecycleRules`, to the bucket's lifecycle.
   * @default `defaults.retentionDays`; raw, unformatted and Parquet objects are kept for ever
   * @example retentionDays: { raw: 30, unformatted: 90 }
   */
  retentionDays?: Partial<LakeRetentionDays>;
  /**
   * Logs the requests to the buckets (S3's server access logs) in a separate bucket, `<name>-access-logs`. S3 charges
   * only for the storage of the logs.
   * @default false
   */
  accessLogs?: boolean;
  /**
   * ARN of the customer's KMS key that encrypts all objects except access logs, which S3's own keys encrypt. For objects in
   * an existing bucket, it is the key of the bucket's default encryption.
   * @default none: S3's own keys (SSE-S3)
   */
  encryptionKeyArn?: pulumi.Input<string>;
  /**
   * Lets `pulumi destroy` delete the buckets and everything in them; effective only together with the stack's
   * `streamlake:allowDataDeletion: true`.
   * @default false: the buckets stay in the account
   */
  deleteDataOnDestroy?: boolean;
  /** Changes to the raw resources, just before they are declared. @default none */
  transform?: DataLakeTransform;
}

/** Whole days, 1 to 36500. */
export interface LakeRetentionDays {
  /** Raw rows; at least a day longer than an `HourlyEtl` looks back. @default none: for ever */
  readonly raw?: number;
  /** Unformatted records. @default none: for ever */
  readonly unformatted?: number;
  /** Parquet. @default none: for ever */
  readonly parquet?: number;
  /** Query results. @default `defaults.retentionDays.results` (30) */
  readonly results: number;
  /** Failed batches. @default `defaults.retentionDays.failedBatches` (90) */
  readonly failedBatches: number;
  /** Access logs; only with `accessLogs`. @default `defaults.retentionDays.accessLogs` (90) */
  readonly accessLogs: number;
}

export interface DataLakeTransform {
  lake?: PrivateBucketTransform;
  results?: PrivateBucketTransform;
  failed?: PrivateBucketTransform;
  accessLogs?: PrivateBucketTransform;
  database?: Transform<glue.CatalogDatabaseArgs>;
  table?: Transform<glue.CatalogTableArgs>;
  crawler?: LakeCrawlerTransform;
  workgroup?: Transform<athena.WorkgroupArgs>;
  query?: Transform<athena.NamedQueryArgs>;
}

/** The raw resources. */
export interface DataLakeNodes {
  /** The bucket of the lake's objects; none with `bucket`. */
  readonly lake?: PrivateBucket;
  /** Athena's results; none with `resultsBucket` or `workgroup`. */
  readonly results?: PrivateBucket;
  /**
   * Lambda's failed batches, in a bucket of their own, because their keys begin at the bucket's root; none with
   * `failedBucket`.
   */
  readonly failed?: PrivateBucket;
  /** Only with `accessLogs`. */
  readonly accessLogs?: PrivateBucket;
  /** None with the argument `database`. */
  readonly database?: glue.CatalogDatabase;
  /** The tables with declared columns, `<table>_raw` and `<table>_live` of those with a live view, and `unformatted`. */
  readonly tables: Readonly<Record<string, glue.CatalogTable>>;
  /** Only if a table has no declared columns. */
  readonly crawler?: LakeCrawler;
  /** None with the argument `workgroup`. */
  readonly workgroup?: athena.Workgroup;
  /** By role: `count-<table>`, `latest-<table>`, `unformatted`; also `summary-<table>` for tables with a schema. */
  readonly queries: Readonly<Record<string, athena.NamedQuery>>;
}

/** The prefixes of a lake, with defaults filled in. */
export function prefixesOf({ prefix = "", prefixes }: DataLakeArgs): LakePrefixes {
  const { raw, unformatted, parquet, ledger, jobs, alerts } = { ...defaults.prefixes, ...prefixes };
  return {
    raw: `${prefix}${raw}`,
    unformatted: `${prefix}${unformatted}`,
    parquet: `${prefix}${parquet}`,
    ledger: `${prefix}${ledger}`,
    jobs: `${prefix}${jobs}`,
    alerts: `${prefix}${alerts}`,
  };
}

/** The first day that tables show. */
export function firstDayOf({ firstDay }: DataLakeArgs): string {
  return firstDay ?? readKey(COMPONENT_KEYS, "firstDay") ?? defaults.firstDay;
}

/** Warns in a preview of a lake without a first day, and suggests today; nothing else depends on the clock. */
export function warnOfFirstDay(name: string, { firstDay }: DataLakeArgs): void {
  if (!pulumi.runtime.isDryRun() || (firstDay ?? readKey(COMPONENT_KEYS, "firstDay")) !== undefined) return;
  const today = new Date().toISOString().slice(0, 10);
  void pulumi.log.warn(
    `DataLake "${name}" has no first day: its tables list every hour since ${defaults.firstDay}, nearly all of them empty. Set the day of the first deployment: \`pulumi config set streamlake:firstDay ${today}\`.`,
  );
}

/** The retentions of a lake, with defaults filled in. */
export function retentionOf({
  retentionDays: { raw, unformatted, parquet, ...others } = {},
}: DataLakeArgs): LakeRetentionDays {
  const { results, failedBatches, accessLogs } = defaults.retentionDays;
  return {
    raw,
    unformatted,
    parquet,
    results: others.results ?? results,
    failedBatches: others.failedBatches ?? failedBatches,
    accessLogs: others.accessLogs ?? accessLogs,
  };
}
