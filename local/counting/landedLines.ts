/** Reads of each line of a landed object only what the ledger needs: whose row or record it is. */
import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";

export interface LandedLine {
  /** The row's `_id` in raw/, the record's `id` in unformatted/. */
  readonly id: string;
  readonly stream: string;
}

const NEWLINE = 0x0a;
/** The names before the row or the payload: a stream's name, a partition key, a detail, each with its longest escapes. */
const LONGEST_HEAD_BYTES = 16 * 1024;

/** @param kind `raw` lines end with `data`, `unformatted` ones with `payload`; neither is looked at, however long */
export async function* landedLines(file: string, kind: "raw" | "unformatted"): AsyncGenerator<LandedLine> {
  const tail = Buffer.from(kind === "raw" ? ',"data":' : ',"payload":');
  const gunzip = createGunzip({ chunkSize: 256 * 1024 });
  createReadStream(file)
    .on("error", (error) => gunzip.destroy(error))
    .pipe(gunzip);
  for await (const head of lineHeads(gunzip)) yield readHead(head, tail, file);
}

/** The beginning of every line. */
async function* lineHeads(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      yield joined(held, chunk.subarray(start, end));
      held = Buffer.alloc(0);
      start = end + 1;
    }
    if (start < chunk.length) held = joined(held, chunk.subarray(start));
  }
  if (held.length > 0) yield held;
}

function joined(held: Buffer, more: Buffer): Buffer {
  if (held.length === 0) return more.length > LONGEST_HEAD_BYTES ? more.subarray(0, LONGEST_HEAD_BYTES) : more;
  const room = LONGEST_HEAD_BYTES - held.length;
  return room > 0 ? Buffer.concat([held, more.subarray(0, room)]) : held;
}

function readHead(head: Buffer, tail: Buffer, file: string): LandedLine {
  // Quotes inside the strings before it are escaped, so its first occurrence is the field itself.
  const end = head.indexOf(tail);
  if (end < 0) throw new Error(`local/ledger: ${file} has a line that is not one of the lake's`);
  const names = JSON.parse(`${head.toString("utf8", 0, end)}}`) as Record<string, string>;
  const [id, stream] = [names._id ?? names.id, names._stream ?? names.stream];
  if (id === undefined || stream === undefined) throw new Error(`local/ledger: ${file} has a line without identity`);
  return { id, stream };
}
