/** KPL-aggregated records: many user records in one record of the stream, as the Kinesis Producer Library packs them. */
import { createHash } from "node:crypto";

/** A record that a producer gave to the library, before it was packed. */
export interface UserRecord {
  /** The stream partition key that the producer gave it. */
  readonly partitionKey: string;
  readonly payload: Uint8Array;
}

const MAGIC = Buffer.from("f3899ac2", "hex");
const CHECKSUM_BYTES = 16;

/** True for bytes that begin as aggregated records do; no UTF-8 text does. */
export function isAggregated(bytes: Uint8Array): boolean {
  return bytes[0] === 0xf3 && bytes[1] === 0x89 && bytes[2] === 0x9a && bytes[3] === 0xc2;
}

/**
 * The user records, in order; undefined for bytes that are not an aggregated record after all: another magic, an MD5 that
 * does not match, a message that is not as documented, or one without user records. Such bytes are ordinary bytes.
 * (https://github.com/awslabs/amazon-kinesis-producer/blob/master/aggregation-format.md)
 */
export function unaggregate(bytes: Uint8Array): UserRecord[] | undefined {
  if (!isAggregated(bytes) || bytes.length < MAGIC.length + CHECKSUM_BYTES) return undefined;
  const end = bytes.length - CHECKSUM_BYTES;
  const message = Buffer.from(bytes.buffer, bytes.byteOffset + MAGIC.length, end - MAGIC.length);
  if (!createHash("md5").update(message).digest().equals(bytes.subarray(end))) return undefined;
  const records = readMessage(message);
  return records && records.length > 0 ? records : undefined;
}

/** Packs user records as the library does, each partition key once. For producers and tests. */
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

/** `AggregatedRecord`: 1 partition keys, 2 explicit hash keys, 3 records. */
function readMessage(message: Buffer): UserRecord[] | undefined {
  const keys: string[] = [];
  const records: { key: number; payload: Uint8Array }[] = [];
  for (const { number, value } of fieldsOf(message)) {
    if (typeof value === "number") {
      if (Number.isNaN(value)) return undefined;
    } else if (number === 1) keys.push(value.toString("utf8"));
    else if (number === 3) {
      const record = readRecord(value);
      if (!record) return undefined;
      records.push(record);
    }
  }
  const users: UserRecord[] = [];
  for (const { key, payload } of records) {
    const partitionKey = keys[key];
    if (partitionKey === undefined) return undefined;
    users.push({ partitionKey, payload });
  }
  return users;
}

/** `Record`: 1 index of its partition key, 2 of its explicit hash key, 3 data, 4 tags; 1 and 3 are required. */
function readRecord(message: Buffer): { key: number; payload: Uint8Array } | undefined {
  let key: number | undefined;
  let payload: Uint8Array | undefined;
  for (const { number, value } of fieldsOf(message)) {
    if (typeof value === "number") {
      if (Number.isNaN(value)) return undefined;
      if (number === 1) key = value;
    } else if (number === 3) payload = value;
  }
  return key === undefined || payload === undefined ? undefined : { key, payload };
}

interface Field {
  readonly number: number;
  /** Bytes of a length-delimited field, or the number of a varint; NaN ends a message that is not as it must be. */
  readonly value: number | Buffer;
}

const MALFORMED: Field = { number: 0, value: Number.NaN };

/** The fields of a protobuf message that has varints and length-delimited fields only. */
function* fieldsOf(message: Buffer): Generator<Field> {
  let at = 0;
  const read = (): number => {
    let value = 0;
    for (let scale = 1; scale <= 2 ** 49; scale *= 128) {
      const byte = message[at++];
      if (byte === undefined) return Number.NaN;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    return Number.NaN;
  };
  while (at < message.length) {
    const tag = read();
    const number = Math.floor(tag / 8);
    const value = read();
    if (Number.isNaN(value) || number === 0) yield MALFORMED;
    else if (tag % 8 === 0) yield { number, value };
    else if (tag % 8 === 2 && value <= message.length - at) {
      yield { number, value: message.subarray(at, at + value) };
      at += value;
    } else yield MALFORMED;
  }
}
