/** Time as everything in local sees it; injected, so that tests own it and waits need not be waited for. */

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after that time, or rejects with the signal's reason. */
  sleep(millis: number, signal?: AbortSignal): Promise<void>;
  /** Only on clocks that skip: a clock that starts at this one's time and skips by itself, for work that runs beside other work. */
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

/** A clock whose sleeps take no time: each moves the clock forward instead. For work whose waits are only polls. */
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
