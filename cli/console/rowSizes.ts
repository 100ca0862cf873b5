/** Counts the rows in the raw objects of a run by format and size: bytes of their JSON, in powers of two. */
import { createReadStream, statSync } from "node:fs";
import path from "node:path";
import { createGunzip } from "node:zlib";
import type { ValuesAnswer } from "../../console/wire";
import { parseObjectKey } from "../../lake/objectKey";
import { filesBelow } from "../../local/duckdb/files";

/** Bytes of objects, as they are packed, that are read; of more objects, some that lie evenly between the others. */
const MAX_BYTES = 64 * 1024 * 1024;
/** Bytes before the row: identity, times, stream name, stream partition key. */
const MAX_HEAD_BYTES = 16 * 1024;
const NEWLINE = 0x0a;
const DATA = Buffer.from(',"data":');
const FORMAT = /"_format":"([^"\\]*)"/;

export async function rowSizes(dataDir: string): Promise<ValuesAnswer["sizes"]> {
  const buckets = path.join(dataDir, "s3");
  const all = filesBelow(buckets, ".ndjson.gz")
    .filter((file) => parseObjectKey(path.relative(buckets, file).split(path.sep).join("/")))
    .map((file) => ({ file, bytes: statSync(file, { throwIfNoEntry: false })?.size ?? 0 }));
  const step = Math.max(1, Math.ceil(all.reduce((sum, { bytes }) => sum + bytes, 0) / MAX_BYTES));
  const formats = new Map<string, number[]>();
  for (let index = 0; index < all.length; index += step) {
    await readObject(all[index]?.file ?? "", (format, bytes) => {
      const counts = formats.get(format) ?? [];
      formats.set(format, counts);
      const power = Math.floor(Math.log2(Math.max(1, bytes)));
      counts[power] = (counts[power] ?? 0) + 1;
    });
  }
  const powers = [...formats.values()].flatMap((counts) => Object.keys(counts).map(Number));
  const [first, last] = [Math.min(...powers), Math.max(...powers)];
  const bins = Array.from({ length: powers.length === 0 ? 0 : last - first + 1 }, (_, index) => 2 ** (first + index));
  return {
    fromBytes: bins,
    rows: [...formats]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([format, counts]) => ({ format, counts: bins.map((_, index) => counts[first + index] ?? 0) })),
    isSample: step > 1,
  };
}

async function readObject(file: string, count: (format: string, bytes: number) => void): Promise<void> {
  const gunzip = createGunzip({ chunkSize: 256 * 1024 });
  createReadStream(file)
    .on("error", (error) => gunzip.destroy(error))
    .pipe(gunzip);
  let pieces: Buffer[] = [];
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      let start = 0;
      for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
        pieces.push(chunk.subarray(start, end));
        countLine(pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces), count);
        pieces = [];
        start = end + 1;
      }
      if (start < chunk.length) pieces.push(chunk.subarray(start));
    }
  } catch {
    // The pages of unformatted records and of the ledger name an object that cannot be read.
  }
}

/** Lines of `unformatted/` have no row. */
function countLine(line: Buffer, count: (format: string, bytes: number) => void): void {
  const head = line.subarray(0, MAX_HEAD_BYTES);
  // Quotes inside the preceding strings are escaped, so the first occurrence is the field itself.
  const data = head.indexOf(DATA);
  const format = data < 0 ? undefined : FORMAT.exec(head.toString("utf8", 0, data))?.[1];
  if (format !== undefined) count(format, line.length - data - DATA.length - 1);
}
