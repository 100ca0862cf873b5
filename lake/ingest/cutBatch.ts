/** Cuts the body of a batch into records for a stream, by its content type and within bounds. */
import { csvRecords } from "./csvRecords";
import { jsonElements } from "./jsonElements";
import { digestKey, keyAt, keyOf, type PartitionKeySource } from "./partitionKey";
import { IngestRefusal, recordTooLarge } from "./refusal";

/** Plain data, so that a package can capture it. */
export interface CutOptions {
  /** Maximum rows of CSV in one record. */
  readonly rowsPerRecord: number;
  /** Maximum bytes of a record, its stream partition key included. */
  readonly maxRecordBytes: number;
  /** Maximum records of a batch. */
  readonly maxRecords: number;
  readonly partitionKey: PartitionKeySource;
}

/** The header of CSV is in each record, so a long header with short rows multiplies the body. */
const MAX_CUT_BYTES = 32 * 1024 * 1024;

export interface CutRecord {
  readonly payload: Uint8Array;
  readonly partitionKey: string;
  /** Rows, lines or elements of the body in this record. */
  readonly rows: number;
}

export interface RequestBody {
  readonly body: Buffer;
  /** The header `Content-Type`. */
  readonly contentType: string | undefined;
  /** The header `Content-Encoding`. */
  readonly contentEncoding: string | undefined;
  /** The value of the header that names the stream partition key. */
  readonly keyHeader: string | undefined;
}

/** The body as one record, byte for byte. @throws IngestRefusal */
export function oneRecord({ body, keyHeader }: RequestBody, options: CutOptions): CutRecord {
  if (body.length === 0) throw new IngestRefusal(400, "The body is empty: send one record.");
  return sized("record", body, keyOf(keyHeader) ?? pointed(body, options), options);
}

/** The records of a batch, in the order of the body. @throws IngestRefusal */
export function cutBatch(request: RequestBody, options: CutOptions): CutRecord[] {
  const kind = batchKind(request);
  const body = withoutByteOrderMark(request.body);
  const records: CutRecord[] = [];
  let bytes = 0;
  const add = (record: CutRecord) => {
    if (records.length === options.maxRecords) {
      throw new IngestRefusal(
        413,
        `The batch has more than ${options.maxRecords} records: send it in several requests.`,
      );
    }
    bytes += record.payload.length;
    if (bytes > MAX_CUT_BYTES) {
      throw new IngestRefusal(
        413,
        `The records of the batch have more than ${MAX_CUT_BYTES} bytes, because each repeats the header: send fewer rows in a request.`,
      );
    }
    records.push(record);
  };
  const key = keyOf(request.keyHeader);
  if (kind.format === "csv") {
    const { maxRecordBytes, rowsPerRecord, partitionKey } = options;
    const cut = { maxRecordBytes, rowsPerRecord, hasHeader: kind.hasHeader, key, column: partitionKey.column };
    for (const part of csvRecords(body, cut)) {
      add({ payload: part.payload, partitionKey: part.key ?? digestKey(part.payload), rows: part.rows });
    }
  } else {
    const [cut, unit] = kind.format === "ndjson" ? [lines, "line"] : [jsonElements, "element"];
    let number = 0;
    for (const payload of cut(body)) {
      number++;
      if (payload.length > 0) add(sized(`${unit} ${number}`, payload, key ?? pointed(payload, options), options));
    }
  }
  if (records.length === 0) {
    throw new IngestRefusal(400, `The batch of ${body.length} bytes has no record: send at least one.`);
  }
  return records;
}

type BatchKind = { readonly format: "ndjson" | "array" } | { readonly format: "csv"; readonly hasHeader: boolean };

const NDJSON = /^application\/(x-)?(ndjson|jsonl|jsonlines|json-lines)$/;

function batchKind({ body, contentType = "", contentEncoding = "identity" }: RequestBody): BatchKind {
  if (!/^\s*identity\s*$/i.test(contentEncoding) || isCompressed(body)) {
    throw new IngestRefusal(
      415,
      "The batch is compressed, and only whole records may be: send it uncompressed, or send each compressed record to /records.",
    );
  }
  const [type = "", ...parameters] = contentType.toLowerCase().split(";");
  const mediaType = type.trim();
  if (NDJSON.test(mediaType)) return { format: "ndjson" };
  if (mediaType === "application/json") return { format: "array" };
  // RFC 4180, section 3: the parameter "header".
  const hasHeader = !parameters.some((parameter) => /^\s*header\s*=\s*"?absent"?\s*$/.test(parameter));
  if (mediaType === "text/csv") return { format: "csv", hasHeader };
  throw new IngestRefusal(
    415,
    "The content type is not that of a batch: send application/x-ndjson, application/json (an array) or text/csv, or send any other format to /records.",
    { accept: "application/x-ndjson, application/json, text/csv" },
  );
}

/** gzip and zstd; no text begins so. */
function isCompressed(body: Buffer): boolean {
  return body.length >= 4 && ((body[0] === 0x1f && body[1] === 0x8b) || body.readUInt32LE() === 0xfd2fb528);
}

/** A blank line is empty, and keeps its number. */
function* lines(body: Buffer): Generator<Buffer, void> {
  for (let start = 0; start < body.length; ) {
    const found = body.indexOf(0x0a, start);
    const end = found < 0 ? body.length : found;
    yield withoutBlanks(body, start, end);
    start = end + 1;
  }
}

/** Without the carriage return; empty if the line has blanks only. */
function withoutBlanks(body: Buffer, start: number, end: number): Buffer {
  const to = end > start && body[end - 1] === 0x0d ? end - 1 : end;
  let at = start;
  while (at < to && (body[at] === 0x20 || body[at] === 0x09)) at++;
  return at === to ? body.subarray(0, 0) : body.subarray(start, to);
}

function pointed(payload: Uint8Array, { partitionKey: { pointer } }: CutOptions): string | undefined {
  return pointer === undefined ? undefined : keyAt(payload, pointer);
}

function sized(place: string, payload: Uint8Array, key: string | undefined, { maxRecordBytes }: CutOptions): CutRecord {
  const partitionKey = key ?? digestKey(payload);
  const bytes = payload.length + Buffer.byteLength(partitionKey);
  if (bytes > maxRecordBytes) throw recordTooLarge(place, bytes, maxRecordBytes);
  return { payload, partitionKey, rows: 1 };
}

function withoutByteOrderMark(body: Buffer): Buffer {
  return body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? body.subarray(3) : body;
}
