/** The handler that transforms records for Firehose: bytes of any enabled format in, the lines of raw/ out. */
import { type FormatsConfig, formatProblems } from "../formats/config";
import { openDecoder } from "../formats/decoder";
import type { FormatLoaders } from "../formats/registry";
import type { Decode, Unpacked } from "../formats/row";
import type { SchemaLookup } from "../formats/schemaIds/lookup";
import type { CallbackContext } from "../lake/callbackContext";
import type { Column } from "../lake/columns";
import { convertibleLines } from "../lake/delivery/convertibleLines";
import {
  type DeliveryHooks,
  type DeliveryLines,
  type DeliveryLinesOptions,
  deliveryLines,
  TWO_TABLES,
} from "../lake/delivery/deliveryLines";
import { unformattedId } from "../lake/envelope";
import { hourOf, partitionOf } from "../lake/hour";
import { type Refusal, refuse } from "../lake/reasons";
import type { IncomingRecord } from "../lake/record";
import { replayKey } from "../lake/replay/keys";
import type { HookReports } from "../lake/routing/hooks";
import { ObjectDrafts } from "../lake/routing/objectDrafts";
import { decodeRecord } from "../lake/routing/route";
import { userRecords } from "../lake/routing/userRecords";
import { openValidator } from "../lake/schemas/check";
import type { RowValidator } from "../lake/schemas/validator";
import { environmentVariable } from "./effects/environment";
import { type Log, logToConsole } from "./effects/log";
import { type ObjectStore, s3ObjectStore } from "./effects/objectStore";
import { compress } from "./parts/compress";
import { DeliveredCounts } from "./parts/deliveredCounts";
import { deliveryNameOf, deliveryRecordsOf, type FirehoseAnswer, type TransformedRecord } from "./parts/firehoseEvent";
import { placesInPackage } from "./parts/placesInPackage";

/** Plain data, so that a package can capture it. */
export interface DeliveryConfig {
  readonly formats: FormatsConfig;
  /** The table of rows for which no `table` hook decides. */
  readonly table: string;
  /** Each ends with `/`. */
  readonly prefixes: { readonly raw: string; readonly unformatted: string };
  /** Places where the hooks are declared, for details. @default none */
  readonly hookPlaces?: HookReports["hookPlaces"];
  /** The check of each table's rows, by table. @default none */
  readonly validators?: Readonly<Record<string, RowValidator>>;
  /** The table's declared columns, to which Firehose converts the rows. @default none: Firehose delivers lines of `raw/` */
  readonly parquetColumns?: readonly Column[];
}

export interface DeliveryEffects {
  /** The stream's name, kept with every row. */
  readonly stream: string;
  readonly store: Pick<ObjectStore, "putIfAbsent">;
  readonly log: Log;
  /** True to keep the messages of hooks' errors, which may contain values of rows. @default false */
  readonly exposesHookErrors?: boolean;
  /** Returns the places that a hook's error passed in the program's source, the one that threw first. @default none */
  readonly placesOf?: HookReports["placesOf"];
}

export interface DeliveryOptions {
  /** Loads the formats that the configuration enables. */
  readonly formats: FormatLoaders;
  /** @default none */
  readonly hooks?: DeliveryHooks;
  /** The second argument of hooks. @default a context without secrets */
  readonly context?: CallbackContext;
  /** Looks up schemas by the ids in records, if the configuration does not declare them. @default none */
  readonly schemas?: SchemaLookup | undefined;
  /** @default S3 and the log, with `LAKE_BUCKET`, `STREAM_NAME` and `EXPOSE_HOOK_ERRORS` from the environment */
  readonly effects?: DeliveryEffects;
}

export type DeliveryHandler = (event: unknown, context?: unknown) => Promise<FirehoseAnswer>;

/**
 * Lambda's synchronous answers have at most 6 MB, and Firehose takes no more:
 * https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html
 */
const MAX_ANSWER_BYTES = 6_000_000;
/** Maximum size of an entry of the answer besides its id, data and table. */
const ENTRY_BYTES = 160;
const MEBI = 1024 * 1024;
/** Lines beyond the answer are written as soon as they have this many characters. */
const MAX_GATHERED_CHARACTERS = 32 * MEBI;
/**
 * The work of one invocation, as for a router. Firehose never delivers a part of a batch again, so records beyond it
 * fail; their bytes are kept.
 */
const BOUNDS = { unpackedBytes: 64 * MEBI, values: 6.5 * MEBI, characters: 104 * MEBI };
/** The unpacked bytes that take as long as one value. */
const BYTES_OF_VALUE = 16;
const TOO_MUCH = refuse("limits", "the records before it in its batch unfold to more than one invocation processes");
/** The function writes no Parquet itself. */
const TOO_LONG = refuse("limits", "its rows do not fit into an answer of 6 MB with those before it in its batch");

/**
 * Makes the handler, at cold start. A record becomes the lines that a router writes, with the same ids, and a record that
 * does not decode fails as a whole: Firehose keeps its bytes. Lines that do not fit into the answer are written to the
 * lake by the function itself; where Firehose converts rows to Parquet, their record fails. If a write fails, or a schema
 * cannot be looked up, the invocation fails and Firehose retries.
 */
export function createDelivery(config: DeliveryConfig, options: DeliveryOptions): DeliveryHandler {
  const { formats, hooks = {}, context, schemas, effects = environmentEffects() } = options;
  const problems = formatProblems(config.formats, formats);
  if (problems.length > 0) throw new Error(`delivery: ${problems.join("; ")}`);
  const decode = openDecoder(config.formats, formats, schemas);
  const { table, prefixes, hookPlaces = {}, validators = {}, parquetColumns } = config;
  const lines: DeliveryLinesOptions = {
    stream: effects.stream,
    table,
    hooks,
    ...(context && { context }),
    convertible: parquetColumns && convertibleLines(parquetColumns),
    checks: new Map(Object.entries(validators).map(([name, validator]) => [name, openValidator(validator)])),
    hookPlaces,
    placesOf: effects.placesOf,
    exposesHookErrors: effects.exposesHookErrors ?? false,
  };

  return async (event) => {
    const records = deliveryRecordsOf(event);
    const counts = new DeliveredCounts();
    const drafts = new ObjectDrafts(prefixes);
    const unpacked: Unpacked = { bytes: 0, values: 0 };
    let characters = 0;
    let left = MAX_ANSWER_BYTES;
    for (const { recordId } of records) left -= ENTRY_BYTES + recordId.length;

    const answer: TransformedRecord[] = [];
    for (const { recordId, record } of records) {
      const decoded = isPast(unpacked, characters) ? TOO_MUCH : await linesOf(record, { decode, unpacked, lines });
      const bytes = answerBytes(decoded);
      const made = parquetColumns && bytes > left ? TOO_LONG : decoded;
      if ("reason" in made) {
        counts.fail(unformattedId(record), made);
        answer.push({ recordId, result: "ProcessingFailed" });
        continue;
      }
      const { text, count, leftOut } = made;
      const partitionKeys = { ...partitionOf(hourOf(record.arrivedMillis)), ...(hooks.table && { table: made.table }) };
      characters += text.length;
      counts.add("Rows", count);
      counts.add("LeftOut", leftOut);
      if (count > 0 && bytes <= left) {
        left -= bytes;
        const data = Buffer.from(text).toString("base64");
        answer.push({ recordId, result: "Ok", data, metadata: { partitionKeys } });
        continue;
      }
      if (count > 0) {
        drafts.add("raw", made.table, record, made);
        counts.add("Landed", count);
        if (drafts.size > MAX_GATHERED_CHARACTERS) await write(drafts, effects.store);
      }
      answer.push({ recordId, result: "Dropped" });
    }
    await write(drafts, effects.store);
    for (const entry of counts.entries(deliveryNameOf(event), records.length)) effects.log(entry);
    return { records: answer };
  };
}

/** The bytes of lines in the answer. */
function answerBytes(made: DeliveryLines | Refusal): number {
  if ("reason" in made || made.count === 0) return 0;
  return 4 * Math.ceil(Buffer.byteLength(made.text) / 3) + made.table.length;
}

interface Decoding {
  readonly decode: Decode;
  readonly unpacked: Unpacked;
  readonly lines: DeliveryLinesOptions;
}

/** The lines of a record, or of all user records of an aggregated one. */
async function linesOf(
  record: IncomingRecord,
  { decode, unpacked, lines }: Decoding,
): Promise<DeliveryLines | Refusal> {
  let all: DeliveryLines | undefined;
  for (const part of userRecords(record)) {
    const decoded = await decodeRecord(part, decode, unpacked);
    const made = "reason" in decoded ? decoded : deliveryLines(part, decoded, lines);
    if ("reason" in made) return made;
    if (all && all.table !== made.table) return TWO_TABLES;
    all = all ? joined(all, made) : made;
    if (all.text.length > MAX_GATHERED_CHARACTERS) return TOO_MUCH;
  }
  return all ?? refuse("empty", "the aggregated record has no user records");
}

function joined(left: DeliveryLines, right: DeliveryLines): DeliveryLines {
  return {
    text: left.text + right.text,
    count: left.count + right.count,
    table: left.table,
    leftOut: left.leftOut + right.leftOut,
  };
}

function isPast({ bytes, values }: Unpacked, characters: number): boolean {
  return (
    bytes > BOUNDS.unpackedBytes || values + bytes / BYTES_OF_VALUE > BOUNDS.values || characters > BOUNDS.characters
  );
}

/** The keys contain a digest of the rows: Firehose cuts batches anew, and their records may have the same range. */
async function write(drafts: ObjectDrafts, store: DeliveryEffects["store"]): Promise<void> {
  for (const { key, body } of drafts.close()) await store.putIfAbsent(replayKey(key, body), compress(body));
}

function environmentEffects(): DeliveryEffects {
  return {
    stream: environmentVariable("STREAM_NAME"),
    store: s3ObjectStore(environmentVariable("LAKE_BUCKET")),
    log: logToConsole,
    exposesHookErrors: process.env.EXPOSE_HOOK_ERRORS === "true",
    placesOf: placesInPackage,
  };
}
