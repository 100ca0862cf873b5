/** Evaluates conditional requests and ranges by the rules of RFC 9110 and S3. */
import { invalidRange, notModified, preconditionFailed } from "./errors";
import type { StoredObject } from "./objectStore";

export interface ReadConditions {
  readonly IfMatch?: string;
  readonly IfNoneMatch?: string;
  readonly IfModifiedSince?: Date | string;
  readonly IfUnmodifiedSince?: Date | string;
}

export interface ByteRange {
  readonly first: number;
  /** Inclusive. */
  readonly last: number;
}

/** Throws `PreconditionFailed` or `NotModified`. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html */
export function checkRead(object: StoredObject, conditions: ReadConditions): void {
  const modified = Math.floor(object.modifiedMillis / 1000);
  const { IfMatch, IfNoneMatch } = conditions;
  if (IfMatch !== undefined) {
    if (!matches(IfMatch, object.etag)) throw preconditionFailed();
  } else {
    const since = secondsOf(conditions.IfUnmodifiedSince);
    if (since !== undefined && modified > since) throw preconditionFailed();
  }
  if (IfNoneMatch !== undefined) {
    if (matches(IfNoneMatch, object.etag)) throw notModified();
  } else {
    const since = secondsOf(conditions.IfModifiedSince);
    if (since !== undefined && modified <= since) throw notModified();
  }
}

export function matches(condition: string, etag: string): boolean {
  const bare = (text: string) => text.trim().replace(/^"|"$/g, "");
  return condition.trim() === "*" || condition.split(",").some((candidate) => bare(candidate) === bare(etag));
}

/** The requested bytes; undefined for all of them. Like S3, ignores a malformed header. */
export function rangeOf(header: string | undefined, bytes: number): ByteRange | undefined {
  const found = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? "");
  if (!found || (found[1] === "" && found[2] === "")) return undefined;
  const range =
    found[1] === ""
      ? { first: Math.max(0, bytes - Number(found[2])), last: bytes - 1 }
      : { first: Number(found[1]), last: found[2] === "" ? bytes - 1 : Math.min(Number(found[2]), bytes - 1) };
  if (found[1] !== "" && found[2] !== "" && Number(found[1]) > Number(found[2])) return undefined;
  if (range.first >= bytes || (found[1] === "" && Number(found[2]) === 0)) throw invalidRange();
  return range;
}

function secondsOf(time: Date | string | undefined): number | undefined {
  if (time === undefined) return undefined;
  const millis = time instanceof Date ? time.getTime() : Date.parse(time);
  return Number.isNaN(millis) ? undefined : Math.floor(millis / 1000);
}
