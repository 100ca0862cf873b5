/** A clock for work that runs side by side: time passes, from one sleep's end to the next, once nothing else is left to do. */
import type { Clock } from "../../../../local/cloud/clock";

export interface VirtualClock extends Clock {
  /** Lets time pass until no sleep is left, or until that time. */
  run(untilMillis?: number): Promise<void>;
}

interface Sleep {
  readonly at: number;
  readonly order: number;
  readonly wake: () => void;
}

export function virtualClock(startMillis: number): VirtualClock {
  let now = startMillis;
  let order = 0;
  const sleeps: Sleep[] = [];

  return {
    now: () => now,
    sleep: (millis, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const abort = () => reject(signal?.reason);
        signal?.addEventListener("abort", abort, { once: true });
        const wake = () => {
          signal?.removeEventListener("abort", abort);
          resolve();
        };
        push({ at: now + Math.max(0, millis), order: ++order, wake });
      }),
    async run(untilMillis = Number.POSITIVE_INFINITY) {
      for (;;) {
        // Promises of what was woken settle before the next turn of the event loop.
        await new Promise((resolve) => setImmediate(resolve));
        const first = sleeps[0];
        if (!first || first.at > untilMillis) break;
        pop();
        now = Math.max(now, first.at);
        first.wake();
      }
      if (untilMillis !== Number.POSITIVE_INFINITY) now = Math.max(now, untilMillis);
    },
  };

  function isBefore(left: number, right: number): boolean {
    const [one, other] = [sleeps[left] as Sleep, sleeps[right] as Sleep];
    return one.at < other.at || (one.at === other.at && one.order < other.order);
  }

  function swap(left: number, right: number): void {
    [sleeps[left], sleeps[right]] = [sleeps[right] as Sleep, sleeps[left] as Sleep];
  }

  function push(sleep: Sleep): void {
    let index = sleeps.push(sleep) - 1;
    while (index > 0 && isBefore(index, (index - 1) >> 1)) {
      swap(index, (index - 1) >> 1);
      index = (index - 1) >> 1;
    }
  }

  function pop(): void {
    const last = sleeps.pop() as Sleep;
    if (sleeps.length === 0) return;
    sleeps[0] = last;
    for (let index = 0; ; ) {
      let least = index;
      for (const child of [2 * index + 1, 2 * index + 2]) {
        if (child < sleeps.length && isBefore(child, least)) least = child;
      }
      if (least === index) return;
      swap(index, least);
      index = least;
    }
  }
}
