/** The clock of state machines: where it skips, time passes only when nothing is under way that a wait is there for. */
import type { Clock } from "./clock";
import type { Service } from "./service";

/**
 * A skipping clock whose sleeps first wait until no service has work in the background (a job run, a crawl): a poll then
 * finds it done, instead of polling a thousand times within a second. A clock that really waits stays as it is.
 */
export function settlingClock(clock: Clock, services: () => readonly Service[]): Clock {
  const { fork } = clock;
  if (!fork) return clock;
  return {
    now: () => clock.now(),
    sleep: async (millis, signal) => {
      await Promise.all(services().map((service) => service.idle?.()));
      await clock.sleep(millis, signal);
    },
    fork: () => settlingClock(fork(), services),
  };
}

/** A clock that skips until it is told to wait; what is under way by then skips to its end. */
export interface SwitchedClock {
  readonly clock: Clock;
  /** From now on sleeps take their time. */
  wait(): void;
}

/**
 * @param skipping serves sleeps at first
 * @param waiting serves them afterwards
 */
export function switchedClock(skipping: Clock, waiting: Clock): SwitchedClock {
  let current = skipping;
  return {
    clock: {
      now: () => current.now(),
      sleep: (millis, signal) => current.sleep(millis, signal),
      get fork() {
        return current.fork;
      },
    },
    wait: () => {
      current = waiting;
    },
  };
}
