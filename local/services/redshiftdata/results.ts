/** The result of a statement, in the form of the Data API: typed fields and column metadata. */
import type { Json } from "@duckdb/node-api";
import type { ColumnType } from "./sql/types";

export type Field =
  | { readonly isNull: true }
  | { readonly booleanValue: boolean }
  | { readonly longValue: number }
  | { readonly doubleValue: number | "NaN" | "Infinity" | "-Infinity" }
  | { readonly stringValue: string };

export interface ColumnMetadata {
  readonly isCaseSensitive: boolean;
  readonly isCurrency: boolean;
  readonly isSigned: boolean;
  readonly label: string;
  readonly length: number;
  readonly name: string;
  readonly nullable: number;
  readonly precision: number;
  readonly scale: number;
  readonly schemaName: string;
  readonly tableName: string;
  readonly typeName: string;
}

/** What a statement did. */
export interface StatementResult {
  /** Absent for a statement without a result set. */
  readonly set?: { readonly columns: readonly ColumnMetadata[]; readonly records: readonly (readonly Field[])[] };
  /** Rows of the result set, or affected ones; -1 if the statement counts none. */
  readonly rows: number;
}

const PRECISION: Readonly<Record<ColumnType["name"], number>> = {
  int2: 5,
  int4: 10,
  int8: 19,
  numeric: 0,
  float4: 8,
  float8: 17,
  bool: 1,
  bpchar: 0,
  varchar: 65_535,
  date: 13,
  time: 15,
  timestamp: 29,
  timestamptz: 35,
  super: 0,
};

export function columnMetadata(name: string, type: ColumnType): ColumnMetadata {
  const isString = type.name === "varchar" || type.name === "bpchar";
  return {
    isCaseSensitive: isString || type.name === "super",
    isCurrency: false,
    isSigned: /^(int|numeric|float)/.test(type.name),
    label: name,
    length: 0,
    name,
    nullable: 1,
    precision: type.precision ?? PRECISION[type.name],
    scale: type.scale ?? 0,
    schemaName: "",
    tableName: "",
    typeName: type.name,
  };
}

/** @param value as DuckDB gives it: long integers and decimals are strings */
export function fieldOf(value: Json, type: ColumnType): Field {
  if (value === null) return { isNull: true };
  if (type.name === "bool") return { booleanValue: value === true };
  if (/^int/.test(type.name)) return { longValue: Number(value) };
  if (/^float/.test(type.name)) {
    const number = Number(value);
    // JSON has no such numbers: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html, "Float"
    return { doubleValue: Number.isFinite(number) ? number : (String(number) as "NaN" | "Infinity" | "-Infinity") };
  }
  return { stringValue: String(value) };
}
