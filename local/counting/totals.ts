/** The ledger's totals, each a number of distinct identities. */
import type { DuckDb } from "../engine/duckdb";

export interface LedgerCounts {
  readonly records: {
    /** In the stream. */
    readonly sent: number;
    /** With rows in raw/. */
    readonly landed: number;
    readonly unformatted: number;
    /** In a failed batch and nowhere else: a batch may fail after some of its records have landed. */
    readonly failed: number;
  };
  readonly rows: {
    /** In raw/, a row that lies in several objects counted once. */
    readonly raw: number;
    /** In the tables. */
    readonly tables: number;
  };
}

const TOTALS = `SELECT
  (SELECT count(*) FROM sent) AS sent,
  (SELECT count(DISTINCT record) FROM raw_rows) AS landed,
  (SELECT count(*) FROM unformatted) AS unformatted,
  (SELECT count(*) FROM failed ANTI JOIN landed USING (record)) AS failed,
  (SELECT count(*) FROM raw_rows) AS raw,
  (SELECT coalesce(sum(times), 0)::BIGINT FROM table_rows) AS tables`;

export async function countsOf(db: DuckDb): Promise<LedgerCounts> {
  const [row = {}] = await db.rows(TOTALS);
  return {
    records: {
      sent: Number(row.sent),
      landed: Number(row.landed),
      unformatted: Number(row.unformatted),
      failed: Number(row.failed),
    },
    rows: { raw: Number(row.raw), tables: Number(row.tables) },
  };
}
