/** Shows on standard error what a command does or waits for: its rate and the time left, or how long it has taken. */
import type { WorkStep } from "../../local/workStep";
import type { Io } from "./io";
import { createProgress } from "./progress";

/** Without a terminal, work of less than five seconds prints nothing. */
export async function waitingFor<T>(
  step: () => string | WorkStep,
  { stderr, clock }: Pick<Io, "stderr" | "clock">,
  work: () => Promise<T>,
): Promise<T> {
  const progress = createProgress(stderr, clock);
  try {
    return await progress.during(work(), step);
  } finally {
    progress.clear();
  }
}
