/**
 * The ledger of a run: every record of the stream lies in exactly one of raw/, unformatted/ and a failed batch, and every
 * row of raw/ lies in its table exactly once. Counted by identity, never by totals, and on disk where memory would not do.
 */
import { mkdtempSync, rmSync } from "node:fs";
import path from "node:path";
import { type DuckDb, openDuckDb } from "../duckdb/duckdb";
import { CHECKS, type Check } from "./checks";
import { type LedgerSources, loadSources } from "./load";
import { countsOf, type LedgerCounts } from "./totals";

/** What one check found wrong. */
export interface Finding {
  /** In words: `"rows of raw/ are missing in their table"`. */
  readonly what: string;
  readonly count: number;
  /** The first of them, in order: record or row identities, or object paths. */
  readonly examples: readonly string[];
}

export interface Ledger extends LedgerCounts {
  /** Records and rows that are nowhere. */
  readonly lost: number;
  /** Records that are in two places, and rows that a table has twice. */
  readonly duplicated: number;
  /** Records and rows that nobody sent. */
  readonly unknown: number;
  /** Nothing lost, nothing twice, nothing unknown. */
  readonly balanced: boolean;
  readonly findings: readonly Finding[];
}

const EXAMPLES = 5;

/** @param scratchDir where a temporary database may lie while this runs; it is gone afterwards */
export async function readLedger(sources: LedgerSources, scratchDir: string): Promise<Ledger> {
  const scratch = mkdtempSync(path.join(scratchDir, "ledger-"));
  try {
    // A database file, so that what does not fit in memory is spilled beside it.
    const db = await openDuckDb({ databasePath: path.join(scratch, "ledger.duckdb") });
    try {
      await loadSources(db, sources, scratch);
      const wrong = await runChecks(db);
      const sum = (side: Check["side"]) =>
        wrong.filter(({ check }) => check.side === side).reduce((total, { count }) => total + count, 0);
      return {
        ...(await countsOf(db)),
        lost: sum("lost"),
        duplicated: sum("duplicated"),
        unknown: sum("unknown"),
        balanced: wrong.length === 0,
        findings: wrong.map(({ check, count, examples }) => ({ what: check.what, count, examples })),
      };
    } finally {
      db.close();
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function runChecks(db: DuckDb): Promise<{ check: Check; count: number; examples: string[] }[]> {
  const wrong = [];
  for (const check of CHECKS) {
    const [row] = await db.rows(
      `WITH wrong AS (${check.sql})
      SELECT coalesce(sum(n), 0)::BIGINT AS count, list(id ORDER BY id)[1:${EXAMPLES}] AS examples FROM wrong`,
    );
    const count = Number(row?.count);
    if (count > 0) wrong.push({ check, count, examples: row?.examples as string[] });
  }
  return wrong;
}
