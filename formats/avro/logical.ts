/** Avro's logical types as text: times as ISO, decimals exactly. */

import { timestampText } from "../values/binaryTimestamp";
import { decimalText, signedInteger } from "../values/decimalText";
import { nanosText } from "../values/instantText";
import { uuidText } from "../values/uuidText";
import type { AvroBytes } from "./bytes";
import type { AvroLogical, AvroNode } from "./schema";

/** About 1,000 digits; the time to write a number as text grows with the square of its length. */
const MAX_DECIMAL_BYTES = 416;
const DAY_SECONDS = 86_400;

/**
 * The reader of a logical type. `timestamp-*` becomes `2026-11-20T10:04:09.123Z` (six digits for micros, as many as needed for
 * nanos), `local-timestamp-*` the same without the Z, `date` `2026-11-20`, `time-*` `10:04:09.123`, `decimal` the number as text,
 * and `uuid` its usual text. Times outside the years 1 to 9999 are refused.
 */
export function readLogical(node: AvroNode, logical: AvroLogical): (bytes: AvroBytes) => string {
  switch (logical.type) {
    case "timestamp":
      return (bytes) => timestamp(bytes, logical.unit);
    case "local-timestamp":
      return (bytes) => timestamp(bytes, logical.unit).slice(0, -1);
    case "date":
      return (bytes) => (timestampText(bytes.int() * DAY_SECONDS, "s") ?? outside(bytes)).slice(0, 10);
    case "time":
      return (bytes) => timeOfDay(bytes, logical.unit);
    case "uuid":
      return (bytes) => uuidText(bytes.bytes, bytes.skip(16));
    case "decimal": {
      const size = node.kind === "fixed" ? node.size : undefined;
      return (bytes) => decimal(bytes, size ?? bytes.length(), logical.scale);
    }
  }
}

function timestamp(bytes: AvroBytes, unit: "ms" | "us" | "ns"): string {
  const count = bytes.long();
  if (unit !== "ns") return timestampText(count, unit) ?? outside(bytes);
  return nanosText(count) ?? outside(bytes);
}

function timeOfDay(bytes: AvroBytes, unit: "ms" | "us"): string {
  const count = unit === "ms" ? bytes.int() : bytes.long();
  const perDay = DAY_SECONDS * (unit === "ms" ? 1_000 : 1_000_000);
  if (typeof count === "bigint" || count < 0 || count >= perDay) throw bytes.refuse("a time of day outside the day");
  return (timestampText(count, unit) as string).slice(11, -1);
}

function decimal(bytes: AvroBytes, length: number, scale: number): string {
  if (length > MAX_DECIMAL_BYTES) throw bytes.refuse(`a decimal of more than ${MAX_DECIMAL_BYTES} bytes`);
  const start = bytes.skip(length);
  bytes.budget.spend(0, scale);
  return decimalText(signedInteger(bytes.bytes, start, bytes.at), scale);
}

function outside(bytes: AvroBytes): never {
  throw bytes.refuse("a time outside the years 1 to 9999");
}
