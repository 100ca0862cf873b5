/** The state of a run's ledger: records that arrive in a served run after it was read are not in it. */
import type { Run } from "./listRuns";
import { streamBytes } from "./marker";

export type LedgerState = "balanced" | "broken" | "outdated";

/** Undefined for a run without results. */
export function ledgerState({ directory, marker }: Pick<Run, "directory" | "marker">): LedgerState | undefined {
  const { outcome } = marker;
  if (outcome === undefined) return undefined;
  if (!outcome.balanced) return "broken";
  return streamBytes(directory) > (outcome.streamBytes ?? Number.POSITIVE_INFINITY) ? "outdated" : "balanced";
}
