/** KPL-aggregated records: many user records in one record of the stream, as the Kinesis Producer Library packs them. */
import { createHash } from "node:crypto";

/** A record of the producer, before the library packed it. */
export interface UserRecord {
  /** The stream partition key that the producer chose. */
  readonly partitionKey: string;
  readonly payload: Uint8Array;
}

const MAGIC = Buffer.from("f3899ac2", "hex");
const CHECKSUM_BYTES = 16;

/** True for bytes that begin like an aggregated record; no UTF-8 text begins so. */
export function isAggregated(bytes: Uint8Array): boolean {
  return bytes[0] === 0xf3 && bytes[1] === 0x89 && bytes[2] === 0x9a && bytes[3] === 0xc2;
}

/**
 * The user records, in order. Undefined for ordinary bytes: another magic, an MD5 that does not match, a message that differs
 * from the documented format, or a message without user records.
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

/** `AggregatedRecord`: 1 partition keys, 2 explicit hash keys, 3 records. */
function readMessage(message: Buffer): UserRecord[] | undefined {
  const keys: string[] = [];
  // Per record: the index of its key, and the start and end of its data. Objects would take many times the record's bytes.
  const places: number[] = [];
  const fields = new Fields(message, 0, message.length);
  while (fields.next()) {
    if (fields.number === 1 && fields.isBytes) keys.push(message.toString("utf8", fields.start, fields.end));
    else if (fields.number === 3 && fields.isBytes && !readRecord(message, fields, places)) return undefined;
  }
  if (fields.isMalformed) return undefined;
  const users: UserRecord[] = [];
  for (let at = 0; at < places.length; at += 3) {
    const partitionKey = keys[places[at] as number];
    if (partitionKey === undefined) return undefined;
    users.push({ partitionKey, payload: message.subarray(places[at + 1], places[at + 2]) });
  }
  return users;
}

/** `Record`: 1 index of its partition key, 2 of its explicit hash key, 3 data, 4 tags; 1 and 3 are required. */
function readRecord(message: Buffer, { start, end }: Fields, places: number[]): boolean {
  let key = -1;
  let from = -1;
  let to = -1;
  const fields = new Fields(message, start, end);
  while (fields.next()) {
    if (fields.number === 1 && !fields.isBytes) key = fields.value;
    else if (fields.number === 3 && fields.isBytes) [from, to] = [fields.start, fields.end];
  }
  if (fields.isMalformed || key < 0 || from < 0) return false;
  places.push(key, from, to);
  return true;
}

/** Reads a protobuf message of varints and length-delimited fields, one field at a time. */
class Fields {
  number = 0;
  isBytes = false;
  /** The value of a varint; the length of a length-delimited field. */
  value = 0;
  /** The start of a length-delimited field's bytes. */
  start = 0;
  end = 0;
  isMalformed = false;

  constructor(
    private readonly message: Buffer,
    private at: number,
    private readonly last: number,
  ) {}

  /** False at the end of the message, and at a malformed field. */
  next(): boolean {
    if (this.at >= this.last) return false;
    const tag = this.varint();
    const value = this.varint();
    this.number = Math.floor(tag / 8);
    this.isBytes = tag % 8 === 2;
    this.value = value;
    this.start = this.at;
    this.end = this.at + value;
    if (this.isBytes) this.at = this.end;
    // A varint that does not end is NaN, so every comparison with it is false.
    if (this.number > 0 && (this.isBytes || tag % 8 === 0) && value >= 0 && this.at <= this.last) return true;
    this.isMalformed = true;
    return false;
  }

  private varint(): number {
    let value = 0;
    for (let scale = 1; scale <= 2 ** 49; scale *= 128) {
      const byte = this.at < this.last ? this.message[this.at] : undefined;
      if (byte === undefined) return Number.NaN;
      this.at += 1;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    return Number.NaN;
  }
}
