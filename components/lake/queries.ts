/** The named queries of a lake's Athena workgroup, in Athena's SQL; local runs the same SQL. */
import { type Column, META_COLUMNS } from "../../lake/columns";
import { UNFORMATTED_TABLE } from "../../lake/tableName";
import type { LakeTable } from "./args";

export interface ReadyQuery {
  /** The end of the logical name; unique in a lake. */
  readonly role: string;
  readonly description: string;
  readonly sql: string;
}

/**
 * Restricts the days, so that Athena lists only their hours. Without it, a query lists every hour since the lake's
 * first day.
 * https://docs.aws.amazon.com/athena/latest/ug/partition-projection.html
 */
const RECENT = `WHERE "dt" >= date_format(current_date - interval '7' day, '%Y-%m-%d')`;

/** Two queries for each table, a third if it has a schema, and one for unformatted records. */
export function readyQueries(tables: Readonly<Record<string, LakeTable>>): ReadyQuery[] {
  const ofTables = Object.entries(tables).flatMap(([table, { schema }]) => [
    countByFormatAndHour(table),
    latestRows(table, schema?.columns),
    ...(schema ? [summary(table, schema.columns)] : []),
  ]);
  return [...ofTables, unformattedByReason];
}

function countByFormatAndHour(table: string): ReadyQuery {
  return {
    role: `count-${table}`,
    description: `Rows of ${table} by hour of arrival and format, of the last 7 days`,
    sql: `SELECT "dt", "hour", "_format", count(*) AS "row_count"
FROM "${table}"
${RECENT}
GROUP BY "dt", "hour", "_format"
ORDER BY "dt", "hour", "_format"`,
  };
}

/** With a schema, the query names the columns, so that a column that the schema loses causes an error. */
function latestRows(table: string, columns?: readonly Column[]): ReadyQuery {
  const shown = columns ? [...META_COLUMNS, ...columns].map(({ name }) => `"${name}"`).join(", ") : "*";
  return {
    role: `latest-${table}`,
    description: `The 10 rows of ${table} that arrived last, of the last 7 days`,
    sql: `SELECT ${shown}
FROM "${table}"
${RECENT}
ORDER BY "_arrived" DESC, "_id" DESC
LIMIT 10`,
  };
}

const RANGED: readonly string[] = ["bigint", "double", "timestamp", "date"];
/** A query has at most 262,144 bytes (Athena, CreateNamedQuery). */
const MAX_SUMMARIZED = 200;

/** Counts the values of each column, and selects their bounds. */
function summary(table: string, columns: readonly Column[]): ReadyQuery {
  const measures = columns
    .slice(0, MAX_SUMMARIZED)
    .flatMap(({ name, type }) => [
      `count("${name}") AS "${name}_count"`,
      ...(RANGED.includes(type) ? [`min("${name}") AS "${name}_min"`, `max("${name}") AS "${name}_max"`] : []),
    ]);
  return {
    role: `summary-${table}`,
    description: `Rows of ${table} by day: values of each column and their bounds, of the last 7 days`,
    sql: `SELECT "dt", count(*) AS "row_count",
  ${measures.join(",\n  ")}
FROM "${table}"
${RECENT}
GROUP BY "dt"
ORDER BY "dt"`,
  };
}

const unformattedByReason: ReadyQuery = {
  role: UNFORMATTED_TABLE,
  description: "Records that could not be used, by table and reason, of the last 7 days",
  sql: `SELECT "table_name", "reason", count(DISTINCT "id") AS "record_count"
FROM "${UNFORMATTED_TABLE}"
${RECENT}
GROUP BY "table_name", "reason"
ORDER BY "record_count" DESC, "table_name", "reason"`,
};
