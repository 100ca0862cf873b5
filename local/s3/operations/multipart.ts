/** Multipart uploads: parts are staged files, joined when the upload is completed. */
import { createHash } from "node:crypto";
import { createReadStream, rmSync } from "node:fs";
import { type Operation, ServiceError } from "../../service";
import { type Buckets, bucketArn, objectArn } from "../buckets";
import { invalidArgument, noSuchUpload } from "../errors";
import { type HeaderInput, headersOf } from "../objectHeaders";
import type { Body, StagedFile, Verification } from "../staging";
import { placeIf, verificationOf, type WriteConditions } from "./write";

interface Target {
  readonly Bucket: string;
  readonly Key: string;
}

interface UploadInput extends Target {
  readonly UploadId: string;
}

interface UploadPartInput extends UploadInput {
  readonly PartNumber: number;
  readonly Body?: Body;
  readonly ContentMD5?: string;
  readonly verification?: Verification;
}

interface CompleteInput extends UploadInput, WriteConditions {
  readonly MultipartUpload: { readonly Parts: readonly { readonly PartNumber: number; readonly ETag: string }[] };
}

interface Upload extends Target {
  readonly id: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly startedMillis: number;
  readonly parts: Map<number, StagedFile & { readonly etag: string; readonly storedMillis: number }>;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const MIN_PART_BYTES = 5 * 1024 * 1024;
const MAX_PARTS = 10_000;

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
  const toPut = (input: Target) => buckets.objectAccess("s3:PutObject", input.Bucket, input.Key);

  const create: Operation<Target & HeaderInput> = {
    access: toPut,
    run(input) {
      store.bucketDir(input.Bucket);
      const { Bucket, Key } = input;
      const id = createHash("sha256").update(`${Bucket}/${Key}/${++started}`).digest("base64url");
      uploads.set(id, {
        Bucket,
        Key,
        id,
        headers: headersOf(input),
        startedMillis: cloud.clock.now(),
        parts: new Map(),
      });
      return { Bucket, Key, UploadId: id };
    },
  };

  const uploadPart: Operation<UploadPartInput> = {
    access: toPut,
    async run(input) {
      const upload = uploadOf(input);
      const number = Number(input.PartNumber);
      if (!Number.isInteger(number) || number < 1 || number > MAX_PARTS) {
        throw invalidArgument("Part number must be an integer between 1 and 10000, inclusive");
      }
      const staged = await store.staging.write(input.Body ?? "", verificationOf(input));
      const previous = upload.parts.get(number);
      if (previous) rmSync(previous.path, { force: true });
      const etag = `"${staged.md5.toString("hex")}"`;
      upload.parts.set(number, { ...staged, etag, storedMillis: cloud.clock.now() });
      return { ETag: etag };
    },
  };

  const complete: Operation<CompleteInput> = {
    access: toPut,
    async run(input) {
      const upload = uploadOf(input);
      const parts = partsOf(upload, input.MultipartUpload?.Parts ?? []);
      const staged = await store.staging.write(joined(parts));
      const md5 = createHash("md5");
      for (const part of parts) md5.update(part.md5);
      const etag = `"${md5.digest("hex")}-${parts.length}"`;
      await placeIf(buckets, input, staged, { etag, headers: upload.headers });
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
    CompleteMultipartUpload: complete as Operation<never>,
    AbortMultipartUpload: abort as Operation<never>,
    ListParts: listParts as Operation<never>,
    ListMultipartUploads: listUploads as Operation<never>,
  };
}

function partsOf(upload: Upload, named: CompleteInput["MultipartUpload"]["Parts"]) {
  if (named.length === 0) throw new ServiceError("MalformedXML", "You must specify at least one part");
  if (named.some(({ PartNumber }, index) => Number(named[index - 1]?.PartNumber ?? 0) >= Number(PartNumber))) {
    throw new ServiceError(
      "InvalidPartOrder",
      "The list of parts was not in ascending order. Parts must be ordered by part number.",
    );
  }
  return named.map(({ PartNumber, ETag }, index) => {
    const part = upload.parts.get(Number(PartNumber));
    if (!part || part.etag.replaceAll('"', "") !== ETag.replaceAll('"', "")) {
      throw new ServiceError(
        "InvalidPart",
        "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
      );
    }
    if (index < named.length - 1 && part.bytes < MIN_PART_BYTES) {
      throw new ServiceError("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size");
    }
    return part;
  });
}

async function* joined(parts: readonly StagedFile[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield* createReadStream(part.path) as AsyncIterable<Uint8Array>;
}
