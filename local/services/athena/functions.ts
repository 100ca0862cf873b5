/** Lists the functions that queries may call: DuckDB's own where they behave as Athena's, and macros for others. */

/** Functions that behave the same in DuckDB and Athena. */
export const SAME_FUNCTIONS: ReadonlySet<string> = new Set(
  `count count_star sum avg min max array_agg max_by min_by count_if bool_and bool_or stddev stddev_pop stddev_samp variance
  var_pop var_samp corr covar_pop covar_samp
  date_trunc year month day hour minute second quarter week now date
  nullif if
  substr substring strpos position split lower upper trim ltrim rtrim length lpad rpad reverse chr starts_with translate concat_ws
  map_keys map_values
  unnest flatten
  abs round floor ceil ceiling power pow sqrt ln log10 log2 exp mod sign degrees radians pi sin cos tan asin acos atan atan2
  row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value
  to_base64 from_base64`.split(/\s+/),
);

/** Functions into which DuckDB's parser turns SQL syntax; queries do not call them by these names. */
export const SYNTAX_FUNCTIONS: ReadonlySet<string> = new Set(
  `date_part trunc position substring trim ltrim rtrim timezone list_value row struct_pack array_extract list_extract
  get_current_timestamp get_current_date get_current_time current_localtimestamp current_localtime
  to_years to_months to_weeks to_days to_hours to_minutes to_seconds to_milliseconds to_microseconds
  like_escape not_like_escape ilike_escape not_ilike_escape count_star constant_or_null`.split(/\s+/),
);

/** Athena's function name → the DuckDB function or macro (`athena_…`, see macros.ts) that replaces it. */
export const MAPPED_FUNCTIONS: Readonly<Record<string, string>> = {
  approx_distinct: "approx_count_distinct",
  approx_percentile: "approx_quantile",
  arbitrary: "any_value",
  array_join: "athena_array_join",
  array_max: "list_max",
  array_min: "list_min",
  array_position: "athena_array_position",
  array_sort: "athena_array_sort",
  cardinality: "athena_cardinality",
  codepoint: "unicode",
  concat: "athena_concat",
  contains: "list_contains",
  date_add: "athena_date_add",
  date_diff: "athena_date_diff",
  date_format: "strftime",
  date_parse: "strptime",
  day_of_month: "day",
  day_of_week: "isodow",
  day_of_year: "dayofyear",
  dow: "isodow",
  doy: "dayofyear",
  element_at: "list_extract",
  every: "bool_and",
  from_hex: "unhex",
  from_iso8601_date: "athena_from_iso8601_date",
  from_iso8601_timestamp: "athena_from_iso8601_timestamp",
  from_unixtime: "to_timestamp",
  from_utf8: "decode",
  greatest: "athena_greatest",
  json_array_length: "athena_json_array_length",
  infinity: "athena_infinity",
  is_finite: "isfinite",
  is_infinite: "isinf",
  is_nan: "isnan",
  json_extract: "athena_json_extract",
  json_extract_scalar: "athena_json_extract_scalar",
  json_format: "athena_json_format",
  json_parse: "athena_json_parse",
  last_day_of_month: "last_day",
  least: "athena_least",
  levenshtein_distance: "levenshtein",
  md5: "athena_md5",
  regexp_extract: "athena_regexp_extract",
  regexp_extract_all: "regexp_extract_all",
  regexp_like: "regexp_matches",
  regexp_replace: "athena_regexp_replace",
  regexp_split: "string_split_regex",
  replace: "athena_replace",
  sequence: "generate_series",
  sha256: "athena_sha256",
  slice: "athena_slice",
  split_part: "athena_split_part",
  to_hex: "hex",
  to_iso8601: "athena_to_iso8601",
  to_unixtime: "epoch",
  to_utf8: "encode",
  transform: "list_transform",
  truncate: "trunc",
  typeof: "athena_typeof",
  week_of_year: "week",
  year_of_week: "isoyear",
  yow: "isoyear",
};
