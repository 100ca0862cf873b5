/** Declares a lake's tables for programs in any language: only data, with schemas as strings. */
import type { LakeTable } from "../../components/lake/args";
import type { AvroRecord } from "../../lake/schemas/avro";
import type { Fields } from "../../lake/schemas/fields";
import type { JsonSchema } from "../../lake/schemas/json";
import { defineSchema, type Schema } from "../../lake/schemas/schema";

/** Types of columns, as Glue and Athena name them. */
export const ColumnType = {
  Boolean: "boolean",
  Bigint: "bigint",
  Double: "double",
  String: "string",
  Timestamp: "timestamp",
  Date: "date",
  BooleanArray: "array<boolean>",
  BigintArray: "array<bigint>",
  DoubleArray: "array<double>",
  StringArray: "array<string>",
  TimestampArray: "array<timestamp>",
  DateArray: "array<date>",
} as const;
export type ColumnType = (typeof ColumnType)[keyof typeof ColumnType];

export interface TableColumn {
  /** Lower-case letters, digits and `_`. */
  name: string;
  type: ColumnType;
  /** The fields that lead to its values. @default the path that flattens to the name */
  path?: string[];
}

/** One field of a schema; the list's order is that of the table's columns. */
export interface SchemaField {
  name: string;
  type: ColumnType;
  /** True if rows may omit the field or have null in it. @default false */
  optional?: boolean;
}

/** A schema of rows, declared by exactly one of `fields`, `jsonSchema` and `avro`. */
export interface TableSchema {
  /** The name in messages. @default the table's name */
  name?: string;
  /** The fields, if all are plain values or lists of them; nested fields need a JSON Schema. */
  fields?: SchemaField[];
  /** A JSON Schema as a string: 2020-12, or draft-07 if `$schema` names it. The root is an object. */
  jsonSchema?: string;
  /** An Avro record as a JSON string. */
  avro?: string;
}

export interface TableDeclaration {
  /**
   * The table's own columns, besides `_id`, `_arrived` and `_format`; a table with columns needs no crawler.
   * @default none: a crawler finds columns and partitions each hour
   */
  columns?: TableColumn[];
  /** The table's schema, instead of `columns`; it defines the columns, and routers check each row against it. @default none */
  schema?: TableSchema;
}

/** @throws for an invalid schema; the error names the lake and the table */
export function libraryTables(
  lake: string,
  tables: Readonly<Record<string, TableDeclaration>>,
): Record<string, LakeTable> {
  const declared = Object.entries(tables).map(([table, { schema, ...rest }]) => {
    return [table, schema ? { ...rest, schema: librarySchema(lake, table, schema) } : rest] as const;
  });
  return Object.fromEntries(declared);
}

function librarySchema(lake: string, table: string, schema: TableSchema): Schema<object> {
  const { name = table, fields, jsonSchema, avro } = schema;
  const who = `DataLake "${lake}": schema of table "${table}"`;
  const given = Object.entries({ fields, jsonSchema, avro }).filter(([, value]) => value !== undefined);
  if (given.length !== 1) {
    const named = given.map(([key]) => key).join(" and ") || "nothing";
    throw new Error(`${who} is declared by ${named}; use one of fields, jsonSchema and avro.`);
  }
  if (fields) return defineSchema({ name, fields: libraryFields(who, fields) });
  if (avro !== undefined) return defineSchema({ name, avro: parse(`${who}: avro`, avro) as AvroRecord });
  return defineSchema({ name, jsonSchema: parse(`${who}: jsonSchema`, jsonSchema ?? "") as JsonSchema });
}

/** In TypeScript, a name that ends with `?` makes a field optional. */
function libraryFields(who: string, fields: readonly SchemaField[]): Fields {
  const entries = fields.map(({ name, type, optional }) => [optional ? `${name}?` : name, type] as const);
  const twice = entries.find(([name], index) => entries.findIndex(([other]) => other === name) < index);
  if (twice) throw new Error(`${who} has the field "${twice[0]}" twice; keep one.`);
  return Object.fromEntries(entries);
}

function parse(who: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`${who} is not JSON; it has ${text.length} characters.`, { cause });
  }
}
