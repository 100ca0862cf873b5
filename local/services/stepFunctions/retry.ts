/** Matches errors to retriers and catchers, and computes the wait of a retry, by the rules of the States Language. */
import type { Retrier } from "./definition";

/** `States.ALL` and `States.TaskFailed` do not match these ("Handling errors in Step Functions workflows"). */
const TERMINAL = new Set(["States.DataLimitExceeded", "States.Runtime"]);

/** True if a list `ErrorEquals` matches an error name. */
export function matchesError(names: readonly string[], error: string): boolean {
  return names.some((name) => {
    if (name === error) return true;
    if (name === "States.ALL") return !TERMINAL.has(error);
    if (name === "States.TaskFailed") return error !== "States.Timeout" && !TERMINAL.has(error);
    return name === "States.Timeout" && error === "States.HeartbeatTimeout";
  });
}

/** The retriers of one visit to a state, each with its own count of attempts. */
export class Retries {
  private readonly used: number[];

  constructor(
    private readonly retriers: readonly Retrier[],
    private readonly random: () => number,
  ) {
    this.used = retriers.map(() => 0);
  }

  /** The retries of this visit so far, as in `$states.context.State.RetryCount`. */
  get count(): number {
    return this.used.reduce((sum, used) => sum + used, 0);
  }

  /** Milliseconds until the next attempt; undefined if no retrier matches, or the first one that does is exhausted. */
  next(error: string): number | undefined {
    const index = this.retriers.findIndex((retrier) => matchesError(retrier.ErrorEquals, error));
    const retrier = this.retriers[index];
    if (!retrier) return undefined;
    const used = this.used[index] as number;
    if (used >= (retrier.MaxAttempts ?? 3)) return undefined;
    this.used[index] = used + 1;
    const grown = (retrier.IntervalSeconds ?? 1) * (retrier.BackoffRate ?? 2) ** used;
    const seconds = Math.min(grown, retrier.MaxDelaySeconds ?? Number.POSITIVE_INFINITY);
    return seconds * 1_000 * (retrier.JitterStrategy === "FULL" ? this.random() : 1);
  }
}
