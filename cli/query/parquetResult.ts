/** Writes the rows of a query as a Parquet file whose columns have the types of the query. */
import { CommandError } from "../errors";
import type { StringResult } from "../run/athena";

type Column = StringResult["columns"][number];

/** A column of the file's schema. */
interface Element {
  readonly name: string;
  readonly type?: string;
  readonly converted_type?: string;
  readonly logical_type?: object;
  readonly scale?: number;
  readonly precision?: number;
  readonly num_children?: number;
  readonly repetition_type?: "OPTIONAL";
}

interface Form {
  readonly element: Omit<Element, "name" | "repetition_type">;
  /** Undefined for a string that is no value of the type. */
  read(text: string): unknown;
}

/** The part of hyparquet-writer that is used; it is an ES module. */
interface Writer {
  parquetWriteBuffer(options: {
    columnData: readonly { readonly name: string; readonly data: readonly unknown[] }[];
    schema: readonly Element[];
  }): ArrayBuffer;
}

/** @throws CommandError for a value that is not of its column's type */
export function parquetResult({ columns, rows }: Pick<StringResult, "columns" | "rows">): Uint8Array {
  const forms = columns.map(formOf);
  const columnData = columns.map(({ Name, Type }, at) => {
    const data = rows.map((row) => {
      const text = row[at] ?? null;
      const value = text === null ? null : forms[at]?.read(text);
      if (value !== undefined) return value;
      throw new CommandError(
        `streamlake query: column "${Name}": a value of ${text?.length} characters is no ${Type}; write it as csv`,
      );
    });
    return { name: Name, data };
  });
  const elements = columns.map(({ Name }, at): Element => {
    return { ...forms[at]?.element, name: Name, repetition_type: "OPTIONAL" };
  });
  const { parquetWriteBuffer } = require("hyparquet-writer") as Writer;
  const schema: Element[] = [{ name: "root", num_children: columns.length }, ...elements];
  return new Uint8Array(parquetWriteBuffer({ columnData, schema }));
}

const STRING: Form = { element: { type: "BYTE_ARRAY", converted_type: "UTF8" }, read: (text) => text };

function formOf({ Type, Precision = 0, Scale = 0 }: Column): Form {
  if (Type === "decimal" && Precision >= 1 && Precision <= 18) {
    return {
      element: { type: "INT64", converted_type: "DECIMAL", scale: Scale, precision: Precision },
      read: (text) => unscaled(text, Scale),
    };
  }
  return FORMS[Type] ?? STRING;
}

const integer = (bits: 32 | 64): Form => ({
  element: { type: `INT${bits}` },
  read: (text) => (/^-?\d+$/.test(text) ? (bits === 64 ? BigInt(text) : Number(text)) : undefined),
});
const floating = (type: "FLOAT" | "DOUBLE"): Form => ({
  element: { type },
  read: (text) => (text === "NaN" || !Number.isNaN(Number(text)) ? Number(text) : undefined),
});

/** By Athena's names; others, such as arrays and times with a zone, are written as Athena's strings. */
const FORMS: Readonly<Record<string, Form>> = {
  boolean: {
    element: { type: "BOOLEAN" },
    read: (text) => (text === "true" ? true : text === "false" ? false : undefined),
  },
  tinyint: integer(32),
  smallint: integer(32),
  integer: integer(32),
  bigint: integer(64),
  float: floating("FLOAT"),
  real: floating("FLOAT"),
  double: floating("DOUBLE"),
  date: {
    element: { type: "INT32", converted_type: "DATE" },
    read: (text) => (/^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) / 86_400_000 : undefined),
  },
  timestamp: {
    element: {
      type: "INT64",
      logical_type: { type: "TIMESTAMP", isAdjustedToUTC: false, unit: "MICROS" },
    },
    read: micros,
  },
};

/** `2026-11-21 18:00:00.000`, as microseconds of that time in UTC. */
function micros(text: string): bigint | undefined {
  const [, day, time, fraction = ""] = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?$/.exec(text) ?? [];
  if (day === undefined) return undefined;
  return BigInt(Date.parse(`${day}T${time}Z`)) * 1000n + BigInt(fraction.padEnd(6, "0"));
}

function unscaled(text: string, scale: number): bigint | undefined {
  const [, sign = "", whole = "", fraction = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  if (whole === "" || fraction.length > scale) return undefined;
  return BigInt(`${sign}${whole}${fraction.padEnd(scale, "0")}`);
}
