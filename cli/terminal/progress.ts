/**
 * Shows progress: one line that is rewritten on a terminal; elsewhere one line for each finished step, and one every few
 * seconds while a step lasts.
 */
import type { Clock } from "../../local/cloud/clock";
import type { WorkStep } from "../../local/workStep";
import type { OutputStream } from "./io";
import { Meter } from "./meter";

export interface Progress {
  /** Shows the current step with its rate and the time left, or the time since it began if it is not measured. */
  update(step: string | WorkStep): void;
  /** Shows what `step` returns, at least once a second, until the work has settled. */
  during<T>(work: Promise<T>, step: () => string | WorkStep): Promise<T>;
  /** Prints a finished step on a line of its own. */
  done(text: string): void;
  /** Removes an unfinished line. */
  clear(): void;
}

const MILLIS_BETWEEN_UPDATES = 100;
const MILLIS_BETWEEN_LOOKS = 500;
/** Without a terminal, a step that is shorter leaves no line. */
const MILLIS_BETWEEN_LINES = 5000;
const CLEAR_LINE = "\r\u001b[K";

/** @param isQuiet without a terminal, only finished steps are written */
export function createProgress(out: OutputStream, clock: Clock, isQuiet = false): Progress {
  const meter = new Meter();
  let shownAt = out.isTTY ? Number.NEGATIVE_INFINITY : clock.now();
  let open = false;
  const clear = () => {
    if (open) out.write(CLEAR_LINE);
    open = false;
  };
  const update = (step: string | WorkStep) => {
    const now = clock.now();
    const line = meter.line(typeof step === "string" ? { what: step } : step, now);
    if (!out.isTTY) {
      if (isQuiet || now - shownAt < MILLIS_BETWEEN_LINES) return;
      out.write(`${line}\n`);
    } else {
      if (open && now - shownAt < MILLIS_BETWEEN_UPDATES) return;
      const room = (out.columns ?? 80) - 1;
      out.write(`${CLEAR_LINE}${[...line].slice(0, room).join("")}`);
      open = true;
    }
    shownAt = now;
  };
  return {
    update,
    during: async (work, step) => {
      let timer: NodeJS.Timeout | undefined;
      // The machine's timer: on a clock whose sleeps take no time, looking would never end.
      const failing = new Promise<never>((_, reject) => {
        const look = () => {
          try {
            update(step());
          } catch (error) {
            reject(error);
          }
        };
        look();
        timer = setInterval(look, MILLIS_BETWEEN_LOOKS);
      });
      try {
        return await Promise.race([work, failing]);
      } finally {
        clearInterval(timer);
      }
    },
    done: (text) => {
      clear();
      out.write(`${text}\n`);
      if (!out.isTTY) shownAt = clock.now();
    },
    clear,
  };
}
