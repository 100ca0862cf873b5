/** Reads Protobuf's well-known messages that represent one value: times, durations and wrappers of scalars. */

import type { Value } from "../row";
import { instantText } from "../values/instantText";
import type { ProtobufBytes } from "./bytes";
import { readScalar } from "./scalars";

type ReadValue = (bytes: ProtobufBytes, end: number) => Value;

const WRAPPED: Readonly<Record<string, [type: string, zero: Value]>> = {
  DoubleValue: ["double", 0],
  FloatValue: ["float", 0],
  Int64Value: ["int64", 0],
  UInt64Value: ["uint64", 0],
  Int32Value: ["int32", 0],
  UInt32Value: ["uint32", 0],
  BoolValue: ["bool", false],
  StringValue: ["string", ""],
  BytesValue: ["bytes", ""],
};

/** `Timestamp` becomes ISO text, `Duration` its seconds as text (`"-1.5s"`), a wrapper its value; undefined for other messages. */
export function readWellKnown(fullName: string): ReadValue | undefined {
  const name = /^\.google\.protobuf\.(\w+)$/.exec(fullName)?.[1] ?? "";
  if (name === "Timestamp") return readTimestamp;
  if (name === "Duration") return readDuration;
  const wrapped = Object.hasOwn(WRAPPED, name) ? WRAPPED[name] : undefined;
  return wrapped && wrapperReader(...wrapped);
}

function wrapperReader(type: string, zero: Value): ReadValue {
  const { wire, read } = readScalar(type);
  return (bytes, end) => {
    let value = zero;
    while (bytes.at < end) {
      const tag = bytes.tag(end);
      if (tag === 8 + wire) value = read(bytes, end);
      else bytes.skipValue(tag & 7, end);
    }
    return value;
  };
}

/** `int64 seconds = 1; int32 nanos = 2;` */
function readParts(bytes: ProtobufBytes, end: number): { seconds: number; nanos: number } {
  let seconds: number | bigint = 0;
  let nanos = 0;
  while (bytes.at < end) {
    const tag = bytes.tag(end);
    if (tag === 8) seconds = bytes.signed(end);
    else if (tag === 16) nanos = bytes.int32(end);
    else bytes.skipValue(tag & 7, end);
  }
  if (typeof seconds === "bigint") throw bytes.refuse("far too many seconds");
  return { seconds, nanos };
}

function readTimestamp(bytes: ProtobufBytes, end: number): string {
  const { seconds, nanos } = readParts(bytes, end);
  const text = nanos < 0 || nanos > 999_999_999 ? undefined : instantText(seconds, nanos);
  if (text === undefined) throw bytes.refuse("a time outside the years 1 to 9999");
  return text;
}

function readDuration(bytes: ProtobufBytes, end: number): string {
  const { seconds, nanos } = readParts(bytes, end);
  if (Math.abs(nanos) > 999_999_999 || seconds * nanos < 0) throw bytes.refuse("a duration whose parts disagree");
  const sign = seconds < 0 || nanos < 0 ? "-" : "";
  const digits = String(Math.abs(nanos)).padStart(9, "0").replace(/0+$/, "");
  return `${sign}${Math.abs(seconds)}${digits && `.${digits}`}s`;
}
