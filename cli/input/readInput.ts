/** Reads records from files and standard input: CSV rows with their header, JSON values, documents, and rows of containers. */
import path from "node:path";
import { readAvroFile } from "../../formats/avro/file";
import { readCsvFile } from "../../formats/csv/file";
import { FormatError } from "../../formats/formatError";
import { readParquetFile } from "../../formats/parquet/file";
import { CommandError } from "../errors";
import type { OutgoingRecord } from "../send/outgoingRecord";
import { type InputKind, inputKind } from "./inputKind";
import { jsonValues } from "./jsonValues";
import { lines } from "./lines";
import { inputName, isReadOnce, type OpenedInput, openInput, STDIN } from "./openInput";
import type { AddRowId, InputRow } from "./rowIds";
import { rowLines } from "./rowLines";

export interface InputOptions {
  /** The maximum number of rows of CSV, Avro or Parquet in one record. */
  readonly rowsPerRecord: number;
  /** The maximum size of a record in the stream, stream partition key included. */
  readonly maxRecordBytes: number;
  readonly stdin: AsyncIterable<Uint8Array>;
  /** False leaves out the header of CSV. @default true */
  readonly withHeader?: boolean;
  /** Called with the number of bytes that were read from files since its last call. */
  readonly onBytes?: (bytes: number) => void;
  /** Called with each file whose records are not its own bytes: `"rows of Parquet, sent as NDJSON"`. */
  readonly onConverted?: (file: string, how: string) => void;
  /** Called with each of several files that contains no records, such as a CSV header alone. */
  readonly onEmpty?: (file: string) => void;
  /** Adds an id to each row of a file; for records of one row. @default none */
  readonly rowIds?: (file: string) => AddRowId;
  /** Called with each row that cannot have an id. */
  readonly onWithoutId?: (file: string) => void;
}

interface Payload extends InputRow {
  /** The place in the file: `line 12`. */
  readonly place: string;
}

/** A record of a file, with its place. */
export interface InputRecord extends Payload {
  readonly file: string;
  readonly kind: InputKind;
  /** The number of the record in its file, from 1. */
  readonly number: number;
  /** The stream partition key of a record that is sent to a stream directly. */
  readonly partitionKey: string;
}

/**
 * @param files absolute paths, or `-`; the format of each is detected from its content
 * @throws CommandError for a record that is too large for the stream, with its file and place, and if no file has records
 */
export async function* readInputs(files: readonly string[], options: InputOptions): AsyncGenerator<OutgoingRecord> {
  for await (const { payload, partitionKey, kind } of inputRecords(files, options)) {
    yield { payload, partitionKey, made: { format: SENT_AS[kind] } };
  }
}

/** As `readInputs`, with the place of each record. */
export async function* inputRecords(files: readonly string[], options: InputOptions): AsyncGenerator<InputRecord> {
  let records = 0;
  for (const file of files) {
    let ofFile = 0;
    for await (const record of readInput(file, options)) {
      ofFile++;
      yield record;
    }
    if (ofFile === 0 && files.length > 1) options.onEmpty?.(inputName(file));
    records += ofFile;
  }
  if (records > 0) return;
  const [first = ""] = files;
  throw new CommandError(
    files.length === 1
      ? `${inputName(first)} contains no records`
      : `none of the ${files.length} files contains records`,
  );
}

/**
 * Reports a wrong file before the first record is sent.
 *
 * @returns undefined for an input that can be read only once, which is not opened
 * @throws CommandError for a file that cannot be read, or that no format reads
 */
export async function checkInput(file: string, stdin: AsyncIterable<Uint8Array>): Promise<InputKind | undefined> {
  if (isReadOnce(file)) return undefined;
  const input = await openInput(file, stdin);
  try {
    return kindOf(file, input);
  } finally {
    await input.close();
  }
}

function kindOf(file: string, { start, compression }: OpenedInput): InputKind {
  const kind = inputKind(inputName(file), start);
  if (kind !== "parquet" || (!isReadOnce(file) && compression === undefined)) return kind;
  const problem = isReadOnce(file) ? "name the file instead" : "decompress it first";
  throw new CommandError(`${inputName(file)} is Parquet, which is read from its end; ${problem}`);
}

async function* readInput(file: string, options: InputOptions): AsyncGenerator<InputRecord> {
  const { maxRecordBytes, onConverted } = options;
  const input = await openInput(file, options.stdin, options.onBytes);
  const kind = kindOf(file, input);
  const title = inputName(file);
  const name = path.basename(file === STDIN ? "stdin" : file).slice(0, 200);
  const converted = CONVERTED[kind];
  if (converted !== undefined) onConverted?.(title, converted);
  const addId = options.rowIds?.(file);
  let count = 0;
  try {
    for await (const { place, ...row } of payloads(file, kind, name, input, options)) {
      count++;
      const withId = addId?.(row, count);
      if (addId && !withId) options.onWithoutId?.(title);
      const { payload, ...rest } = withId ?? row;
      const partitionKey = `${name}/${count}`;
      const bytes = payload.byteLength + Buffer.byteLength(partitionKey);
      if (bytes > maxRecordBytes) {
        throw new CommandError(
          `${title}: ${place}: ${bytes} bytes with the stream partition key, and the stream accepts at most ${maxRecordBytes}`,
        );
      }
      yield { payload, ...rest, place, file, kind, number: count, partitionKey };
    }
  } catch (error) {
    if (error instanceof FormatError) {
      const wayOut = NO_DELIMITER.test(error.detail)
        ? ", and the content is of no other format; leave the file out, as by a pattern like *.csv"
        : "";
      throw new CommandError(`${title}: ${error.detail}${wayOut}`, { cause: error });
    }
    throw error;
  } finally {
    await input.close();
  }
}

/** Whatever no other format reads is read as CSV. */
const NO_DELIMITER = /^no comma, semicolon, tab or pipe in the first line/;

const SENT_AS: Readonly<Record<InputKind, string>> = {
  csv: "csv",
  ndjson: "json",
  json: "json",
  "json array": "json",
  xml: "xml",
  avro: "ndjson",
  parquet: "ndjson",
  binary: "binary",
};

/** A container is larger than a record, and its rows are the same whichever format carries them. */
const CONVERTED: { readonly [Kind in InputKind]?: string } = {
  avro: "rows of Avro, sent as NDJSON",
  parquet: "rows of Parquet, sent as NDJSON",
};

async function* payloads(
  file: string,
  kind: InputKind,
  name: string,
  input: OpenedInput,
  { rowsPerRecord, maxRecordBytes, withHeader = true, onBytes }: InputOptions,
): AsyncGenerator<Payload> {
  const recordBytes = maxRecordBytes - Buffer.byteLength(`${name}/${Number.MAX_SAFE_INTEGER}`);
  switch (kind) {
    case "csv":
      yield* csvRows(input.chunks, rowsPerRecord, recordBytes, withHeader);
      return;
    case "avro":
      yield* rowLines(readAvroFile(input.chunks), rowsPerRecord, recordBytes);
      return;
    case "parquet":
      await input.close();
      yield* rowLines(readParquetFile(file, onBytes), rowsPerRecord, recordBytes);
      return;
    case "xml":
    case "binary":
      yield {
        payload: await wholeOf(input.chunks, maxRecordBytes, `${inputName(file)}: ${WHOLE[kind]}`),
        place: WHOLE[kind],
      };
      return;
    case "ndjson":
      for await (const line of lines(withoutByteOrderMark(input.chunks))) {
        yield { payload: line.bytes, place: `line ${line.number}` };
      }
      return;
    default: {
      const isArray = kind === "json array";
      let count = 0;
      for await (const payload of jsonValues(withoutByteOrderMark(input.chunks), isArray)) {
        yield { payload, place: `${isArray ? "element" : "value"} ${++count}` };
      }
    }
  }
}

const WHOLE = { xml: "the document", binary: "the binary data" } as const;

/** The whole of an input, which becomes one record. */
async function wholeOf(chunks: AsyncIterable<Buffer>, maxBytes: number, what: string): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    parts.push(chunk);
    length += chunk.length;
    if (length > maxBytes) {
      throw new CommandError(`${what} is one record, which the stream accepts up to ${maxBytes} bytes; split it first`);
    }
  }
  return Buffer.concat(parts);
}

async function* csvRows(
  chunks: AsyncIterable<Buffer>,
  rowsPerRecord: number,
  recordBytes: number,
  withHeader: boolean,
): AsyncGenerator<Payload> {
  // Without the header option, the reader returns the header line as its first row.
  const options = { rowsPerRecord: withHeader ? rowsPerRecord : 1, recordBytes, header: withHeader };
  for await (const { payload, headerBytes, delimiter, firstRow } of readCsvFile(chunks, options)) {
    const row = withHeader ? firstRow : firstRow - 1;
    if (row > 0) yield { payload, csv: { headerBytes, delimiter }, place: `row ${row}` };
  }
}

async function* withoutByteOrderMark(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let first = true;
  for await (const chunk of chunks) {
    yield first && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf ? chunk.subarray(3) : chunk;
    first = false;
  }
}
