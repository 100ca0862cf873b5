/** Finds the sinks of a program beside its lake, and its HTTP entries. */
import path from "node:path";
import { folderOfPrefix, tablesOfPrefix } from "../../lake/delivery/keys";
import { deliveredViewOf } from "../../lake/tableName";
import type { DeliverySources } from "../../local/ledger/sinks/deliveryLedger";
import type { LocalResource } from "../../local/startLocal";
import { DELIVERY_STREAM, flattenJobs, mappedFunctions } from "./routes";
import { type WarehouseTarget, warehousesOf } from "./warehouse";

/** A serving table: a function on a stream with `VIEW_TABLE` in its environment. */
interface View {
  readonly kind: "view";
  readonly name: string;
  readonly table: string;
  readonly functionArn: string;
  readonly functionName: string;
  readonly streamArn: string;
  readonly failedBucket: string | undefined;
}

/** An HTTP entry: a function behind an HTTP API with `STREAM_NAME` in its environment. */
interface Entry {
  readonly kind: "entry";
  readonly name: string;
  readonly api: string;
  readonly url: string;
  readonly functionArn: string;
  readonly stream: string;
}

/** A delivery stream of Firehose whose function makes rows of a lake. */
interface Delivery {
  readonly kind: "delivery";
  readonly name: string;
  readonly sources: DeliverySources;
}

/** A Redshift warehouse whose function plans loads of a lake. */
interface Warehouse {
  readonly kind: "warehouse";
  readonly name: string;
  readonly bucket: string;
  /** The tables' folders that its function may read, `raw/sales/`: other lakes of the bucket may have such tables. */
  readonly folders: readonly string[];
  readonly schema: string;
  /** The declared tables. */
  readonly tables: readonly string[];
  /** False if the program's schedule of loads is disabled. */
  readonly isScheduled: boolean;
  readonly target: WarehouseTarget;
}

export type Sink = View | Entry | Delivery | Warehouse;

const FUNCTION = "aws:lambda/function:Function";
const ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy";
const TABLE = "aws:dynamodb/table:Table";
const WORKGROUP_TYPE = "aws:redshiftserverless/workgroup:Workgroup";
const OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2";
const CATALOG_TABLE = "aws:glue/catalogTable:CatalogTable";
const SCHEDULE = "aws:scheduler/schedule:Schedule";
/** The object with the paths of a declared table's columns. */
const JSON_PATHS = /^jsonpaths\/(.+)\.json$/;
const API = "aws:apigatewayv2/api:Api";
const INTEGRATION = "aws:apigatewayv2/integration:Integration";

/** In order of their names. */
export function sinksOf(resources: readonly LocalResource[]): Sink[] {
  const ofType = (type: string) => resources.filter((resource) => resource.type === type);
  const views = mappedFunctions(resources).flatMap(({ target, streamArn, failedBucket }): View[] => {
    const table = variablesOf(target).VIEW_TABLE;
    const declared = ofType(TABLE).find(({ outputs }) => outputs.name === table);
    if (table === undefined || !declared) return [];
    const [functionArn, functionName] = [String(target.outputs.arn), String(target.outputs.name)];
    return [{ kind: "view", name: ownerOf(declared), table, functionArn, functionName, streamArn, failedBucket }];
  });
  const entries = ofType(INTEGRATION).flatMap(({ inputs }): Entry[] => {
    const called = [inputs.integrationUri];
    const target = ofType(FUNCTION).find(
      ({ outputs }) => called.includes(outputs.arn) || called.includes(outputs.invokeArn),
    );
    const api = ofType(API).find(({ id }) => id === inputs.apiId);
    const stream = target && variablesOf(target).STREAM_NAME;
    if (!api || stream === undefined) return [];
    return [
      {
        kind: "entry",
        name: ownerOf(api),
        api: api.id,
        url: String(api.outputs.apiEndpoint),
        functionArn: String(target?.outputs.arn),
        stream,
      },
    ];
  });
  const deliveries = ofType(DELIVERY_STREAM).flatMap((declared) => deliveryOf(declared, resources));
  const targets = warehousesOf(resources);
  const warehouses = ofType(FUNCTION).flatMap((declared): Warehouse[] => {
    const { LAKE_BUCKET, LOADS_BUCKET, SCHEMA, WORKGROUP } = variablesOf(declared);
    const target = targets.find(({ workgroup }) => workgroup === WORKGROUP);
    if (LAKE_BUCKET === undefined || SCHEMA === undefined || !target) return [];
    const owned = ofType(WORKGROUP_TYPE).find(({ inputs }) => inputs.workgroupName === WORKGROUP);
    const tables = ofType(OBJECT)
      .flatMap(({ inputs }) => {
        const table = inputs.bucket === LOADS_BUCKET ? JSON_PATHS.exec(String(inputs.key))?.[1] : undefined;
        return table ?? [];
      })
      .sort();
    const isScheduled = !ofType(SCHEDULE).some(
      ({ parent, inputs }) => parent !== undefined && parent === owned?.parent && inputs.state === "DISABLED",
    );
    const name = ownerOf(owned ?? declared);
    const folders = readableFolders(declared, LAKE_BUCKET, tables, resources);
    return [{ kind: "warehouse", name, bucket: LAKE_BUCKET, folders, schema: SCHEMA, tables, isScheduled, target }];
  });
  return [...views, ...entries, ...deliveries, ...warehouses].sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** The folders with the names of these tables that the policies of the function's role name. */
function readableFolders(
  { inputs }: LocalResource,
  bucket: string,
  tables: readonly string[],
  resources: readonly LocalResource[],
): string[] {
  const role = String(inputs.role);
  const own = resources.filter(({ type, inputs: { role: of } }) => type === ROLE_POLICY && role.endsWith(`/${of}`));
  return own
    .flatMap((one) => [...String(one.inputs.policy).matchAll(/"arn:[^":]+:s3:::([^"/]+)\/([^"*]+\/)\*"/g)])
    .flatMap(([, name, folder = ""]) => (name === bucket && tables.includes(path.posix.basename(folder)) ? folder : []))
    .sort();
}

function deliveryOf(declared: LocalResource, resources: readonly LocalResource[]): Delivery[] {
  const { kinesisSourceConfiguration: source, extendedS3Configuration: destination } = declared.inputs as {
    kinesisSourceConfiguration?: { kinesisStreamArn: string };
    extendedS3Configuration?: S3Configuration;
  };
  const [processor] = destination?.processingConfiguration?.processors ?? [];
  const named = processor?.parameters.find(({ parameterName }) => parameterName === "LambdaArn")?.parameterValue;
  const functionArn = named?.replace(/:\$LATEST$/, "");
  const target = resources.find(({ type, outputs }) => type === FUNCTION && outputs.arn === functionArn);
  if (!source || !destination || !target || variablesOf(target).LAKE_BUCKET === undefined) return [];
  const bucket = bucketOf(destination.bucketArn);
  const backup = destination.s3BackupConfiguration;
  const { root } = tablesOfPrefix(destination.prefix ?? "");
  const sources = {
    deliveryStream: String(declared.outputs.name),
    deliveryStreamArn: String(declared.outputs.arn),
    functionArn: String(functionArn),
    stream: streamOf(source.kinesisStreamArn),
    streamArn: source.kinesisStreamArn,
    bucket,
    prefix: destination.prefix ?? "",
    failedFolder: folderOfPrefix(destination.errorOutputPrefix ?? ""),
    backup: backup && { bucket: bucketOf(backup.bucketArn), folder: folderOfPrefix(backup.prefix ?? "") },
    flattenedPrefix: flattenJobs(resources).find((job) => job.bucket === bucket && job.raw === root)?.parquet,
    view: viewOf(destination, resources),
  };
  return [{ kind: "delivery", name: ownerOf(declared), sources }];
}

function viewOf(
  { dataFormatConversionConfiguration: conversion }: S3Configuration,
  resources: readonly LocalResource[],
): DeliverySources["view"] {
  const { databaseName, tableName = "" } = conversion?.schemaConfiguration ?? {};
  const name = deliveredViewOf(tableName);
  const isDeclared = resources.some(
    ({ type, inputs }) => type === CATALOG_TABLE && inputs.databaseName === databaseName && inputs.name === name,
  );
  return name !== undefined && isDeclared ? { database: String(databaseName), name } : undefined;
}

interface S3Configuration {
  readonly dataFormatConversionConfiguration?: {
    readonly schemaConfiguration?: { readonly databaseName?: string; readonly tableName?: string };
  };
  readonly bucketArn: string;
  readonly prefix?: string;
  readonly errorOutputPrefix?: string;
  readonly processingConfiguration?: {
    readonly processors: readonly {
      readonly parameters: readonly { readonly parameterName: string; readonly parameterValue: string }[];
    }[];
  };
  readonly s3BackupConfiguration?: { readonly bucketArn: string; readonly prefix?: string };
}

function bucketOf(arn: string): string {
  return arn.slice(arn.lastIndexOf(":") + 1);
}

/** The buckets of the lakes that routers or delivery streams write. */
export function lakeBuckets(routes: readonly { readonly bucket: string }[], sinks: readonly Sink[]): string[] {
  const delivered = sinks.flatMap((sink) => (sink.kind === "delivery" ? sink.sources.bucket : []));
  return [...new Set([...routes.map(({ bucket }) => bucket), ...delivered])];
}

/** The stream's name in its ARN. */
export function streamOf(arn: string): string {
  return arn.slice(arn.lastIndexOf("/") + 1);
}

function variablesOf({ inputs }: LocalResource): Readonly<Record<string, string>> {
  const { variables = {} } = Object(inputs.environment) as { variables?: Record<string, string> };
  return variables;
}

/** The name of the resource's component; its own without one. */
function ownerOf({ name, parent }: LocalResource): string {
  return parent === undefined || parent.includes("pulumi:pulumi:Stack::")
    ? name
    : parent.slice(parent.lastIndexOf("::") + 2);
}
