/** Real files as records: a CSV file's rows with their header, a line of NDJSON, an element of a JSON array. */
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import path from "node:path";
import { readCsvFile } from "../../formats/csvFile";
import { FormatError } from "../../formats/formatError";
import { CommandError } from "../errors";
import type { OutgoingRecord } from "../outgoingRecord";
import { jsonValues } from "./jsonValues";
import { lines } from "./lines";

export type InputKind = "csv" | "ndjson" | "json array" | "json";

const START_BYTES = 64 * 1024;

/**
 * @param files paths; each file's format is told from its content
 * @param rowsPerRecord CSV rows of one record, at most
 */
export async function* readInputs(files: readonly string[], rowsPerRecord: number): AsyncGenerator<OutgoingRecord> {
  for (const file of files) yield* readInput(file, rowsPerRecord);
}

async function* readInput(file: string, rowsPerRecord: number): AsyncGenerator<OutgoingRecord> {
  const kind = await inputKind(file);
  const name = path.basename(file).slice(0, 200);
  let count = 0;
  for await (const payload of payloads(file, kind, rowsPerRecord)) {
    count++;
    yield { payload, partitionKey: `${name}/${count}`, made: { format: kind === "csv" ? "csv" : "json" } };
  }
  if (count === 0) throw new CommandError(`${file} holds no records`);
}

async function* payloads(file: string, kind: InputKind, rowsPerRecord: number): AsyncGenerator<Uint8Array> {
  if (kind === "csv") {
    try {
      for await (const { payload } of readCsvFile(file, { rowsPerRecord })) yield payload;
    } catch (error) {
      if (error instanceof FormatError) throw new CommandError(`${file}: ${error.detail}`, { cause: error });
      throw error;
    }
    return;
  }
  const bytes = withoutByteOrderMark(createReadStream(file, { highWaterMark: 1024 * 1024 }));
  yield* kind === "ndjson" ? lines(bytes) : jsonValues(bytes, kind === "json array");
}

/** @throws CommandError for a file that is not there, or whose text is not one that can be read */
export async function inputKind(file: string): Promise<InputKind> {
  const start = await startOf(file);
  const utf16 = (start[0] === 0xff && start[1] === 0xfe) || (start[0] === 0xfe && start[1] === 0xff);
  if (utf16) throw new CommandError(`${file} is UTF-16; convert it to UTF-8`);
  if (start[0] === 0x1f && start[1] === 0x8b) throw new CommandError(`${file} is compressed; unpack it first`);
  const text = start
    .toString("latin1")
    .replace(/^\u00ef\u00bb\u00bf/, "")
    .trimStart();
  if (text.startsWith("[")) return "json array";
  if (!text.startsWith("{")) return "csv";
  // A value over several lines; in NDJSON each line closes what it opens.
  const first = text.split(/[\r\n]/, 1)[0] ?? "";
  return first.trimEnd().endsWith("}") || first.length === text.length ? "ndjson" : "json";
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
    throw new CommandError(code === "ENOENT" ? `there is no file ${file}` : `${file}: ${message}`, { cause: error });
  }
}

async function* withoutByteOrderMark(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let first = true;
  for await (const chunk of chunks) {
    yield first && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf ? chunk.subarray(3) : chunk;
    first = false;
  }
}
