/** Sends unformatted records through today's router again: a dry run first, then for real. */
import { useState } from "preact/hooks";
import { post } from "../client";
import { visible } from "../parts/format";
import type { ReplayAnswer } from "../wire";

export interface TryAgainProps {
  readonly reasons: readonly string[];
  readonly isServed: boolean;
  /** Called after records were written. */
  onWritten(): void;
}

interface Outcome {
  /** The reason that was asked for; empty for all. */
  readonly reason: string;
  readonly answer?: ReplayAnswer;
  readonly error?: string;
}

export function TryAgain({ reasons, isServed, onWritten }: TryAgainProps) {
  const [reason, setReason] = useState("");
  const [isRunning, setRunning] = useState(false);
  const [outcome, setOutcome] = useState<Outcome>();
  const run = async (apply: boolean) => {
    setRunning(true);
    setOutcome(undefined);
    try {
      const answer = await post<ReplayAnswer>("replay", { reasons: reason === "" ? [] : [reason], apply });
      setOutcome({ reason, answer });
      if (apply) onWritten();
    } catch (failure) {
      setOutcome({ reason, error: (failure as Error).message });
    }
    setRunning(false);
  };
  const isTried = outcome?.answer?.isDryRun === true && outcome.reason === reason;
  return (
    <section aria-label="Try again">
      <h2>Try again</h2>
      <p class="faint">
        {isServed
          ? "The router that is served gets them again; after a change of the program, serve it anew."
          : "The program as it is now gets them again."}{" "}
        A dry run writes nothing, and has to come first.
      </p>
      <div class="row">
        <label>
          Reason{" "}
          <select value={reason} onChange={({ currentTarget }) => setReason(currentTarget.value)} disabled={isRunning}>
            <option value="">all</option>
            {reasons.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <button type="button" onClick={() => run(false)} disabled={isRunning}>
          {isRunning ? "running …" : "Dry run"}
        </button>
        <button type="button" onClick={() => run(true)} disabled={isRunning || !isTried}>
          Write for real
        </button>
      </div>
      <div role="status">
        {outcome?.error !== undefined && <p class="bad">{visible(outcome.error)}</p>}
        {outcome?.answer && <pre>{visible(outcome.answer.text)}</pre>}
      </div>
    </section>
  );
}
