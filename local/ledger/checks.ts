/** The checks of the ledger, one query each. A query returns wrong identities (`id`) and their counts (`n`). */

export interface Check {
  readonly side: "lost" | "duplicated" | "unknown";
  readonly what: string;
  readonly sql: string;
  /** Made only for a lake that a job flattens. @default false */
  readonly ofFlattened?: boolean;
}

/** Macros make identities of numbers; only wrong ones are made. */
export const MACROS: readonly string[] = [
  `CREATE MACRO record_id(s, p) AS
    (SELECT stream_name FROM streams WHERE stream = s) || '/' || (SELECT name FROM positions WHERE position = p)`,
  `CREATE MACRO row_id(p, part, place) AS (SELECT name FROM positions WHERE position = p) || '/' || part || '.' || place`,
];

/** Every row or record of a user record that is somewhere, as runs of places. */
const PLACES = `(SELECT stream, position, part, first, last FROM raw_runs
  UNION ALL SELECT stream, position, part, place, place FROM unformatted WHERE place IS NOT NULL)`;

/** The rows of raw/ that are in their table, by run. */
const IN_TABLE = `SELECT r.rowid AS run, count(*) AS rows
  FROM table_rows t JOIN raw_runs r ON t.table_number = r.table_number AND t.position = r.row_position AND t.part = r.part
    AND t.place BETWEEN r.first AND r.last GROUP BY run`;

export const CHECKS: readonly Check[] = [
  {
    side: "lost",
    what: "records of the stream are in none of raw/, unformatted/ and the failed batches",
    sql: `SELECT record_id(stream, position) AS id, 1 AS n
      FROM sent ANTI JOIN (FROM landed UNION ALL FROM failed) AS kept USING (stream, position)`,
  },
  {
    side: "lost",
    what: "lines are missing in objects whose key counts them",
    sql: "SELECT path AS id, lines - found AS n FROM objects WHERE found < lines",
  },
  {
    side: "lost",
    what: "rows between the first and the last of their record are in none of raw/ and unformatted/",
    sql: `SELECT record_id(stream, position) AS id, max(last) + 1 - sum(greatest(0, last - greatest(first - 1, before))) AS n
      FROM (SELECT *, coalesce(max(last) OVER (PARTITION BY stream, position, part ORDER BY first, last
          ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), -1) AS before FROM ${PLACES}
        SEMI JOIN (SELECT stream, position, part FROM ${PLACES} GROUP BY ALL HAVING count(*) > 1 OR min(first) > 0)
          USING (stream, position, part))
      GROUP BY stream, position, part HAVING n > 0`,
  },
  {
    side: "lost",
    what: "user records between the first and the last of their aggregated record are in none of raw/ and unformatted/",
    sql: `SELECT record_id(stream, position) AS id, max(part) + 1 - count(DISTINCT part) AS n
      FROM (SELECT stream, position, part FROM raw_runs UNION ALL SELECT stream, position, part FROM unformatted)
      ANTI JOIN failed USING (stream, position) GROUP BY stream, position
      HAVING max(part) > 0 AND n > 0`,
  },
  {
    side: "lost",
    what: "rows of raw/ are missing in their table",
    ofFlattened: true,
    sql: `SELECT row_id(position, part, place) AS id, 1 AS n FROM (
        SELECT table_number, row_position AS position, part, unnest(range(first, last + 1)) AS place
        FROM (SELECT rowid AS run, * FROM raw_runs) LEFT JOIN (${IN_TABLE}) USING (run)
        WHERE coalesce(rows, 0) < last - first + 1)
      ANTI JOIN table_rows USING (table_number, position, part, place)`,
  },
  {
    side: "duplicated",
    what: "records are in raw/ and in unformatted/",
    sql: `SELECT record_id(stream, position) AS id, 1 AS n
      FROM unformatted SEMI JOIN raw_runs USING (stream, position, part) WHERE place IS NULL`,
  },
  {
    side: "duplicated",
    what: "rows are in raw/ and in unformatted/",
    sql: `SELECT record_id(u.stream, u.position) AS id, 1 AS n
      FROM unformatted u SEMI JOIN raw_runs r ON u.stream = r.stream AND u.position = r.position AND u.part = r.part
        AND u.place BETWEEN r.first AND r.last`,
  },
  {
    side: "duplicated",
    what: "records and rows of theirs are in unformatted/",
    sql: `SELECT record_id(stream, position) AS id, 1 AS n
      FROM unformatted SEMI JOIN (FROM unformatted WHERE place IS NOT NULL) USING (stream, position, part)
      WHERE place IS NULL`,
  },
  {
    side: "duplicated",
    what: "rows are in a table more than once",
    sql: "SELECT row_id(position, part, place) AS id, times - 1 AS n FROM table_rows WHERE times > 1",
  },
  {
    side: "duplicated",
    what: "rows are in more than one table",
    sql: `SELECT row_id(position, part, place) AS id, count(*) - 1 AS n
      FROM table_rows SEMI JOIN
        (SELECT position FROM table_rows GROUP BY position HAVING min(table_number) < max(table_number)) USING (position)
      GROUP BY position, part, place HAVING count(*) > 1`,
  },
  {
    side: "unknown",
    what: "records in raw/, unformatted/ or a failed batch are not in the stream",
    sql: `SELECT DISTINCT record_id(stream, position) AS id, 1 AS n
      FROM (FROM landed UNION ALL FROM failed) ANTI JOIN sent USING (stream, position)`,
  },
  {
    side: "unknown",
    what: "rows of a table are not in raw/",
    sql: `SELECT row_id(t.position, t.part, t.place) AS id, 1 AS n
      FROM table_rows t ANTI JOIN raw_runs r ON t.table_number = r.table_number AND t.position = r.row_position
        AND t.part = r.part AND t.place BETWEEN r.first AND r.last`,
  },
  {
    side: "unknown",
    what: "objects hold more lines than their key counts",
    sql: "SELECT path AS id, found - lines AS n FROM objects WHERE found > lines",
  },
];
