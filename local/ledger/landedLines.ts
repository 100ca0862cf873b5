/** Reads of each line of a landed object only what the ledger needs: whose row or record it is. */
import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import { lineHeads } from "./lineHeads";

export interface LandedLine {
  /** A row of raw/, or a record of unformatted/. */
  readonly kind: "raw" | "unformatted";
  /** The row's `_id`, or the record's `id`. */
  readonly id: string;
  readonly stream: string;
  /** Why the record is unformatted; null for a row. */
  readonly reason: string | null;
}

/** The names before the row or the payload: a stream's name, a partition key, a detail, each with its longest escapes. */
const LONGEST_HEAD_BYTES = 16 * 1024;

/** The row or the payload itself is not looked at, however long it is. */
export async function* landedLines(file: string): AsyncGenerator<LandedLine> {
  const gunzip = createGunzip({ chunkSize: 256 * 1024 });
  createReadStream(file)
    .on("error", (error) => gunzip.destroy(error))
    .pipe(gunzip);
  for await (const head of lineHeads(gunzip, LONGEST_HEAD_BYTES)) yield readHead(head, file);
}

const ROW_START = Buffer.from('{"_id":');
const ROW_TAIL = Buffer.from(',"data":');
const RECORD_TAIL = Buffer.from(',"payload":');

function readHead(head: Buffer, file: string): LandedLine {
  const isRow = head.subarray(0, ROW_START.length).equals(ROW_START);
  // Quotes inside the strings before it are escaped, so its first occurrence is the field itself.
  const end = head.indexOf(isRow ? ROW_TAIL : RECORD_TAIL);
  if (end < 0) throw new Error(`local/ledger: ${file} has a line that is not one of the lake's`);
  const names = JSON.parse(`${head.toString("utf8", 0, end)}}`) as Record<string, string>;
  const [id, stream] = isRow ? [names._id, names._stream] : [names.id, names.stream];
  if (id === undefined || stream === undefined) throw new Error(`local/ledger: ${file} has a line without identity`);
  return { kind: isRow ? "raw" : "unformatted", id, stream, reason: isRow ? null : (names.reason ?? null) };
}
