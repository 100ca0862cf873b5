/** Reads records from files: CSV rows with their header, NDJSON lines, elements of a JSON array. */
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import path from "node:path";
import { readCsvFile } from "../../formats/csv/file";
import { FormatError } from "../../formats/formatError";
import { CommandError } from "../errors";
import type { OutgoingRecord } from "../send/outgoingRecord";
import { jsonValues } from "./jsonValues";
import { lines } from "./lines";

export type InputKind = "csv" | "ndjson" | "json array" | "json";

const START_BYTES = 64 * 1024;

export interface InputLimits {
  /** The maximum number of CSV rows in one record. */
  readonly rowsPerRecord: number;
  /** The maximum size of a record in the stream, stream partition key included. */
  readonly maxRecordBytes: number;
}

interface Payload {
  readonly payload: Uint8Array;
  /** The place in the file: `line 12`. */
  readonly place: string;
}

/**
 * @param files paths; the format of each file is detected from its content
 * @throws CommandError for a record that is too large for the stream, with its file and place
 */
export async function* readInputs(files: readonly string[], limits: InputLimits): AsyncGenerator<OutgoingRecord> {
  for (const file of files) yield* readInput(file, limits);
}

async function* readInput(file: string, limits: InputLimits): AsyncGenerator<OutgoingRecord> {
  const kind = await inputKind(file);
  const name = path.basename(file).slice(0, 200);
  let count = 0;
  for await (const { payload, place } of payloads(file, kind, name, limits)) {
    count++;
    const partitionKey = `${name}/${count}`;
    const bytes = payload.byteLength + Buffer.byteLength(partitionKey);
    if (bytes > limits.maxRecordBytes) {
      throw new CommandError(
        `${file}: ${place}: ${bytes} bytes with the stream partition key, and the stream accepts at most ${limits.maxRecordBytes}`,
      );
    }
    yield { payload, partitionKey, made: { format: kind === "csv" ? "csv" : "json" } };
  }
  if (count === 0) throw new CommandError(`${file} contains no records`);
}

async function* payloads(
  file: string,
  kind: InputKind,
  name: string,
  { rowsPerRecord, maxRecordBytes }: InputLimits,
): AsyncGenerator<Payload> {
  if (kind === "csv") {
    const keyBytes = Buffer.byteLength(`${name}/${Number.MAX_SAFE_INTEGER}`);
    try {
      for await (const { payload, firstRow } of readCsvFile(file, {
        rowsPerRecord,
        recordBytes: maxRecordBytes - keyBytes,
      })) {
        yield { payload, place: `row ${firstRow}` };
      }
    } catch (error) {
      if (error instanceof FormatError) throw new CommandError(`${file}: ${error.detail}`, { cause: error });
      throw error;
    }
    return;
  }
  const bytes = withoutByteOrderMark(createReadStream(file, { highWaterMark: 1024 * 1024 }));
  if (kind === "ndjson") {
    for await (const line of lines(bytes)) yield { payload: line.bytes, place: `line ${line.number}` };
    return;
  }
  const isArray = kind === "json array";
  let count = 0;
  for await (const payload of jsonValues(bytes, isArray)) {
    yield { payload, place: `${isArray ? "element" : "value"} ${++count}` };
  }
}

/** @throws CommandError for a file that does not exist or cannot be read as text */
export async function inputKind(file: string): Promise<InputKind> {
  const start = await startOf(file);
  const utf16 = (start[0] === 0xff && start[1] === 0xfe) || (start[0] === 0xfe && start[1] === 0xff);
  if (utf16) throw new CommandError(`${file} is UTF-16; convert it to UTF-8`);
  if (start[0] === 0x1f && start[1] === 0x8b) throw new CommandError(`${file} is compressed; decompress it first`);
  if (start.length === 0) throw new CommandError(`${file} contains no records`);
  const binary = binaryKind(start);
  if (binary !== undefined) throw new CommandError(`${file} is ${binary}; convert it to CSV, NDJSON or JSON`);
  const text = start
    .toString("latin1")
    .replace(/^\u00ef\u00bb\u00bf/, "")
    .trimStart();
  if (text.startsWith("[")) return "json array";
  if (!text.startsWith("{")) return "csv";
  // In NDJSON each line is a whole object; otherwise a value spans several lines.
  const first = text.split(/[\r\n]/, 1)[0] ?? "";
  return first.trimEnd().endsWith("}") || first.length === text.length ? "ndjson" : "json";
}

const SIGNATURES: readonly (readonly [string, string])[] = [
  ["PAR1", "a Parquet file"],
  ["Obj\u0001", "an Avro file"],
  ["PK\u0003\u0004", "a ZIP archive, as XLSX files are"],
  ["%PDF", "a PDF"],
  ["\u0089PNG", "an image"],
  ["\u00ff\u00d8\u00ff", "an image"],
];

/** Names a file that is not text; undefined for text, which contains no NUL. */
function binaryKind(start: Buffer): string | undefined {
  const text = start.toString("latin1");
  return SIGNATURES.find(([first]) => text.startsWith(first))?.[1] ?? (start.includes(0) ? "binary" : undefined);
}

async function startOf(file: string): Promise<Buffer> {
  try {
    const handle = await open(file);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(START_BYTES), 0, START_BYTES, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new CommandError(`there is no file ${file}`, { cause: error });
    if (code === "EACCES" || code === "EPERM") {
      throw new CommandError(`${file} may not be read by this user; change its permissions`, { cause: error });
    }
    if (code === "EISDIR") throw new CommandError(`${file} is a directory; name the files in it`, { cause: error });
    throw new CommandError(`${file}: ${message}`, { cause: error });
  }
}

async function* withoutByteOrderMark(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let first = true;
  for await (const chunk of chunks) {
    yield first && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf ? chunk.subarray(3) : chunk;
    first = false;
  }
}
