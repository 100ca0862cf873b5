/** The arguments of Warehouse, and the checks on them. */
import type * as cloudwatch from "@pulumi/aws/cloudwatch";
import type * as ec2 from "@pulumi/aws/ec2";
import type * as iam from "@pulumi/aws/iam";
import type * as redshiftserverless from "@pulumi/aws/redshiftserverless";
import type * as s3 from "@pulumi/aws/s3";
import * as pulumi from "@pulumi/pulumi";
import type { Column } from "../../lake/columns";
import { defaults } from "../../lake/defaults";
import { MAX_STATEMENT_BYTES, mergeStatement } from "../../lake/warehouse/loadStatements";
import { LOADS_TABLE, MAX_WAREHOUSE_COLUMNS, MAX_WAREHOUSE_NAME, warehouseColumns } from "../../lake/warehouse/tables";
import { type CallbackFunctionTransform, functionNames } from "../callbackFunction";
import { keyArnProblem } from "../existing/key";
import { type Stream, type StreamSource, streamOf } from "../existing/stream";
import { type VpcArgs, vpcProblems } from "../function/vpc";
import type { Lake } from "../lake/lake";
import { lookbackProblem } from "../lake/lookback";
import type { PrivateBucketTransform } from "../lake/privateBucket";
import { declaredColumns } from "../lake/tables";
import type { AlarmsArgs } from "../parts/alarm";
import { choiceProblem, LOG_RETENTION_DAYS, refuseProblems, wholeNumberProblem } from "../parts/checks";
import { nameProblems } from "../parts/names";
import type { TagsArgs } from "../parts/tags";
import type { Transform } from "../parts/transform";
import { type FailureArgs, type FailureTransform, failureProblems } from "../workflow/failures";
import type { WorkflowMachineTransform } from "../workflow/machine";
import type { WorkflowScheduleTransform } from "../workflow/schedule";

export interface WarehouseArgs extends FailureArgs, TagsArgs {
  /** The lake whose tables with declared columns are loaded. */
  lake: Lake;
  /** The VPC of the workgroup; docs/networks.md lists the endpoints that it needs. */
  vpcId: pulumi.Input<string>;
  /**
   * Subnets of that VPC, three or more, in three availability zones at least.
   * https://docs.aws.amazon.com/redshift/latest/mgmt/serverless-usage-considerations.html
   */
  subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** Security groups whose members may connect to the database, on port 5439. @default none: only the Data API */
  clientSecurityGroupIds?: pulumi.Input<pulumi.Input<string>[]>;
  /** The tables of the lake that are loaded; each has declared columns. @default all tables with declared columns */
  tables?: string[];
  /**
   * Streams that are read within seconds, each by a materialized view of this name in `schema`, with AUTO REFRESH:
   * `approximate_arrival_timestamp`, `partition_key`, `shard_id`, `sequence_number`, `refresh_time`, and the record as SUPER
   * in `data`. A view is not a table of the lake: it has records, not rows; records that are not JSON are left out (KPL
   * aggregates, gzip, CSV, Avro …), a producer's repeats stay, and nothing lands in `unformatted/`. It begins with the
   * oldest record that the stream keeps. A view whose name is taken away stays until it is dropped, and one of another
   * stream needs another name. Every refresh wakes the workgroup, so a stream that never rests costs its capacity around the
   * clock. The VPC needs the endpoint `kinesis-streams`. The names of streams have no capitals.
   * https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-streaming-ingestion.html
   * @default none
   * @example streams: { sales_live: stream }
   */
  streams?: Readonly<Record<string, StreamSource>>;
  /** The name of the database, 1 to 64 lower-case letters, digits and "_". @default `defaults.warehouse.databaseName` ("lake") */
  databaseName?: string;
  /** The schema of the tables, 1 to 64 lower-case letters, digits and "_". @default `defaults.warehouse.schema` ("lake") */
  schema?: string;
  /** The database's administrator, whose password AWS makes and rotates. @default `defaults.warehouse.adminUsername` ("streamlake") */
  adminUsername?: string;
  /**
   * The capacity of the workgroup while it works, RPUs: 4, or 8 to 512 in steps of 8, or up to 1024 in steps of 32.
   * https://docs.aws.amazon.com/redshift/latest/mgmt/serverless-capacity.html
   * @default `defaults.warehouse.baseCapacity` (8)
   */
  baseCapacity?: number;
  /** The capacity that it never exceeds, RPUs, as `baseCapacity`. @default none: AWS decides */
  maxCapacity?: number;
  /**
   * How often new objects are loaded, minutes, 1 to 1440. Redshift bills at least a minute for each time that it works; a
   * start without new objects does not wake it.
   * @default `defaults.warehouse.everyMinutes` (5)
   */
  everyMinutes?: number;
  /** False disables the schedule. @default true */
  enabled?: boolean;
  /** How far back new objects are searched, hours, 1 to 720; older late objects are not loaded. @default `defaults.warehouse.lookbackHours` (168) */
  lookbackHours?: number;
  /** Maximum size of the raw objects of one load, compressed, MiB, 1 to 256. @default `defaults.warehouse.loadMebibytes` (32) */
  loadMebibytes?: number;
  /** Maximum run time of one load, minutes, 1 to 1440; a longer one is canceled. @default `defaults.warehouse.loadTimeoutMinutes` (60) */
  loadTimeoutMinutes?: number;
  /** Retries of a failed plan, and of a load that conflicts with another transaction, 0 to 10. @default `defaults.warehouse.retryAttempts` (2) */
  retryAttempts?: number;
  /** Memory of the function that plans loads, MiB, 128 to 10240; processor time grows with it. @default `defaults.warehouse.memoryMebibytes` (1769) */
  memoryMebibytes?: number;
  /** Maximum run time of the function that plans loads, seconds, 60 to 900. @default `defaults.warehouse.timeoutSeconds` (900) */
  timeoutSeconds?: number;
  /** The network of that function. @default none: Lambda's own network, with access to the internet */
  vpc?: VpcArgs;
  /** ARN of the customer's KMS key that encrypts the database, the administrator's secret and the bucket of loads. @default none: keys of AWS */
  encryptionKeyArn?: pulumi.Input<string>;
  /**
   * Lets `pulumi destroy` delete the database and the bucket of loads, if the stack has `streamlake:allowDataDeletion: true`.
   * @default false: they stay in the account
   */
  deleteDataOnDestroy?: boolean;
  /** How long logs are kept, days. @default `defaults.function.logRetentionDays` (30) */
  logRetentionDays?: number;
  /** Alarms on failed executions, on missing ones, and on starts that never succeeded. @default none */
  alarms?: AlarmsArgs;
  /** Changes to the raw resources, just before they are declared. @default none */
  transform?: WarehouseTransform;
}

export interface WarehouseTransform extends FailureTransform {
  namespace?: Transform<redshiftserverless.NamespaceArgs>;
  workgroup?: Transform<redshiftserverless.WorkgroupArgs>;
  securityGroup?: Transform<ec2.SecurityGroupArgs>;
  copyRole?: Transform<iam.RoleArgs>;
  copyPolicy?: Transform<iam.RolePolicyArgs>;
  loads?: PrivateBucketTransform;
  jsonPaths?: Transform<s3.BucketObjectv2Args>;
  plan?: CallbackFunctionTransform;
  workflow?: WorkflowMachineTransform;
  schedule?: WorkflowScheduleTransform;
  alarm?: Transform<cloudwatch.MetricAlarmArgs>;
}

/** The declared columns of the tables that are loaded. */
export function loadedTables({ lake, tables }: Pick<WarehouseArgs, "lake" | "tables">): Record<string, Column[]> {
  const declared = declaredColumns(lake.tables);
  const wanted = tables ?? Object.keys(declared);
  return Object.fromEntries(wanted.flatMap((table) => (declared[table] ? [[table, declared[table]]] : [])));
}

/** The streams by the names of their views; none without the argument. */
export function viewedStreams(name: string, { streams = {} }: Pick<WarehouseArgs, "streams">): Record<string, Stream> {
  const resolved = ([view, source]: [string, StreamSource]) => [view, streamOf(`Warehouse "${name}"`, source)] as const;
  return Object.fromEntries(Object.entries(streams).map(resolved));
}

/** The names of the streams by the names of their views, as JSON for the function that makes the views. */
export function streamNames(streams: Readonly<Record<string, Stream>>): pulumi.Output<string> {
  const names = Object.entries(streams).map(([view, { streamName }]) =>
    streamName.apply((stream) => [view, stream] as const),
  );
  return pulumi.all(names).apply((all) => JSON.stringify(Object.fromEntries(all)));
}

const MIN_SUBNETS = 3;
const DATABASE_NAME = /^[a-z_][a-z0-9_]{0,63}$/;
/** Words that cannot name an administrator: https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/API_CreateNamespace.html */
const ADMIN_NAME = /^[a-z][a-z0-9_]{0,63}$/;
const RESERVED_ADMINS: readonly string[] = ["admin", "public", "rdsdb", "root"];

/** @throws one error that names every problem */
export function checkWarehouse(name: string, args: WarehouseArgs): void {
  refuseProblems("Warehouse", name, [
    ...nameProblems(name, [
      ...functionNames("-plan"),
      ["IAM role", "-copy-role"],
      ["S3 bucket", "-loads"],
      ["state machine", "-workflow"],
      ["IAM role", "-workflow-role"],
      ["IAM role", "-schedule-role"],
      ["schedule", "-schedule"],
      ["SQS queue", "-failed-starts"],
      ["SNS topic", "-failures"],
    ]),
    subnetsProblem(args.subnetIds),
    ...vpcProblems(args.vpc),
    ...tablesProblems(args),
    ...streamsProblems(args),
    databaseNameProblem("databaseName", args.databaseName),
    databaseNameProblem("schema", args.schema),
    adminProblem(args.adminUsername),
    capacityProblem("baseCapacity", args.baseCapacity),
    capacityProblem("maxCapacity", args.maxCapacity),
    maxProblem(args),
    wholeNumberProblem("everyMinutes", args.everyMinutes, { min: 1, max: 1440, unit: "minutes" }),
    wholeNumberProblem("lookbackHours", args.lookbackHours, { min: 1, max: 720, unit: "hours" }),
    lookbackProblem(args.lake, args.lookbackHours ?? defaults.warehouse.lookbackHours),
    wholeNumberProblem("loadMebibytes", args.loadMebibytes, { min: 1, max: 256, unit: "MiB" }),
    wholeNumberProblem("loadTimeoutMinutes", args.loadTimeoutMinutes, { min: 1, max: 1440, unit: "minutes" }),
    wholeNumberProblem("retryAttempts", args.retryAttempts, { min: 0, max: 10, unit: "tries" }),
    wholeNumberProblem("memoryMebibytes", args.memoryMebibytes, { min: 128, max: 10_240, unit: "MiB" }),
    wholeNumberProblem("timeoutSeconds", args.timeoutSeconds, { min: 60, max: 900, unit: "seconds" }),
    keyArnProblem("encryptionKeyArn", args.encryptionKeyArn),
    choiceProblem("logRetentionDays", args.logRetentionDays, LOG_RETENTION_DAYS),
    ...failureProblems(args),
  ]);
}

function subnetsProblem(subnetIds: WarehouseArgs["subnetIds"] | undefined): string | undefined {
  if (subnetIds === undefined) return "subnetIds is missing; give three subnets in three availability zones.";
  if (!Array.isArray(subnetIds)) return undefined;
  const plain = subnetIds.filter((id) => typeof id === "string");
  const count = subnetIds.length - plain.length + new Set(plain).size;
  if (count >= MIN_SUBNETS) return undefined;
  return `subnetIds has ${count} ${count === 1 ? "subnet" : "different subnets"}; Redshift Serverless needs three, in three availability zones.`;
}

function tablesProblems(args: WarehouseArgs): (string | undefined)[] {
  const declared = declaredColumns(args.lake.tables);
  const unknown = (args.tables ?? []).filter((table) => !declared[table]);
  const loaded = Object.entries(loadedTables(args));
  return [
    ...unknown.map((table) => `tables has "${table}", which has no declared columns in the lake; declare them there.`),
    loaded.length === 0 && unknown.length === 0
      ? "the lake has no table with declared columns; declare them in its `tables`, because the warehouse's tables are made of them."
      : undefined,
    ...loaded.flatMap(([table, columns]) => tableProblems(args, table, columns)),
  ];
}

function tableProblems({ schema }: WarehouseArgs, table: string, columns: readonly Column[]): string[] {
  const count = warehouseColumns(columns).length;
  const merge = Buffer.byteLength(mergeStatement(schema ?? defaults.warehouse.schema, table, columns));
  const long = [table, ...columns.map(({ name }) => name)].filter((each) => each.length > MAX_WAREHOUSE_NAME);
  return [
    ...(table === LOADS_TABLE ? [`table "${table}" has the name of the table of loads; give it another name.`] : []),
    ...long.map((each) => `"${each}" has ${each.length} characters; Redshift takes names of ${MAX_WAREHOUSE_NAME}.`),
    ...(count > MAX_WAREHOUSE_COLUMNS
      ? [`table "${table}" has ${count} columns; Redshift takes ${MAX_WAREHOUSE_COLUMNS}.`]
      : merge > MAX_STATEMENT_BYTES
        ? [
            `table "${table}" has ${count} columns, whose MERGE has ${merge} bytes; the Data API takes ${MAX_STATEMENT_BYTES}: declare fewer columns, or shorter names.`,
          ]
        : []),
  ];
}

function streamsProblems(args: WarehouseArgs): (string | undefined)[] {
  const tables = [...Object.keys(loadedTables(args)), LOADS_TABLE];
  return Object.entries(args.streams ?? {}).flatMap(([view, source]) => [
    tables.includes(view)
      ? `streams has "${view}", which is the name of a table; give the view another name.`
      : databaseNameProblem(`the name of a view in streams`, view),
    capitalsProblem(view, source),
  ]);
}

/**
 * Redshift folds names. The function that makes the views finds the names that are known only then.
 * https://docs.aws.amazon.com/redshift/latest/dg/r_enable_case_sensitive_identifier.html
 */
function capitalsProblem(view: string, source: StreamSource): string | undefined {
  const arn = "streamArn" in source ? source.streamArn : undefined;
  const stream = typeof arn === "string" ? arn.slice(arn.lastIndexOf("/") + 1) : "";
  if (stream === stream.toLowerCase()) return undefined;
  return `streams.${view} is the stream "${stream}"; Redshift reads names without capitals: use a stream whose name has none.`;
}

function databaseNameProblem(option: string, value: string | undefined): string | undefined {
  if (value === undefined || DATABASE_NAME.test(value)) return undefined;
  return `${option} is "${value}"; use 1 to 64 lower-case letters, digits and "_", not beginning with a digit.`;
}

function adminProblem(value: string | undefined): string | undefined {
  if (value === undefined || (ADMIN_NAME.test(value) && !RESERVED_ADMINS.includes(value))) return undefined;
  return `adminUsername is "${value}"; use 1 to 64 lower-case letters, digits and "_", and none of ${RESERVED_ADMINS.map((each) => `"${each}"`).join(", ")}.`;
}

function capacityProblem(option: string, value: number | undefined): string | undefined {
  const isStep = (step: number) => value !== undefined && value % step === 0;
  const isValid =
    value === undefined ||
    value === 4 ||
    (value >= 8 && value <= 512 && isStep(8)) ||
    (value > 512 && value <= 1024 && isStep(32));
  if (isValid) return undefined;
  return `${option} is ${value}; use 4, or 8 to 512 in steps of 8, or up to 1024 in steps of 32 RPUs.`;
}

function maxProblem({
  baseCapacity = defaults.warehouse.baseCapacity,
  maxCapacity,
}: WarehouseArgs): string | undefined {
  if (maxCapacity === undefined || maxCapacity >= baseCapacity) return undefined;
  return `maxCapacity is ${maxCapacity}, below the baseCapacity of ${baseCapacity}; use at least ${baseCapacity}.`;
}
