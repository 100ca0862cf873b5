/** The router's handler: writes the records of a batch to objects in the lake. */
import { type FormatsConfig, formatProblems } from "../formats/config";
import { openDecoder } from "../formats/decoder";
import type { FormatLoaders } from "../formats/registry";
import type { SchemaLookup } from "../formats/schemaIds/lookup";
import type { CallbackContext } from "../lake/callbackContext";
import { unformattedId } from "../lake/envelope";
import type { IncomingRecord } from "../lake/record";
import { MAX_RECORDS } from "../lake/replay/batches";
import { type ReplayEvent, replayOf } from "../lake/replay/event";
import type { HookReports, RouterHooks } from "../lake/routing/hooks";
import { landingObjects } from "../lake/routing/landingObjects";
import type { BatchBounds } from "../lake/routing/route";
import { openValidator, type RowCheck } from "../lake/schemas/check";
import type { RowValidator } from "../lake/schemas/validator";
import { compareSequence } from "../lake/sequenceNumber";
import { isTableName } from "../lake/tableName";
import { environmentVariable } from "./effects/environment";
import { type Log, logToConsole } from "./effects/log";
import { type ObjectStore, s3ObjectStore } from "./effects/objectStore";
import { compress } from "./parts/compress";
import { describe } from "./parts/describe";
import { type BatchResponse, recordsOf } from "./parts/kinesisEvent";
import { placesInPackage } from "./parts/placesInPackage";
import { replayObjects } from "./parts/replayObjects";
import { RoutedCounts } from "./parts/routedCounts";
import { createWriter } from "./parts/writer";

/** Plain data, so that a package can capture it. */
export interface RouterConfig {
  readonly formats: FormatsConfig;
  /** The table of rows for which no `table` hook decides, and of everything in `unformatted/`. */
  readonly table: string;
  /** Each ends with `/`. */
  readonly prefixes: { readonly raw: string; readonly unformatted: string };
  /** Maximum number of concurrent writes. */
  readonly concurrentWrites: number;
  /** Begins the ids and keys of the stream's records, if other streams land in the same tables. @default none */
  readonly source?: string;
  /** Places where the hooks are declared, for details and the log. @default none */
  readonly hookPlaces?: HookReports["hookPlaces"];
  /** The check of each table's rows, by table. @default none */
  readonly validators?: Readonly<Record<string, RowValidator>>;
}

/** The router's inputs and outputs other than events. */
export interface RouterEffects {
  /** The stream's name, kept with every row. */
  readonly stream: string;
  /** The bucket's name, for the answer to a replay. @default none */
  readonly bucket?: string;
  readonly store: Pick<ObjectStore, "putIfAbsent">;
  readonly log: Log;
  /** True to keep the messages of hooks' errors, which may contain values of rows. @default false */
  readonly exposesHookErrors?: boolean;
  /** Returns the places that a hook's error passed in the program's source, the one that threw first. @default none */
  readonly placesOf?: HookReports["placesOf"];
}

const MEBI = 1024 * 1024;

/**
 * An event of 6 MB has about 4.5 MB of payloads. JSON and XML that gzip compresses to a twelfth stay within these bounds;
 * more than that, or payloads that are built to take minutes and gibibytes, exceed them. Records beyond the bounds are
 * reported as failed, and Lambda redelivers them at once. This uses up at most one retry for each part
 * (https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html), and each part has at
 * least one record; so as many retries as records in a batch suffice (`retryAttempts` of the router).
 */
const BOUNDS: BatchBounds = {
  unpackedBytes: 64 * MEBI,
  values: 6.5 * MEBI,
  characters: 104 * MEBI,
};

export interface RouterOptions {
  /** Loads the formats that the configuration enables. */
  readonly formats: FormatLoaders;
  /** @default none */
  readonly hooks?: RouterHooks;
  /** The second argument of hooks. @default a context without secrets */
  readonly context?: CallbackContext;
  /** Looks up schemas by the ids in records, if the configuration does not declare them. @default none */
  readonly schemas?: SchemaLookup | undefined;
  /** @default S3 and the log, with `LAKE_BUCKET`, `STREAM_NAME` and `EXPOSE_HOOK_ERRORS` from the environment */
  readonly effects?: RouterEffects;
}

/** Unformatted records keep their ids in a replay: those with a source, and those from before the router had one. */
function ofSource(
  records: IncomingRecord[],
  source: string | undefined,
  replay: ReplayEvent["replay"] | undefined,
): IncomingRecord[] {
  if (source === undefined || replay?.source === "unformatted") return records;
  return records.map((record) => ({ ...record, shard: `${source}.${record.shard}` }));
}

export type RouterHandler = (event: unknown, context?: unknown) => Promise<BatchResponse>;

/**
 * Makes the handler, at cold start. After a failed write, or for records beyond `BOUNDS`, it returns the lowest
 * unfinished sequence number, and Lambda redelivers from there. Any other error outside a record is a defect and fails
 * the batch.
 */
export function createRouter(config: RouterConfig, options: RouterOptions): RouterHandler {
  const { formats, hooks = {}, context, schemas, effects = environmentEffects() } = options;
  const problems = problemsOf(config, formats);
  if (problems.length > 0) throw new Error(`router: ${problems.join("; ")}`);
  const decode = openDecoder(config.formats, formats, schemas);
  const { stream, bucket = "", store, log } = effects;
  const { table, prefixes, hookPlaces = {} } = config;
  const { exposesHookErrors = false, placesOf } = effects;
  const reports: HookReports = { hookPlaces, placesOf, exposesHookErrors };
  const routing = {
    stream,
    table,
    prefixes,
    checks: checksOf(config),
    bounds: BOUNDS,
    ...reports,
    ...(context && { context }),
  };

  return async (event) => {
    const replay = replayOf(event);
    const records = ofSource(recordsOf(event), config.source, replay);
    if (replay) {
      const some = records.slice(0, MAX_RECORDS);
      const objects = landingObjects(some, decode, hooks, routing);
      return replayObjects(objects, new Set(some.map(unformattedId)), replay, store, { stream, bucket, prefixes });
    }
    const writer = createWriter(store, config.concurrentWrites);
    const counts = new RoutedCounts(records.length);
    const objects = landingObjects(records, decode, hooks, routing);
    let step = await objects.next();
    for (; !step.done; step = await objects.next()) {
      counts.add(step.value);
      await writer.write(step.value.key, compress(step.value.body), step.value.range.first);
    }
    const left = records.slice(step.value);
    counts.leave(left.length);
    const failures = await writer.finish();
    log(counts.entry(stream, failures.length));

    const { firstHookError } = counts;
    if (firstHookError !== undefined) log({ message: "hook failed", detail: firstHookError });
    const [failure] = failures;
    if (failure) log({ message: "write failed", key: failure.key, error: describe(failure.error) });
    const from = lowestOf([
      ...(failure ? [failure.firstSequence] : []),
      ...left.map((record) => record.sequenceNumber),
    ]);
    return { batchItemFailures: from === undefined ? [] : [{ itemIdentifier: from }] };
  };
}

function lowestOf(sequenceNumbers: readonly string[]): string | undefined {
  return [...sequenceNumbers].sort(compareSequence)[0];
}

function checksOf({ validators = {} }: RouterConfig): ReadonlyMap<string, RowCheck> {
  return new Map(Object.entries(validators).map(([table, validator]) => [table, openValidator(validator)]));
}

function problemsOf(config: RouterConfig, formats: FormatLoaders): string[] {
  const problems = formatProblems(config.formats, formats);
  if (!isTableName(config.table)) {
    problems.push(`table "${config.table}" is not a Glue name; use lower-case letters, digits and "_"`);
  }
  for (const prefix of [config.prefixes.raw, config.prefixes.unformatted]) {
    if (!/[^/]\/$/.test(prefix)) problems.push(`prefix "${prefix}" does not end with one "/"`);
  }
  if (!Number.isInteger(config.concurrentWrites) || config.concurrentWrites < 1) {
    problems.push(`concurrentWrites is ${config.concurrentWrites}; it needs a whole number, 1 or more`);
  }
  return problems;
}

function environmentEffects(): RouterEffects {
  const bucket = environmentVariable("LAKE_BUCKET");
  return {
    stream: environmentVariable("STREAM_NAME"),
    bucket,
    store: s3ObjectStore(bucket),
    log: logToConsole,
    exposesHookErrors: process.env.EXPOSE_HOOK_ERRORS === "true",
    placesOf: placesInPackage,
  };
}
