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
