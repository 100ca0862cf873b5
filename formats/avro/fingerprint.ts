/** The fingerprint of an Avro schema: CRC-64-AVRO of its canonical form, which identifies it in single-object encoding. */
import type { AvroNode } from "./schema";

const EMPTY = 0xc15d213aa4d7a795n;

/** The fingerprint as in a payload: 8 bytes, little-endian, in hexadecimal. */
export function avroFingerprint(schema: AvroNode): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(crc64(Buffer.from(canonicalForm(schema))));
  return bytes.toString("hex");
}

/** https://avro.apache.org/docs/1.12.0/specification/#parsing-canonical-form-for-schemas */
function canonicalForm(schema: AvroNode): string {
  return write(schema, new Set());
}

function write(node: AvroNode, written: Set<string>): string {
  if ("name" in node) {
    if (written.has(node.name)) return JSON.stringify(node.name);
    written.add(node.name);
  }
  switch (node.kind) {
    case "record": {
      const fields = node.fields.map((field) => {
        return `{"name":${JSON.stringify(field.name)},"type":${write(field.node, written)}}`;
      });
      return `{"name":${JSON.stringify(node.name)},"type":"record","fields":[${fields.join(",")}]}`;
    }
    case "enum":
      return `{"name":${JSON.stringify(node.name)},"type":"enum","symbols":${JSON.stringify(node.symbols)}}`;
    case "fixed":
      return `{"name":${JSON.stringify(node.name)},"type":"fixed","size":${node.size}}`;
    case "array":
      return `{"type":"array","items":${write(node.items, written)}}`;
    case "map":
      return `{"type":"map","values":${write(node.values, written)}}`;
    case "union":
      return `[${node.branches.map((branch) => write(branch, written)).join(",")}]`;
    default:
      return `"${node.kind}"`;
  }
}

function crc64(bytes: Uint8Array): bigint {
  const table = Array.from({ length: 256 }, (_, index) => {
    let entry = BigInt(index);
    for (let bit = 0; bit < 8; bit++) entry = (entry >> 1n) ^ (entry & 1n ? EMPTY : 0n);
    return entry;
  });
  let crc = EMPTY;
  for (const byte of bytes) crc = (crc >> 8n) ^ (table[Number((crc ^ BigInt(byte)) & 0xffn)] as bigint);
  return crc;
}
