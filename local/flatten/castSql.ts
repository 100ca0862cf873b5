/** DuckDB expressions that convert a string to a declared type, or to null. The Glue script has the same rules. */
import { type ColumnType, elementType, type ScalarType } from "../../lake/columns";
import { literal } from "../duckdb/sql";

const INTEGER = "[+-]?\\d+(\\.0*)?";
const NUMBER = "[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d+)?";
const DATE = "\\d{4}-\\d{2}-\\d{2}";
const TIMESTAMP = `${DATE}([T ]([01]\\d|2[0-3]):[0-5]\\d(:[0-5]\\d(\\.\\d{1,9})?(Z|[+-](0\\d|1[0-5]):[0-5]\\d)?)?)?`;

/** DuckDB's name of a lake type. */
export function duckType(type: ColumnType): string {
  const element = elementType(type);
  if (element) return `${duckType(element)}[]`;
  return type === "string" ? "VARCHAR" : type.toUpperCase();
}

/** Converts an expression of type VARCHAR. */
export function castText(text: string, type: ColumnType): string {
  const element = elementType(type);
  return element ? castList(text, element) : castScalar(text, type as ScalarType);
}

/** True if `castText` turns a value of `text` into null, or into a list with more nulls than before. */
export function failsCast(text: string, type: ColumnType): string {
  const element = elementType(type);
  if (!element) return `(${castText(text, type)} IS NULL AND ${hasContent(text, type)})`;
  const lost = `len(list_filter(${elements(text)}, lambda e: ${hasContent("e", element)} AND ${castScalar("e", element)} IS NULL)) > 0`;
  return `(${hasContent(text, type)} AND (NOT ${isList(text)} OR ${lost}))`;
}

function hasContent(text: string, type: ColumnType): string {
  return type === "string" ? `${text} IS NOT NULL` : `${trimmed(text)} <> ''`;
}

function castScalar(text: string, type: ScalarType): string {
  if (type === "string") return text;
  const value = trimmed(text);
  switch (type) {
    case "boolean":
      return `CASE lower(${value}) WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END`;
    case "bigint":
      return when(value, INTEGER, `TRY_CAST(split_part(${value}, '.', 1) AS BIGINT)`);
    case "double":
      return when(
        value,
        NUMBER,
        `CASE WHEN isfinite(TRY_CAST(${value} AS DOUBLE)) THEN TRY_CAST(${value} AS DOUBLE) END`,
      );
    case "date":
      return when(value, DATE, `CASE WHEN ${value} >= '0001' THEN TRY_CAST(${value} AS DATE) END`);
    case "timestamp":
      return when(value, TIMESTAMP, inRange(`TRY_CAST(${value} AS TIMESTAMPTZ) AT TIME ZONE 'UTC'`, value));
  }
}

function inRange(timestamp: string, value: string): string {
  return `CASE WHEN ${value} >= '0001' AND (${timestamp}) BETWEEN TIMESTAMP '0001-01-01' AND TIMESTAMP '9999-12-31 23:59:59.999999' THEN ${timestamp} END`;
}

function when(value: string, pattern: string, expression: string): string {
  return `CASE WHEN regexp_full_match(${value}, ${literal(pattern)}) THEN ${expression} END`;
}

function trimmed(text: string): string {
  return `trim(${text}, ' ' || chr(9))`;
}

function isList(text: string): string {
  return `(coalesce(json_type(TRY_CAST(${text} AS JSON)), '') = 'ARRAY')`;
}

function elements(text: string): string {
  return `CASE WHEN ${isList(text)} THEN ${elementTexts(text)} END`;
}

/** The elements of a JSON array as strings. DuckDB's own cast to VARCHAR[] would write doubles differently. */
export function elementTexts(text: string): string {
  return `list_transform(CAST(CAST(${text} AS JSON) AS JSON[]), lambda item: item ->> '$')`;
}

function castList(text: string, element: ScalarType): string {
  return `list_transform(${elements(text)}, lambda e: ${castScalar("e", element)})`;
}
