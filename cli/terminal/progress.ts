/** Shows progress: one line that is rewritten on a terminal, and one line for each finished step elsewhere. */
import type { Clock } from "../../local/cloud/clock";
import type { OutputStream } from "./io";

export interface Progress {
  /** Shows the current activity, on a terminal only and at most ten times a second. */
  update(text: string): void;
  /** Prints a finished step on a line of its own. */
  done(text: string): void;
  /** Removes an unfinished line. */
  clear(): void;
}

const MILLIS_BETWEEN_UPDATES = 100;
const CLEAR_LINE = "\r\u001b[K";

export function createProgress(out: OutputStream, clock: Clock): Progress {
  let shownAt = Number.NEGATIVE_INFINITY;
  let open = false;
  const clear = () => {
    if (open) out.write(CLEAR_LINE);
    open = false;
  };
  return {
    update: (text) => {
      const now = clock.now();
      if (!out.isTTY || (open && now - shownAt < MILLIS_BETWEEN_UPDATES)) return;
      const room = (out.columns ?? 80) - 1;
      out.write(`${CLEAR_LINE}${[...text].slice(0, room).join("")}`);
      shownAt = now;
      open = true;
    },
    done: (text) => {
      clear();
      out.write(`${text}\n`);
    },
    clear,
  };
}
