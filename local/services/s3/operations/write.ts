/** PutObject, CopyObject, DeleteObject and DeleteObjects. */
import { createReadStream, rmSync } from "node:fs";
import { type CallContext, type Operation, ServiceError } from "../../../cloud/service";
import type { Buckets } from "../buckets";
import { matches } from "../conditions";
import { type CopyInput, sourceAccess, sourceOf } from "../copySource";
import { notSimulated, preconditionFailed } from "../errors";
import { type HeaderInput, headersOf } from "../objectHeaders";
import type { ObjectHead } from "../objectStore";
import { type Body, type StagedFile, UNVERIFIED, type Verification } from "../staging";

export interface WriteConditions {
  /** `*`: write only if the key does not exist. */
  readonly IfNoneMatch?: string;
  /** An ETag: overwrite only the object with it. */
  readonly IfMatch?: string;
}

interface PutObjectInput extends HeaderInput, WriteConditions {
  readonly Bucket: string;
  readonly Key: string;
  readonly Body?: Body;
  /** Base64. */
  readonly ContentMD5?: string;
  readonly verification?: Verification;
}

interface CopyObjectInput extends HeaderInput, WriteConditions, CopyInput {
  readonly MetadataDirective?: "COPY" | "REPLACE";
}

interface DeleteObjectInput {
  readonly Bucket: string;
  readonly Key: string;
  readonly VersionId?: string;
}

interface DeleteObjectsInput {
  readonly Bucket: string;
  readonly Delete: {
    readonly Objects: readonly { readonly Key: string; readonly VersionId?: string }[];
    readonly Quiet?: boolean;
  };
}

const MAX_DELETED_AT_ONCE = 1000;

export function writeOperations(buckets: Buckets): Record<string, Operation<never>> {
  const { store, cloud } = buckets;

  const putObject: Operation<PutObjectInput> = {
    access: (input) => buckets.objectAccess("s3:PutObject", input.Bucket, input.Key),
    async run(input) {
      store.bucketDir(input.Bucket);
      const encryption = buckets.encryptionOfNew(input.Bucket);
      const staged = await store.staging.write(input.Body ?? "", verificationOf(input));
      const head = { etag: `"${staged.md5.toString("hex")}"`, headers: headersOf(input), encryption };
      await placeIf(buckets, input, staged, head);
      return { ETag: head.etag, ServerSideEncryption: encryption.algorithm };
    },
  };

  const copyObject: Operation<CopyObjectInput> = {
    access: (input) => [
      ...sourceAccess(buckets, input),
      ...buckets.objectAccess("s3:PutObject", input.Bucket, input.Key),
    ],
    async run(input) {
      const source = sourceOf(input.CopySource);
      store.bucketDir(input.Bucket);
      const encryption = buckets.encryptionOfNew(input.Bucket);
      const object = await store.head(source.bucket, source.key);
      const staged = await store.staging.write(createReadStream(object.path));
      const headers = input.MetadataDirective === "REPLACE" ? headersOf(input) : object.headers;
      const head = { etag: `"${staged.md5.toString("hex")}"`, headers, encryption };
      await placeIf(buckets, input, staged, head);
      return { CopyObjectResult: { ETag: head.etag, LastModified: new Date(cloud.clock.now()) } };
    },
  };

  const deleteOne = (bucket: string, key: string, versionId: string | undefined) => {
    if (versionId !== undefined && versionId !== "null") throw notSimulated("deleting a version of an object");
    store.delete(bucket, key);
  };

  const deleteObject: Operation<DeleteObjectInput> = {
    access: (input) => buckets.objectAccess("s3:DeleteObject", input.Bucket, input.Key),
    run(input) {
      deleteOne(input.Bucket, input.Key, input.VersionId);
      return {};
    },
  };

  // Each key is authorized on its own; the response lists the keys that are denied.
  const deleteObjects: Operation<DeleteObjectsInput> = {
    access: () => [],
    run(input, { principal }: CallContext) {
      store.bucketDir(input.Bucket);
      const { Objects: objects, Quiet: quiet } = input.Delete;
      if (objects.length > MAX_DELETED_AT_ONCE)
        throw new ServiceError(
          "MalformedXML",
          "The XML you provided was not well-formed or did not validate against our published schema",
        );
      const deleted: object[] = [];
      const errors: object[] = [];
      for (const { Key: key, VersionId: versionId } of objects) {
        try {
          cloud.authorize(principal, buckets.objectAccess("s3:DeleteObject", input.Bucket, key));
          deleteOne(input.Bucket, key, versionId);
          deleted.push({ Key: key });
        } catch (error) {
          if (!(error instanceof ServiceError)) throw error;
          errors.push({
            Key: key,
            Code: error.code === "AccessDeniedException" ? "AccessDenied" : error.code,
            Message: error.message,
          });
        }
      }
      return { ...(!quiet && { Deleted: deleted }), ...(errors.length > 0 && { Errors: errors }) };
    },
  };

  return {
    PutObject: putObject as Operation<never>,
    CopyObject: copyObject as Operation<never>,
    DeleteObject: deleteObject as Operation<never>,
    DeleteObjects: deleteObjects as Operation<never>,
  };
}

/** The checksums to verify, including `Content-MD5`. */
export function verificationOf(input: Pick<PutObjectInput, "ContentMD5" | "verification">): Verification {
  const { ContentMD5: md5, verification = UNVERIFIED } = input;
  return { ...verification, ...(md5 !== undefined && { md5 }) };
}

/** Turns a staged file into an object if the conditions hold. https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html */
export async function placeIf(
  buckets: Buckets,
  target: WriteConditions & { readonly Bucket: string; readonly Key: string },
  staged: StagedFile,
  head: ObjectHead,
): Promise<void> {
  const { Bucket: bucket, Key: key, IfNoneMatch, IfMatch } = target;
  try {
    if (IfNoneMatch !== undefined && IfNoneMatch !== "*")
      throw notSimulated('If-None-Match on a write with another value than "*"');
    if (IfMatch !== undefined && !matches(IfMatch, (await buckets.store.head(bucket, key)).etag))
      throw preconditionFailed();
  } catch (error) {
    rmSync(staged.path, { force: true });
    throw error;
  }
  buckets.store.place(bucket, key, staged, head, IfNoneMatch === "*");
}
