/** The record of deployed schemas, under version control beside `Pulumi.yaml`: the tables' columns as readers see them. */
import { createHash } from "node:crypto";
import { PARTITION_COLUMNS } from "../columns";
import type { Schema } from "./schema";

/** The file's name. */
export const SCHEMA_RECORD = "streamlake.schemas.json";

/** A table as its readers and producers know it. */
export interface RecordedTable {
  readonly columns: readonly RecordedColumn[];
  readonly partitions: readonly { readonly name: string; readonly type: string }[];
  /** The first day that queries see, `2024-01-01`. */
  readonly firstDay: string;
  /** A hash of the schema's JSON Schema, which changes with any rule. */
  readonly rules: string;
}

export interface RecordedColumn {
  readonly name: string;
  readonly type: string;
  /** The fields that lead to its values, as a JSON Pointer. */
  readonly path: string;
  readonly required: boolean;
}

/** By lake and table: `lake/orders`. */
export type SchemaRecord = Readonly<Record<string, RecordedTable>>;

export function recordedTable(schema: Schema<object>, firstDay: string): RecordedTable {
  return {
    columns: schema.columns.map(({ name, type, path, required }) => ({ name, type, path: pointer(path), required })),
    partitions: PARTITION_COLUMNS.map(({ name, type }) => ({ name, type })),
    firstDay,
    rules: createHash("sha256").update(JSON.stringify(schema.jsonSchema)).digest("hex").slice(0, 16),
  };
}

/** Writes one line per column, sorted by table, so that diffs are readable. */
export function writeSchemaRecord(record: SchemaRecord): string {
  const tables = Object.keys(record)
    .sort()
    .map((table) => {
      const { columns, partitions, firstDay, rules } = record[table] as RecordedTable;
      return `  ${JSON.stringify(table)}: {
    "columns": [
${columns.map((column) => `      ${JSON.stringify(column)}`).join(",\n")}
    ],
    "partitions": ${JSON.stringify(partitions)},
    "firstDay": ${JSON.stringify(firstDay)},
    "rules": ${JSON.stringify(rules)}
  }`;
    });
  return `{\n${tables.join(",\n")}\n}\n`;
}

/** @param file for the error */
export function readSchemaRecord(file: string, text: string): SchemaRecord {
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch (cause) {
    throw new Error(`${file} is not JSON; restore it from version control`, { cause });
  }
  const tables = Object.values((record ?? {}) as Record<string, Partial<RecordedTable> | null>);
  if (tables.every((table) => Array.isArray(table?.columns) && Array.isArray(table?.partitions))) {
    return record as SchemaRecord;
  }
  throw new Error(`${file} is not a record of schemas; restore it from version control`);
}

function pointer(path: readonly string[]): string {
  return path.map((name) => `/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}
