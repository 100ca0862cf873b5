/** Objects as plain files, `<dataDir>/s3/<bucket>/<key>`: written beside and moved into place, so that no reader sees a part. */
import { createHash } from "node:crypto";
import { createReadStream, linkSync, mkdirSync, renameSync, rmdirSync, rmSync, type Stats, statSync } from "node:fs";
import { open } from "node:fs/promises";
import path from "node:path";
import { checksum } from "./checksums";
import { badDigest, keyTooLong, noSuchBucket, noSuchKey, notSimulated, preconditionFailed } from "./errors";
import { pathOfKey, SELF } from "./keyPath";
import { type ListedFile, listFiles } from "./listing";

export type Body = string | Uint8Array | AsyncIterable<Uint8Array>;

/** What is kept of an object beside its bytes. */
export interface ObjectHead {
  /** With its quotes, as in the header. */
  readonly etag: string;
  /** `content-type`, `cache-control` … and `x-amz-meta-…`, by header name. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface StoredObject extends ObjectHead {
  readonly path: string;
  readonly bytes: number;
  readonly modifiedMillis: number;
}

/** Bytes on disk that are not an object yet. */
export interface StagedFile {
  readonly path: string;
  readonly bytes: number;
  readonly md5: Buffer;
}

/** Checksums to verify. */
export interface Verification {
  readonly algorithms: readonly string[];
  /** Base64 by algorithm name; asked for at the end of the body, because trailers come after it. */
  readonly expected: () => Readonly<Record<string, string | undefined>>;
  /** Base64, of `Content-MD5`. */
  readonly md5?: string;
}

export const UNVERIFIED: Verification = { algorithms: [], expected: () => ({}) };
const MAX_KEY_BYTES = 1024;

export class ObjectStore {
  private readonly heads = new Map<string, Map<string, ObjectHead>>();
  private readonly root: string;
  private readonly staging: string;
  private staged = 0;

  constructor(dataDir: string) {
    this.root = path.join(dataDir, "s3");
    this.staging = path.join(dataDir, "s3-staging");
    mkdirSync(this.staging, { recursive: true });
  }

  createBucket(bucket: string): void {
    mkdirSync(path.join(this.root, bucket), { recursive: true });
    this.heads.set(bucket, this.heads.get(bucket) ?? new Map());
  }

  buckets(): string[] {
    return [...this.heads.keys()].sort();
  }

  hasBucket(bucket: string): boolean {
    return this.heads.has(bucket);
  }

  /** Throws `NoSuchBucket`. */
  bucketDir(bucket: string): string {
    if (!this.heads.has(bucket)) throw noSuchBucket();
    return path.join(this.root, bucket);
  }

  /** Where the object's bytes lie, or would lie. */
  pathOf(bucket: string, key: string): string {
    const dir = this.bucketDir(bucket);
    const file = path.join(dir, ...pathOfKey(key));
    return statOf(file)?.isDirectory() ? path.join(file, SELF) : file;
  }

  /** Writes a body beside the objects, and verifies its checksums. */
  async stage(body: Body, { algorithms, expected, md5: expectedMd5 }: Verification = UNVERIFIED): Promise<StagedFile> {
    const file = this.stagingPath();
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

  /**
   * Makes a staged file an object, at once or not at all.
   *
   * @param createOnly throws `PreconditionFailed` where the key is taken
   */
  place(bucket: string, key: string, staged: Pick<StagedFile, "path">, head: ObjectHead, createOnly = false): void {
    try {
      if (Buffer.byteLength(key) > MAX_KEY_BYTES) throw keyTooLong();
      const target = this.makeRoom(bucket, key);
      if (createOnly) linkSync(staged.path, target);
      else renameSync(staged.path, target);
    } catch (error) {
      throw (error as NodeJS.ErrnoException).code === "EEXIST" ? preconditionFailed() : error;
    } finally {
      rmSync(staged.path, { force: true });
    }
    this.heads.get(bucket)?.set(key, head);
  }

  /** Throws `NoSuchKey`. An object whose file was put there by other means has the headers of S3's defaults. */
  async head(bucket: string, key: string): Promise<StoredObject> {
    const file = this.pathOf(bucket, key);
    const found = statOf(file);
    if (!found?.isFile()) throw noSuchKey();
    const known = this.heads.get(bucket)?.get(key) ?? (await this.headOfFile(bucket, key, file));
    return { ...known, path: file, bytes: found.size, modifiedMillis: found.mtimeMs };
  }

  /** True where the object was there. */
  delete(bucket: string, key: string): boolean {
    const file = this.pathOf(bucket, key);
    this.heads.get(bucket)?.delete(key);
    if (!statOf(file)?.isFile()) return false;
    rmSync(file);
    this.removeEmpty(path.dirname(file), this.bucketDir(bucket));
    return true;
  }

  list(bucket: string, prefix: string, after?: string): Generator<ListedFile> {
    return listFiles(this.bucketDir(bucket), prefix, after);
  }

  async etagOf(file: string): Promise<string> {
    const md5 = createHash("md5");
    for await (const chunk of createReadStream(file)) md5.update(chunk as Buffer);
    return `"${md5.digest("hex")}"`;
  }

  private async headOfFile(bucket: string, key: string, file: string): Promise<ObjectHead> {
    const head = { etag: await this.etagOf(file), headers: {} };
    this.heads.get(bucket)?.set(key, head);
    return head;
  }

  /** Makes the directories above a key; an object that is where a directory must be moves into it. */
  private makeRoom(bucket: string, key: string): string {
    const names = pathOfKey(key);
    let dir = this.bucketDir(bucket);
    for (const name of names.slice(0, -1)) {
      dir = path.join(dir, name);
      const found = statOf(dir);
      if (found?.isDirectory()) continue;
      if (found) {
        const moved = this.stagingPath();
        renameSync(dir, moved);
        mkdirSync(dir);
        renameSync(moved, path.join(dir, SELF));
      } else {
        mkdirSync(dir);
      }
    }
    const file = path.join(dir, names.at(-1) as string);
    return statOf(file)?.isDirectory() ? path.join(file, SELF) : file;
  }

  private stagingPath(): string {
    return path.join(this.staging, String(++this.staged));
  }

  private removeEmpty(dir: string, bucketDir: string): void {
    for (let at = dir; at !== bucketDir && at.startsWith(bucketDir); at = path.dirname(at)) {
      try {
        rmdirSync(at);
      } catch {
        // Not empty: other objects lie in it, and so do all directories above.
        return;
      }
    }
  }
}

function statOf(file: string): Stats | undefined {
  return statSync(file, { throwIfNoEntry: false });
}

async function* chunksOf(body: Body): AsyncGenerator<Uint8Array> {
  if (typeof body === "string") yield Buffer.from(body);
  else if (body instanceof Uint8Array) yield body;
  else yield* body;
}
