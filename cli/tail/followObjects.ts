/** Follows the objects that land in `raw/` or `unformatted/` of a lake, and yields their lines as they come. */
import { addHours, type Hour, hourOf, hoursBetween } from "../../lake/hour";
import type { Clock } from "../../local/cloud/clock";
import type { LakePlace } from "../target/lakePlace";
import { type LandedArea, landedObjects, readLanded, type StoredLanded, withinBytes } from "../target/landedObjects";

export interface Following {
  readonly area: LandedArea;
  /** Only this table. @default all */
  readonly table?: string | undefined;
  /** What landed since then comes first, milliseconds since the epoch. @default nothing that lies there at the first look */
  readonly sinceMillis: number | undefined;
  readonly everyMillis: number;
  /** A look reads at most this much. */
  readonly maxBytes: number;
  /** Looked up again at each look, because a run makes its buckets while it goes on. */
  places(): readonly LakePlace[];
  /** False ends it after one more look. */
  isOpen(): boolean;
  /** Takes the objects that a look leaves out. */
  leaves(objects: readonly StoredLanded[]): void;
}

export interface LandedLines {
  /** The object's. */
  readonly key: string;
  readonly table: string;
  readonly lines: readonly string[];
}

/** Records of an hour land after its end too: a batch waits for its window, and is tried again. */
const HOURS_BACK = 1;
/** S3's times are whole seconds. */
const SLACK_MILLIS = 1000;

/** Ends when the source does. Rejects with the signal's reason at Ctrl-C. */
export async function* followObjects(
  following: Following,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<LandedLines> {
  const { area, table, sinceMillis, everyMillis, maxBytes, places, isOpen, leaves } = following;
  const seen = new Map<string, Hour>();
  let isFirst = true;
  for (let first = addHours(hourOf(sinceMillis ?? clock.now()), -HOURS_BACK); ; ) {
    signal.throwIfAborted();
    const isLast = !isOpen();
    const now = hourOf(clock.now());
    const hours = hoursBetween(first, now).reverse();
    const found = await Promise.all(places().map((place) => landedObjects(place, area, hours)));
    const unseen = found
      .flat()
      .filter((object) => table === undefined || object.table === table)
      .filter((object) => !seen.has(nameOf(object)));
    for (const object of unseen) seen.set(nameOf(object), object.hour);
    // Times are compared at the first look alone: S3's clock is not this machine's.
    const fresh = isFirst ? unseen.filter((object) => landedSince(object, sinceMillis)) : unseen;
    isFirst = false;
    const { taken, left } = withinBytes(fresh, maxBytes);
    if (left.length > 0) leaves(left);
    const inOrder = [...taken].sort(
      (one, other) => one.modifiedMillis - other.modifiedMillis || (one.key < other.key ? -1 : 1),
    );
    for await (const { object, lines } of readLanded(inOrder)) {
      signal.throwIfAborted();
      yield { key: object.key, table: object.table, lines };
    }
    if (isLast) return;
    // Later looks list the current hour and the one before.
    first = addHours(now, -HOURS_BACK);
    for (const [name, hour] of seen) if (hour < first) seen.delete(name);
    await clock.sleep(everyMillis, signal);
  }
}

function landedSince({ modifiedMillis }: StoredLanded, sinceMillis: number | undefined): boolean {
  return sinceMillis !== undefined && modifiedMillis >= sinceMillis - SLACK_MILLIS;
}

function nameOf({ place, key }: StoredLanded): string {
  return `${place.bucket}/${key}`;
}
