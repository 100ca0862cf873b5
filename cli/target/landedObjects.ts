/** Lists the objects of some hours in `raw/` or `unformatted/`, and takes the newest that fit a bound of bytes. */
import type { StoredObject } from "../../functions/effects/objectStore";
import { defaults } from "../../lake/defaults";
import { type DeliveredObject, parseDeliveredKey } from "../../lake/delivery/keys";
import { readLines } from "../../lake/envelope";
import { type Hour, partitionPath } from "../../lake/hour";
import { type ObjectRange, parseObjectKey } from "../../lake/objectKey";
import type { LakePlace } from "./lakePlace";

export type LandedArea = "raw" | "unformatted";

/** Without a range if Firehose delivered the object: it chooses names that tell nothing of the records. */
export interface StoredLanded extends DeliveredObject, Partial<ObjectRange>, StoredObject {
  readonly area: LandedArea;
  readonly place: LakePlace;
}

/** Lists that run at once. */
const CONCURRENT_LISTS = 8;

/**
 * The newest hour comes first.
 *
 * @param hours all when undefined
 */
export async function landedObjects(
  place: LakePlace,
  area: LandedArea,
  hours: readonly Hour[] | undefined,
): Promise<StoredLanded[]> {
  const root = `${place.prefix}${defaults.prefixes[area]}`;
  const prefixes: string[] = [];
  if (hours === undefined) prefixes.push(root);
  else {
    for await (const table of place.store.listFolders(root)) {
      prefixes.push(...hours.map((hour) => `${table}${partitionPath(hour)}/`));
    }
  }
  const found: StoredLanded[] = [];
  for (let at = 0; at < prefixes.length; at += CONCURRENT_LISTS) {
    const some = prefixes.slice(at, at + CONCURRENT_LISTS);
    for (const objects of await Promise.all(some.map((prefix) => listed(place, area, prefix)))) found.push(...objects);
  }
  return found.sort((left, right) => (left.hour < right.hour ? 1 : left.hour > right.hour ? -1 : 0));
}

async function listed(place: LakePlace, area: LandedArea, prefix: string): Promise<StoredLanded[]> {
  const found: StoredLanded[] = [];
  for await (const object of place.store.list(prefix)) {
    const landed = parseObjectKey(object.key) ?? parseDeliveredKey(object.key);
    if (landed) found.push({ ...landed, ...object, area, place });
  }
  return found;
}

/** Objects that are read at once. */
const CONCURRENT_READS = 8;

/** Yields each object with its lines, in order; skips those that a replay or their retention has removed meanwhile. */
export async function* readLanded(
  objects: readonly StoredLanded[],
): AsyncGenerator<{ readonly object: StoredLanded; readonly lines: string[] }> {
  for (let at = 0; at < objects.length; at += CONCURRENT_READS) {
    const some = objects.slice(at, at + CONCURRENT_READS);
    const bodies = await Promise.all(some.map(({ place, key }) => place.store.get(key)));
    for (const [index, body] of bodies.entries()) {
      if (body !== undefined) yield { object: some[index] as StoredLanded, lines: readLines(body) };
    }
  }
}

/** The objects that are read and those that the bound leaves out, each newest first. */
export interface WithinBound {
  readonly taken: readonly StoredLanded[];
  readonly left: readonly StoredLanded[];
}

/** Takes at least one object, so that a large one does not hide what it holds. */
export function withinBytes(objects: readonly StoredLanded[], maxBytes: number): WithinBound {
  let bytes = 0;
  const fits = objects.findIndex(({ size }, index) => {
    bytes += size;
    return index > 0 && bytes > maxBytes;
  });
  return fits < 0 ? { taken: objects, left: [] } : { taken: objects.slice(0, fits), left: objects.slice(fits) };
}
