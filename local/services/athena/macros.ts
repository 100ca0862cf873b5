/** DuckDB macros for Athena's functions that DuckDB lacks or defines differently. See https://trino.io/docs/current/functions.html */

const UNITS = ["millisecond", "second", "minute", "hour", "day", "week", "month", "year"];

const addUnit = UNITS.map((unit) => `WHEN '${unit}' THEN value + to_${unit}s(CAST(amount AS INTEGER))`).join(" ");

/** A macro that is null if any argument is null; DuckDB's own functions skip nulls. */
function ofAll(name: string, body: (names: readonly string[]) => string): string {
  const overloads = [2, 3, 4, 5, 6, 7, 8].map((count) => {
    const names = Array.from({ length: count }, (_, index) => `a${index}`);
    return `(${names.join(", ")}) AS ${body(names)}`;
  });
  return `athena_${name}${overloads.join(", ")}`;
}

const whenAllThere = (duck: string) => (names: readonly string[]) =>
  `CASE WHEN ${names.map((name) => `${name} IS NOT NULL`).join(" AND ")} THEN ${duck}(${names.join(", ")}) END`;

/** Turns `["a b"]` of a JSON path into `."a b"`. */
function duckPath(path: string): string {
  return `regexp_replace(${path}, '\\["((?:[^"\\\\]|\\\\.)*)"\\]', '."\\1"', 'g')`;
}

/** Each string completes a `CREATE TEMP MACRO` statement. */
export const MACROS: readonly string[] = [
  "athena_array_join(list, separator) AS array_to_string(list, separator), (list, separator, blank) AS array_to_string(list_transform(list, lambda e: coalesce(CAST(e AS VARCHAR), blank)), separator)",
  "athena_array_position(list, element) AS coalesce(list_position(list, element), 0)",
  "athena_array_sort(list) AS list_sort(list, 'ASC', 'NULLS LAST')",
  "athena_cardinality(list) AS CAST(len(list) AS BIGINT)",
  ofAll("concat", (names) => names.join(" || ")),
  `athena_date_add(unit, amount, value) AS CASE lower(unit) ${addUnit} ELSE error('date_add: "' || unit || '" is not a unit') END`,
  "athena_date_diff(unit, earlier, later) AS date_sub(unit, earlier, later)",
  "athena_from_iso8601_date(value) AS CAST(value AS DATE)",
  "athena_from_iso8601_timestamp(value) AS CAST(value AS TIMESTAMPTZ)",
  ofAll("greatest", whenAllThere("greatest")),
  ofAll("least", whenAllThere("least")),
  "athena_json_array_length(value) AS CASE WHEN json_type(value) = 'ARRAY' THEN CAST(json_array_length(value) AS BIGINT) END",
  "athena_infinity() AS CAST('Infinity' AS DOUBLE)",
  `athena_json_extract(value, path) AS json_extract(value, ${duckPath("path")})`,
  `athena_json_extract_scalar(value, path) AS CASE WHEN json_type(value, ${duckPath("path")}) NOT IN ('OBJECT', 'ARRAY') THEN json_extract_string(value, ${duckPath("path")}) END`,
  "athena_json_format(value) AS CAST(value AS VARCHAR)",
  "athena_json_parse(value) AS json(value)",
  "athena_md5(value) AS unhex(md5(value))",
  "athena_regexp_extract(value, pattern) AS CASE WHEN regexp_matches(value, pattern) THEN regexp_extract(value, pattern) END, (value, pattern, capture) AS CASE WHEN regexp_matches(value, pattern) THEN regexp_extract(value, pattern, capture) END",
  "athena_regexp_replace(value, pattern) AS regexp_replace(value, pattern, '', 'g'), (value, pattern, replacement) AS regexp_replace(value, pattern, regexp_replace(replacement, '\\$(\\d)', '\\\\\\1', 'g'), 'g')",
  "athena_replace(value, search) AS replace(value, search, ''), (value, search, replacement) AS replace(value, search, replacement)",
  "athena_sha256(value) AS unhex(sha256(value))",
  "athena_slice(list, start, count) AS list_slice(list, start, start + count - 1)",
  "athena_split_part(value, delimiter, part) AS CASE WHEN part <= len(string_split(value, delimiter)) THEN split_part(value, delimiter, part) END",
  "athena_to_iso8601(value) AS strftime(value, '%Y-%m-%dT%H:%M:%S.%g')",
  "athena_typeof(value) AS CASE typeof(value) WHEN 'TIMESTAMP' THEN 'timestamp(3)' WHEN 'TIMESTAMP WITH TIME ZONE' THEN 'timestamp(3) with time zone' WHEN 'BLOB' THEN 'varbinary' ELSE regexp_replace(lower(typeof(value)), '^(.*)\\[\\]$', 'array(\\1)') END",
];
