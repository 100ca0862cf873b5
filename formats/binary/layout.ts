/** Declared layouts of fixed-layout binary records, and the checks of their options. */

export type NumberType = "u8" | "u16" | "u32" | "u64" | "i8" | "i16" | "i32" | "i64" | "f32" | "f64";

/** One field, in the order of the bytes; there is no alignment other than declared `pad`. */
export type BinaryField =
  /** Integers beyond ±(2^53 − 1) become bigints; floats that are not finite become null. */
  | { readonly name: string; readonly type: NumberType }
  /** UTF-8 in a fixed number of bytes, padded with NUL at its end. */
  | { readonly name: string; readonly type: "text"; readonly bytes: number }
  /** UTF-8 after its length in bytes, which is a u8 or a u16. */
  | { readonly name: string; readonly type: "text8" | "text16" }
  /**
   * Time since 1970-01-01 UTC, read as ISO text with `Z`: `2026-11-20T10:04:09.123Z`, with six digits for `us`. `width` is 8
   * bytes, signed (the default), or 4 bytes, unsigned, for seconds only. The year must lie in 1 to 9999.
   */
  | { readonly name: string; readonly type: "timestamp"; readonly unit: "s" | "ms" | "us"; readonly width?: 4 | 8 }
  /** Bytes that are skipped and not checked. */
  | { readonly type: "pad"; readonly bytes: number };

/**
 * @example
 * { name: "reading", magic: "534c01", endianness: "little", fields: [
 *   { name: "sensor", type: "u32" },
 *   { name: "at", type: "timestamp", unit: "ms" },
 *   { name: "celsius", type: "f32" } ] }
 */
export interface BinaryLayout {
  readonly name: string;
  /** The first bytes of every frame, in hexadecimal: 2 to 16 bytes; blanks are ignored. */
  readonly magic: string;
  readonly endianness: "little" | "big";
  readonly fields: readonly BinaryField[];
}

/** Frames of several layouts may follow each other in one payload; the magic of a frame identifies its layout. */
export interface BinaryOptions {
  readonly layouts: readonly BinaryLayout[];
  /** The column for the layout's name, in every row. @default none */
  readonly layoutColumn?: string;
}

const NUMBER_TYPES: readonly string[] = ["u8", "u16", "u32", "u64", "i8", "i16", "i32", "i64", "f32", "f64"];
const TYPES = [...NUMBER_TYPES, "text", "text8", "text16", "timestamp", "pad"];
const MAGIC = /^[0-9a-f]{4,32}$/;
/** The first bytes of other payloads: gzip, a byte order mark, JSON. */
const TAKEN_MAGIC = /^(?:1f8b|efbbbf|7b|5b)/;
const MAX_FIELD_BYTES = 65_535;

/** The magic in lower-case hexadecimal without blanks. */
export function magicOf(layout: BinaryLayout): string {
  return String(layout.magic).replaceAll(" ", "").toLowerCase();
}

/** The problems of the options, one sentence each. */
export function checkBinaryOptions(options: BinaryOptions): string[] {
  const { layouts, layoutColumn, ...others } = options;
  const problems = Object.keys(others).map((name) => `binary.${name} is not an option; use layouts or layoutColumn`);
  if (!Array.isArray(layouts) || layouts.length === 0)
    return [...problems, "binary.layouts must be a list of at least one layout"];
  for (const layout of layouts as readonly BinaryLayout[]) problems.push(...checkLayout(layout, layoutColumn));
  for (const [index, layout] of (layouts as readonly BinaryLayout[]).entries()) {
    for (const other of layouts.slice(index + 1) as readonly BinaryLayout[]) {
      if (layout.name === other.name) problems.push(`binary layout "${layout.name}" is declared twice`);
      const [one, two] = [magicOf(layout), magicOf(other)];
      if (one.startsWith(two) || two.startsWith(one)) {
        problems.push(
          `binary layouts "${layout.name}" and "${other.name}" cannot be told apart: one magic begins the other`,
        );
      }
    }
  }
  return problems;
}

function checkLayout(layout: BinaryLayout, layoutColumn: string | undefined): string[] {
  const who = `binary layout "${String(layout.name)}"`;
  const problems: string[] = [];
  if (typeof layout.name !== "string" || layout.name === "") problems.push(`${who} needs a name`);
  const magic = magicOf(layout);
  if (!MAGIC.test(magic) || magic.length % 2 === 1) {
    problems.push(`${who}: magic "${String(layout.magic)}" is not 2 to 16 bytes in hexadecimal`);
  } else if (TAKEN_MAGIC.test(magic)) {
    problems.push(`${who}: magic "${layout.magic}" begins as gzip, a byte order mark or JSON does`);
  }
  if (layout.endianness !== "little" && layout.endianness !== "big") {
    problems.push(`${who}: endianness is "${String(layout.endianness)}"; use "little" or "big"`);
  }
  if (!Array.isArray(layout.fields)) return [...problems, `${who}: fields must be a list`];
  const names = (layout.fields as readonly BinaryField[]).flatMap((field) =>
    field.type === "pad" ? [] : [field.name],
  );
  if (names.length === 0) problems.push(`${who} has no field with a name`);
  if (layoutColumn !== undefined) names.unshift(layoutColumn);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) problems.push(`${who} names "${twice}" twice`);
  return [...problems, ...layout.fields.flatMap((field, index) => checkField(field, `${who}, field ${index + 1}`))];
}

function checkField(field: BinaryField, who: string): string[] {
  const { type } = field;
  if (!TYPES.includes(type)) return [`${who}: type "${String(type)}" is not one of ${TYPES.join(", ")}`];
  const problems: string[] = [];
  if (type !== "pad" && (typeof field.name !== "string" || field.name === "")) problems.push(`${who} needs a name`);
  if (type === "text" || type === "pad") {
    if (!Number.isInteger(field.bytes) || field.bytes < 1 || field.bytes > MAX_FIELD_BYTES) {
      problems.push(`${who}: bytes is ${String(field.bytes)}; use 1 to ${MAX_FIELD_BYTES}`);
    }
  } else if (type === "timestamp") {
    if (!["s", "ms", "us"].includes(field.unit))
      problems.push(`${who}: unit is "${String(field.unit)}"; use "s", "ms" or "us"`);
    if (field.width !== undefined && field.width !== 8 && !(field.width === 4 && field.unit === "s")) {
      problems.push(`${who}: width is ${String(field.width)}; use 8, or 4 with the unit "s"`);
    }
  }
  return problems;
}
