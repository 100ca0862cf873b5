/**
 * Checks the ledger of a run: every record of the stream is in exactly one of raw/, unformatted/ and a failed batch,
 * and every row of raw/ is in its table exactly once. It compares identities, not totals, and uses a database on disk.
 */
import { mkdtempSync, rmSync } from "node:fs";
import path from "node:path";
import { type DuckDb, openDuckDb } from "../duckdb/duckdb";
import type { OnStep } from "../workStep";
import { CHECKS, type Check, MACROS } from "./checks";
import { loadSources } from "./load";
import type { LedgerSources } from "./sourceLines";
import { countsOf, type LedgerCounts } from "./totals";

/** The finding of one check. */
export interface Finding {
  /** A description: `"rows of raw/ are missing in their table"`. */
  readonly what: string;
  readonly count: number;
  /** The first wrong ones in order: record or row identities, or object paths. */
  readonly examples: readonly string[];
}

export interface Ledger extends LedgerCounts {
  /** Lost records and rows. */
  readonly lost: number;
  /** Records in two places, and rows that a table contains twice. */
  readonly duplicated: number;
  /** Records and rows that no producer sent. */
  readonly unknown: number;
  /** True if nothing is lost, duplicated or unknown. */
  readonly balanced: boolean;
  readonly findings: readonly Finding[];
}

const EXAMPLES = 5;

/**
 * @param scratchDir the directory of a temporary database, which is deleted at the end
 * @param onStep called at the start of each step, and while one reads files
 */
export async function readLedger(
  sources: LedgerSources,
  scratchDir: string,
  onStep: OnStep = () => undefined,
): Promise<Ledger> {
  const scratch = mkdtempSync(path.join(scratchDir, "ledger-"));
  try {
    // A database file, because DuckDB spills beside it what does not fit in memory.
    const db = await openDuckDb({ databasePath: path.join(scratch, "ledger.duckdb"), memoryMebibytes: 160 });
    try {
      await loadSources(db, sources, scratch, onStep);
      for (const macro of MACROS) await db.run(macro);
      const { isFlattened = true } = sources;
      const checks = CHECKS.filter(({ ofFlattened = false }) => isFlattened || !ofFlattened);
      const wrong = await runChecks(db, checks, onStep);
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

async function runChecks(
  db: DuckDb,
  checks: readonly Check[],
  onStep: OnStep,
): Promise<{ check: Check; count: number; examples: string[] }[]> {
  const wrong = [];
  for (const [index, check] of checks.entries()) {
    onStep({ what: `making check ${index + 1} of ${checks.length}` });
    const [row] = await db.rows(
      `WITH wrong AS (${check.sql})
      SELECT coalesce(sum(n), 0)::BIGINT AS count, list(id ORDER BY id)[1:${EXAMPLES}] AS examples FROM wrong`,
    );
    const count = Number(row?.count);
    if (count > 0) wrong.push({ check, count, examples: row?.examples as string[] });
  }
  return wrong;
}
