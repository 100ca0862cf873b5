/** Encodes rows as MessagePack. */
import type { Row, Value } from "../row";

/** @throws TypeError for integers beyond 64 bits, which MessagePack cannot hold */
export function encodeMessagePack(value: Value): Buffer {
  const parts: Buffer[] = [];
  write(value, parts);
  return Buffer.concat(parts);
}

function write(value: Value, parts: Buffer[]): void {
  if (value === null) parts.push(Buffer.of(0xc0));
  else if (typeof value === "boolean") parts.push(Buffer.of(value ? 0xc3 : 0xc2));
  else if (typeof value === "string") writeText(value, parts);
  else if (typeof value === "bigint") writeBigint(value, parts);
  else if (typeof value === "number") parts.push(numberBytes(value));
  else if (Array.isArray(value)) {
    parts.push(head(value.length, { small: 0x90, below: 16, u16: 0xdc, u32: 0xdd }));
    for (const element of value) write(element, parts);
  } else {
    const members = Object.entries(value as Row);
    parts.push(head(members.length, { small: 0x80, below: 16, u16: 0xde, u32: 0xdf }));
    for (const [name, member] of members) {
      writeText(name, parts);
      write(member, parts);
    }
  }
}

function writeText(text: string, parts: Buffer[]): void {
  const bytes = Buffer.from(text);
  parts.push(head(bytes.length, { small: 0xa0, below: 32, u8: 0xd9, u16: 0xda, u32: 0xdb }), bytes);
}

/** The first byte of a kind with a length, for each size of the length. */
interface Heads {
  readonly small: number;
  readonly below: number;
  readonly u8?: number;
  readonly u16: number;
  readonly u32: number;
}

function head(length: number, { small, below, u8, u16, u32 }: Heads): Buffer {
  if (length < below) return Buffer.of(small | length);
  if (u8 !== undefined && length < 0x100) return Buffer.of(u8, length);
  if (length < 0x1_0000) return Buffer.of(u16, length >> 8, length & 0xff);
  const bytes = Buffer.of(u32, 0, 0, 0, 0);
  bytes.writeUInt32BE(length, 1);
  return bytes;
}

function numberBytes(value: number): Buffer {
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) return integerBytes(value);
  const bytes = Buffer.alloc(9, 0xcb);
  bytes.writeDoubleBE(value, 1);
  return bytes;
}

function integerBytes(value: number): Buffer {
  if (value >= 0 && value < 0x80) return Buffer.of(value);
  if (value < 0 && value >= -32) return Buffer.of(value & 0xff);
  if (value >= -(2 ** 31) && value < 2 ** 31) {
    const bytes = Buffer.alloc(5, 0xd2);
    bytes.writeInt32BE(value, 1);
    return bytes;
  }
  return bigintBytes(BigInt(value));
}

function writeBigint(value: bigint, parts: Buffer[]): void {
  if (value >= 2n ** 64n || value < -(2n ** 63n)) throw new TypeError("messagepack holds integers of at most 64 bits");
  parts.push(bigintBytes(value));
}

function bigintBytes(value: bigint): Buffer {
  const bytes = Buffer.alloc(9, value < 0n ? 0xd3 : 0xcf);
  if (value < 0n) bytes.writeBigInt64BE(value, 1);
  else bytes.writeBigUInt64BE(value, 1);
  return bytes;
}
