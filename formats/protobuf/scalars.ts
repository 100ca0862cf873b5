/** Readers of Protobuf's scalar types: the wire type of each, and its row value. */

import type { Value } from "../row";
import { type ProtobufBytes, Wire } from "./bytes";

export interface ScalarReader {
  readonly wire: number;
  readonly read: (bytes: ProtobufBytes, end: number) => Value;
}

const SCALARS: Readonly<Record<string, ScalarReader>> = {
  double: { wire: Wire.fixed64, read: (bytes, end) => finite(bytes.bytes.readDoubleLE(bytes.skip(8, end))) },
  float: { wire: Wire.fixed32, read: (bytes, end) => finite(bytes.bytes.readFloatLE(bytes.skip(4, end))) },
  int32: { wire: Wire.varint, read: (bytes, end) => bytes.int32(end) },
  int64: { wire: Wire.varint, read: (bytes, end) => bytes.signed(end) },
  uint32: { wire: Wire.varint, read: (bytes, end) => bytes.int32(end) >>> 0 },
  uint64: { wire: Wire.varint, read: (bytes, end) => bytes.unsigned(end) },
  sint32: { wire: Wire.varint, read: (bytes, end) => Number(bytes.zigzag(end)) | 0 },
  sint64: { wire: Wire.varint, read: (bytes, end) => bytes.zigzag(end) },
  fixed32: { wire: Wire.fixed32, read: (bytes, end) => bytes.fixed32(end) },
  fixed64: { wire: Wire.fixed64, read: (bytes, end) => bytes.fixed64(end) },
  sfixed32: { wire: Wire.fixed32, read: (bytes, end) => bytes.fixed32(end) | 0 },
  sfixed64: { wire: Wire.fixed64, read: (bytes, end) => bytes.sfixed64(end) },
  bool: { wire: Wire.varint, read: (bytes, end) => bytes.unsigned(end) !== 0 },
  string: { wire: Wire.bytes, read: (bytes, end) => bytes.text(end) },
  bytes: { wire: Wire.bytes, read: (bytes, end) => bytes.base64(end) },
};

export function readScalar(type: string): ScalarReader {
  return SCALARS[type] as ScalarReader;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
