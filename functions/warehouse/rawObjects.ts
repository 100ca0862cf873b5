/** Reads the raw objects that a warehouse loads, and keeps account of those that do not read. */
import { readLines } from "../../lake/envelope";
import { type Hour, hourOfKey } from "../../lake/hour";
import type { LastSeen } from "../../lake/warehouse/loadedObjects";
import type { LoadLine } from "../../lake/warehouse/loadLine";
import type { ObjectStore } from "../effects/objectStore";

export interface LoadFailure {
  readonly step: string;
  readonly error: string;
  readonly cause: string;
}

/** An object of the lake that is not one of a router. */
export interface UnreadableObject {
  readonly table: string;
  readonly key: string;
  readonly cause: string;
}

/** By table: turn a line of `raw/` into a line for COPY. */
export type Readers = Readonly<Record<string, (line: string) => LoadLine>>;

type LakeObjects = Pick<ObjectStore, "get">;

export async function readObject(
  lake: LakeObjects,
  key: string,
  read: (line: string) => LoadLine,
): Promise<{ readonly lines: readonly LoadLine[] } | { readonly cause: string }> {
  const body = await lake.get(key);
  // Expired since the listing.
  if (!body) return { lines: [] };
  try {
    return { lines: readLines(body).map(read) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : "unknown";
    return { cause: `"${key}" (${body.length} bytes) does not read as a raw object: ${reason}` };
  }
}

export function recent(unreadable: LastSeen["unreadable"], first: Hour): LastSeen["unreadable"] {
  return unreadable.filter(({ key }) => (hourOfKey(key) ?? "") >= first);
}

/** Tries the objects again that did not read; undefined once one of them does. */
export async function stillUnreadable(
  lake: LakeObjects,
  readers: Readers,
  unreadable: LastSeen["unreadable"],
): Promise<UnreadableObject[] | undefined> {
  const still: UnreadableObject[] = [];
  for (const { table, key } of unreadable) {
    const read = readers[table];
    const object = read && (await readObject(lake, key, read));
    if (object && "cause" in object) still.push({ table, key, cause: object.cause });
    else if (object?.lines.length) return undefined;
  }
  return still;
}

/** One for each table, because a state machine passes at most 256 KiB from one state to the next. */
export function failuresOf(unreadable: readonly UnreadableObject[]): LoadFailure[] {
  return [...new Set(unreadable.map(({ table }) => table))].map((table) => {
    const [first, ...others] = unreadable.filter((each) => each.table === table);
    const more = others.length > 0 ? `; number of other objects of this table that do not read: ${others.length}` : "";
    return { step: `read the objects of ${table}`, error: "UnreadableObject", cause: `${first?.cause}${more}` };
  });
}
