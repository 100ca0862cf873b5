/** Decodes a payload of consecutive maps, which is how MessagePack and CBOR carry several rows. */

import { FormatError } from "../formatError";
import { beyond, type Limits } from "../limits";
import type { Payload } from "../payload";
import type { DecodedRow, Row, Value } from "../row";
import { ByteReader } from "./byteReader";
import type { KeyCache } from "./keyCache";

export interface MapCodec {
  readonly format: string;
  /** Reads the value at the reader's position. @param depth depth of maps and arrays, 1 at the top */
  readItem(reader: ByteReader, depth: number): Value;
}

/** @throws FormatError for values that are not maps, and for payloads beyond the limits */
export function decodeMaps(payload: Payload, codec: MapCodec, limits: Limits, keys: KeyCache): DecodedRow[] {
  const reader = new ByteReader(payload.bytes, codec.format, limits, keys);
  try {
    return readMaps(reader, codec, limits);
  } finally {
    payload.unpacked.values += reader.values + reader.costOfNames;
  }
}

function readMaps(reader: ByteReader, { format, readItem }: MapCodec, limits: Limits): DecodedRow[] {
  const rows: DecodedRow[] = [];
  while (!reader.isAtEnd) {
    if (rows.length === limits.rows) throw new FormatError(format, beyond("rows", limits.rows), "limits");
    const start = reader.at;
    const value = readItem(reader, 1);
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new FormatError(format, `byte ${start} of ${reader.bytes.length}: expected a map with text keys`);
    }
    rows.push({ row: value as Row });
  }
  return rows;
}
