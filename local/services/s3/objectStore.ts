/**
 * Stores objects as plain files, `<dataDir>/s3/<bucket>/<key>`.
 * A file is written elsewhere and then moved, so that no reader sees half an object.
 */
import { createHash } from "node:crypto";
import {
  createReadStream,
  linkSync,
  mkdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  type Stats,
  statSync,
  utimesSync,
} from "node:fs";
import path from "node:path";
import type { Clock } from "../../cloud/clock";
import { pathOfKey, SELF } from "../../cloud/keyPath";
import { type ListedFile, listFiles } from "../../cloud/listFiles";
import { keyTooLong, noSuchBucket, noSuchKey, preconditionFailed } from "./errors";
import { type StagedFile, Staging } from "./staging";

/** The server-side encryption of an object. */
export interface Encryption {
  /** As in the header `x-amz-server-side-encryption`. */
  readonly algorithm: "AES256" | "aws:kms";
  /** The key's id or ARN. @default none: S3's own key, or AWS's own key for `aws:kms` */
  readonly keyId?: string;
}

/** The metadata stored with an object's bytes. */
export interface ObjectHead {
  /** Includes the quotes, as in the header. */
  readonly etag: string;
  /** `content-type`, `cache-control` … and `x-amz-meta-…`, by header name. */
  readonly headers: Readonly<Record<string, string>>;
  /** Absent for a file that something else put there. */
  readonly encryption?: Encryption;
}

export interface StoredObject extends ObjectHead {
  readonly path: string;
  readonly bytes: number;
  readonly modifiedMillis: number;
}

const MAX_KEY_BYTES = 1024;

export class ObjectStore {
  private readonly heads = new Map<string, Map<string, ObjectHead>>();
  private readonly root: string;
  /** Holds bodies until they become objects. */
  readonly staging: Staging;

  constructor(
    dataDir: string,
    private readonly clock: Pick<Clock, "now">,
  ) {
    this.root = path.join(dataDir, "s3");
    this.staging = new Staging(path.join(dataDir, "s3-staging"));
  }

  createBucket(bucket: string): void {
    mkdirSync(path.join(this.root, bucket), { recursive: true });
    this.heads.set(bucket, this.heads.get(bucket) ?? new Map());
  }

  /** Deletes a bucket and every file in it. */
  removeBucket(bucket: string): void {
    rmSync(this.bucketDir(bucket), { recursive: true, force: true });
    this.heads.delete(bucket);
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

  /** The path of the object's file, which need not exist. */
  pathOf(bucket: string, key: string): string {
    const dir = this.bucketDir(bucket);
    const file = path.join(dir, ...pathOfKey(key));
    return statOf(file)?.isDirectory() ? path.join(file, SELF) : file;
  }

  /**
   * Turns a staged file into an object, atomically.
   *
   * @param createOnly throws `PreconditionFailed` if the key exists
   */
  place(bucket: string, key: string, staged: Pick<StagedFile, "path">, head: ObjectHead, createOnly = false): void {
    try {
      if (Buffer.byteLength(key) > MAX_KEY_BYTES) throw keyTooLong();
      const target = this.makeRoom(bucket, key);
      const seconds = this.clock.now() / 1000;
      utimesSync(staged.path, seconds, seconds);
      if (createOnly) linkSync(staged.path, target);
      else renameSync(staged.path, target);
    } catch (error) {
      throw (error as NodeJS.ErrnoException).code === "EEXIST" ? preconditionFailed() : error;
    } finally {
      rmSync(staged.path, { force: true });
    }
    this.heads.get(bucket)?.set(key, head);
  }

  has(bucket: string, key: string): boolean {
    return this.hasBucket(bucket) && statOf(this.pathOf(bucket, key))?.isFile() === true;
  }

  /** The encryption of an object's write; undefined for a file that something else put there. */
  encryptionOf(bucket: string, key: string): Encryption | undefined {
    return this.heads.get(bucket)?.get(key)?.encryption;
  }

  /** Throws `NoSuchKey`. A file that something else put there has S3's default headers. */
  async head(bucket: string, key: string): Promise<StoredObject> {
    const file = this.pathOf(bucket, key);
    const found = statOf(file);
    if (!found?.isFile()) throw noSuchKey();
    const known = this.heads.get(bucket)?.get(key) ?? (await this.headOfFile(bucket, key, file));
    return { ...known, path: file, bytes: found.size, modifiedMillis: found.mtimeMs };
  }

  /** Returns true if the object existed. */
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

  /** Creates the directories above a key; an object at the path of such a directory moves into it. */
  private makeRoom(bucket: string, key: string): string {
    const names = pathOfKey(key);
    let dir = this.bucketDir(bucket);
    for (const name of names.slice(0, -1)) {
      dir = path.join(dir, name);
      const found = statOf(dir);
      if (found?.isDirectory()) continue;
      if (found) {
        const moved = this.staging.newPath();
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

  private removeEmpty(dir: string, bucketDir: string): void {
    for (let at = dir; at !== bucketDir && at.startsWith(bucketDir); at = path.dirname(at)) {
      try {
        rmdirSync(at);
      } catch {
        // Not empty: it holds other objects, and so does every directory above.
        return;
      }
    }
  }
}

function statOf(file: string): Stats | undefined {
  return statSync(file, { throwIfNoEntry: false });
}
