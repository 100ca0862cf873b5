/** Encodes rows as CBOR, each head in its shortest form, with integers of any size. */
import type { Row, Value } from "../row";

export function encodeCbor(value: Value): Buffer {
  const parts: Buffer[] = [];
  write(value, parts);
  return Buffer.concat(parts);
}

function write(value: Value, parts: Buffer[]): void {
  if (value === null) parts.push(Buffer.of(0xf6));
  else if (typeof value === "boolean") parts.push(Buffer.of(value ? 0xf5 : 0xf4));
  else if (typeof value === "string") writeText(value, parts);
  else if (typeof value === "bigint") writeInteger(value, parts);
  else if (typeof value === "number") writeNumber(value, parts);
  else if (Array.isArray(value)) {
    parts.push(head(4, BigInt(value.length)));
    for (const element of value) write(element, parts);
  } else {
    const members = Object.entries(value as Row);
    parts.push(head(5, BigInt(members.length)));
    for (const [name, member] of members) {
      writeText(name, parts);
      write(member, parts);
    }
  }
}

function writeText(text: string, parts: Buffer[]): void {
  const bytes = Buffer.from(text);
  parts.push(head(3, BigInt(bytes.length)), bytes);
}

function writeNumber(value: number, parts: Buffer[]): void {
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) {
    writeInteger(BigInt(value), parts);
    return;
  }
  const bytes = Buffer.alloc(9, 0xfb);
  bytes.writeDoubleBE(value, 1);
  parts.push(bytes);
}

/** An integer beyond 64 bits is a bignum: tag 2 or 3, then its bytes. */
function writeInteger(value: bigint, parts: Buffer[]): void {
  const [sign, size] = value < 0n ? [1, -1n - value] : [0, value];
  if (size < 2n ** 64n) {
    parts.push(head(sign, size));
    return;
  }
  const digits = size.toString(16);
  const bytes = Buffer.from(digits.length % 2 ? `0${digits}` : digits, "hex");
  parts.push(head(6, BigInt(2 + sign)), head(2, BigInt(bytes.length)), bytes);
}

function head(kind: number, number: bigint): Buffer {
  const first = kind << 5;
  if (number < 24n) return Buffer.of(first | Number(number));
  if (number < 0x100n) return Buffer.of(first | 24, Number(number));
  const [low, length] = number < 0x1_0000n ? [25, 2] : number < 0x1_0000_0000n ? [26, 4] : [27, 8];
  return Buffer.concat([Buffer.of(first | low), Buffer.from(number.toString(16).padStart(length * 2, "0"), "hex")]);
}
