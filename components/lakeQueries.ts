/** The queries that stand ready in a lake's Athena workgroup. Their SQL is Athena's; local runs the same text. */
import { UNFORMATTED_TABLE } from "./lakeTables";

export interface ReadyQuery {
  /** Ends the logical name; unique in a lake. */
  readonly role: string;
  readonly description: string;
  readonly sql: string;
}

/** Two for each table, and one for what is unformatted. */
export function readyQueries(tables: readonly string[]): ReadyQuery[] {
  return [...tables.flatMap((table) => [countByFormatAndHour(table), latestRows(table)]), unformattedByReason];
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

function latestRows(table: string): ReadyQuery {
  return {
    role: `latest-${table}`,
    description: `The 10 rows of ${table} that arrived last`,
    sql: `SELECT *
FROM "${table}"
ORDER BY "_arrived" DESC, "_id" DESC
LIMIT 10`,
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
