/** Declares DataLake for programs in any language. */
import * as pulumi from "@pulumi/pulumi";
import * as library from "../../components/dataLake";
import type { DataLakeArgs } from "../../components/lake/args";
import type { ExistingBucket, ExistingDatabase, ExistingWorkgroup } from "./existing";
import { libraryTables, type TableDeclaration } from "./tables";

/** Prefixes in the lake's bucket, each ending with `/`. */
export interface DataLakePrefixes {
  /** Usable rows as they landed. @default "raw/" */
  raw?: string;
  /** Records that could not be used. @default "unformatted/" */
  unformatted?: string;
  /** The hourly step's result. @default "parquet-output/" */
  parquet?: string;
  /** The ledger of the hourly step. @default "ledger/" */
  ledger?: string;
  /** The hourly job's script and temporary objects. @default "jobs/" */
  jobs?: string;
  /** The alerts that are already published. @default "alerts/" */
  alerts?: string;
}

/** How long each kind of object is kept, days, 1 to 36500. */
export interface DataLakeRetentionDays {
  /** Raw rows; at least a day longer than an `HourlyEtl` looks back. @default none: for ever */
  raw?: number;
  /** Unformatted records. @default none: for ever */
  unformatted?: number;
  /** Parquet. @default none: for ever */
  parquet?: number;
  /** Query results. @default 30 */
  results?: number;
  /** Failed batches. @default 90 */
  failedBatches?: number;
  /** Access logs; only with `accessLogs`. @default 90 */
  accessLogs?: number;
}

type Existing = "bucket" | "resultsBucket" | "failedBucket" | "database" | "workgroup";

export interface DataLakeInputs
  extends Omit<DataLakeArgs, "tables" | "prefixes" | "retentionDays" | "transform" | Existing> {
  /**
   * A bucket that exists, instead of one that the lake declares; docs/existing-resources.md lists what its owner adds.
   * @default none: the lake declares `<name>-lake`
   */
  bucket?: ExistingBucket;
  /** A bucket that exists, for the results of queries, below `athena-results/`. @default none: the lake declares `<name>-results` */
  resultsBucket?: ExistingBucket;
  /** A bucket that exists, for failed batches, below `aws/lambda/`. @default none: the lake declares `<name>-failed` */
  failedBucket?: ExistingBucket;
  /** A database that exists, for the lake's tables. @default none: the lake declares one */
  database?: ExistingDatabase;
  /** A workgroup that exists, for the lake's queries. @default none: the lake declares `<name>-workgroup` */
  workgroup?: ExistingWorkgroup;
  /** The tables, by name: lower-case letters, digits and `_`. @default one table, `records` */
  tables?: Record<string, TableDeclaration>;
  /** Prefixes in the lake's bucket, each ending with `/`. */
  prefixes?: DataLakePrefixes;
  /** How long each kind of object is kept, days. @default raw, unformatted and Parquet objects are kept for ever */
  retentionDays?: DataLakeRetentionDays;
}

/** A lake on S3 that answers SQL: raw rows, unformatted records, and hourly Parquet. */
export declare class DataLake extends pulumi.ComponentResource {
  /** The bucket of raw rows, unformatted records and Parquet. */
  readonly bucketName: pulumi.Output<string>;
  /** The bucket that Lambda puts failed batches in. */
  readonly failedBucketArn: pulumi.Output<string>;
  /** The Glue database that Athena queries. */
  readonly databaseName: pulumi.Output<string>;
  /** The Athena workgroup, with its scan limit and ready queries. */
  readonly workgroupName: pulumi.Output<string>;
  constructor(name: string, args: DataLakeInputs, opts?: pulumi.ComponentResourceOptions);
}

export function makeDataLake(
  name: string,
  { tables, ...inputs }: DataLakeInputs,
  opts: pulumi.ComponentResourceOptions,
): DataLake {
  return new library.DataLake(name, { ...inputs, ...(tables && { tables: libraryTables(name, tables) }) }, opts);
}
