/** The handler of a view: folds the rows of a batch into items by key, each record once, and writes each item once. */
import { setTimeout as sleep } from "node:timers/promises";
import type { FormatsConfig } from "../formats/config";
import { openDecoder } from "../formats/decoder";
import { FormatError } from "../formats/formatError";
import type { FormatLoaders } from "../formats/registry";
import type { Decode, DecodedRecord, Unpacked } from "../formats/row";
import type { SchemaLookup } from "../formats/schemaIds/lookup";
import { type CallbackContext, NO_SECRETS } from "../lake/callbackContext";
import { recordId } from "../lake/envelope";
import type { IncomingRecord } from "../lake/record";
import { userRecords } from "../lake/routing/userRecords";
import { compareSequence } from "../lake/sequenceNumber";
import type { Attributes } from "../lake/serving/attributes";
import { type FoldedAttributes, keyOf, openFold, type ServingFold, type ServingKey } from "../lake/serving/fold";
import { type FoldOptions, foldRows, type KeyedRow } from "../lake/serving/item";
import { UnfoldedError } from "../lake/serving/unfoldedError";
import { environmentVariable } from "./effects/environment";
import { type Log, logToConsole } from "./effects/log";
import { dynamoTable, type ViewTable } from "./effects/viewTable";
import { mapConcurrently } from "./parts/concurrency";
import { describe } from "./parts/describe";
import { type BatchResponse, recordsOf } from "./parts/kinesisEvent";
import { ServedCounts } from "./parts/servedCounts";

/** Plain data, so that a package can capture it. */
export interface ServingConfig {
  readonly formats: FormatsConfig;
  /** Seconds from the arrival of an item's newest row to its expiry. @default none: items do not expire */
  readonly timeToLiveSeconds?: number;
}

export interface ServingEffects {
  /** The table's name, for the metrics. */
  readonly view: string;
  readonly table: ViewTable;
  readonly log: Log;
  /** Waits before keys that DynamoDB left unread are read again. @default real time */
  readonly sleep?: (millis: number) => Promise<unknown>;
}

export interface ServingOptions {
  /** @default the stream partition key */
  readonly key?: ServingKey | string | undefined;
  /** @default the newest row */
  readonly fold?: ServingFold | FoldedAttributes | undefined;
  /** The last argument of callbacks. @default a context without secrets */
  readonly context?: CallbackContext;
  /** Loads the formats that the configuration enables. */
  readonly formats: FormatLoaders;
  /** Looks up schemas by the ids in records, if the configuration does not declare them. @default none */
  readonly schemas?: SchemaLookup | undefined;
  /** @default DynamoDB and the log, with `VIEW_TABLE` from the environment */
  readonly effects?: ServingEffects;
}

export type ServingHandler = (event: unknown, context?: unknown) => Promise<BatchResponse>;

const MEBI = 1024 * 1024;
/** The rows of a batch are in memory until they are folded. Records beyond a bound are left for the next batch. */
const BOUNDS = { unpackedBytes: 32 * MEBI, values: 1.5 * MEBI };
/** Maximum number of keys in one BatchGetItem (API reference). */
const KEYS_PER_READ = 100;
/** A read answers at most 16 MB, so that this number also bounds the memory. */
const CONCURRENT_READS = 4;
const CONCURRENT_WRITES_PER_READ = 8;
/** Attempts of an item that other writers change, and of reads that leave all keys unread. */
const ATTEMPTS = 8;
const FIRST_WAIT_MILLIS = 50;

/**
 * Makes the handler, at cold start. It skips records that do not decode, because the router keeps them. After a failed
 * read or write, or for records beyond `BOUNDS`, it returns the lowest sequence number that is not folded; Lambda
 * redelivers from there, and rows that are in their items are not folded again.
 */
export function createServing(config: ServingConfig, options: ServingOptions): ServingHandler {
  const { key, context = NO_SECRETS, formats, schemas, effects = environmentEffects() } = options;
  const decode = openDecoder(config.formats, formats, schemas);
  const { view, table, log, sleep: wait = sleep } = effects;
  const folding = { fold: openFold(options.fold, context), timeToLiveSeconds: config.timeToLiveSeconds };

  return async (event) => {
    const records = recordsOf(event);
    const counts = new ServedCounts();
    const gathered = await gather(records, { decode, key, context, counts });
    const unfinished = new Set(gathered.rows.keys());
    let failure: unknown = gathered.failure;
    try {
      await foldKeys(gathered.rows, { table, folding, counts, wait, done: (each) => unfinished.delete(each) });
    } catch (error) {
      failure = error;
      counts.add("FailedWrites");
    }
    const left = records.slice(gathered.taken);
    log(counts.entry(view, gathered.taken, left.length));
    if (failure !== undefined) log({ message: "fold failed", error: describe(failure) });
    const { firstUnfolded } = counts;
    if (firstUnfolded) {
      const { row, error } = firstUnfolded;
      log({ message: "row not folded", record: recordId(row.shard, row.sequenceNumber), detail: error.message });
    }
    const from = lowestOf([
      ...left.map(({ sequenceNumber }) => sequenceNumber),
      ...[...unfinished].flatMap((each) => (gathered.rows.get(each) ?? []).map(({ sequenceNumber }) => sequenceNumber)),
    ]);
    return { batchItemFailures: from === undefined ? [] : [{ itemIdentifier: from }] };
  };
}

interface Gathering {
  readonly decode: Decode;
  readonly key: ServingKey | string | undefined;
  readonly context: CallbackContext;
  readonly counts: ServedCounts;
}

interface Gathered {
  /** By key, in the order of the stream. */
  readonly rows: ReadonlyMap<string, readonly KeyedRow[]>;
  /** The number of records that were taken; a batch takes at least one. */
  readonly taken: number;
  /** The error because of which the next record was not taken. */
  readonly failure?: unknown;
}

async function gather(
  records: readonly IncomingRecord[],
  { decode, key, context, counts }: Gathering,
): Promise<Gathered> {
  const rows = new Map<string, KeyedRow[]>();
  const unpacked: Unpacked = { bytes: 0, values: 0 };
  for (const [taken, record] of records.entries()) {
    if (taken > 0 && (unpacked.bytes > BOUNDS.unpackedBytes || unpacked.values > BOUNDS.values)) return { rows, taken };
    const { shard, sequenceNumber, arrivedMillis } = record;
    const place = { shard, sequenceNumber, arrivedMillis };
    const parts: (readonly [IncomingRecord, DecodedRecord | undefined])[] = [];
    try {
      for (const part of userRecords(record)) parts.push([part, await decodeRecord(decode, part, unpacked)]);
    } catch (failure) {
      return { rows, taken, failure };
    }
    for (const [{ partitionKey }, decoded] of parts) {
      if (!decoded) counts.add("Undecoded");
      for (const { row } of decoded?.rows ?? []) {
        try {
          const item = keyOf(key, row, partitionKey, context);
          if (item === false) counts.add("LeftOut");
          else rowsOf(rows, item).push({ ...place, row });
        } catch (error) {
          if (!(error instanceof UnfoldedError)) throw error;
          counts.unfolded(place, error);
        }
      }
    }
  }
  return { rows, taken: records.length };
}

function rowsOf(rows: Map<string, KeyedRow[]>, key: string): KeyedRow[] {
  const present = rows.get(key);
  if (present) return present;
  const added: KeyedRow[] = [];
  rows.set(key, added);
  return added;
}

/** Undefined for a record that does not decode. @throws LookupError if its schema cannot be looked up now */
async function decodeRecord(decode: Decode, { payload }: IncomingRecord, unpacked: Unpacked) {
  try {
    return await decode(payload, unpacked);
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}

interface Writing {
  readonly table: ViewTable;
  readonly folding: FoldOptions;
  readonly counts: ServedCounts;
  readonly wait: (millis: number) => Promise<unknown>;
  /** Called with each key whose rows are in its item. */
  readonly done: (key: string) => void;
}

/** @throws the first error of a read or a write; no further key is started */
async function foldKeys(rows: Gathered["rows"], writing: Writing): Promise<void> {
  const keys = [...rows.keys()];
  const groups = Array.from({ length: Math.ceil(keys.length / KEYS_PER_READ) }, (_, group) =>
    keys.slice(group * KEYS_PER_READ, (group + 1) * KEYS_PER_READ),
  );
  await mapConcurrently(groups, CONCURRENT_READS, async (group) => {
    let unread: readonly string[] = group;
    for (let attempt = 1; unread.length > 0; attempt += 1) {
      const answer = await writing.table.read(unread);
      const unprocessed = new Set(answer.unread);
      const read = unread.filter((key) => !unprocessed.has(key));
      if (read.length === 0) {
        if (attempt >= ATTEMPTS) throw new Error(`${unread.length} items were not read in ${attempt} attempts`);
        await writing.wait(FIRST_WAIT_MILLIS * 2 ** (attempt - 1));
      }
      await mapConcurrently(read, CONCURRENT_WRITES_PER_READ, (key) =>
        foldKey(key, rows.get(key) ?? [], answer.items.get(key), writing),
      );
      unread = answer.unread;
    }
  });
}

async function foldKey(key: string, rows: readonly KeyedRow[], read: Attributes | undefined, writing: Writing) {
  const { table, folding, counts, done } = writing;
  let stored = read;
  for (let attempt = 1; ; attempt += 1) {
    const result = foldRows(key, stored, rows, folding);
    const isWritten =
      result.write === undefined || (await table.write(result.write.attributes, result.write.formerLast));
    if (isWritten) {
      counts.folded(result);
      if (result.write) counts.add("Items");
      return done(key);
    }
    if (attempt === ATTEMPTS) throw new Error(`an item was changed by others in ${attempt} attempts`);
    stored = (await table.read([key])).items.get(key);
  }
}

function lowestOf(sequenceNumbers: readonly string[]): string | undefined {
  return sequenceNumbers.reduce<string | undefined>(
    (lowest, each) => (lowest === undefined || compareSequence(each, lowest) < 0 ? each : lowest),
    undefined,
  );
}

function environmentEffects(): ServingEffects {
  const view = environmentVariable("VIEW_TABLE");
  return { view, table: dynamoTable(view), log: logToConsole };
}
