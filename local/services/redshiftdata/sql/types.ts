/** Redshift's column types: their spelling, their DuckDB counterpart and their name in results. */
import { literal } from "../../../duckdb/sql";
import type { Cursor } from "./cursor";
import { notSimulated, RedshiftError } from "./redshiftError";

/** https://docs.aws.amazon.com/redshift/latest/dg/c_Supported_data_types.html */
export interface ColumnType {
  readonly name:
    | "int2"
    | "int4"
    | "int8"
    | "numeric"
    | "float4"
    | "float8"
    | "bool"
    | "bpchar"
    | "varchar"
    | "date"
    | "time"
    | "timestamp"
    | "timestamptz"
    | "super";
  /** Maximum bytes of a string. Absent for a cast without a length, which does not truncate. */
  readonly bytes?: number;
  readonly precision?: number;
  readonly scale?: number;
}

const MAX_BYTES = { bpchar: 4096, varchar: 65_535 } as const;

const NAMES: Readonly<Record<string, ColumnType["name"]>> = {
  smallint: "int2",
  int2: "int2",
  integer: "int4",
  int: "int4",
  int4: "int4",
  bigint: "int8",
  int8: "int8",
  decimal: "numeric",
  numeric: "numeric",
  real: "float4",
  float4: "float4",
  float: "float8",
  float8: "float8",
  double: "float8",
  boolean: "bool",
  bool: "bool",
  char: "bpchar",
  character: "bpchar",
  nchar: "bpchar",
  bpchar: "bpchar",
  varchar: "varchar",
  nvarchar: "varchar",
  text: "varchar",
  date: "date",
  time: "time",
  timestamp: "timestamp",
  timestamptz: "timestamptz",
  super: "super",
};

const DUCK: Readonly<Record<ColumnType["name"], string>> = {
  int2: "SMALLINT",
  int4: "INTEGER",
  int8: "BIGINT",
  numeric: "DECIMAL",
  float4: "FLOAT",
  float8: "DOUBLE",
  bool: "BOOLEAN",
  bpchar: "VARCHAR",
  varchar: "VARCHAR",
  date: "DATE",
  time: "TIME",
  timestamp: "TIMESTAMP",
  timestamptz: "TIMESTAMPTZ",
  super: "VARIANT",
};

/**
 * Reads a type.
 *
 * @param use a column without a length gets the default one, a cast does not
 * @throws RedshiftError for another type, by its name
 */
export function readType(cursor: Cursor, use: "column" | "cast"): ColumnType {
  const word = cursor.name();
  let name = NAMES[word];
  if (!name) throw notSimulated(`the type ${word.toUpperCase()}`);
  if (word === "double") cursor.expectWords("precision");
  if (word === "character" && cursor.takeWords("varying")) name = "varchar";
  if (name === "time" || name === "timestamp") {
    if (cursor.takeWords("with", "time", "zone")) {
      if (name === "time") throw notSimulated("the type TIMETZ");
      name = "timestamptz";
    } else cursor.takeWords("without", "time", "zone");
  }
  if (name === "numeric") return numeric(cursor);
  if (name === "bpchar" || name === "varchar") return string(cursor, name, word, use);
  if (word === "float" && cursor.isSymbol("(")) throw notSimulated("FLOAT with a precision", "use REAL or FLOAT8");
  return { name };
}

/** DECIMAL without a precision has 18 digits, none of them after the point. */
function numeric(cursor: Cursor): ColumnType {
  if (!cursor.takeSymbol("(")) return { name: "numeric", precision: 18, scale: 0 };
  const precision = cursor.wholeNumber();
  const scale = cursor.takeSymbol(",") ? cursor.wholeNumber() : 0;
  cursor.expectSymbol(")");
  if (precision < 1 || precision > 38) {
    throw new RedshiftError(`DECIMAL precision ${precision} must be between 1 and 38`);
  }
  if (scale > precision) throw new RedshiftError(`DECIMAL scale ${scale} must be between 0 and precision ${precision}`);
  return { name: "numeric", precision, scale };
}

function string(cursor: Cursor, name: "bpchar" | "varchar", word: string, use: "column" | "cast"): ColumnType {
  if (!cursor.takeSymbol("(")) {
    if (use === "cast") return { name };
    return { name, bytes: name === "varchar" || word === "bpchar" ? 256 : 1 };
  }
  const bytes = cursor.takeWords("max") ? MAX_BYTES[name] : cursor.wholeNumber();
  cursor.expectSymbol(")");
  if (bytes < 1 || bytes > MAX_BYTES[name]) {
    throw new RedshiftError(`length for type ${spelling({ name })} cannot exceed ${MAX_BYTES[name]}`);
  }
  return { name, bytes };
}

export function duckType({ name, precision, scale }: ColumnType): string {
  return name === "numeric" ? `DECIMAL(${precision}, ${scale})` : DUCK[name];
}

/** As messages and catalogs write it: `character varying(20)`. */
export function spelling({ name, bytes, precision, scale }: ColumnType): string {
  if (name === "varchar") return bytes === undefined ? "character varying" : `character varying(${bytes})`;
  if (name === "bpchar") return bytes === undefined ? "character" : `character(${bytes})`;
  if (name === "numeric") return `numeric(${precision},${scale})`;
  return name;
}

/** A type as a column's comment, where the database keeps what DuckDB's types do not: `{"name":"varchar","bytes":20}`. */
export function typeComment(type: ColumnType): string {
  return literal(JSON.stringify(type));
}

export function typeOfComment(comment: string): ColumnType {
  return JSON.parse(comment) as ColumnType;
}
