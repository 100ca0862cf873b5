/** Multipart uploads: parts are staged files, concatenated when the upload completes. */
import { createHash } from "node:crypto";
import { createReadStream, rmSync } from "node:fs";
import type { Access, Operation } from "../../../cloud/service";
import { type Buckets, bucketArn, objectArn } from "../buckets";
import { type CopyInput, copyRangeOf, sourceAccess, sourceOf } from "../copySource";
import { noSuchUpload } from "../errors";
import { type HeaderInput, headersOf } from "../objectHeaders";
import type { Body, StagedFile, Verification } from "../staging";
import { joined, type NamedPart, partNumberOf, partsOf, type Target, type Upload } from "../upload";
import { placeIf, verificationOf, type WriteConditions } from "./write";

interface UploadInput extends Target {
  readonly UploadId: string;
}

interface UploadPartInput extends UploadInput {
  readonly PartNumber: number;
  readonly Body?: Body;
  readonly ContentMD5?: string;
  readonly verification?: Verification;
}

interface UploadPartCopyInput extends UploadInput, CopyInput {
  readonly PartNumber: number;
  /** `bytes=first-last`, both inclusive. */
  readonly CopySourceRange?: string;
}

interface CompleteInput extends UploadInput, WriteConditions {
  readonly MultipartUpload: { readonly Parts: readonly NamedPart[] };
}

export function multipartOperations(buckets: Buckets): Record<string, Operation<never>> {
  const { store, cloud } = buckets;
  const uploads = new Map<string, Upload>();
  let started = 0;

  const uploadOf = (input: UploadInput): Upload => {
    const upload = uploads.get(input.UploadId);
    if (upload?.Bucket === input.Bucket && upload.Key === input.Key) return upload;
    throw noSuchUpload();
  };
  const end = (upload: Upload) => {
    uploads.delete(upload.id);
    for (const part of upload.parts.values()) rmSync(part.path, { force: true });
  };
  /**
   * The parts are encrypted with the upload's key, and S3 decrypts them to join them:
   * https://repost.aws/knowledge-center/s3-large-file-encryption-kms-key
   */
  const toContinue = (input: UploadInput): Access[] => {
    const { Bucket, Key, UploadId } = input;
    const encryption = uploads.get(UploadId)?.encryption;
    return [
      { action: "s3:PutObject", resource: objectArn(Bucket, Key) },
      ...buckets.keyAccess("kms:Decrypt", encryption, Bucket, Key),
    ];
  };

  const create: Operation<Target & HeaderInput> = {
    access: (input) => buckets.objectAccess("s3:PutObject", input.Bucket, input.Key),
    run(input) {
      store.bucketDir(input.Bucket);
      const { Bucket, Key } = input;
      const id = createHash("sha256").update(`${Bucket}/${Key}/${++started}`).digest("base64url");
      uploads.set(id, {
        Bucket,
        Key,
        id,
        headers: headersOf(input),
        encryption: buckets.encryptionOfNew(Bucket),
        startedMillis: cloud.clock.now(),
        parts: new Map(),
      });
      return { Bucket, Key, UploadId: id };
    },
  };

  const keep = (upload: Upload, number: number, staged: StagedFile): { ETag: string; LastModified: Date } => {
    const previous = upload.parts.get(number);
    if (previous) rmSync(previous.path, { force: true });
    const etag = `"${staged.md5.toString("hex")}"`;
    const storedMillis = cloud.clock.now();
    upload.parts.set(number, { ...staged, etag, storedMillis });
    return { ETag: etag, LastModified: new Date(storedMillis) };
  };

  const uploadPart: Operation<UploadPartInput> = {
    access: toContinue,
    async run(input) {
      const upload = uploadOf(input);
      const number = partNumberOf(input);
      const staged = await store.staging.write(input.Body ?? "", verificationOf(input));
      return { ETag: keep(upload, number, staged).ETag };
    },
  };

  const uploadPartCopy: Operation<UploadPartCopyInput> = {
    access: (input) => [...sourceAccess(buckets, input), ...toContinue(input)],
    async run(input) {
      const upload = uploadOf(input);
      const number = partNumberOf(input);
      const { bucket, key } = sourceOf(input.CopySource);
      const source = await store.head(bucket, key);
      const range = copyRangeOf(input.CopySourceRange, source.bytes);
      const bytes = createReadStream(source.path, range && { start: range.first, end: range.last });
      return { CopyPartResult: keep(upload, number, await store.staging.write(bytes)) };
    },
  };

  const complete: Operation<CompleteInput> = {
    access: toContinue,
    async run(input) {
      const upload = uploadOf(input);
      const parts = partsOf(upload, input.MultipartUpload?.Parts ?? []);
      const staged = await store.staging.write(joined(parts));
      const md5 = createHash("md5");
      for (const part of parts) md5.update(part.md5);
      const etag = `"${md5.digest("hex")}-${parts.length}"`;
      await placeIf(buckets, input, staged, { etag, headers: upload.headers, encryption: upload.encryption });
      end(upload);
      return { Location: `/${input.Bucket}/${input.Key}`, Bucket: input.Bucket, Key: input.Key, ETag: etag };
    },
  };

  const abort: Operation<UploadInput> = {
    access: (input) => [{ action: "s3:AbortMultipartUpload", resource: objectArn(input.Bucket, input.Key) }],
    run(input) {
      end(uploadOf(input));
      return {};
    },
  };

  const listParts: Operation<UploadInput> = {
    access: (input) => [{ action: "s3:ListMultipartUploadParts", resource: objectArn(input.Bucket, input.Key) }],
    run(input) {
      const { parts } = uploadOf(input);
      const listed = [...parts].sort(([a], [b]) => a - b);
      return {
        Bucket: input.Bucket,
        Key: input.Key,
        UploadId: input.UploadId,
        IsTruncated: false,
        Parts: listed.map(([PartNumber, { etag, bytes, storedMillis }]) => ({
          PartNumber,
          LastModified: new Date(storedMillis),
          ETag: etag,
          Size: bytes,
        })),
      };
    },
  };

  const listUploads: Operation<{ readonly Bucket: string; readonly Prefix?: string }> = {
    access: (input) => [{ action: "s3:ListBucketMultipartUploads", resource: bucketArn(input.Bucket) }],
    run(input) {
      store.bucketDir(input.Bucket);
      const { Bucket, Prefix = "" } = input;
      const found = [...uploads.values()].filter((upload) => upload.Bucket === Bucket && upload.Key.startsWith(Prefix));
      return {
        Bucket,
        IsTruncated: false,
        Uploads: found.map(({ Key, id, startedMillis }) => ({ Key, UploadId: id, Initiated: new Date(startedMillis) })),
      };
    },
  };

  return {
    CreateMultipartUpload: create as Operation<never>,
    UploadPart: uploadPart as Operation<never>,
    UploadPartCopy: uploadPartCopy as Operation<never>,
    CompleteMultipartUpload: complete as Operation<never>,
    AbortMultipartUpload: abort as Operation<never>,
    ListParts: listParts as Operation<never>,
    ListMultipartUploads: listUploads as Operation<never>,
  };
}
