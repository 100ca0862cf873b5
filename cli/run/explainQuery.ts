/** Adds the way out to the error of a query: the tables or columns that exist, the CAST to write. */
import { suggestion } from "../terminal/nearest";

/** Columns with their types, by table. */
export type TableColumns = Readonly<Record<string, readonly { readonly name: string; readonly type: string }[]>>;

const STATEMENTS = ["SELECT", "WITH", "SHOW", "DESCRIBE"];
/** Longer lists are left out; DESCRIBE has them. */
const MAX_NAMED = 12;

/** Functions whose text argument is a time; those of `NUMBERS` take numbers. */
const TIMES =
  "year month day hour minute second quarter week date_trunc date_format day_of_week day_of_year to_unixtime to_iso8601";
const NUMBERS =
  "sum avg stddev stddev_pop stddev_samp variance var_pop var_samp corr abs round floor ceil ceiling power pow sqrt ln log10 log2 exp mod sign approx_percentile from_unixtime truncate";
const TARGETS = new Map([
  ...TIMES.split(" ").map((name) => [name, "timestamp"] as const),
  ...NUMBERS.split(" ").map((name) => [name, "double"] as const),
]);

const OPERAND = '(?:"[^"]+"|\\w+)(?:\\.(?:"[^"]+"|\\w+))*';

/**
 * @param error as Athena reports it: `TABLE_NOT_FOUND: line 1:15: Table …`
 * @param tables of the query's database
 */
export function explainQuery(error: string, sql: string, tables: TableColumns): string {
  const code = error.split(":", 1)[0];
  const at = placeIn(sql, error);
  if (code === "TABLE_NOT_FOUND") return error + tablesHint(error, tables);
  if (code === "COLUMN_NOT_FOUND") return error + columnHint(error, sql, tables);
  if (code === "FUNCTION_NOT_FOUND") return error + parametersHint(error, at, tables);
  if (code === "TYPE_MISMATCH") return error + operatorHint(error, sql, at, tables);
  if (code === "INVALID_CAST_ARGUMENT") return `${error}; TRY_CAST gives null for such values`;
  const word = /: ([A-Z]+) statements of this form/.exec(error)?.[1];
  return word === undefined || STATEMENTS.includes(word) ? error : error + suggestion(word, STATEMENTS);
}

/** The query from the place of the error on, and the query before it. */
function placeIn(sql: string, error: string): { readonly before: string; readonly from: string } | undefined {
  const [, line, column] = /: line (\d+):(\d+): /.exec(error) ?? [];
  if (line === undefined || column === undefined) return undefined;
  const lines = sql.split("\n");
  const rest = [...(lines[Number(line) - 1] ?? "")];
  const before = [...lines.slice(0, Number(line) - 1), rest.slice(0, Number(column) - 1).join("")].join("\n");
  return { before, from: sql.slice(before.length) };
}

function tablesHint(error: string, tables: TableColumns): string {
  const names = Object.keys(tables);
  const missing = /Table '(?:[^']*\.)?([^'.]+)'/.exec(error)?.[1] ?? "";
  const list = names.length === 0 ? "; the database has no tables" : `; the tables are ${names.join(", ")}`;
  return suggestion(missing, names) + list;
}

function columnHint(error: string, sql: string, tables: TableColumns): string {
  const missing = (/Column '([^']+)'/.exec(error)?.[1] ?? "").split(".").at(-1) ?? "";
  const used = Object.keys(tables).filter((table) => new RegExp(`\\b${table}\\b`, "i").test(sql));
  const columns = [...new Set(used.flatMap((table) => (tables[table] ?? []).map(({ name }) => name)))];
  const meant = suggestion(missing, columns);
  if (meant !== "" || used.length === 0) return meant;
  if (columns.length <= MAX_NAMED) return `; the columns are ${columns.join(", ")}`;
  return `; the columns are listed by: DESCRIBE ${used[0]}`;
}

/** `sum(price)` of a text column: `sum(CAST(price AS double))`. */
function parametersHint(error: string, at: { readonly from: string } | undefined, tables: TableColumns): string {
  const [, types = "", name = ""] = /Unexpected parameters \(([^)]*)\) for function (\w+)/.exec(error) ?? [];
  const target = types === "varchar" ? TARGETS.get(name) : types.includes(",") ? undefined : "varchar";
  if (target === undefined || types === "") return types.includes("varchar") ? `; ${WHY_TEXT}: CAST converts it` : "";
  const call = new RegExp(`^${name}\\s*\\(\\s*(DISTINCT\\s+)?(${OPERAND})\\s*\\)`, "i").exec(at?.from ?? "");
  const [, distinct = "", argument = "…"] = call ?? [];
  const why = types === "varchar" ? `; ${whyText(argument, tables)}` : "";
  return `${why}; write ${name}(${distinct}CAST(${argument} AS ${target}))`;
}

/** `price > 5` of a text column: `CAST(price AS double) > …`. */
function operatorHint(
  error: string,
  sql: string,
  at: { readonly before: string; readonly from: string } | undefined,
  tables: TableColumns,
): string {
  const [, left = "", operator = "", right = ""] = /operator: (\w+(?:\([^)]*\))?) (\S+) (\w+)/.exec(error) ?? [];
  if (left !== "varchar" && right !== "varchar") return "";
  const other = left === "varchar" ? right : left;
  const target = /^(tiny|small|big)?int|^integer|^decimal|^double|^float/.test(other) ? "double" : other;
  const operand =
    left === "varchar"
      ? new RegExp(`(${OPERAND})\\s*$`).exec(at?.before ?? "")?.[1]
      : new RegExp(`^\\S+\\s*(${OPERAND})`).exec(at?.from ?? "")?.[1];
  if (operand === undefined || sql === "") return `; ${WHY_TEXT}: CAST converts it`;
  const written = `CAST(${operand} AS ${target})`;
  return `; ${whyText(operand, tables)}; write ${left === "varchar" ? `${written} ${operator} …` : `… ${operator} ${written}`}`;
}

const WHY_TEXT = "text is not converted by itself";

/** Columns of CSV are text unless the table declares them. */
function whyText(operand: string, tables: TableColumns): string {
  const name = operand.split(".").at(-1)?.replaceAll('"', "").toLowerCase();
  const isColumn = Object.values(tables).some((columns) =>
    columns.some((column) => column.name.toLowerCase() === name),
  );
  return isColumn ? `${operand} is text, as values of CSV are unless the table declares the column` : WHY_TEXT;
}
