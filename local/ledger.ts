/**
 * The ledger of a run: every record of the stream lies in exactly one of raw/, unformatted/ and a failed batch, and every
 * row of raw/ lies in its table exactly once. Counted by identity, never by totals, and on disk where memory would not do.
 */
import { mkdtempSync, rmSync } from "node:fs";
import path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { CHECKS, type Check } from "./counting/checks";
import { type LedgerSources, loadSources } from "./counting/load";
import { countsOf, type LedgerCounts } from "./counting/totals";

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
    const instance = await DuckDBInstance.create(path.join(scratch, "ledger.duckdb"), {
      memory_limit: "400MB",
      threads: "2",
      temp_directory: path.join(scratch, "spill"),
      preserve_insertion_order: "false",
    });
    const connection = await instance.connect();
    try {
      await loadSources(connection, sources);
      const found: (Finding & Pick<Check, "side">)[] = [];
      for (const check of CHECKS) {
        const reader = await connection.runAndReadAll(
          `WITH wrong AS (${check.sql}) SELECT coalesce(sum(n), 0)::BIGINT AS n, list(id ORDER BY id)[1:${EXAMPLES}]::VARCHAR[] AS ids FROM wrong`,
        );
        const row = reader.getRowObjectsJson()[0] as { n: string; ids: string[] | null };
        if (Number(row.n) > 0)
          found.push({ what: check.what, side: check.side, count: Number(row.n), examples: row.ids ?? [] });
      }
      const sum = (side: Check["side"]) =>
        found.filter((one) => one.side === side).reduce((total, one) => total + one.count, 0);
      return {
        ...(await countsOf(connection)),
        lost: sum("lost"),
        duplicated: sum("duplicated"),
        unknown: sum("unknown"),
        balanced: found.length === 0,
        findings: found.map(({ what, count, examples }) => ({ what, count, examples })),
      };
    } finally {
      connection.closeSync();
      instance.closeSync();
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
