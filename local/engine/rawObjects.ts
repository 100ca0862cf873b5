/** The raw objects of an hour as files: each is checked whole before a job uses any. */
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { parseObjectKey } from "../../lake/objectKey";

export interface RawObject {
  readonly key: string;
  /** The file that holds it. */
  readonly path: string;
}

/** A raw object that cannot be read as what its key says it is. */
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

/** Decompresses an object to its end, checksum included, and counts its lines against its key. */
export async function checkRawObject(object: RawObject): Promise<void> {
  let lines = 0;
  let last = NEWLINE;
  try {
    await pipeline(createReadStream(object.path), createGunzip(), async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) {
        for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) lines++;
        last = chunk.at(-1) ?? last;
      }
    });
  } catch (cause) {
    throw new CorruptObject(object.key, `does not decompress (${(cause as NodeJS.ErrnoException).code ?? "unknown"})`, {
      cause,
    });
  }
  if (last !== NEWLINE) lines++;
  const expected = parseObjectKey(object.key)?.count;
  if (expected !== undefined && expected !== lines) {
    throw new CorruptObject(object.key, `has ${lines} lines, its key says ${expected}`);
  }
}
