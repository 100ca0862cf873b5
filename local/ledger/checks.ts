/** The checks of the ledger, one query each. A query returns wrong identities (`id`) and their counts (`n`). */

export interface Check {
  readonly side: "lost" | "duplicated" | "unknown";
  readonly what: string;
  readonly sql: string;
}

export const CHECKS: readonly Check[] = [
  {
    side: "lost",
    what: "records of the stream are in none of raw/, unformatted/ and the failed batches",
    sql: "SELECT record AS id, 1 AS n FROM sent ANTI JOIN (FROM landed UNION ALL FROM failed) AS kept USING (record)",
  },
  {
    side: "lost",
    what: "lines are missing in objects whose key counts them",
    sql: `SELECT objects.path AS id, objects.lines - coalesce(found.lines, 0) AS n
      FROM objects LEFT JOIN (SELECT object, count(*) AS lines FROM lines GROUP BY object) AS found USING (object)
      WHERE coalesce(found.lines, 0) < objects.lines`,
  },
  {
    side: "lost",
    what: "rows between the first and the last of their record are in none of raw/ and unformatted/",
    sql: `SELECT record AS id, max(place) + 1 - count(DISTINCT place) AS n
      FROM (SELECT record, part, place FROM raw_rows UNION ALL SELECT record, part, place FROM unformatted)
      WHERE place IS NOT NULL GROUP BY record, part
      HAVING max(place) + 1 > count(DISTINCT place)`,
  },
  {
    side: "lost",
    what: "user records between the first and the last of their aggregated record are in none of raw/ and unformatted/",
    sql: `SELECT record AS id, max(part) + 1 - count(DISTINCT part) AS n
      FROM (SELECT record, part FROM raw_rows UNION ALL SELECT record, part FROM unformatted)
      ANTI JOIN failed USING (record) GROUP BY record
      HAVING max(part) + 1 > count(DISTINCT part)`,
  },
  {
    side: "lost",
    what: "rows of raw/ are missing in their table",
    sql: "SELECT row_id AS id, 1 AS n FROM raw_rows ANTI JOIN table_rows USING (table_name, row_id)",
  },
  {
    side: "duplicated",
    what: "records are in raw/ and in unformatted/",
    sql: "SELECT record AS id, 1 AS n FROM unformatted SEMI JOIN raw_rows USING (record, part) WHERE place IS NULL",
  },
  {
    side: "duplicated",
    what: "rows are in raw/ and in unformatted/",
    sql: "SELECT record AS id, 1 AS n FROM unformatted SEMI JOIN raw_rows USING (record, part, place)",
  },
  {
    side: "duplicated",
    what: "records and rows of theirs are in unformatted/",
    sql: `SELECT record AS id, 1 AS n FROM unformatted SEMI JOIN (FROM unformatted WHERE place IS NOT NULL) USING (record, part)
      WHERE place IS NULL`,
  },
  {
    side: "duplicated",
    what: "rows are in a table more than once",
    sql: "SELECT row_id AS id, times - 1 AS n FROM table_rows WHERE times > 1",
  },
  {
    side: "duplicated",
    what: "rows are in more than one table",
    sql: "SELECT row_id AS id, count(*) - 1 AS n FROM table_rows GROUP BY row_id HAVING count(*) > 1",
  },
  {
    side: "unknown",
    what: "records in raw/, unformatted/ or a failed batch are not in the stream",
    sql: "SELECT DISTINCT record AS id, 1 AS n FROM (FROM landed UNION ALL FROM failed) ANTI JOIN sent USING (record)",
  },
  {
    side: "unknown",
    what: "rows of a table are not in raw/",
    sql: "SELECT row_id AS id, 1 AS n FROM table_rows ANTI JOIN raw_rows USING (table_name, row_id)",
  },
  {
    side: "unknown",
    what: "objects hold more lines than their key counts",
    sql: `SELECT objects.path AS id, found.lines - objects.lines AS n
      FROM objects JOIN (SELECT object, count(*) AS lines FROM lines GROUP BY object) AS found USING (object)
      WHERE found.lines > objects.lines`,
  },
];
