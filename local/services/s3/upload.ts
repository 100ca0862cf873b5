/** A multipart upload in progress: its parts, and the parts that make up the object. */
import { createReadStream } from "node:fs";
import { ServiceError } from "../../cloud/service";
import { invalidArgument } from "./errors";
import type { Encryption } from "./objectStore";
import type { StagedFile } from "./staging";

export interface Target {
  readonly Bucket: string;
  readonly Key: string;
}

export interface NamedPart {
  readonly PartNumber: number;
  readonly ETag: string;
}

export interface Upload extends Target {
  readonly id: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Of all parts and of the object. */
  readonly encryption: Encryption;
  readonly startedMillis: number;
  readonly parts: Map<number, StagedFile & { readonly etag: string; readonly storedMillis: number }>;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const MIN_PART_BYTES = 5 * 1024 * 1024;
const MAX_PARTS = 10_000;

export function partNumberOf(input: { readonly PartNumber: number }): number {
  const number = Number(input.PartNumber);
  if (Number.isInteger(number) && number >= 1 && number <= MAX_PARTS) return number;
  throw invalidArgument("Part number must be an integer between 1 and 10000, inclusive");
}

/** The parts that CompleteMultipartUpload names, in its order. */
export function partsOf(upload: Upload, named: readonly NamedPart[]) {
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

export async function* joined(parts: readonly StagedFile[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield* createReadStream(part.path) as AsyncIterable<Uint8Array>;
}
