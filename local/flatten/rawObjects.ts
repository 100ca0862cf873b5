/** Reads the raw objects of an hour completely, to check them and to find their shape before the job uses them. */
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { parseObjectKey } from "../../lake/objectKey";
import type { ShapeScanner } from "./shapeScanner";

export interface RawObject {
  readonly key: string;
  /** The object's file. */
  readonly path: string;
}

/** A raw object that does not match its key. */
export class CorruptObject extends Error {
  override readonly name = "CorruptObject";
  constructor(
    readonly key: string,
    detail: string,
    options?: ErrorOptions,
  ) {
    super(`raw object "${key}" ${detail}; nothing was written`, options);
  }
}

const NEWLINE = 0x0a;
const DATA = Buffer.from(',"data":');

/**
 * Reads an object to its end, checksum included, adds its rows to the shape, and counts its lines against its key.
 *
 * @param onBytes called with the number of bytes that were read since its last call
 */
export async function scanRawObject(
  object: RawObject,
  scanner: ShapeScanner,
  onBytes: (bytes: number) => void = () => undefined,
): Promise<void> {
  let lines = 0;
  let broken: unknown;
  try {
    const file = createReadStream(object.path).on("data", (chunk) => onBytes(chunk.length));
    await pipeline(file, createGunzip({ chunkSize: 256 * 1024 }), async (chunks) => {
      for await (const line of linesOf(chunks)) {
        lines++;
        try {
          scanLine(line, scanner);
        } catch (error) {
          broken = error; // to leave the loop aborts the pipeline, which then fails with that alone
          throw error;
        }
      }
    });
  } catch (error) {
    const cause = broken ?? error;
    const { code, message } = cause as NodeJS.ErrnoException;
    const detail =
      cause instanceof SyntaxError ? `has a broken line ${lines} (${message})` : `does not decompress (${code})`;
    throw new CorruptObject(object.key, detail, { cause });
  }
  const expected = parseObjectKey(object.key)?.count;
  if (expected !== undefined && expected !== lines) {
    throw new CorruptObject(object.key, `has ${lines} lines, but its key declares ${expected}`);
  }
}

function scanLine(line: Buffer, scanner: ShapeScanner): void {
  // Quotes inside the preceding JSON strings are escaped, so the first occurrence is the field itself.
  const data = line.indexOf(DATA);
  const end = line.lastIndexOf("}");
  if (data < 0 || end < data) throw new SyntaxError(`no row in ${line.length} bytes`);
  scanner.add(line, data + DATA.length, end);
}

async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let pieces: Buffer[] = [];
  for await (const chunk of chunks) {
    let start = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, start)) {
      const piece = chunk.subarray(start, at);
      yield pieces.length === 0 ? piece : Buffer.concat([...pieces, piece]);
      pieces = [];
      start = at + 1;
    }
    if (start < chunk.length) pieces.push(chunk.subarray(start));
  }
  if (pieces.length > 0) yield Buffer.concat(pieces);
}
