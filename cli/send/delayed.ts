/** Passes values on with a pause between each and the next, as a device or a till would send them. */
import type { Clock } from "../../local/cloud/clock";
import type { SecondsRange } from "../optionKinds";

export async function* delayed<T>(
  values: Iterable<T> | AsyncIterable<T>,
  pause: SecondsRange,
  clock: Clock,
  random: () => number,
  signal: AbortSignal,
): AsyncGenerator<T> {
  let first = true;
  for await (const value of values) {
    if (!first) await clock.sleep(1000 * (pause.min + random() * (pause.max - pause.min)), signal);
    first = false;
    yield value;
  }
}
