/** Encodes row values in Avro's binary encoding: the reverse of `avroReader`. */

import type { Row, Value } from "../row";
import { timestampCount } from "../values/binaryTimestamp";
import { decimalUnscaled } from "../values/decimalText";
import type { AvroLogical, AvroNode } from "./schema";

/** @throws TypeError for a value that the schema cannot hold */
export function writeAvro(node: AvroNode, value: Value | undefined): Buffer {
  if ("logical" in node && node.logical) return writeLogical(node, node.logical, value);
  switch (node.kind) {
    case "null":
      if (value !== null && value !== undefined) throw mismatch(node, value);
      return Buffer.alloc(0);
    case "boolean":
      if (typeof value !== "boolean") throw mismatch(node, value);
      return Buffer.from([value ? 1 : 0]);
    case "int":
    case "long":
      return writeLong(integer(node, value));
    case "float":
    case "double":
      return writeFloat(node.kind, value);
    case "string":
      if (typeof value !== "string") throw mismatch(node, value);
      return withLength(Buffer.from(value));
    case "bytes":
      if (typeof value !== "string") throw mismatch(node, value);
      return withLength(Buffer.from(value, "base64"));
    case "fixed":
      return fixed(node.size, typeof value === "string" ? Buffer.from(value, "base64") : undefined);
    case "enum": {
      const index = node.symbols.indexOf(value as string);
      if (index < 0) throw mismatch(node, value);
      return writeLong(BigInt(index));
    }
    case "array":
      if (!Array.isArray(value)) throw mismatch(node, value);
      return blocks(value.map((item) => writeAvro(node.items, item)));
    case "map":
      if (!isNamed(value)) throw mismatch(node, value);
      return blocks(
        Object.entries(value).map(([name, one]) =>
          Buffer.concat([withLength(Buffer.from(name)), writeAvro(node.values, one)]),
        ),
      );
    case "record":
      if (!isNamed(value)) throw mismatch(node, value);
      return Buffer.concat(node.fields.map((field) => writeAvro(field.node, value[field.name])));
    case "union":
      return writeUnion(node.branches, value);
  }
}

export function writeLong(value: bigint): Buffer {
  let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
  const bytes: number[] = [];
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}

export function withLength(bytes: Buffer): Buffer {
  return Buffer.concat([writeLong(BigInt(bytes.length)), bytes]);
}

/** Writes the value to the first branch that can hold it. */
function writeUnion(branches: readonly AvroNode[], value: Value | undefined): Buffer {
  for (const [index, branch] of branches.entries()) {
    try {
      return Buffer.concat([writeLong(BigInt(index)), writeAvro(branch, value)]);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
  }
  throw new TypeError(`avro: no branch of a union of ${branches.length} holds ${describe(value)}`);
}

function integer(node: AvroNode, value: Value | undefined): bigint {
  if (typeof value !== "bigint" && !Number.isSafeInteger(value)) throw mismatch(node, value);
  const whole = BigInt(value as number | bigint);
  if (BigInt.asIntN(node.kind === "int" ? 32 : 64, whole) !== whole) throw mismatch(node, value);
  return whole;
}

/** Null is written as NaN, because values that are not finite are read as null. */
function writeFloat(kind: "float" | "double", value: Value | undefined): Buffer {
  if (typeof value !== "number" && value !== null) throw mismatch({ kind }, value);
  const bytes = Buffer.alloc(kind === "float" ? 4 : 8);
  if (kind === "float") bytes.writeFloatLE(value ?? Number.NaN);
  else bytes.writeDoubleLE(value ?? Number.NaN);
  return bytes;
}

function writeLogical(node: AvroNode, logical: AvroLogical, value: Value | undefined): Buffer {
  if (typeof value !== "string") throw mismatch(node, value);
  switch (logical.type) {
    case "uuid":
      return fixed(16, Buffer.from(value.replaceAll("-", ""), "hex"));
    case "decimal": {
      const unscaled = decimalUnscaled(value, logical.scale);
      if (unscaled === undefined) throw mismatch(node, value);
      const bytes = signedBytes(unscaled, node.kind === "fixed" ? node.size : undefined);
      return node.kind === "fixed" ? bytes : withLength(bytes);
    }
    case "date":
      return writeLong(count(`${value}T00:00:00Z`, "s") / 86_400n);
    case "time":
      return writeLong(count(`1970-01-01T${value}Z`, logical.unit));
    case "timestamp":
    case "local-timestamp": {
      const text = logical.type === "timestamp" ? value : `${value}Z`;
      if (logical.unit !== "ns") return writeLong(count(text, logical.unit));
      const digits = /\.(\d{9})Z$/.exec(text)?.[1];
      if (digits === undefined) return writeLong(count(text, "us") * 1_000n);
      return writeLong(count(text.replace(/\.\d+Z$/, "Z"), "s") * 1_000_000_000n + BigInt(digits));
    }
  }
}

function count(text: string, unit: "s" | "ms" | "us"): bigint {
  const found = timestampCount(text, unit);
  if (found === undefined)
    throw new TypeError(`avro: a text of ${text.length} characters is not a time to the ${unit}`);
  return found;
}

function signedBytes(value: bigint, size: number | undefined): Buffer {
  let bytes = size ?? 1;
  if (size === undefined) while (BigInt.asIntN(bytes * 8, value) !== value) bytes += 1;
  if (BigInt.asIntN(bytes * 8, value) !== value) throw new TypeError(`avro: a decimal does not fit ${bytes} bytes`);
  return Buffer.from(
    BigInt.asUintN(bytes * 8, value)
      .toString(16)
      .padStart(bytes * 2, "0"),
    "hex",
  );
}

function fixed(size: number, bytes: Buffer | undefined): Buffer {
  if (bytes?.length !== size) throw new TypeError(`avro: ${size} bytes are needed, got ${bytes?.length ?? "no text"}`);
  return bytes;
}

function blocks(items: readonly Buffer[]): Buffer {
  if (items.length === 0) return Buffer.from([0]);
  return Buffer.concat([writeLong(BigInt(items.length)), ...items, Buffer.from([0])]);
}

function isNamed(value: Value | undefined): value is Row {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function mismatch(node: { readonly kind: string }, value: Value | undefined): TypeError {
  return new TypeError(`avro: ${node.kind} cannot hold ${describe(value)}`);
}

function describe(value: Value | undefined): string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "string") return `a text of ${value.length} characters`;
  return Array.isArray(value) ? "an array" : typeof value;
}
