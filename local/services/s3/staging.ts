/** Writes request bodies to temporary files; hashes and verifies them as they arrive. */
import { createHash } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import path from "node:path";
import { checksum } from "./checksums";
import { badDigest, notSimulated } from "./errors";

export type Body = string | Uint8Array | AsyncIterable<Uint8Array>;

/** A file that is not an object yet. */
export interface StagedFile {
  readonly path: string;
  readonly bytes: number;
  readonly md5: Buffer;
}

/** Checksums to verify. */
export interface Verification {
  readonly algorithms: readonly string[];
  /** Base64 by algorithm name; called at the end of the body, because trailers follow it. */
  readonly expected: () => Readonly<Record<string, string | undefined>>;
  /** The value of `Content-MD5`, base64. */
  readonly md5?: string;
}

export const UNVERIFIED: Verification = { algorithms: [], expected: () => ({}) };

export class Staging {
  private count = 0;

  constructor(private readonly dir: string) {
    mkdirSync(dir, { recursive: true });
  }

  newPath(): string {
    return path.join(this.dir, String(++this.count));
  }

  /** Writes a body and verifies its checksums; deletes the file if one does not match. */
  async write(body: Body, { algorithms, expected, md5: expectedMd5 }: Verification = UNVERIFIED): Promise<StagedFile> {
    const file = this.newPath();
    const md5 = createHash("md5");
    const digests = algorithms.map((name) => {
      const digest = checksum(name);
      if (!digest) throw notSimulated(`the checksum algorithm ${name}`);
      return { name, digest };
    });
    let bytes = 0;
    let digest: Buffer;
    const handle = await open(file, "w");
    try {
      for await (const chunk of chunksOf(body)) {
        md5.update(chunk);
        for (const { digest } of digests) digest.update(chunk);
        await handle.write(chunk);
        bytes += chunk.length;
      }
      digest = md5.digest();
      if (expectedMd5 !== undefined && expectedMd5 !== digest.toString("base64")) throw badDigest("Content-MD5");
      for (const { name, digest } of digests) {
        if (expected()[name] !== digest.result()) throw badDigest(name.toUpperCase());
      }
    } catch (error) {
      rmSync(file, { force: true });
      throw error;
    } finally {
      await handle.close();
    }
    return { path: file, bytes, md5: digest };
  }
}

async function* chunksOf(body: Body): AsyncGenerator<Uint8Array> {
  if (typeof body === "string") yield Buffer.from(body);
  else if (body instanceof Uint8Array) yield body;
  else yield* body;
}
