/** Expressions that convert the text of a value to its column's type as COPY does, and those that find what it refuses. */
import { literal } from "../../../duckdb/sql";
import type { Copy } from "../sql/copy";
import type { NewColumn } from "../sql/createTable";
import { duckType, spelling } from "../sql/types";

/** Expressions of DuckDB over one row of a source. */
interface Conversion {
  /** The value in the column's type; null if it is refused. */
  readonly value: string;
  /** A struct with code and reason, null if the value is loaded. */
  readonly error: string;
}

type Rules = Pick<Copy, "timeFormat" | "truncates" | "emptyAsNull" | "blanksAsNull">;

/** https://docs.aws.amazon.com/redshift/latest/dg/r_Load_Error_Reference.html */
const CODES = { notNull: 1213, length: 1204, number: 1207, boolean: 1208, date: 1205, timestamp: 1206 } as const;

const DEFAULT_TIME = "\\d{4}-\\d\\d-\\d\\d( \\d\\d:\\d\\d:\\d\\d(\\.\\d{1,6})?)?";
const AUTO_TIME = "\\d{4}-\\d\\d-\\d\\d([ T]\\d\\d:\\d\\d(:\\d\\d(\\.\\d{1,9})?)?)?";
/** A TIMESTAMP has no zone: with another offset than UTC's it would be another time. */
const UTC = " ?(Z|[+-]00(:?00)?)?";
const OFFSET = " ?(Z|[+-]\\d\\d(:?\\d\\d)?)?";

/** @param text the value as text, null for a missing one */
export function convertText(column: NewColumn, text: string, rules: Rules): Conversion {
  const { value, isValid, code, reason } = typed(column, text, rules);
  const missing = refusal(CODES.notNull, "'Missing data for not-null field'");
  const invalid = refusal(code, reason);
  const notNull = column.isNullable ? "" : ` WHEN (${value}) IS NULL THEN ${missing}`;
  return {
    value: `CASE WHEN ${isValid} THEN ${value} END`,
    error: `CASE WHEN (${text}) IS NOT NULL AND NOT coalesce(${isValid}, false) THEN ${invalid}${notNull} END`,
  };
}

/** A value that needs no conversion. */
export function convertAny(column: NewColumn, value: string): Conversion {
  const missing = refusal(CODES.notNull, "'Missing data for not-null field'");
  return { value, error: column.isNullable ? "NULL" : `CASE WHEN (${value}) IS NULL THEN ${missing} END` };
}

function refusal(code: number, reason: string): string {
  return `{'code': ${code}, 'reason': ${reason}}`;
}

interface Typed {
  readonly value: string;
  /** Null or false for a value that the column does not take. */
  readonly isValid: string;
  readonly code: number;
  readonly reason: string;
}

function typed(column: NewColumn, text: string, rules: Rules): Typed {
  const { type } = column;
  if (type.name === "varchar" || type.name === "bpchar") return string(column, text, rules);
  // An empty field of another type is null: https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-conversion.html
  const filled = `nullif(trim(${text}), '')`;
  const isEmpty = `${filled} IS NULL`;
  const cast = `TRY_CAST(${filled} AS ${duckType(type)})`;
  const checked = (valid: string, code: number, words: string, value = cast): Typed => ({
    value,
    isValid: `(${isEmpty} OR (${valid} AND (${value}) IS NOT NULL))`,
    code,
    reason: `${literal(`${words}, Type: ${spelling(type)}, Value '`)} || left(${text}, 64) || ''''`,
  });
  switch (type.name) {
    case "int2":
    case "int4":
    case "int8":
      return checked(matches(filled, "[+-]?\\d+"), CODES.number, "Invalid digit or overflow");
    case "numeric": {
      // Without ROUNDEC, COPY cuts off the digits that do not fit.
      const cut = `regexp_replace(${filled}, '^([+-]?\\d*)(\\.\\d{0,${type.scale}})\\d*$', '\\1\\2')`;
      const value = `TRY_CAST(rtrim(${cut}, '.') AS ${duckType(type)})`;
      return checked(
        matches(filled, "[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d+)?"),
        CODES.number,
        "Invalid digit or overflow",
        value,
      );
    }
    case "float4":
    case "float8":
      return checked("true", CODES.number, "Invalid digit");
    case "bool": {
      const value = `CASE WHEN lower(${filled}) IN ('t', 'true', 'y', 'yes', '1') THEN true WHEN lower(${filled}) IN ('f', 'false', 'n', 'no', '0') THEN false END`;
      return checked("true", CODES.boolean, "Unknown boolean format", value);
    }
    case "date":
      return checked(matches(filled, "\\d{4}-\\d\\d-\\d\\d"), CODES.date, "Invalid date format or value [YYYY-MM-DD]");
    case "time":
      return checked(matches(filled, "\\d\\d:\\d\\d(:\\d\\d(\\.\\d{1,6})?)?"), CODES.timestamp, "Invalid time");
    default:
      return time(column, filled, rules, checked);
  }
}

function time(
  { type }: NewColumn,
  filled: string,
  { timeFormat }: Rules,
  checked: (valid: string, code: number, words: string, value?: string) => Typed,
): Typed {
  if (timeFormat === "epochsecs" || timeFormat === "epochmillisecs") {
    const micros = timeFormat === "epochsecs" ? "1000000" : "1000";
    const number = `TRY_CAST(${filled} AS DECIMAL(38, 6))`;
    const value = `CAST(make_timestamp(CAST(${number} * ${micros} AS BIGINT)) AS ${duckType(type)})`;
    return checked(
      `${number} IS NOT NULL`,
      CODES.timestamp,
      `Invalid timestamp format or value [${timeFormat}]`,
      value,
    );
  }
  const isAuto = timeFormat === "auto";
  const zone = type.name === "timestamptz" ? OFFSET : isAuto ? UTC : "";
  const pattern = `${isAuto ? AUTO_TIME : DEFAULT_TIME}${zone}`;
  const words = `Invalid timestamp format or value [${isAuto ? "auto" : "YYYY-MM-DD HH24:MI:SS"}]`;
  const zoned = `TRY_CAST(${filled} AS TIMESTAMPTZ)`;
  const value = type.name === "timestamptz" ? zoned : `timezone('UTC', ${zoned})`;
  return checked(matches(filled, pattern), CODES.timestamp, words, value);
}

function string({ type }: NewColumn, text: string, rules: Rules): Typed {
  const empty = rules.emptyAsNull ? `nullif(${text}, '')` : text;
  const value = rules.blanksAsNull ? `CASE WHEN trim(${empty}) <> '' OR ${empty} = '' THEN ${empty} END` : empty;
  const shortened = rules.truncates ? `redshift_shortened(${value}, ${type.bytes})` : value;
  return {
    value: shortened,
    isValid: `(strlen(${shortened}) <= ${type.bytes} OR (${shortened}) IS NULL)`,
    code: CODES.length,
    reason: literal(`String length exceeds DDL length, Type: ${spelling(type)}`),
  };
}

function matches(text: string, pattern: string): string {
  return `regexp_full_match(${text}, ${literal(pattern)})`;
}
