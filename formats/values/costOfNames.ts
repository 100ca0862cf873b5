/** Counts the additional cost of objects with many names, so that a batch of them ends earlier. */

/** V8 gives up an object's fast form at about this many members that are added one by one. */
const MAX_CHEAP_NAMES = 128;
/** Measured (`npm run bench -- mix`): a member of a larger object takes as long as four values. */
const VALUES_PER_NAME = 3;

/** The values that an object's names count as, in addition to their values. */
export function costOfNames(names: number): number {
  return names > MAX_CHEAP_NAMES ? (names - MAX_CHEAP_NAMES) * VALUES_PER_NAME : 0;
}
