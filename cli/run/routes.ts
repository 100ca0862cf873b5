/** Finds the input stream, the lake and the query context in the resources of a program. */
import { CommandError } from "../errors";

/** A resource that the simulated cloud provisioned. */
export interface ProvisionedResource {
  readonly type: string;
  /** The logical name. */
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** The route of a stream into a lake, which has a ledger of its own. */
export interface RoutedStream {
  readonly bucket: string;
  readonly stream: string;
  /** Names of the routers' functions; several routers of a stream into one lake land each record once. */
  readonly functionNames: readonly string[];
  readonly failedBuckets: readonly string[];
  /** True if the program declares a Glue job that flattens rows of the lake. */
  readonly isFlattened: boolean;
}

/** A lake and the streams that are routed into it. */
export interface RoutedLake {
  readonly bucket: string;
  /** Names of the streams that its routers read. */
  readonly streams: readonly string[];
  /** Names of its routers' functions. */
  readonly functionNames: readonly string[];
  /** Buckets of their on-failure destinations. */
  readonly failedBuckets: readonly string[];
}

const STREAM = "aws:kinesis/stream:Stream";
const MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping";
const FUNCTION = "aws:lambda/function:Function";
/** A delivery stream of Firehose. */
export const DELIVERY_STREAM = "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream";
const JOB = "aws:glue/job:Job";
const DATABASE = "aws:glue/catalogDatabase:CatalogDatabase";
const WORKGROUP = "aws:athena/workgroup:Workgroup";
const NAMED_QUERY = "aws:athena/namedQuery:NamedQuery";

/**
 * The streams that producers write: those that `wanted` names by physical or logical name, else the stack output
 * `streamName`, else every stream that is routed into a lake.
 *
 * @throws CommandError for a name that no stream has
 */
export function inputStreams(
  resources: readonly ProvisionedResource[],
  outputs: Readonly<Record<string, unknown>>,
  wanted: readonly string[] = [],
): string[] {
  const streams = resources.filter(({ type }) => type === STREAM);
  if (wanted.length > 0) return unique(wanted.map((name) => streamNamed(streams, name)));
  if (typeof outputs.streamName === "string") return [outputs.streamName];
  const routed = unique(routesOf(resources).map(({ stream }) => stream)).sort();
  return routed.length > 0 ? routed : [named(resources, outputs, STREAM, "streamName", "stream")];
}

/** The names of streams as `--stream` takes them. */
export function streamNames(resources: readonly ProvisionedResource[]): string[] {
  const streams = resources.filter(({ type }) => type === STREAM);
  return streams.map(({ name }) => name.replace(/-stream$/, "")).sort();
}

/** The stream of `StreamIngest("clicks")` has the logical name `clicks-stream`. */
function streamNamed(streams: readonly ProvisionedResource[], wanted: string): string {
  const found =
    streams.find(({ name, outputs }) => [name, outputs.name].includes(wanted)) ??
    streams.find(({ name }) => name === `${wanted}-stream`);
  if (found) return String(found.outputs.name);
  const names = streamNames(streams).join(", ");
  throw new CommandError(
    `streamlake local: --stream: the program declares no stream "${wanted}"; it declares ${names || "none"}`,
  );
}

/** The names of the declared databases. */
export function databases(resources: readonly ProvisionedResource[]): string[] {
  return resources.filter(({ type }) => type === DATABASE).map(({ outputs }) => String(outputs.name));
}

/** The database and workgroup of queries that name none. */
export function queryContext(
  resources: readonly ProvisionedResource[],
  outputs: Readonly<Record<string, unknown>>,
): { database: string; workgroup: string } {
  return {
    database: named(resources, outputs, DATABASE, "databaseName", "Glue database"),
    workgroup: named(resources, outputs, WORKGROUP, "workgroupName", "Athena workgroup"),
  };
}

/** The context of example queries: the exported one, or the first of each. */
export function firstQueryContext(
  resources: readonly ProvisionedResource[],
  outputs: Readonly<Record<string, unknown>>,
): { database: string; workgroup: string } {
  const first = (type: string) => resources.filter((resource) => resource.type === type).slice(0, 1);
  return queryContext([...first(DATABASE), ...first(WORKGROUP)], outputs);
}

export interface ReadyQuery {
  readonly sql: string;
  readonly database: string;
  readonly workgroup: string;
}

/** The named queries of the program, in order of declaration. */
export function namedQueries(resources: readonly ProvisionedResource[]): ReadyQuery[] {
  return resources
    .filter(({ type }) => type === NAMED_QUERY)
    .map(({ inputs }) => ({
      sql: String(inputs.query),
      database: String(inputs.database),
      workgroup: String(inputs.workgroup ?? "primary"),
    }));
}

/**
 * Finds each route of a stream into a lake by its routers: functions on a stream with `LAKE_BUCKET` in their environment.
 *
 * @throws CommandError for no lake, unless a delivery stream of Firehose writes one
 */
export function routedStreams(resources: readonly ProvisionedResource[]): RoutedStream[] {
  const routes = routesOf(resources);
  if (routes.length === 0 && !resources.some(({ type }) => type === DELIVERY_STREAM)) {
    throw new CommandError(
      "the program routes no stream into a lake, so nothing would land; declare a FormatRouter or a DeliveryStream with a stream and a lake",
    );
  }
  const flattened = flattenJobs(resources).map(({ bucket }) => bucket);
  // Sorted, because programs declare resources in no fixed order.
  const pairs = unique(routes.map(({ bucket, stream }) => JSON.stringify([bucket, stream]))).sort();
  return pairs.map((pair) => {
    const [bucket, stream] = JSON.parse(pair) as [string, string];
    const own = routes.filter((route) => route.bucket === bucket && route.stream === stream);
    return {
      bucket,
      stream,
      functionNames: own.map(({ name }) => name),
      failedBuckets: failedBucketsOf(own),
      isFlattened: flattened.includes(bucket),
    };
  });
}

/** The flatten jobs of the program: the bucket of each, and its prefixes of raw rows and of Parquet objects. */
export function flattenJobs(resources: readonly Pick<ProvisionedResource, "type" | "inputs">[]) {
  return resources
    .filter(({ type }) => type === JOB)
    .map(({ inputs }) => ({
      bucket: text(inputs, "defaultArguments", "--BUCKET"),
      raw: text(inputs, "defaultArguments", "--RAW_PREFIX"),
      parquet: text(inputs, "defaultArguments", "--PARQUET_PREFIX"),
    }));
}

/**
 * The only lake of the program.
 *
 * @throws CommandError for no lake, for several, or if no FormatRouter writes it
 */
export function routedLake(resources: readonly ProvisionedResource[]): RoutedLake {
  const routes = routedStreams(resources);
  if (routes.length === 0) {
    throw new CommandError("streamlake replay: the program declares no FormatRouter, so there is nothing to replay");
  }
  const buckets = unique(routes.map(({ bucket }) => bucket));
  if (buckets.length > 1) throw manyLakes(buckets.length);
  return {
    bucket: buckets[0] as string,
    streams: routes.map(({ stream }) => stream),
    functionNames: routes.flatMap(({ functionNames }) => functionNames),
    failedBuckets: unique(routes.flatMap(({ failedBuckets }) => failedBuckets)),
  };
}

export function manyLakes(count: number): CommandError {
  return new CommandError(`the program routes streams into ${count} lakes; a replay is of one lake`);
}

interface Route {
  readonly bucket: string;
  readonly stream: string;
  readonly failedBucket: string | undefined;
  /** The name of the router's function. */
  readonly name: string;
}

function routesOf(resources: readonly ProvisionedResource[]): Route[] {
  return mappedFunctions(resources).flatMap(({ target, streamArn, failedBucket }) => {
    const bucket = text(target.inputs, "environment", "variables", "LAKE_BUCKET");
    const stream = /:stream\/([^/]+)/.exec(streamArn)?.[1];
    return bucket === undefined || stream === undefined
      ? []
      : [{ bucket, stream, failedBucket, name: String(target.outputs.name) }];
  });
}

/** Each function with an event source mapping, and the bucket of its failed batches. */
export function mappedFunctions<Resource extends ProvisionedResource>(resources: readonly Resource[]) {
  const functions = resources.filter(({ type }) => type === FUNCTION);
  return resources
    .filter(({ type }) => type === MAPPING)
    .flatMap(({ inputs }) => {
      const target = functions.find(({ outputs }) => [outputs.arn, outputs.name].includes(inputs.functionName));
      const failedArn = text(inputs, "destinationConfig", "onFailure", "destinationArn") ?? "";
      const failedBucket = /^arn:aws[^:]*:s3:::([^/]+)$/.exec(failedArn)?.[1];
      return target ? [{ target, streamArn: String(inputs.eventSourceArn), failedBucket }] : [];
    });
}

function failedBucketsOf(routes: readonly Route[]): string[] {
  return unique(routes.flatMap(({ failedBucket }) => failedBucket ?? []));
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}

function named(
  resources: readonly ProvisionedResource[],
  outputs: Readonly<Record<string, unknown>>,
  type: string,
  output: string,
  what: string,
): string {
  const given = outputs[output];
  if (typeof given === "string") return given;
  const found = resources.filter((resource) => resource.type === type);
  const name = found[0]?.outputs.name;
  if (found.length === 1 && typeof name === "string") return name;
  const problem = found.length === 0 ? `declares no ${what}` : `declares ${found.length} resources of the kind ${what}`;
  throw new CommandError(`the program ${problem}; export ${output}`);
}

function text(from: unknown, ...path: string[]): string | undefined {
  let value = from;
  for (const name of path) value = (value as Record<string, unknown> | undefined)?.[name];
  return typeof value === "string" ? value : undefined;
}
