/** Packs user records into an aggregated record, as the Kinesis Producer Library does. */
import { createHash } from "node:crypto";
import type { UserRecord } from "../../../formats/aggregated";

const MAGIC = Buffer.from("f3899ac2", "hex");

/** One aggregated record, with each partition key once. */
export function aggregate(records: readonly UserRecord[]): Buffer {
  const keys = [...new Set(records.map(({ partitionKey }) => partitionKey))];
  const places = new Map(keys.map((key, index) => [key, index]));
  const message = Buffer.concat([
    ...keys.map((key) => field(1, Buffer.from(key))),
    ...records.map(({ partitionKey, payload }) =>
      field(3, Buffer.concat([varint(1 << 3), varint(places.get(partitionKey) as number), field(3, payload)])),
    ),
  ]);
  return Buffer.concat([MAGIC, message, createHash("md5").update(message).digest()]);
}

function field(number: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) | 0x80);
  }
}
