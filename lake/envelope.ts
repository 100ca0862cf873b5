/** The lines of landed objects: a row of `raw/` with its identity, a record of `unformatted/` with its bytes. */
import { gunzipSync } from "node:zlib";
import { isoOf } from "./hour";
import type { Reason, Refusal } from "./reasons";
import type { IncomingRecord } from "./record";

/** One line of an `unformatted/` object. */
export interface UnformattedLine {
  readonly id: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly arrived: string;
  readonly reason: Reason;
  readonly detail: string;
  readonly stream: string;
  /** The stream partition key. */
  readonly key: string;
  /** The record's bytes, exactly. */
  readonly payload: Uint8Array;
}

const ID = '{"_id":"';

/**
 * A record's identity, `shardId-000000000003/4965…/0`; the identity of a row adds the row's index in the record,
 * `…/0.17`.
 *
 * @param subSequence the user record's index in an aggregated record
 */
export function recordId(shard: string, sequenceNumber: string, subSequence = 0): string {
  return `${shard}/${sequenceNumber}/${subSequence}`;
}

/**
 * Returns a function that formats one row of the record, given its index and JSON, as a line that ends with a newline.
 */
export function rawLineWriter(
  record: IncomingRecord,
  stream: string,
  format: string,
): (index: number, json: string) => string {
  const head = `${ID}${recordId(record.shard, record.sequenceNumber, record.subSequence)}.`;
  const arrived = isoOf(record.arrivedMillis);
  const names = `"_format":${JSON.stringify(format)},"_stream":${JSON.stringify(stream)},"_key":${JSON.stringify(record.partitionKey)}`;
  const middle = `","_arrived":"${arrived}",${names},"data":`;
  return (index, json) => `${head}${index}${middle}${json}}\n`;
}

/** The identity of a record of `unformatted/`, which may be a single refused row. */
export function unformattedId({ shard, sequenceNumber, subSequence, row }: IncomingRecord): string {
  const id = recordId(shard, sequenceNumber, subSequence);
  return row === undefined ? id : `${id}.${row}`;
}

/** Formats an unusable record as one line that ends with a newline. */
export function unformattedLine(record: IncomingRecord, stream: string, refusal: Refusal): string {
  const { payload } = record;
  return `${JSON.stringify({
    id: unformattedId(record),
    arrived: isoOf(record.arrivedMillis),
    reason: refusal.reason,
    detail: refusal.detail,
    stream,
    key: record.partitionKey,
    payload: Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString("base64"),
  })}\n`;
}

/** The `_id` of a line of `raw/`, without parsing the rest. */
export function rowIdOf(line: string): string {
  const end = line.indexOf('"', ID.length);
  if (!line.startsWith(ID) || end < 0)
    throw new Error(`lake: a line of ${line.length} characters is not a row of raw/`);
  return line.slice(ID.length, end);
}

const NEWLINE = 0x0a;
const QUOTE = 0x22;

/** The `_id`s of an object of `raw/`, in their order. It makes no strings of the rows, which may be a hundred mebibytes. */
export function* rowIds(body: Uint8Array): Generator<string> {
  const lines = gunzipSync(body);
  for (let start = 0; start < lines.length; ) {
    const newline = lines.indexOf(NEWLINE, start);
    if (newline < 0) throw new Error("lake: the object does not end with a newline");
    const quote = lines.indexOf(QUOTE, start + ID.length);
    if (lines.toString("latin1", start, start + ID.length) !== ID || quote < 0 || quote > newline) {
      throw new Error(`lake: a line of ${newline - start} bytes is not a row of raw/`);
    }
    yield lines.toString("latin1", start + ID.length, quote);
    start = newline + 1;
  }
}

/** Reads a line of `unformatted/`. */
export function readUnformattedLine(line: string): UnformattedLine {
  const fields = JSON.parse(line) as Omit<UnformattedLine, "payload"> & { payload: string };
  return { ...fields, payload: Buffer.from(fields.payload, "base64") };
}

/** The lines of a landed object, without their newlines. */
export function readLines(body: Uint8Array): string[] {
  const lines = gunzipSync(body).toString("utf8").split("\n");
  if (lines.pop() !== "") throw new Error("lake: the object does not end with a newline");
  return lines;
}
