/** How long to wait before the next attempt: doubling, capped, and drawn anew so that producers do not return all at once. */

const FIRST_MILLIS = 100;
const LONGEST_MILLIS = 10_000;

/**
 * "Full jitter" (https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/).
 *
 * @param attempt the attempt that failed, from 1
 * @param random uniform in [0, 1)
 */
export function backOffMillis(attempt: number, random: () => number): number {
  return Math.ceil(random() * Math.min(LONGEST_MILLIS, FIRST_MILLIS * 2 ** (attempt - 1)));
}
