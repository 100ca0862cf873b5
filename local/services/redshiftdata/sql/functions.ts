/** Translates calls of Redshift's functions to DuckDB; a function that is not listed is refused by name. */
import { literal } from "../../../duckdb/sql";
import { isWord } from "./cursor";
import { datePart, dateUnit } from "./dateParts";
import { notSimulated, RedshiftError } from "./redshiftError";
import { strftimeFormat } from "./timeFormat";
import type { Token } from "./tokens";

export interface Call {
  readonly name: string;
  readonly args: readonly (readonly Token[])[];
  /** Translates tokens of an argument. */
  sql(tokens: readonly Token[]): string;
}

type Translation = (call: Call) => string;

/** Functions with the same name and the same result in DuckDB. */
const SAME =
  `count sum avg min max median stddev stddev_samp stddev_pop variance var_samp var_pop bool_and bool_or any_value
  row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value
  coalesce nullif abs round floor ceil ceiling sqrt power exp ln sign greatest least sin cos tan degrees radians pi cbrt
  lower upper trim ltrim rtrim lpad rpad repeat reverse position strpos substring left right replace translate chr ascii
  split_part md5 last_day`.split(/\s+/);

const RENAMED: Readonly<Record<string, string>> = {
  btrim: "trim",
  char_length: "length",
  character_length: "length",
  dlog10: "log10",
  len: "length",
  length: "length",
  log: "log10",
  nvl: "coalesce",
  octet_length: "strlen",
  pow: "power",
  substr: "substring",
  textlen: "length",
  bool_and: "bool_and",
};

const OTHERS: Readonly<Record<string, Translation>> = {
  can_json_parse: (call) => `coalesce(json_valid(${exactly(1, call)}), false)`,
  charindex: ({ args, sql, ...call }) => {
    const [search, string] = exactly(2, { args, sql, ...call });
    return `strpos(${string}, ${search})`;
  },
  concat: (call) => {
    const [left, right] = exactly(2, call);
    return `(${left} || ${right})`;
  },
  convert_timezone: (call) => {
    const args = call.args.map(call.sql);
    const [source, target, value] = args.length === 2 ? ["'UTC'", ...args] : exactly(3, call);
    return `timezone(${target}, timezone(${source}, CAST(${value} AS TIMESTAMP)))`;
  },
  mod: (call) => {
    const [dividend, divisor] = exactly(2, call);
    return `((${dividend}) % (${divisor}))`;
  },
  date_part: (call) => {
    const [part, value] = partAnd(2, call);
    return partOf(datePart(part), value as string);
  },
  date_trunc: (call) => {
    const [part, value] = partAnd(2, call);
    return `date_trunc('${dateUnit(part)}', ${value})`;
  },
  dateadd: (call) => {
    const [part, amount, value] = partAnd(3, call);
    const unit = dateUnit(part);
    return `(CAST(${value} AS TIMESTAMP) + CAST(${amount} AS BIGINT) * INTERVAL 1 ${unit})`;
  },
  datediff: (call) => {
    const [part, earlier, later] = partAnd(3, call);
    const unit = dateUnit(part);
    if (unit === "week") throw notSimulated("DATEDIFF in weeks", "count days");
    return `date_diff('${unit}', CAST(${earlier} AS TIMESTAMP), CAST(${later} AS TIMESTAMP))`;
  },
  decode: (call) => {
    const [value, ...rest] = call.args.map(call.sql);
    if (rest.length < 2) throw wrongCount(call);
    const cases: string[] = [];
    while (rest.length >= 2) cases.push(`WHEN (${value}) IS NOT DISTINCT FROM (${rest.shift()}) THEN ${rest.shift()}`);
    return `CASE ${cases.join(" ")}${rest.length === 1 ? ` ELSE ${rest[0]}` : ""} END`;
  },
  get_array_length: (call) => `redshift_array_length(${exactly(1, call)})`,
  is_array: (call) => `(variant_typeof(${exactly(1, call)}) LIKE 'ARRAY%')`,
  is_object: (call) => `(variant_typeof(${exactly(1, call)}) LIKE 'OBJECT%')`,
  is_valid_json: (call) => `coalesce(json_valid(${exactly(1, call)}), false)`,
  json_extract_path_text: (call) => {
    const [json, ...path] = call.args.map(call.sql);
    const last = call.args.at(-1) ?? [];
    const isFlag = last.length === 1 && (isWord(last[0], "true") || isWord(last[0], "false"));
    const nullIfInvalid = isFlag ? (path.pop() as string) : "false";
    if (json === undefined || path.length === 0 || path.length > 5) throw wrongCount(call);
    return `redshift_json_path(${json}, [${path.join(", ")}], ${nullIfInvalid})`;
  },
  json_parse: (call) => `redshift_json_parse(${exactly(1, call)})`,
  json_serialize: (call) => `CAST(CAST(${exactly(1, call)} AS JSON) AS VARCHAR)`,
  listagg: (call) => listagg(call, undefined),
  nvl2: (call) => {
    const [value, there, missing] = exactly(3, call);
    return `CASE WHEN (${value}) IS NOT NULL THEN ${there} ELSE ${missing} END`;
  },
  sha2: (call) => {
    const [value, bits] = exactly(2, call);
    if (bits !== "256" && bits !== "0") throw notSimulated("SHA2 with other than 256 bits");
    return `sha256(${value})`;
  },
  to_char: (call) => {
    const [value, format] = withFormat(call);
    return `strftime(CAST(${value} AS TIMESTAMP), ${format})`;
  },
  to_date: (call) => {
    const [value, format] = withFormat(call);
    return `CAST(strptime(${value}, ${format}) AS DATE)`;
  },
  to_timestamp: (call) => {
    const [value, format] = withFormat(call);
    return `timezone('UTC', strptime(${value}, ${format}))`;
  },
  trunc: (call) => `trunc(${exactly(1, call)})`,
};

const TRANSLATIONS = new Map<string, Translation>([
  ...SAME.map((name): [string, Translation] => [name, ({ args, sql }) => `${name}(${args.map(sql).join(", ")})`]),
  ...Object.entries(RENAMED).map(([name, duck]): [string, Translation] => [
    name,
    ({ args, sql }) => `${duck}(${args.map(sql).join(", ")})`,
  ]),
  ...Object.entries(OTHERS),
]);

/** @throws RedshiftError for a function that is not simulated, by its name */
export function translateCall(call: Call): string {
  const translation = TRANSLATIONS.get(call.name);
  if (!translation) throw notSimulated(`the function ${call.name.toUpperCase()}`);
  return translation(call);
}

/** @param order the tokens after ORDER BY in WITHIN GROUP */
export function listagg(call: Call, order: readonly Token[] | undefined): string {
  const [first = [], separator, ...more] = call.args;
  if (first.length === 0 || more.length > 0) throw wrongCount(call);
  const isDistinct = isWord(first[0], "distinct");
  const value = call.sql(isDistinct ? first.slice(1) : first);
  const ordered = order === undefined ? "" : ` ORDER BY ${call.sql(order)}`;
  const by = separator === undefined ? "''" : call.sql(separator);
  return `string_agg(${isDistinct ? "DISTINCT " : ""}CAST(${value} AS VARCHAR), ${by}${ordered})`;
}

export function partOf(part: string, value: string): string {
  // Redshift's EXTRACT and DATE_PART return whole numbers.
  return `CAST(floor(date_part('${part}', CAST(${value} AS TIMESTAMP))) AS BIGINT)`;
}

function exactly(count: number, call: Call): string[] {
  if (call.args.length !== count) throw wrongCount(call);
  return call.args.map(call.sql);
}

/** The first argument as the name of a date part, which Redshift takes with and without quotes. */
function partAnd(count: number, call: Call): [part: string, ...values: string[]] {
  const [part = [], ...values] = call.args;
  const [token, ...more] = part;
  if (call.args.length !== count) throw wrongCount(call);
  if (!token || more.length > 0 || (token.kind !== "word" && token.kind !== "string")) {
    throw new RedshiftError(`${call.name.toUpperCase()} needs the name of a date part first`);
  }
  return [token.text, ...values.map(call.sql)];
}

function withFormat(call: Call): [value: string, format: string] {
  const [value] = exactly(2, call);
  const [format, ...more] = call.args[1] as readonly Token[];
  if (format?.kind !== "string" || more.length > 0) {
    throw notSimulated(`${call.name.toUpperCase()} with a format that is not a string`);
  }
  return [value as string, literal(strftimeFormat(format.text))];
}

function wrongCount({ name, args }: Call): RedshiftError {
  return new RedshiftError(`function ${name}() does not exist with ${args.length} arguments`);
}
