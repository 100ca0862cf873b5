/** Parses the source object of a copy and lists the access to read it. */
import type { Access } from "../../cloud/service";
import type { Buckets } from "./buckets";
import type { ByteRange } from "./conditions";
import { invalidArgument, notSimulated } from "./errors";

export interface CopyInput {
  readonly Bucket: string;
  readonly Key: string;
  /** `bucket/key`, percent-encoded. */
  readonly CopySource: string;
}

/** The access to read the source. */
export function sourceAccess(buckets: Buckets, { CopySource }: CopyInput): Access[] {
  const { bucket, key } = sourceOf(CopySource);
  return buckets.objectAccess("s3:GetObject", bucket, key);
}

export function sourceOf(copySource: string): { bucket: string; key: string } {
  const [encoded = "", version] = copySource.replace(/^\//, "").split("?versionId=");
  if (version !== undefined && version !== "null") throw notSimulated("copying a version of an object");
  const text = decodeURIComponent(encoded);
  const slash = text.indexOf("/");
  if (slash <= 0 || slash === text.length - 1)
    throw invalidArgument("Copy Source must mention the source bucket and key: sourcebucket/sourcekey");
  return { bucket: text.slice(0, slash), key: text.slice(slash + 1) };
}

/**
 * The bytes to copy; undefined for all of them. Unlike a range to read, a range to copy needs both ends and must lie
 * within the source. https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html
 */
export function copyRangeOf(range: string | undefined, bytes: number): ByteRange | undefined {
  if (range === undefined) return undefined;
  const found = /^bytes=(\d+)-(\d+)$/.exec(range);
  const [first, last] = [Number(found?.[1]), Number(found?.[2])];
  if (!found || first > last)
    throw invalidArgument(
      "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy",
    );
  if (last >= bytes) throw invalidArgument(`Range specified is not valid for source object of size: ${bytes}`);
  return { first, last };
}
