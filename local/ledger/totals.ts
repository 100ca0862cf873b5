/** Counts the ledger's totals; each is a number of distinct identities. */
import type { DuckDb } from "../duckdb/duckdb";

export interface LedgerCounts {
  readonly records: {
    /** Records in the stream. */
    readonly sent: number;
    /** Records with rows in raw/; of an aggregated record, at least one user record has rows. */
    readonly landed: number;
    /** Unformatted records with no row in raw/. */
    readonly unformatted: number;
    /** Records only in a failed batch: a batch may fail after some of its records have landed. */
    readonly failed: number;
  };
  readonly rows: {
    /** Rows in raw/; a row in several objects counts once. */
    readonly raw: number;
    /** Rows in the tables. */
    readonly tables: number;
  };
  /** Objects that hold rows. */
  readonly rawObjects: number;
  readonly failedBatches: number;
  /** Unformatted records by reason; each user record of an aggregated record counts. */
  readonly byReason: Readonly<Record<string, number>>;
  /** Rows and Parquet files by table. */
  readonly tables: Readonly<Record<string, { readonly rows: number; readonly files: number }>>;
}

const TOTALS = `SELECT
  (SELECT count(*) FROM sent) AS sent,
  (SELECT count(*) FROM (SELECT DISTINCT stream, position FROM raw_runs)) AS landed,
  (SELECT count(*) FROM (SELECT DISTINCT stream, position FROM unformatted ANTI JOIN raw_runs USING (stream, position)))
    AS unformatted,
  (SELECT count(*) FROM failed ANTI JOIN landed USING (stream, position)) AS failed,
  (SELECT coalesce(sum(last - first + 1), 0)::BIGINT FROM raw_runs) AS raw_rows,
  (SELECT coalesce(sum(times), 0)::BIGINT FROM table_rows) AS table_rows,
  (SELECT count(*) FROM objects WHERE holds_rows) AS raw_objects,
  (SELECT count(DISTINCT batch) FROM failed_batches) AS failed_batches`;

const BY_REASON = "SELECT reason, count(*) AS records FROM unformatted GROUP BY reason ORDER BY records DESC, reason";

const BY_TABLE = `
  SELECT table_name, coalesce(rows, 0)::BIGINT AS rows, files
  FROM (SELECT table_number, count(*) AS files FROM parts GROUP BY table_number)
  JOIN tables USING (table_number)
  LEFT JOIN (SELECT table_number, sum(times) AS rows FROM table_rows GROUP BY table_number) USING (table_number)
  ORDER BY table_name`;

export async function countsOf(db: DuckDb): Promise<LedgerCounts> {
  const [total = {}] = await db.rows(TOTALS);
  const reasons = await db.rows(BY_REASON);
  const tables = await db.rows(BY_TABLE);
  return {
    records: {
      sent: Number(total.sent),
      landed: Number(total.landed),
      unformatted: Number(total.unformatted),
      failed: Number(total.failed),
    },
    rows: { raw: Number(total.raw_rows), tables: Number(total.table_rows) },
    rawObjects: Number(total.raw_objects),
    failedBatches: Number(total.failed_batches),
    byReason: Object.fromEntries(reasons.map(({ reason, records }) => [String(reason), Number(records)])),
    tables: Object.fromEntries(
      tables.map(({ table_name, rows, files }) => [String(table_name), { rows: Number(rows), files: Number(files) }]),
    ),
  };
}
