/** Assigns records to shards by the MD5 of the stream partition key, as a number in the shards' hash key ranges. */
import { createHash } from "node:crypto";

export interface HashRange {
  readonly first: bigint;
  /** Inclusive. */
  readonly last: bigint;
}

const MAX_HASH_KEY = (1n << 128n) - 1n;

export function hashOf(partitionKey: string): bigint {
  return BigInt(`0x${createHash("md5").update(partitionKey).digest("hex")}`);
}

/** Divides the whole range into equal parts; the last part includes the remainder. */
export function evenRanges(count: number): HashRange[] {
  const size = (MAX_HASH_KEY + 1n) / BigInt(count);
  return Array.from({ length: count }, (_, index) => ({
    first: size * BigInt(index),
    last: index === count - 1 ? MAX_HASH_KEY : size * BigInt(index + 1) - 1n,
  }));
}

/** Parses an explicit hash key: decimal digits, at most 2^128 − 1; undefined for any other text. */
export function explicitHash(text: string): bigint | undefined {
  if (!/^(0|[1-9]\d{0,38})$/.test(text)) return undefined;
  const value = BigInt(text);
  return value <= MAX_HASH_KEY ? value : undefined;
}
