/** Routes a batch with a decoder that may be asynchronous, and yields each object as soon as it is complete. */
import type { Decode } from "../../formats/row";
import type { IncomingRecord } from "../record";
import type { RouterHooks } from "./hooks";
import type { LandingObject } from "./landingObject";
import { type RouteOptions, route } from "./route";

/**
 * Yields objects as soon as they are large enough, so that the caller can write and release each before the next one
 * exists.
 *
 * @returns number of records routed, counted from the first: all of them, unless `options.bounds` ends the batch
 * @throws LookupError if a schema cannot be looked up: the batch must be delivered again
 */
export async function* landingObjects(
  records: readonly IncomingRecord[],
  decode: Decode,
  hooks: RouterHooks,
  options: RouteOptions,
): AsyncGenerator<LandingObject, number> {
  const steps = route(records, decode, hooks, options);
  let step = steps.next();
  while (!step.done) {
    if (step.value instanceof Promise) {
      step = steps.next(await step.value);
    } else {
      yield step.value;
      step = steps.next();
    }
  }
  return step.value;
}
