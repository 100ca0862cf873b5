/** Groups rows of files into requests to an HTTP API: batches of CSV or NDJSON, and records of any other format. */
import { isUtf8 } from "node:buffer";
import type { InputRecord } from "../../input/readInput";

export interface RowGroup {
  readonly file: string;
  readonly form: "csv" | "csv without header" | "ndjson" | "record";
  /** CSV only: the header line, which may be empty. */
  readonly header: Buffer;
  readonly rows: readonly GroupedRow[];
}

export interface GroupedRow {
  /** The number in the file, from 1. */
  readonly number: number;
  /** `row 12` */
  readonly place: string;
  readonly bytes: Buffer;
}

export interface GroupLimits {
  readonly rows: number;
  /** A single row may have more. */
  readonly bytes: number;
}

/** Rows of CSV in a request to `/records`, as in a record of a batch by default (`defaults.ingest.rowsPerRecord`). */
const ROWS_PER_RECORD = 50;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** @param records of one row each; memory holds the rows of one group */
export async function* rowGroups(records: AsyncIterable<InputRecord>, limits: GroupLimits): AsyncGenerator<RowGroup> {
  let group: { file: string; form: RowGroup["form"]; header: Buffer; rows: GroupedRow[] } | undefined;
  let bytes = 0;
  for await (const record of records) {
    const { form, header, row } = formed(record);
    const fits =
      group?.file === record.file &&
      group.form === form &&
      form !== "record" &&
      group.rows.length < limits.rows &&
      bytes + row.bytes.length <= limits.bytes &&
      group.header.equals(header);
    if (!group || !fits) {
      if (group) yield* sendable(group);
      group = { file: record.file, form, header: Buffer.from(header), rows: [] };
      bytes = header.length;
    }
    group.rows.push(row);
    bytes += row.bytes.length + 1;
  }
  if (group) yield* sendable(group);
}

/** API Gateway passes CSV as a string, so other encodings go to `/records`, which takes bytes. */
function* sendable(group: RowGroup): Generator<RowGroup> {
  const isText = [group.header, ...group.rows.map((row) => row.bytes)].every((part) => isUtf8(part));
  if (isText || !group.form.startsWith("csv")) {
    yield group;
    return;
  }
  for (let from = 0; from < group.rows.length; from += ROWS_PER_RECORD) {
    yield { ...group, form: "record", rows: group.rows.slice(from, from + ROWS_PER_RECORD) };
  }
}

function formed(record: InputRecord): { form: RowGroup["form"]; header: Buffer; row: GroupedRow } {
  const { kind, payload, csv, number, place } = record;
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  const none = bytes.subarray(0, 0);
  if (csv) {
    const header = bytes.subarray(0, csv.headerBytes);
    const form = csv.headerBytes > 0 ? "csv" : "csv without header";
    return { form, header, row: { number, place, bytes: ended(bytes.subarray(csv.headerBytes)) } };
  }
  const line = kind === "xml" || kind === "binary" ? undefined : lineOf(bytes);
  return { form: line ? "ndjson" : "record", header: none, row: { number, place, bytes: line ?? bytes } };
}

/** The last row of a file may have no line end. */
function ended(row: Buffer): Buffer {
  const last = row.at(-1);
  return last === LINE_FEED || last === CARRIAGE_RETURN ? row : Buffer.concat([row, Buffer.of(LINE_FEED)]);
}

/** A JSON value as one line: line ends lie between its tokens. Undefined for several lines that are not JSON. */
function lineOf(bytes: Buffer): Buffer | undefined {
  const isOneLine = !bytes.subarray(0, -1).some((byte) => byte === LINE_FEED || byte === CARRIAGE_RETURN);
  if (isOneLine) return endedByLineFeed(bytes);
  try {
    JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
  const line = Buffer.from(bytes);
  for (const [at, byte] of line.entries()) if (byte === LINE_FEED || byte === CARRIAGE_RETURN) line[at] = 0x20;
  return endedByLineFeed(line);
}

/** A carriage return ends a row of CSV, and no line of NDJSON. */
function endedByLineFeed(line: Buffer): Buffer {
  return line.at(-1) === LINE_FEED ? line : Buffer.concat([line, Buffer.of(LINE_FEED)]);
}

export interface ApiRequest {
  readonly path: "/batches" | "/records";
  readonly contentType: string;
  readonly body: Buffer;
}

const CONTENT_TYPES: Readonly<Record<RowGroup["form"], string>> = {
  csv: "text/csv",
  "csv without header": "text/csv; header=absent",
  ndjson: "application/x-ndjson",
  record: "application/octet-stream",
};

export function requestOf({ form, header, rows }: RowGroup): ApiRequest {
  const body = Buffer.concat([header, ...rows.map(({ bytes }) => bytes)]);
  return { path: form === "record" ? "/records" : "/batches", contentType: CONTENT_TYPES[form], body };
}
