/** Routes a batch with a decoder that never waits, so that tests need not wait either. */
import type { DecodeAtOnce } from "../../../formats/row";
import type { IncomingRecord } from "../../../lake/record";
import type { RouterHooks } from "../../../lake/routing/hooks";
import type { LandingObject } from "../../../lake/routing/landingObject";
import { type RouteOptions, route } from "../../../lake/routing/route";

/** Every object of a batch, in no particular order. */
export function routeBatch(
  records: readonly IncomingRecord[],
  decode: DecodeAtOnce,
  hooks: RouterHooks,
  options: RouteOptions,
): LandingObject[] {
  // A decoder that never waits makes `route` yield no promises.
  return [...(route(records, decode, hooks, options) as Iterable<LandingObject>)];
}
