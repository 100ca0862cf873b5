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
const DATABASE = "aws:glue/catalogDatabase:CatalogDatabase";
const WORKGROUP = "aws:athena/workgroup:Workgroup";
const NAMED_QUERY = "aws:athena/namedQuery:NamedQuery";

/** The stream that producers write: the stack output `streamName`, or the only declared stream. */
export function inputStream(
  resources: readonly ProvisionedResource[],
  outputs: Readonly<Record<string, unknown>>,
): string {
  return named(resources, outputs, STREAM, "streamName", "stream");
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
 * Finds the lake by its routers: functions on a stream with `LAKE_BUCKET` in their environment.
 *
 * @throws CommandError for no lake, several lakes, or a stream with two routers, which the ledger cannot tell apart
 */
export function routedLake(resources: readonly ProvisionedResource[]): RoutedLake {
  const functions = resources.filter(({ type }) => type === FUNCTION);
  const routes = resources
    .filter(({ type }) => type === MAPPING)
    .flatMap(({ inputs }) => {
      const router = functions.find(({ outputs }) => [outputs.arn, outputs.name].includes(inputs.functionName));
      const bucket = text(router?.inputs, "environment", "variables", "LAKE_BUCKET");
      const stream = /:stream\/([^/]+)/.exec(String(inputs.eventSourceArn))?.[1];
      const failedArn = text(inputs, "destinationConfig", "onFailure", "destinationArn") ?? "";
      const failedBucket = /^arn:aws[^:]*:s3:::([^/]+)$/.exec(failedArn)?.[1];
      return bucket === undefined || stream === undefined
        ? []
        : [{ bucket, stream, failedBucket, name: String(router?.outputs.name) }];
    });
  const buckets = unique(routes.map(({ bucket }) => bucket));
  const streams = unique(routes.map(({ stream }) => stream));
  const [bucket] = buckets;
  if (bucket === undefined) {
    throw new CommandError(
      "the program routes no stream into a lake: no function on a stream has LAKE_BUCKET in its environment",
    );
  }
  if (buckets.length > 1) {
    throw new CommandError(
      `the program routes streams into ${buckets.length} lakes; local keeps the ledger of only one`,
    );
  }
  if (streams.length < routes.length) {
    throw new CommandError(
      "the program routes a stream into its lake twice; local keeps the ledger of one router per stream",
    );
  }
  const functionNames = routes.map(({ name }) => name);
  return {
    bucket,
    streams,
    functionNames,
    failedBuckets: unique(routes.flatMap(({ failedBucket }) => failedBucket ?? [])),
  };
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
