/** Reads the identity of the row or record in each line of a landed object, which is all that the ledger needs. */
import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import { lineHeads } from "./lineHeads";

interface LandedLine {
  /** A row in raw/ or a record in unformatted/. */
  readonly kind: "raw" | "unformatted";
  /** The row's `_id`, or the record's `id`. */
  readonly id: string;
  readonly stream: string;
  /** The reason why the record is unformatted; null for a row. */
  readonly reason: string | null;
}

/** Maximum bytes before the row or payload: stream name, stream partition key and detail, each fully escaped. */
const LONGEST_HEAD_BYTES = 16 * 1024;

/** Does not read the row or payload itself, whatever its length. */
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
  // Quotes inside the preceding strings are escaped, so the first occurrence is the field itself.
  const end = head.indexOf(isRow ? ROW_TAIL : RECORD_TAIL);
  if (end < 0) throw new Error(`local/ledger: ${file} has a line that is not one of the lake's`);
  const names = JSON.parse(`${head.toString("utf8", 0, end)}}`) as Record<string, string>;
  const [id, stream] = isRow ? [names._id, names._stream] : [names.id, names.stream];
  if (id === undefined || stream === undefined) throw new Error(`local/ledger: ${file} has a line without identity`);
  return { kind: isRow ? "raw" : "unformatted", id, stream, reason: isRow ? null : (names.reason ?? null) };
}
