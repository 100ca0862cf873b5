/** Runs work with a deadline, on clocks that wait and on clocks that skip waiting. */
import type { Clock } from "../../cloud/clock";

/**
 * Runs work with a clock that never sleeps past the deadline and a signal that aborts then.
 *
 * On a clock that waits, a timer also ends the work at the deadline. On a clock that skips, only the work's own sleeps
 * reach the deadline, because the real duration of a task is not measured.
 *
 * @param seconds no deadline if undefined
 * @param expired creates the error that ends the work
 */
export async function withDeadline<T>(
  clock: Clock,
  signal: AbortSignal,
  seconds: number | undefined,
  expired: () => Error,
  work: (clock: Clock, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (seconds === undefined) return work(clock, signal);
  const deadline = clock.now() + seconds * 1_000;
  const ending = new AbortController();
  const both = AbortSignal.any([signal, ending.signal]);
  const racers = [work(bounded(clock, deadline, expired), both)];
  if (!clock.fork) {
    racers.push(
      clock.sleep(seconds * 1_000, both).then(() => {
        throw expired();
      }),
    );
  }
  try {
    const result = await Promise.race(racers);
    if (clock.now() > deadline) throw expired();
    return result;
  } finally {
    ending.abort(expired());
  }
}

function bounded(clock: Clock, deadline: number, expired: () => Error): Clock {
  const fork = clock.fork;
  return {
    now: () => clock.now(),
    sleep: async (millis, signal) => {
      const left = deadline - clock.now();
      await clock.sleep(Math.min(millis, Math.max(0, left)), signal);
      if (millis > left) throw expired();
    },
    ...(fork && { fork: () => bounded(fork(), deadline, expired) }),
  };
}
