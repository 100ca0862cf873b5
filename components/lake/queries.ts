/** The queries that stand ready in a lake's Athena workgroup. Their SQL is Athena's; local runs the same text. */
import { type Column, META_COLUMNS } from "../../lake/columns";
import { UNFORMATTED_TABLE } from "../../lake/tableName";
import type { LakeTable } from "./args";

export interface ReadyQuery {
  /** Ends the logical name; unique in a lake. */
  readonly role: string;
  readonly description: string;
  readonly sql: string;
}

/** Two for each table, three where it has a schema, and one for what is unformatted. */
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
    description: `Rows of ${table} by hour of arrival and format`,
    sql: `SELECT "dt", "hour", "_format", count(*) AS "row_count"
FROM "${table}"
GROUP BY "dt", "hour", "_format"
ORDER BY "dt", "hour", "_format"`,
  };
}

/** With a schema the columns are named, so that a column the schema loses is an error and not a surprise. */
function latestRows(table: string, columns?: readonly Column[]): ReadyQuery {
  const shown = columns ? [...META_COLUMNS, ...columns].map(({ name }) => `"${name}"`).join(", ") : "*";
  return {
    role: `latest-${table}`,
    description: `The 10 rows of ${table} that arrived last`,
    sql: `SELECT ${shown}
FROM "${table}"
ORDER BY "_arrived" DESC, "_id" DESC
LIMIT 10`,
  };
}

const RANGED: readonly string[] = ["bigint", "double", "timestamp", "date"];
/** A query's text has at most 262,144 bytes (Athena, CreateNamedQuery). */
const MAX_SUMMARIZED = 200;

/** How often each column has a value, and between which bounds. */
function summary(table: string, columns: readonly Column[]): ReadyQuery {
  const measures = columns
    .slice(0, MAX_SUMMARIZED)
    .flatMap(({ name, type }) => [
      `count("${name}") AS "${name}_count"`,
      ...(RANGED.includes(type) ? [`min("${name}") AS "${name}_min"`, `max("${name}") AS "${name}_max"`] : []),
    ]);
  return {
    role: `summary-${table}`,
    description: `Rows of ${table} by day: values of each column and their bounds`,
    sql: `SELECT "dt", count(*) AS "row_count",
  ${measures.join(",\n  ")}
FROM "${table}"
GROUP BY "dt"
ORDER BY "dt"`,
  };
}

const unformattedByReason: ReadyQuery = {
  role: UNFORMATTED_TABLE,
  description: "Records that could not be used, by table and reason",
  sql: `SELECT "table_name", "reason", count(*) AS "record_count"
FROM "${UNFORMATTED_TABLE}"
GROUP BY "table_name", "reason"
ORDER BY "record_count" DESC, "table_name", "reason"`,
};
