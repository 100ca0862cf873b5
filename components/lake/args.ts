/** What a lake is told: its tables, how long data is kept, and what queries may cost; and the raw resources it has. */
import type * as athena from "@pulumi/aws/athena";
import type * as glue from "@pulumi/aws/glue";
import type * as pulumi from "@pulumi/pulumi";
import type { Column } from "../../lake/columns";
import type { Schema } from "../../lake/schemas/schema";
import type { Transform } from "../parts/transform";
import type { LakePrefixes } from "./access";
import type { LakeCrawler, LakeCrawlerTransform } from "./crawler";
import type { PrivateBucket, PrivateBucketTransform } from "./privateBucket";

export interface LakeTable {
  /**
   * The table's own columns, beside `_id`, `_arrived` and `_format`. With them the declared types win, and the table needs
   * no crawler: its partitions are computed. @default none: a crawler finds columns and partitions each hour
   */
  columns?: readonly Column[];
  /**
   * The table's schema, instead of `columns`: it gives the columns, and routers check each row against it. Rows that do not
   * match go to `unformatted/`, reason `schema`. @default none
   * @example tables: { orders: { schema: defineSchema({ name: "orders", fields: { order_id: "string", total: "double" } }) } }
   */
  schema?: Schema<object>;
}

export interface DataLakeArgs {
  /**
   * The tables, by name: lower-case letters, digits and `_`.
   * @default { records: {} }
   * @example tables: { records: {}, orders: { columns: [{ name: "total", type: "double" }] } }
   */
  tables?: Readonly<Record<string, LakeTable>>;
  /**
   * The Glue database: lower-case letters, digits and `_`.
   * @default `<project>_<stack>_<name>`; of a renamed lake, the name that its last alias says
   */
  databaseName?: string;
  /** Prefixes in the lake's bucket, each ending with `/`. @default `defaults.prefixes` */
  prefixes?: Partial<LakePrefixes>;
  /** The first day that tables with declared columns show, `YYYY-MM-DD`. @default `defaults.firstDay` ("2024-01-01") */
  firstDay?: string;
  /** What one query may scan, GiB; Athena stops it there. @default `defaults.athena.scanLimitGibibytes` (100) */
  scanLimitGibibytes?: number;
  /**
   * How long each kind of object is kept, days.
   * @default `defaults.retentionDays`; raw, unformatted and Parquet objects are kept for ever
   * @example retentionDays: { raw: 30, unformatted: 90 }
   */
  retentionDays?: Partial<LakeRetentionDays>;
  /**
   * Logs who asked what of the buckets (S3's server access logs), in a bucket of its own, `<name>-access-logs`. S3 asks
   * nothing for it but the logs' storage. @default false
   */
  accessLogs?: boolean;
  /** ARN of the customer's KMS key that encrypts all objects; access logs are by S3's own. @default none: S3's own keys (SSE-S3) */
  encryptionKeyArn?: pulumi.Input<string>;
  /**
   * Lets `pulumi destroy` delete the buckets and everything in them; counts only together with the stack's
   * `streamlake:allowDataDeletion: true`. @default false: the buckets stay in the account
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
  /** The lake's own bucket. */
  readonly lake: PrivateBucket;
  /** Athena's results. */
  readonly results: PrivateBucket;
  /** Lambda's failed batches; their keys begin at the bucket's root, so the bucket is their own. */
  readonly failed: PrivateBucket;
  /** Only with `accessLogs`. */
  readonly accessLogs?: PrivateBucket;
  readonly database: glue.CatalogDatabase;
  /** Those with declared columns, and `unformatted`. */
  readonly tables: Readonly<Record<string, glue.CatalogTable>>;
  /** Only where a table has no declared columns. */
  readonly crawler?: LakeCrawler;
  readonly workgroup: athena.Workgroup;
  /** By role: `count-<table>`, `latest-<table>`, `unformatted`; for tables with a schema `summary-<table>` too. */
  readonly queries: Readonly<Record<string, athena.NamedQuery>>;
}
