/** Chooses the stream partition key of a record: from the request, from the record, or a digest of its bytes. */
import { hash } from "node:crypto";

/** Plain data, so that a package can capture it. The first that gives a key decides; without one, a digest does. */
export interface PartitionKeySource {
  /** Name of a request header, whose value is the key of all records of the request. @default none */
  readonly header?: string;
  /** JSON pointer (RFC 6901) to a string, number or boolean of a JSON record: `/customer/id`. @default none */
  readonly pointer?: string;
  /** Name of a column of CSV batches with a header. @default none */
  readonly column?: string;
}

/** Maximum characters of a key (Kinesis API reference, PutRecordsRequestEntry). */
const MAX_KEY_LENGTH = 256;
const DIGEST_LENGTH = 32;

/** Spreads records evenly over shards. Equal bytes have equal keys. */
export function digestKey(payload: Uint8Array): string {
  return hash("sha256", payload, "hex").slice(0, DIGEST_LENGTH);
}

/** The value as a key: a longer one becomes its digest. Undefined for an empty value. */
export function keyOf(value: string | undefined): string | undefined {
  if (value === undefined || value === "") return undefined;
  // A lone surrogate is no Unicode string, and Kinesis would refuse the whole call.
  const text = value.replace(/\p{Surrogate}/gu, "\ufffd");
  return text.length <= MAX_KEY_LENGTH ? text : digestKey(Buffer.from(text));
}

/** The key at a JSON pointer. Undefined if the payload is not JSON, or has no string, number or boolean there. */
export function keyAt(payload: Uint8Array, pointer: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString());
  } catch {
    return undefined; // Routers keep a record that does not parse; it needs no order.
  }
  for (const token of pointer.split("/").slice(1)) {
    const name = token.replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof value !== "object" || value === null || !isMember(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? keyOf(String(value))
    : undefined;
}

/** Members of parsed JSON are enumerable; the length of an array and what objects inherit are not. */
function isMember(value: object, name: string): boolean {
  return Object.prototype.propertyIsEnumerable.call(value, name);
}

/** True for a JSON pointer to something below the root. */
export function isPointer(text: string): boolean {
  return /^(\/([^~/]|~[01])*)+$/.test(text);
}
