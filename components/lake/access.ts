/** Permissions on a lake's objects and catalog, by purpose; each component collects only those that it needs. */
import * as pulumi from "@pulumi/pulumi";
import { leaseKey } from "../../lake/hourly/lease";
import { replayedPrefix } from "../../lake/replay/keys";
import { type CustomerKey, keyAccess } from "../existing/key";
import { accountIdOf, arnPrefix } from "../parts/arn";
import type { Permission } from "../parts/permission";

/** The resources of a lake, whoever declares them. */
export interface LakeResources {
  readonly lakeArn: pulumi.Output<string>;
  readonly lakeKey?: CustomerKey;
  readonly failedArn: pulumi.Output<string>;
  readonly failedBucketName: pulumi.Output<string>;
  readonly failedKey?: CustomerKey;
  /** The bucket of query results. */
  readonly resultsArn: pulumi.Output<string>;
  /** The prefix of query results in their bucket; empty, or ends with `/`. */
  readonly resultsPrefix: pulumi.Input<string>;
  readonly resultsKey?: CustomerKey;
  readonly databaseArn: pulumi.Output<string>;
  readonly databaseName: pulumi.Output<string>;
  /** The tables in the database that are the lake's; `*` in a database of its own. */
  readonly tableNames: readonly string[];
  /** Only if a table has no declared columns. */
  readonly crawlerName?: pulumi.Output<string>;
  readonly workgroupArn: pulumi.Output<string>;
  /** The first day that tables show, `2024-01-01`. */
  readonly firstDay: string;
  /** Each ends with `/`. */
  readonly prefixes: LakePrefixes;
  /** The tables with a live view, whose raw rows queries read. */
  readonly liveTables: readonly string[];
}

export interface LakePrefixes {
  readonly raw: string;
  readonly unformatted: string;
  readonly parquet: string;
  readonly ledger: string;
  readonly jobs: string;
  readonly alerts: string;
}

/** Creating objects in `raw/` and `unformatted/`. */
export function landAccess(lake: LakeResources): Permission[] {
  return [
    { actions: ["s3:PutObject"], resources: below(lake, lake.prefixes.raw, lake.prefixes.unformatted) },
    ...keyAccess([lake.lakeKey, "kms:GenerateDataKey"]),
  ];
}

/** Creating objects below a prefix of `raw/`. */
export function landTablesAccess({ lakeArn, lakeKey }: LakeResources, prefix: string): Permission[] {
  return [
    { actions: ["s3:PutObject"], resources: [pulumi.interpolate`${lakeArn}/${prefix}*`] },
    ...keyAccess([lakeKey, "kms:GenerateDataKey"]),
  ];
}

/**
 * Delivering objects by Firehose below these prefixes; the actions are those that its developer guide requires.
 * https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html, "Grant Firehose access to an Amazon S3 destination"
 */
export function deliveryAccess(
  bucketArn: pulumi.Output<string>,
  prefixes: readonly string[],
  key: CustomerKey | undefined,
): Permission[] {
  return [
    {
      actions: ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"],
      resources: prefixes.map((prefix) => pulumi.interpolate`${bucketArn}/${prefix}*`),
    },
    { actions: ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"], resources: [bucketArn] },
    ...keyAccess([key, "kms:Decrypt", "kms:GenerateDataKey"]),
  ];
}

/**
 * Reading a table's columns by Firehose, which converts rows to them; Glue requires the catalog and the database too.
 * https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html, "Grant Firehose access to AWS Glue for data format
 * conversion"; https://docs.aws.amazon.com/glue/latest/dg/glue-specifying-resource-arns.html
 */
export function tableSchemaAccess({ databaseArn, databaseName }: LakeResources, table: string): Permission {
  const catalog = arnPrefix(databaseArn, "glue");
  return {
    actions: ["glue:GetTable", "glue:GetTableVersion", "glue:GetTableVersions"],
    resources: [
      pulumi.interpolate`${catalog}catalog`,
      databaseArn,
      pulumi.interpolate`${catalog}table/${databaseName}/${table}`,
    ],
  };
}

/** Reading objects below a prefix. */
export function readBelowAccess(
  bucketArn: pulumi.Output<string>,
  prefix: string,
  key: CustomerKey | undefined,
): Permission[] {
  return [
    { actions: ["s3:GetObject"], resources: [pulumi.interpolate`${bucketArn}/${prefix}*`] },
    { actions: ["s3:ListBucket"], resources: [bucketArn] },
    ...keyAccess([key, "kms:Decrypt"]),
  ];
}

/** Reading all data of the lake. */
export function readAccess(lake: LakeResources): Permission[] {
  const { raw, unformatted, parquet } = lake.prefixes;
  return [
    { actions: ["s3:GetObject"], resources: below(lake, raw, unformatted, parquet) },
    listing(lake),
    ...keyAccess([lake.lakeKey, "kms:Decrypt"]),
  ];
}

/** Reading only the Parquet. */
export function parquetAccess(lake: LakeResources): Permission[] {
  return [
    { actions: ["s3:GetObject"], resources: below(lake, lake.prefixes.parquet) },
    located(lake),
    ...keyAccess([lake.lakeKey, "kms:Decrypt"]),
  ];
}

/** Planning hours: lists keys, reads the jobs' reports, and stores the known columns of the tables. */
export function planAccess(lake: LakeResources): Permission[] {
  const { ledger } = lake.prefixes;
  return [
    { actions: ["s3:GetObject"], resources: below(lake, ledger) },
    { actions: ["s3:PutObject"], resources: [pulumi.interpolate`${lake.lakeArn}/${ledger}*/columns.json`] },
    listing(lake),
    ...keyAccess([lake.lakeKey, "kms:Decrypt", "kms:GenerateDataKey"]),
  ];
}

/** Writing the lease of one hourly workflow; a plan reads it as part of the ledger. */
export function leaseAccess({ lakeArn, prefixes }: LakeResources, workflow: string): Permission {
  const key = leaseKey(prefixes.ledger, workflow);
  return { actions: ["s3:PutObject"], resources: [pulumi.interpolate`${lakeArn}/${key}`] };
}

/** The flatten job: reads raw objects, its script and the tables' columns; replaces Parquet; reports in the ledger. */
export function flattenAccess(lake: LakeResources): Permission[] {
  const { raw, parquet, ledger, jobs } = lake.prefixes;
  return [
    { actions: ["s3:GetObject"], resources: below(lake, raw, parquet, ledger, jobs) },
    {
      actions: ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:PutObject"],
      resources: [...below(lake, parquet), ...folderMarkers(lake, parquet)],
    },
    { actions: ["s3:PutObject"], resources: below(lake, ledger) },
    located(lake),
    ...keyAccess([lake.lakeKey, "kms:Decrypt", "kms:GenerateDataKey"]),
  ];
}

/** Reconciling an hour: reads raw objects, Parquet footers and the job's report, and seals the hour. */
export function reconcileAccess(lake: LakeResources): Permission[] {
  const { raw, parquet, ledger } = lake.prefixes;
  return [
    { actions: ["s3:GetObject"], resources: below(lake, raw, parquet, ledger) },
    { actions: ["s3:PutObject"], resources: below(lake, ledger) },
    listing(lake),
    ...keyAccess([lake.lakeKey, "kms:Decrypt", "kms:GenerateDataKey"]),
  ];
}

/** Lambda's on-failure destination on S3, in the lake's bucket of failed batches. */
export function failedBatchAccess({ failedArn, databaseArn, failedKey }: LakeResources): Permission[] {
  return failedBucketAccess(failedArn, failedKey, accountIdOf(databaseArn));
}

/** IAM's variable for the account of the role (IAM user guide, policy variables). */
// biome-ignore lint/suspicious/noTemplateCurlyInString: it is in the policy
const ACCOUNT_OF_ROLE = "${aws:PrincipalAccount}";

/**
 * Lambda's on-failure destination on S3, whose keys begin with `aws/lambda/`. The Lambda developer guide specifies the
 * condition, so that a bucket of the same name in another account never receives the records.
 *
 * @param accountId the account of the bucket; defaults to that of the role
 */
export function failedBucketAccess(
  bucketArn: pulumi.Output<string>,
  key: CustomerKey | undefined,
  accountId: pulumi.Input<string> = ACCOUNT_OF_ROLE,
): Permission[] {
  const conditions = { StringEquals: { "s3:ResourceAccount": accountId } };
  return [
    { actions: ["s3:PutObject"], resources: [pulumi.interpolate`${bucketArn}/aws/lambda/*`], conditions },
    { actions: ["s3:ListBucket"], resources: [bucketArn], conditions },
    ...keyAccess([key, "kms:GenerateDataKey"]),
  ];
}

/** Planning a replay: lists unformatted objects and failed batches. */
export function replayPlanAccess(lake: LakeResources): Permission[] {
  return [{ actions: ["s3:ListBucket"], resources: [lake.lakeArn, lake.failedArn] }];
}

/** Replaying: lands rows as a router does, and moves landed records out of `unformatted/`. */
export function replayAccess(lake: LakeResources): Permission[] {
  const { unformatted } = lake.prefixes;
  return [
    ...landAccess(lake),
    {
      actions: ["s3:GetObject"],
      resources: [...below(lake, unformatted), pulumi.interpolate`${lake.failedArn}/aws/lambda/*`],
    },
    { actions: ["s3:PutObject"], resources: below(lake, replayedPrefix(unformatted)) },
    { actions: ["s3:DeleteObject"], resources: below(lake, unformatted) },
    // Without it, S3 returns "access denied" for a missing object (S3 API reference, GetObject). Since the listing,
    // another replay may have moved an object out of `unformatted/`, and a failed batch may have expired.
    { actions: ["s3:ListBucket"], resources: [lake.lakeArn, lake.failedArn] },
    ...keyAccess([lake.lakeKey, "kms:Decrypt"], [lake.failedKey, "kms:Decrypt"]),
  ];
}

/** Storing which alerts the component of that name has published. */
export function alertAccess(lake: LakeResources, name: string): Permission[] {
  return [
    { actions: ["s3:GetObject", "s3:PutObject"], resources: below(lake, `${lake.prefixes.alerts}${name}/`) },
    ...keyAccess([lake.lakeKey, "kms:Decrypt", "kms:GenerateDataKey"]),
  ];
}

/** Finding and reading the raw objects of these tables. */
export function rawAccess(lake: LakeResources, tables: readonly string[]): Permission[] {
  return [
    { actions: ["s3:GetObject"], resources: below(lake, ...tables.map((table) => `${lake.prefixes.raw}${table}/`)) },
    listing(lake),
    ...keyAccess([lake.lakeKey, "kms:Decrypt"]),
  ];
}

/** Running queries over the lake's tables and views in its workgroup, including writing and reading their results. */
export function queryAccess(lake: LakeResources): Permission[] {
  const catalog = arnPrefix(lake.databaseArn, "glue");
  const { parquet, unformatted, raw } = lake.prefixes;
  const live = lake.liveTables.map((table) => `${raw}${table}/`);
  const tables = lake.tableNames.map((table) => pulumi.interpolate`${catalog}table/${lake.databaseName}/${table}`);
  return [
    {
      actions: [
        "athena:GetNamedQuery",
        "athena:GetQueryExecution",
        "athena:GetQueryResults",
        "athena:GetWorkGroup",
        "athena:ListNamedQueries",
        "athena:StartQueryExecution",
        "athena:StopQueryExecution",
      ],
      resources: [lake.workgroupArn],
    },
    {
      // As AWS's managed policy AmazonAthenaFullAccess. Trino reads a crawled table's partitions by BatchGetPartition.
      actions: [
        "glue:BatchGetPartition",
        "glue:GetDatabase",
        "glue:GetPartition",
        "glue:GetPartitions",
        "glue:GetTable",
        "glue:GetTables",
      ],
      resources: [pulumi.interpolate`${catalog}catalog`, lake.databaseArn, ...tables],
    },
    { actions: ["s3:GetObject"], resources: below(lake, parquet, unformatted, ...live) },
    {
      actions: ["s3:GetObject", "s3:PutObject"],
      resources: [pulumi.interpolate`${lake.resultsArn}/${lake.resultsPrefix}*`],
    },
    { actions: ["s3:GetBucketLocation", "s3:ListBucket"], resources: [lake.lakeArn, lake.resultsArn] },
    ...keyAccess([lake.lakeKey, "kms:Decrypt"], [lake.resultsKey, "kms:Decrypt", "kms:GenerateDataKey"]),
  ];
}

/**
 * Reading by QuickSight's Athena data source: the actions of AWS's policy AWSQuicksightAthenaAccess that read, on the
 * lake's own resources. Without `glue:GetPartition`, data sets over partitioned tables fail.
 * https://docs.aws.amazon.com/athena/latest/ug/managed-policies.html,
 * https://github.com/aws-solutions-library-samples/cloud-intelligence-dashboards-framework/issues/705
 */
export function quickSightAccess(lake: LakeResources): Permission[] {
  const athena = arnPrefix(lake.workgroupArn, "athena");
  return [
    ...queryAccess(lake),
    {
      actions: ["athena:BatchGetQueryExecution", "athena:GetQueryResultsStream", "athena:ListQueryExecutions"],
      resources: [lake.workgroupArn],
    },
    {
      actions: [
        "athena:GetDataCatalog",
        "athena:GetDatabase",
        "athena:GetTableMetadata",
        "athena:ListDatabases",
        "athena:ListTableMetadata",
      ],
      resources: [pulumi.interpolate`${athena}datacatalog/AwsDataCatalog`],
    },
    {
      actions: ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
      resources: [pulumi.interpolate`${lake.resultsArn}/${lake.resultsPrefix}*`],
    },
    { actions: ["s3:ListBucketMultipartUploads"], resources: [lake.resultsArn] },
  ];
}

function below(lake: LakeResources, ...prefixes: string[]): pulumi.Output<string>[] {
  return prefixes.map((prefix) => pulumi.interpolate`${lake.lakeArn}/${prefix}*`);
}

/** Spark on Glue writes an empty marker object beside each folder that it makes, including those above the tables. */
function folderMarkers(lake: LakeResources, prefix: string): pulumi.Output<string>[] {
  const folders = prefix.split("/").slice(0, -1);
  return folders.map(
    (_, depth) => pulumi.interpolate`${lake.lakeArn}/${folders.slice(0, depth + 1).join("/")}_$folder$`,
  );
}

function listing(lake: LakeResources): Permission {
  return { actions: ["s3:ListBucket"], resources: [lake.lakeArn] };
}

/**
 * Listing for Glue itself, which requests the bucket's Region before it reads or writes. AWS's managed policy for
 * Glue's roles (AWSGlueServiceRole) has the action, too. The action returns only the bucket's Region.
 */
function located(lake: LakeResources): Permission {
  return { actions: ["s3:GetBucketLocation", "s3:ListBucket"], resources: [lake.lakeArn] };
}
