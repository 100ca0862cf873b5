/** A payload that is one map after the other: MessagePack's and CBOR's shape of many rows. */

import { FormatError } from "../formatError";
import { beyond, type Limits } from "../limits";
import type { DecodedRow, Row, Value } from "../row";
import { ByteReader } from "./byteReader";
import type { KeyCache } from "./keyCache";

export interface MapCodec {
  readonly format: string;
  /** Reads the value that begins where the reader stands. @param depth of the maps and arrays in it, 1 at the top */
  readItem(reader: ByteReader, depth: number): Value;
}

/** @throws FormatError for anything but maps, and for what is past the limits */
export function decodeMaps(
  bytes: Buffer,
  { format, readItem }: MapCodec,
  limits: Limits,
  keys: KeyCache,
): DecodedRow[] {
  const reader = new ByteReader(bytes, format, limits, keys);
  const rows: DecodedRow[] = [];
  while (!reader.isAtEnd) {
    if (rows.length === limits.rows) throw new FormatError(format, beyond("rows", limits.rows), "limits");
    const start = reader.at;
    const value = readItem(reader, 1);
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new FormatError(format, `byte ${start} of ${bytes.length}: expected a map with text keys`);
    }
    rows.push({ row: value as Row });
  }
  return rows;
}
