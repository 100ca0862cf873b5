/** The interface of a bucket for handlers and the command line, and its implementation on S3. */
import { setTimeout as sleep } from "node:timers/promises";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";

export interface StoredObject {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** Time of the last write, milliseconds since the epoch; S3 returns whole seconds. */
  readonly modifiedMillis: number;
}

export interface ObjectStore {
  /** Creates the object unless the key exists; an existing object stays unchanged. */
  putIfAbsent(key: string, body: Uint8Array): Promise<"created" | "present">;
  /** Creates or replaces the object. */
  put(key: string, body: Uint8Array): Promise<void>;
  /** Creates or replaces the object; returns false if it no longer has this version (undefined: no object). */
  putIfUnchanged(key: string, body: Uint8Array, version: string | undefined): Promise<boolean>;
  /** The whole object with its version, or undefined if there is none. */
  getVersion(key: string): Promise<{ body: Uint8Array; version: string } | undefined>;
  /** The whole object, or undefined if there is none. */
  get(key: string): Promise<Uint8Array | undefined>;
  /** Bytes `start` (inclusive) to `end` (exclusive) of an object that exists. */
  getRange(key: string, start: number, end: number): Promise<Uint8Array>;
  /** Every object whose key starts with the prefix, in the order of the keys. */
  list(prefix: string): AsyncIterable<StoredObject>;
  /** At most 1,000 objects with the prefix whose keys come after `after`, in the order of the keys. */
  listPage(prefix: string, after: string): Promise<{ objects: StoredObject[]; isLast: boolean }>;
  /** The next level below a prefix that ends with `/`, as prefixes themselves: `raw/records/`. */
  listFolders(prefix: string): AsyncIterable<string>;
  delete(key: string): Promise<void>;
}

export interface S3Options {
  /** Defaults to a client made from the environment (`AWS_REGION`, `AWS_ENDPOINT_URL`, the role's credentials). */
  readonly client?: S3Client;
  /** Waits before a conflicting write is retried. Defaults to real time. */
  readonly sleep?: (millis: number) => Promise<unknown>;
  /** Timeout of one attempt, if no client is given. The SDK itself has none. @default 15000 */
  readonly requestTimeoutMillis?: number;
  /** Aborts requests. @default none */
  readonly signal?: AbortSignal;
}

const CONNECTION_TIMEOUT_MILLIS = 3_000;
const REQUEST_TIMEOUT_MILLIS = 15_000;
/**
 * Attempts of a request that is throttled or fails with 5xx, and of a write that conflicts with another of the same
 * key.
 */
const ATTEMPTS = 4;
const CONFLICT_WAIT_MILLIS = 100;

/** A bucket on S3. */
export function s3ObjectStore(bucket: string, options: S3Options = {}): ObjectStore {
  const client = options.client ?? environmentClient(options.requestTimeoutMillis);
  const wait = options.sleep ?? sleep;
  const sending = options.signal && { abortSignal: options.signal };

  async function* pages(prefix: string, delimiter?: string) {
    let token: string | undefined;
    do {
      const page = await client.send(
        new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, Delimiter: delimiter, ContinuationToken: token }),
        sending,
      );
      yield page;
      token = page.NextContinuationToken;
    } while (token !== undefined);
  }

  async function getVersion(key: string) {
    try {
      const answer = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }), sending);
      return { body: await bytesOf(key, answer.Body), version: answer.ETag ?? "" };
    } catch (error) {
      if (error instanceof Error && error.name === "NoSuchKey") return undefined;
      throw error;
    }
  }

  return {
    async putIfAbsent(key, body) {
      for (let attempt = 1; ; attempt += 1) {
        try {
          await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, IfNoneMatch: "*" }), sending);
          return "created";
        } catch (error) {
          const status = statusOf(error);
          if (status === 412) return "present";
          // "On a 409 failure you should retry the upload" (S3 API reference, PutObject, If-None-Match).
          if (status !== 409 || attempt === ATTEMPTS) throw error;
          await wait(CONFLICT_WAIT_MILLIS * attempt);
        }
      }
    },

    async putIfUnchanged(key, body, version) {
      const condition = version === undefined ? { IfNoneMatch: "*" } : { IfMatch: version };
      try {
        await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ...condition }), sending);
        return true;
      } catch (error) {
        // 412 and 409: another write came first; 404: the object is gone (S3 API reference, PutObject, If-Match).
        if ([404, 409, 412].includes(statusOf(error) ?? 0)) return false;
        throw error;
      }
    },

    async put(key, body) {
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }), sending);
    },

    getVersion,

    async get(key) {
      return (await getVersion(key))?.body;
    },

    async getRange(key, start, end) {
      if (end <= start) return new Uint8Array(0); // HTTP has no empty range
      const range = `bytes=${start}-${end - 1}`;
      const answer = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key, Range: range }), sending);
      return bytesOf(key, answer.Body);
    },

    async *list(prefix) {
      for await (const page of pages(prefix)) yield* objectsOf(page);
    },

    async listPage(prefix, after) {
      const input = { Bucket: bucket, Prefix: prefix, ...(after !== "" && { StartAfter: after }) };
      const page = await client.send(new ListObjectsV2Command(input), sending);
      return { objects: objectsOf(page), isLast: page.IsTruncated !== true };
    },

    async *listFolders(prefix) {
      for await (const page of pages(prefix, "/")) {
        for (const folder of page.CommonPrefixes ?? []) {
          if (folder.Prefix !== undefined) yield folder.Prefix;
        }
      }
    },

    async delete(key) {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }), sending);
    },
  };
}

function objectsOf({ Contents = [] }: ListObjectsV2CommandOutput): StoredObject[] {
  return Contents.flatMap(({ Key, Size = 0, LastModified }) =>
    Key === undefined ? [] : [{ key: Key, size: Size, modifiedMillis: LastModified?.getTime() ?? 0 }],
  );
}

/** A client with region, endpoint and credentials from the environment, and bounded timeouts. */
export function environmentClient(requestTimeout = REQUEST_TIMEOUT_MILLIS): S3Client {
  return new S3Client({
    maxAttempts: ATTEMPTS,
    // Without throwOnRequestTimeout the SDK only warns and keeps waiting.
    requestHandler: { connectionTimeout: CONNECTION_TIMEOUT_MILLIS, requestTimeout, throwOnRequestTimeout: true },
  });
}

function statusOf(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null || !("$metadata" in error)) return undefined;
  return (error.$metadata as { httpStatusCode?: number }).httpStatusCode;
}

async function bytesOf(key: string, body: { transformToByteArray(): Promise<Uint8Array> } | undefined) {
  if (body === undefined) throw new Error(`S3 answered without a body for "${key}"`);
  return body.transformToByteArray();
}
