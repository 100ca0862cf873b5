/**
 * SQL expressions of Athena that convert a string to a declared type, or to null: the flatten job's rules.
 * `local/flatten/castSql.ts` and `jobs/flatten_hour.py` have the same rules in their languages.
 */
import { type ColumnType, elementType, type ScalarType } from "../columns";

const INTEGER = "\\A[+-]?[0-9]+(\\.0*)?\\z";
const NUMBER = "\\A[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?\\z";
const DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}";
const OFFSET = "[+-](0[0-9]|1[0-5]):[0-5][0-9]";
const TIMESTAMP = `\\A${DATE}([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\.[0-9]{1,9})?(Z|${OFFSET})?)?)?\\z`;

/** Athena's name of a lake type. */
export function athenaType(type: ColumnType): string {
  const element = elementType(type);
  if (element) return `array(${athenaType(element)})`;
  return type === "string" ? "varchar" : type;
}

/**
 * Trino fails to compile a CASE of the form `CASE value WHEN` in a repeated expression, so conditions are written out.
 *
 * Converts an expression of type varchar, which is short because it is repeated. For other types than strings and lists
 * it has no blanks around its value (see `trimmed`).
 */
export function castSql(text: string, type: ColumnType): string {
  const element = elementType(type);
  return element ? castList(text, element) : castScalar(text, type as ScalarType);
}

/** Removes the blanks that the flatten job ignores. */
export function trimmed(text: string): string {
  return `regexp_replace(${text}, '\\A[ \\t]+|[ \\t]+\\z')`;
}

function castList(text: string, element: ScalarType): string {
  const list = `try_cast(try(json_parse(${text})) AS array(json))`;
  if (element !== "string") {
    const scalars = `transform(${list}, item -> ${trimmed("json_extract_scalar(item, '$')")})`;
    return `transform(${scalars}, item -> ${castScalar("item", element)})`;
  }
  // The type json sorts the fields of objects. Strings of objects keep their order, so they come from the text.
  const ofObject = `json_format(json_extract(${text}, '$[' || CAST(i - 1 AS varchar) || ']'))`;
  const item = `coalesce(json_extract_scalar(element_at(${list}, i), '$'), nullif(${ofObject}, 'null'))`;
  const items = `transform(sequence(1, cardinality(${list})), i -> ${item})`;
  return `CASE WHEN cardinality(${list}) > 0 THEN ${items} WHEN cardinality(${list}) = 0 THEN CAST(ARRAY[] AS array(varchar)) END`;
}

function castScalar(text: string, type: ScalarType): string {
  switch (type) {
    case "string":
      return text;
    case "boolean":
      return `CASE WHEN lower(${text}) = 'true' THEN true WHEN lower(${text}) = 'false' THEN false END`;
    case "bigint":
      return when(text, INTEGER, `try_cast(split_part(${text}, '.', 1) AS bigint)`);
    case "double":
      return when(text, NUMBER, `nullif(nullif(try_cast(${text} AS double), infinity()), -infinity())`);
    case "date":
      return when(text, `\\A${DATE}\\z`, `CASE WHEN ${text} >= '0001' THEN try_cast(${text} AS date) END`);
    case "timestamp":
      return when(text, TIMESTAMP, timestampSql(text));
  }
}

/** Times without an offset are in UTC. Digits beyond microseconds are cut, and milliseconds are the catalog's precision. */
function timestampSql(text: string): string {
  const spaced = `regexp_replace(replace(replace(${text}, 'T', ' '), 'Z', '+00:00'), '(\\.[0-9]{6})[0-9]+', '$1')`;
  const rest = `CASE WHEN length(${text}) = 10 THEN ' 00:00:00+00:00' WHEN length(${text}) = 16 THEN ':00+00:00' WHEN regexp_like(${text}, ':.*[-+Z]') THEN '' ELSE '+00:00' END`;
  const time = `try_cast(${spaced} || ${rest} AS timestamp(6) with time zone)`;
  const isInRange = `${time} BETWEEN timestamp '0001-01-01 00:00:00 UTC' AND timestamp '9999-12-31 23:59:59.999999 UTC'`;
  return `CASE WHEN ${isInRange} THEN CAST(${time} AT TIME ZONE 'UTC' AS timestamp(3)) END`;
}

function when(text: string, pattern: string, expression: string): string {
  return `CASE WHEN regexp_like(${text}, '${pattern}') THEN ${expression} END`;
}
