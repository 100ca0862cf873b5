/** The clocks of state machines: a skipping clock moves only after the background work of all services has ended. */
import type { Clock } from "./clock";
import type { Service } from "./service";

/**
 * A skipping clock whose sleeps first wait until no service has background work (a job run, a crawl). A poll then finds
 * the work done, instead of polling a thousand times in a second. A clock that does not skip is returned unchanged.
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

/** A clock that skips until `wait` is called; work that has started by then keeps skipping. */
export interface SwitchedClock {
  readonly clock: Clock;
  /** From now on, sleeps take real time. */
  wait(): void;
}

/**
 * @param skipping serves sleeps before `wait`
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
