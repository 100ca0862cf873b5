/** Converts result columns and values to Athena's: every value is a string or null. */
import type { Json } from "@duckdb/node-api";

/** A result column, in the form of `ResultSetMetadata`. */
export interface ColumnInfo {
  readonly CatalogName: "hive";
  readonly SchemaName: "";
  readonly TableName: "";
  readonly Name: string;
  readonly Label: string;
  readonly Type: string;
  readonly Precision: number;
  readonly Scale: number;
  readonly Nullable: "UNKNOWN";
  readonly CaseSensitive: boolean;
}

interface TypeInfo {
  readonly type: string;
  readonly precision: number;
  readonly scale?: number;
}

const TYPES: Readonly<Record<string, TypeInfo>> = {
  BOOLEAN: { type: "boolean", precision: 0 },
  TINYINT: { type: "tinyint", precision: 3 },
  SMALLINT: { type: "smallint", precision: 5 },
  INTEGER: { type: "integer", precision: 10 },
  BIGINT: { type: "bigint", precision: 19 },
  // The type of DuckDB's integer sums; Athena's are bigint, and fail on overflow.
  HUGEINT: { type: "bigint", precision: 19 },
  UBIGINT: { type: "bigint", precision: 19 },
  UINTEGER: { type: "bigint", precision: 19 },
  FLOAT: { type: "float", precision: 17 },
  DOUBLE: { type: "double", precision: 17 },
  VARCHAR: { type: "varchar", precision: 2_147_483_647 },
  JSON: { type: "json", precision: 0 },
  BLOB: { type: "varbinary", precision: 1_073_741_824 },
  DATE: { type: "date", precision: 0 },
  TIMESTAMP: { type: "timestamp", precision: 3 },
  "TIMESTAMP WITH TIME ZONE": { type: "timestamp with time zone", precision: 3 },
  TIME: { type: "time", precision: 3 },
  INTERVAL: { type: "interval day to second", precision: 0 },
  SQLNULL: { type: "unknown", precision: 0 },
  NULL: { type: "unknown", precision: 0 },
};

export function columnInfo(name: string, duckType: string): ColumnInfo {
  const { type, precision, scale = 0 } = typeInfo(duckType);
  return {
    CatalogName: "hive",
    SchemaName: "",
    TableName: "",
    Name: name,
    Label: name,
    Type: type,
    Precision: precision,
    Scale: scale,
    Nullable: "UNKNOWN",
    CaseSensitive: type === "varchar",
  };
}

/** Athena's name of a DuckDB type in error messages: `varchar`, `decimal(2,1)`; literals have types of their own. */
export function typeName(duckType: string): string {
  const known = TYPES[duckType.replace(/_LITERAL$/, "").replace(/^STRING$/, "VARCHAR")];
  return known?.type ?? duckType.toLowerCase();
}

function typeInfo(duckType: string): TypeInfo {
  if (duckType.endsWith("]")) return { type: "array", precision: 0 };
  if (duckType.startsWith("STRUCT")) return { type: "row", precision: 0 };
  if (duckType.startsWith("MAP")) return { type: "map", precision: 0 };
  const decimal = /^DECIMAL\((\d+),(\d+)\)$/.exec(duckType);
  if (decimal) return { type: "decimal", precision: Number(decimal[1]), scale: Number(decimal[2]) };
  const known = TYPES[duckType];
  if (!known) throw new TypeError(`local/athena: the DuckDB result type ${duckType} has no counterpart in Athena`);
  return known;
}

/** A value as Athena's string for it. */
export function valueText(value: Json, duckType: string): string | null {
  if (value === null) return null;
  if (duckType.endsWith("[]") && Array.isArray(value)) {
    return `[${value.map((item) => valueText(item, duckType.slice(0, -2)) ?? "null").join(", ")}]`;
  }
  if (duckType === "DOUBLE" || duckType === "FLOAT") return doubleText(Number(value));
  if (duckType === "BLOB") return hexPairs(String(value));
  if (duckType === "TIMESTAMP") return millis(String(value));
  if (duckType === "TIMESTAMP WITH TIME ZONE") return `${millis(String(value).replace(/\+00$/, ""))} UTC`;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Gives `2026-11-20 10:04:09` and `2026-11-20 10:04:09.123456` three digits of fraction. */
function millis(text: string): string {
  const [seconds, fraction = ""] = text.split(".");
  return `${seconds}.${fraction.padEnd(3, "0").slice(0, 3)}`;
}

/** Converts DuckDB's spelling of bytes, plain characters and `\x22`, to Athena's, `7b 22`. */
function hexPairs(text: string): string {
  const bytes = text.replace(
    /\\x([0-9A-F]{2})|./gs,
    (character, escaped: string | undefined) => `${escaped ?? character.charCodeAt(0).toString(16).padStart(2, "0")} `,
  );
  return bytes.trimEnd().toLowerCase();
}

/** Formats a number as Java's `Double.toString`: `1.0`, `1.0E7`, `1.0E-4`. */
function doubleText(value: number): string {
  if (!Number.isFinite(value) || value === 0)
    return Object.is(value, -0) ? "-0.0" : Number.isFinite(value) ? "0.0" : String(value);
  const size = Math.abs(value);
  if (size >= 1e-3 && size < 1e7) return Number.isInteger(value) ? `${value}.0` : String(value);
  const [digits, exponent] = value.toExponential().split("e") as [string, string];
  return `${digits.includes(".") ? digits : `${digits}.0`}E${Number(exponent)}`;
}
