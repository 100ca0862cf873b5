/** Checks that a lake keeps raw rows for as long as a workflow looks back. */
import type { Lake } from "./lake";

/**
 * The problem of a lookback that is longer than raw rows are kept: if some raw objects of an hour had expired, the hour
 * would be taken for another one. The extra day is for starts, which are retried for a day.
 */
export function lookbackProblem({ retentionDays }: Lake, lookbackHours: number): string | undefined {
  const { raw: days } = retentionDays;
  if (days === undefined || days * 24 >= lookbackHours + 24) return undefined;
  const needed = Math.ceil(lookbackHours / 24) + 1;
  return `lookbackHours is ${lookbackHours}, but the lake keeps raw rows for ${days} days; keep them for at least ${needed}, or look back less.`;
}
