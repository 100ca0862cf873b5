/** Calls of S3: what readers and writers of a lake ask, and what they get wrong. */
import * as s3 from "@aws-sdk/client-s3";
import type { Call } from "./compare";
import { BUCKET as Bucket } from "./program";

const put = (Key: string, Body: string, more: object = {}) =>
  new s3.PutObjectCommand({ Bucket, Key, Body: Buffer.from(Body), ...more });

/** A read, with its body as text. */
const get =
  (Key: string, more: object = {}): Call[1] =>
  async (aws) => {
    const { Body, ...rest } = await aws.s3.send(new s3.GetObjectCommand({ Bucket, Key, ...more }));
    return { ...rest, Body: await Body?.transformToString() };
  };

const list =
  (more: object): Call[1] =>
  (aws) =>
    aws.s3.send(new s3.ListObjectsV2Command({ Bucket, ...more }));

const ETAG = '"5d41402abc4b2a76b9719d911017c592"';

export const S3_CALLS: readonly Call[] = [
  [
    "put an object",
    (aws) => aws.s3.send(put("a/hello", "hello", { ContentType: "text/plain", Metadata: { of: "me" } })),
  ],
  ["get it", get("a/hello")],
  ["head it", (aws) => aws.s3.send(new s3.HeadObjectCommand({ Bucket, Key: "a/hello" }))],
  ["get a missing key", get("a/nothing")],
  ["head a missing key", (aws) => aws.s3.send(new s3.HeadObjectCommand({ Bucket, Key: "a/nothing" }))],
  [
    "get of a missing bucket",
    (aws) => aws.s3.send(new s3.GetObjectCommand({ Bucket: "no-such-bucket-here", Key: "a" })),
  ],
  [
    "put into a missing bucket",
    (aws) => aws.s3.send(new s3.PutObjectCommand({ Bucket: "no-such-bucket-here", Key: "a", Body: "b" })),
  ],
  ["head a bucket", (aws) => aws.s3.send(new s3.HeadBucketCommand({ Bucket }))],
  ["head a missing bucket", (aws) => aws.s3.send(new s3.HeadBucketCommand({ Bucket: "no-such-bucket-here" }))],
  ["where a bucket is", (aws) => aws.s3.send(new s3.GetBucketLocationCommand({ Bucket }))],
  ["create-only, new", (aws) => aws.s3.send(put("a/once", "hello", { IfNoneMatch: "*" }))],
  ["create-only, there", (aws) => aws.s3.send(put("a/once", "other", { IfNoneMatch: "*" }))],
  ["it is the first one", get("a/once")],
  ["put if it matches", (aws) => aws.s3.send(put("a/once", "second", { IfMatch: ETAG }))],
  ["put if it matches, it does not", (aws) => aws.s3.send(put("a/once", "third", { IfMatch: ETAG }))],
  ["put if it matches, missing key", (aws) => aws.s3.send(put("a/never", "third", { IfMatch: ETAG }))],
  ["get if none matches", get("a/hello", { IfNoneMatch: ETAG })],
  ["get if it matches, it does not", get("a/hello", { IfMatch: '"0"' })],
  ["get if modified since tomorrow", get("a/hello", { IfUnmodifiedSince: new Date(0) })],
  ["the first two bytes", get("a/hello", { Range: "bytes=0-1" })],
  ["the last two bytes", get("a/hello", { Range: "bytes=-2" })],
  ["from the third byte", get("a/hello", { Range: "bytes=2-" })],
  ["a range past the end", get("a/hello", { Range: "bytes=9-12" })],
  ["a range that is none", get("a/hello", { Range: "lines=1-2" })],
  ["a range that ends past the end", get("a/hello", { Range: "bytes=3-99" })],
  ["put an empty object", (aws) => aws.s3.send(put("a/empty", ""))],
  ["a range of an empty object", get("a/empty", { Range: "bytes=0-0" })],
  ["put a key of odd characters", (aws) => aws.s3.send(put("b/a+b c=ü%/ü", "x"))],
  ["get a key of odd characters", get("b/a+b c=ü%/ü")],
  ["list below a prefix", list({ Prefix: "a/" })],
  ["list with a delimiter", list({ Delimiter: "/" })],
  ["list with a delimiter in a prefix", list({ Prefix: "a/", Delimiter: "l" })],
  ["list odd characters, encoded", list({ Prefix: "b/", EncodingType: "url" })],
  ["list after a key", list({ StartAfter: "a/hello" })],
  ["list nothing", list({ Prefix: "zzz" })],
  ["list no keys at all", list({ MaxKeys: 0 })],
  [
    "list, first page",
    async (aws, memory) => {
      const { NextContinuationToken, ...page } = await aws.s3.send(
        new s3.ListObjectsV2Command({ Bucket, MaxKeys: 2, Prefix: "a/" }),
      );
      memory.set("token", NextContinuationToken ?? "");
      return { ...page, hasToken: NextContinuationToken !== undefined };
    },
  ],
  [
    "list, last page",
    async (aws, memory) => {
      const ContinuationToken = memory.get("token");
      const page = await aws.s3.send(
        new s3.ListObjectsV2Command({ Bucket, MaxKeys: 2, Prefix: "a/", ContinuationToken }),
      );
      return { ...page, ContinuationToken: page.ContinuationToken === ContinuationToken };
    },
  ],
  ["list with a token that is none", list({ ContinuationToken: "not-a-token" })],
  ["list of a missing bucket", (aws) => aws.s3.send(new s3.ListObjectsV2Command({ Bucket: "no-such-bucket-here" }))],
  [
    "list by version 1, by pages",
    (aws) => aws.s3.send(new s3.ListObjectsCommand({ Bucket, MaxKeys: 1, Delimiter: "/" })),
  ],
  [
    "copy an object",
    async (aws) => {
      const copied = await aws.s3.send(
        new s3.CopyObjectCommand({ Bucket, Key: "c/copy", CopySource: `${Bucket}/a/hello` }),
      );
      return { ETag: copied.CopyObjectResult?.ETag };
    },
  ],
  ["a copy keeps type and metadata", get("c/copy")],
  [
    "copy of a missing key",
    (aws) => aws.s3.send(new s3.CopyObjectCommand({ Bucket, Key: "c/no", CopySource: `${Bucket}/a/nothing` })),
  ],
  [
    "copy onto itself, unchanged",
    (aws) => aws.s3.send(new s3.CopyObjectCommand({ Bucket, Key: "a/hello", CopySource: `${Bucket}/a/hello` })),
  ],
  ["a wrong Content-MD5", (aws) => aws.s3.send(put("a/md5", "hello", { ContentMD5: "AAAAAAAAAAAAAAAAAAAAAA==" }))],
  [
    "a wrong SHA-256",
    (aws) => aws.s3.send(put("a/sha", "hello", { ChecksumSHA256: Buffer.alloc(32).toString("base64") })),
  ],
  ["a wrong CRC32", (aws) => aws.s3.send(put("a/crc", "hello", { ChecksumCRC32: "AAAAAA==" }))],
  ["a key that is too long", (aws) => aws.s3.send(put("k".repeat(1025), "hello"))],
  [
    "delete several",
    (aws) =>
      aws.s3.send(
        new s3.DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: "c/copy" }, { Key: "c/never" }] } }),
      ),
  ],
  [
    "delete several, quietly",
    (aws) =>
      aws.s3.send(new s3.DeleteObjectsCommand({ Bucket, Delete: { Quiet: true, Objects: [{ Key: "a/empty" }] } })),
  ],
  ["delete a missing key", (aws) => aws.s3.send(new s3.DeleteObjectCommand({ Bucket, Key: "c/never" }))],
  [
    "begin a multipart upload",
    async (aws, memory) => {
      const begun = await aws.s3.send(new s3.CreateMultipartUploadCommand({ Bucket, Key: "m/parts" }));
      memory.set("upload", begun.UploadId ?? "");
      return { ...begun, UploadId: begun.UploadId !== "" };
    },
  ],
  [
    "upload a part",
    (aws, memory) =>
      aws.s3.send(
        new s3.UploadPartCommand({
          Bucket,
          Key: "m/parts",
          UploadId: memory.get("upload"),
          PartNumber: 1,
          Body: "hello",
        }),
      ),
  ],
  [
    "complete with a wrong ETag",
    (aws, memory) =>
      aws.s3.send(
        new s3.CompleteMultipartUploadCommand({
          Bucket,
          Key: "m/parts",
          UploadId: memory.get("upload"),
          MultipartUpload: { Parts: [{ PartNumber: 1, ETag: '"0"' }] },
        }),
      ),
  ],
  [
    "complete create-only",
    async (aws, memory) => {
      const { Location: _, ...done } = await aws.s3.send(
        new s3.CompleteMultipartUploadCommand({
          Bucket,
          Key: "m/parts",
          UploadId: memory.get("upload"),
          IfNoneMatch: "*",
          MultipartUpload: { Parts: [{ PartNumber: 1, ETag: ETAG }] },
        }),
      );
      return done;
    },
  ],
  [
    "upload to an upload that has ended",
    (aws, memory) =>
      aws.s3.send(
        new s3.UploadPartCommand({ Bucket, Key: "m/parts", UploadId: memory.get("upload"), PartNumber: 2, Body: "x" }),
      ),
  ],
  [
    "abort an upload that is none",
    (aws) => aws.s3.send(new s3.AbortMultipartUploadCommand({ Bucket, Key: "m/parts", UploadId: "none" })),
  ],
  ["get the completed one", get("m/parts")],
];
