/** GetObject and HeadObject. */
import { open, readFile } from "node:fs/promises";
import { type CallContext, type Operation, ServiceError } from "../../../cloud/service";
import { type Buckets, bucketArn } from "../buckets";
import { type ByteRange, checkRead, type ReadConditions, rangeOf } from "../conditions";
import { notSimulated } from "../errors";
import { DEFAULT_CONTENT_TYPE, inputOfHeaders } from "../objectHeaders";
import type { StoredObject } from "../objectStore";

export interface ReadInput extends ReadConditions {
  readonly Bucket: string;
  readonly Key: string;
  readonly Range?: string;
  readonly VersionId?: string;
  readonly PartNumber?: number;
}

interface LocatedObject {
  readonly object: StoredObject;
  readonly range?: ByteRange;
  /** The output without `Body`. */
  readonly output: Record<string, unknown>;
}

export function readOperations(buckets: Buckets): Record<string, Operation<never>> {
  const access = (input: ReadInput) => buckets.objectAccess("s3:GetObject", input.Bucket, input.Key);
  const getObject: Operation<ReadInput> = {
    access,
    async run(input, context) {
      const { object, range, output } = await locate(buckets, input, context);
      return { ...output, Body: await bytesOf(object.path, range) };
    },
  };
  const headObject: Operation<ReadInput> = {
    access,
    run: async (input, context) => (await locate(buckets, input, context)).output,
  };
  return { GetObject: getObject as Operation<never>, HeadObject: headObject as Operation<never> };
}

/** Finds an object and the requested range, and checks the conditions of the request. */
export async function locate(buckets: Buckets, input: ReadInput, context: CallContext): Promise<LocatedObject> {
  if (input.VersionId !== undefined && input.VersionId !== "null") throw notSimulated("reading a version of an object");
  if (input.PartNumber !== undefined) throw notSimulated("reading a part of an object by its number");
  const object = await find(buckets, input, context);
  checkRead(object, input);
  const range = rangeOf(input.Range, object.bytes);
  const length = range ? range.last - range.first + 1 : object.bytes;
  const { ContentType, ...headers } = inputOfHeaders(object.headers);
  const output = {
    AcceptRanges: "bytes",
    LastModified: new Date(object.modifiedMillis),
    ContentLength: length,
    ETag: object.etag,
    ...(range && { ContentRange: `bytes ${range.first}-${range.last}/${object.bytes}` }),
    ContentType: ContentType ?? DEFAULT_CONTENT_TYPE,
    ...headers,
    ServerSideEncryption: (object.encryption ?? buckets.encryptionOfNew(input.Bucket)).algorithm,
  };
  return { object, output, ...(range && { range }) };
}

/** A missing key is `AccessDenied` instead of `NoSuchKey` for a caller that may not list the bucket. */
async function find(buckets: Buckets, input: ReadInput, context: CallContext): Promise<StoredObject> {
  try {
    return await buckets.store.head(input.Bucket, input.Key);
  } catch (error) {
    if (error instanceof ServiceError && error.code === "NoSuchKey") {
      buckets.cloud.authorize(context.principal, [{ action: "s3:ListBucket", resource: bucketArn(input.Bucket) }]);
    }
    throw error;
  }
}

async function bytesOf(file: string, range: ByteRange | undefined): Promise<Uint8Array> {
  if (!range) return readFile(file);
  const handle = await open(file, "r");
  try {
    const buffer = Buffer.alloc(range.last - range.first + 1);
    await handle.read(buffer, 0, buffer.length, range.first);
    return buffer;
  } finally {
    await handle.close();
  }
}
