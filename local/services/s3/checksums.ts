/** Computes the checksums that S3 clients send in headers or trailers. */
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";

interface Digest {
  update(bytes: Uint8Array): void;
  /** Base64. */
  result(): string;
}

/** @param name from `x-amz-checksum-<name>`. Returns undefined for an algorithm that S3 does not have. */
export function checksum(name: string): Digest | undefined {
  if (name === "sha1" || name === "sha256") {
    const hash = createHash(name);
    return { update: (bytes) => void hash.update(bytes), result: () => hash.digest("base64") };
  }
  if (name === "crc32" || name === "crc32c") {
    const next = name === "crc32" ? nativeCrc32 : crc32c;
    let value = 0;
    return {
      update(bytes) {
        value = next(bytes, value);
      },
      result() {
        const bytes = Buffer.alloc(4);
        bytes.writeUInt32BE(value >>> 0);
        return bytes.toString("base64");
      },
    };
  }
  return name === "crc64nvme" ? crc64Nvme() : undefined;
}

/** `zlib.crc32` exists since Node 20.15. */
const nativeCrc32: (bytes: Uint8Array, value: number) => number = crc32 ?? withTable(0xedb88320);
const crc32c = withTable(0x82f63b78);

function withTable(polynomial: number): (bytes: Uint8Array, value: number) => number {
  const table = new Uint32Array(256);
  for (let index = 0; index < 256; index++) {
    let value = index;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
    table[index] = value;
  }
  return (bytes, start) => {
    let value = ~start >>> 0;
    for (const byte of bytes) value = (value >>> 8) ^ (table[(value ^ byte) & 0xff] as number);
    return ~value >>> 0;
  };
}

/** CRC-64/NVME, in two halves because JavaScript's integers are 32 bits wide. */
function crc64Nvme(): Digest {
  let high = -1;
  let low = -1;
  return {
    update(bytes) {
      for (const byte of bytes) {
        const entry = ((low ^ byte) & 0xff) * 2;
        low = ((low >>> 8) | (high << 24)) ^ (CRC64_TABLE[entry + 1] as number);
        high = (high >>> 8) ^ (CRC64_TABLE[entry] as number);
      }
    },
    result() {
      const bytes = Buffer.alloc(8);
      bytes.writeUInt32BE(~high >>> 0, 0);
      bytes.writeUInt32BE(~low >>> 0, 4);
      return bytes.toString("base64");
    },
  };
}

/** Alternates high and low halves. */
const CRC64_TABLE = Int32Array.from({ length: 256 }, (_, index) => index).reduce((table, index) => {
  let high = 0;
  let low = index;
  for (let bit = 0; bit < 8; bit++) {
    const carry = low & 1;
    low = (low >>> 1) | (high << 31);
    high >>>= 1;
    if (carry) {
      high ^= 0x9a6c9329;
      low ^= 0xac4bc9b5;
    }
  }
  table[index * 2] = high;
  table[index * 2 + 1] = low;
  return table;
}, new Int32Array(512));
