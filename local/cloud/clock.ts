/** The clocks of local. A clock is injected, so that tests control the time and waits can be skipped. */

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after this time, or rejects with the signal's reason. */
  sleep(millis: number, signal?: AbortSignal): Promise<void>;
  /** Only on clocks that skip: a clock that starts at this one's time and skips independently, for concurrent work. */
  fork?(): Clock;
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (millis, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", abort);
        resolve();
      }, millis);
      const abort = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", abort, { once: true });
    }),
};

/** A clock whose sleeps take no time: each one moves the clock forward instead. For work that waits only to poll. */
export function skippingClock(base: Clock): Clock {
  return skippedBy(0, base);
}

function skippedBy(start: number, base: Clock): Clock {
  let skipped = start;
  return {
    now: () => base.now() + skipped,
    sleep: async (millis, signal) => {
      signal?.throwIfAborted();
      skipped += millis;
      await new Promise((resolve) => setImmediate(resolve));
    },
    fork: () => skippedBy(skipped, base),
  };
}
