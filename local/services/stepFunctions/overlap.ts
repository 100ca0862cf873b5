/** Makes the executions of one state machine overlap as far as they can, for runs with redelivery. */
import type { Execution } from "./execution";

/** Calls that start SQL. Whatever is planned before them is planned by every execution before one of them changes data. */
const MEETINGS: ReadonlySet<string> = new Set([
  "arn:aws:states:::aws-sdk:redshiftdata:batchExecuteStatement",
  "arn:aws:states:::aws-sdk:redshiftdata:executeStatement",
]);

export class Overlap {
  readonly #calls = new Map<Execution, number>();
  readonly #waiting = new Set<() => void>();

  /**
   * Waits before an execution's n-th call that starts SQL until the others of its state machine have come to theirs, or
   * have ended. An execution waits only for those behind it, so there is always one that goes on.
   */
  async before(resource: string, execution: Execution, executions: () => Iterable<Execution>): Promise<void> {
    if (!MEETINGS.has(resource)) return;
    const call = this.#countOf(execution) + 1;
    this.#calls.set(execution, call);
    for (const go of this.#waiting) go();
    this.#waiting.clear();
    for (;;) {
      const behind = [...executions()].filter(
        (other) =>
          other.stateMachineArn === execution.stateMachineArn &&
          other.status === "RUNNING" &&
          this.#countOf(other) < call,
      );
      if (behind.length === 0) return;
      const stopped = whenAborted(execution.signal);
      const next = new Promise<void>((resolve) => this.#waiting.add(resolve));
      await Promise.race([stopped, next, ...behind.map(({ ended }) => ended)]);
      execution.signal.throwIfAborted();
    }
  }

  #countOf(execution: Execution): number {
    return this.#calls.get(execution) ?? 0;
  }
}

function whenAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
