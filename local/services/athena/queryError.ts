/**
 * Words DuckDB's errors as Athena's, on one line with the place in the query. The names and texts are Trino's, as Athena reports
 * them (https://docs.aws.amazon.com/athena/latest/ug/troubleshooting-athena.html;
 * https://github.com/trinodb/trino: FunctionResolver, ExpressionAnalyzer, AggregationAnalyzer, StatementAnalyzer).
 */
import { AthenaError } from "./athenaError";
import { MAPPED_FUNCTIONS } from "./functions";
import { typeName } from "./resultTypes";

/** An error of DuckDB with `errors_as_json`. */
interface DuckDbError {
  readonly exception_type: string;
  readonly exception_message: string;
  /** The first byte of the failing expression. */
  readonly position?: string;
  readonly error_subtype?: string;
  /** `sum(VARCHAR)` */
  readonly call?: string;
}

/** Longer values of rows are cut. */
const MAX_VALUE = 60;

/**
 * @param cause has a message of DuckDB with `errors_as_json`
 * @param sql the query as DuckDB got it
 * @param given the query as the caller wrote it; if it differs, places are left out
 */
export function queryError(cause: Error, sql: string, given: string): AthenaError {
  const error = read(cause);
  const bad = /HIVE_BAD_DATA: (.*)/.exec(error.exception_message);
  if (bad) return new AthenaError("HIVE_BAD_DATA", bad[1] as string, { cause });
  const at = error.position === undefined ? undefined : Number(error.position);
  const [code, detail] = wording(error, at === undefined ? "" : textFrom(sql, at));
  // A value of a row has no place in the query.
  const hasPlace = at !== undefined && sql === given && error.exception_type !== "Conversion";
  return new AthenaError(code, `${hasPlace ? placeOf(sql, at) : ""}${detail}`, { cause });
}

/** `line 1:8: ` */
export function placeOf(sql: string, at: number): string {
  const before = Buffer.from(sql).subarray(0, at).toString();
  return `line ${before.split("\n").length}:${[...before.slice(before.lastIndexOf("\n") + 1)].length + 1}: `;
}

function read(cause: Error): DuckDbError {
  try {
    return JSON.parse(cause.message) as DuckDbError;
  } catch {
    // Some errors, as of an interrupted query, are plain text.
    return { exception_type: "", exception_message: cause.message };
  }
}

/** The error's code and detail. @param written the query from the failing expression on */
function wording({ exception_type, exception_message: message, error_subtype, call }: DuckDbError, written: string) {
  if (error_subtype === "NO_MATCHING_FUNCTION" && call !== undefined) return unexpectedParameters(call);
  const [, left, right] = /^Cannot (?:compare|mix) values of type (.+?) and (?:type )?(\S+)/.exec(message) ?? [];
  if (left !== undefined && right !== undefined) {
    const operator = /^(?:<=|>=|<>|!=|=|<|>)/.exec(written)?.[0];
    const [one, other] = [typeName(left), typeName(right)];
    const problem = operator
      ? `Cannot apply operator: ${one} ${operator} ${other}`
      : `Cannot find common type between ${one} and ${other}`;
    return ["TYPE_MISMATCH", problem] as const;
  }
  if (/^Referenced (?:column|table) |^(?:Table|Values list) ".*" does not have a column named/.test(message)) {
    const name = columnAt(written) ?? /"([^"]*)"/.exec(message)?.[1] ?? "";
    return [
      "COLUMN_NOT_FOUND",
      `Column '${name}' cannot be resolved or requester is not authorized to access requested resources`,
    ] as const;
  }
  const macro = /^Macro (?:athena_)?(\w+)\(\) does not support the supplied arguments/.exec(message)?.[1];
  if (macro !== undefined) return ["FUNCTION_NOT_FOUND", `Unexpected parameters for function ${macro}`] as const;
  const ungrouped = /^column "?(.+?)"? must appear in the GROUP BY clause/.exec(message)?.[1];
  if (ungrouped !== undefined) {
    return [
      "EXPRESSION_NOT_AGGREGATE",
      `'${ungrouped}' must be an aggregate expression or appear in GROUP BY clause`,
    ] as const;
  }
  const ambiguous = /^Ambiguous reference to column name "(.+?)"/.exec(message)?.[1];
  if (ambiguous !== undefined) return ["AMBIGUOUS_NAME", `Column '${ambiguous}' is ambiguous`] as const;
  const [, value, target] = /^Could not convert string '(.*?)' to ([A-Z]+\w*)(?: |$)/s.exec(message) ?? [];
  if (value !== undefined && target !== undefined) {
    return ["INVALID_CAST_ARGUMENT", `Cannot cast '${oneLine(value, MAX_VALUE)}' to ${castName(target)}`] as const;
  }
  const isSemantic = exception_type === "Binder" || exception_type === "Catalog";
  return [
    isSemantic ? "SEMANTIC_ERROR" : "GENERIC_USER_ERROR",
    oneLine(message.split("\n")[0] as string, 300),
  ] as const;
}

/** @param call `sum(VARCHAR)`, or `+(VARCHAR, INTEGER_LITERAL)` for an operator */
function unexpectedParameters(call: string): readonly [string, string] {
  const [, written = "", list = ""] = /^([^(]+)\((.*)\)$/s.exec(call) ?? [];
  // Types such as DECIMAL(2,1) have commas without a space.
  const types = list.split(", ").map(typeName);
  if (/^\w/.test(written)) {
    const name = Object.entries(MAPPED_FUNCTIONS).find(([, target]) => target === written)?.[0] ?? written;
    return ["FUNCTION_NOT_FOUND", `Unexpected parameters (${types.join(", ")}) for function ${name}`];
  }
  const operator = { "~~": "LIKE", "!~~": "NOT LIKE" }[written] ?? written;
  const [left, right] = types;
  if (right === undefined) return ["TYPE_MISMATCH", `Cannot apply operator: ${operator}${left}`];
  return ["TYPE_MISMATCH", `Cannot apply operator: ${left} ${operator} ${right}`];
}

/** A column as it is written, without quotes: `r.total`. */
function columnAt(written: string): string | undefined {
  return /^(?:"[^"]+"|\w+)(?:\s*\.\s*(?:"[^"]+"|\w+))*/u.exec(written)?.[0].replaceAll('"', "");
}

/** DuckDB names some types by their width. */
function castName(target: string): string {
  const names: Readonly<Record<string, string>> = {
    BOOL: "BOOLEAN",
    INT8: "TINYINT",
    INT16: "SMALLINT",
    INT32: "INT",
    INT64: "BIGINT",
    FLOAT: "REAL",
  };
  return names[target] ?? target;
}

function oneLine(text: string, most: number): string {
  const line = text.replace(/\s+/g, " ");
  return line.length > most ? `${line.slice(0, most)}…` : line;
}

function textFrom(sql: string, at: number): string {
  return Buffer.from(sql).subarray(at).toString();
}
