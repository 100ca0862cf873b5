/** A lake's tables, as programs in any language declare them: data alone, schemas as texts. */
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
  /** Whether rows may leave it out, or have null there. @default false */
  optional?: boolean;
}

/** A schema of rows: by exactly one of `fields`, `jsonSchema` and `avro`. */
export interface TableSchema {
  /** For messages. @default the table's name */
  name?: string;
  /** Its fields, where all are plain values or lists of them; nested ones take a JSON Schema. */
  fields?: SchemaField[];
  /** The text of a JSON Schema, 2020-12, or draft-07 where `$schema` says so. The root is an object. */
  jsonSchema?: string;
  /** The text of an Avro record. */
  avro?: string;
}

export interface TableDeclaration {
  /**
   * The table's own columns, beside `_id`, `_arrived` and `_format`; with them the table needs no crawler.
   * @default none: a crawler finds columns and partitions each hour
   */
  columns?: TableColumn[];
  /** The table's schema, instead of `columns`: it gives the columns, and routers check each row against it. @default none */
  schema?: TableSchema;
}

/** @throws for a schema that is no schema, naming the lake and the table */
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

/** A name that ends with `?` is how TypeScript says that a field is optional. */
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
