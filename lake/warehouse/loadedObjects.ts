/**
 * The sets of raw objects that a warehouse has loaded. A set is one object beside the loads; the warehouse's table of loads
 * names it in the transaction that loads its rows, and until then it means nothing.
 */
import { createHash } from "node:crypto";
import type { Column } from "../columns";
import { type Hour, hourOfKey, partitionPath } from "../hour";
import { Fingerprint } from "../hourly/ledger";

/** Table → hour → fingerprints of its loaded sets. Overlapping loads leave several: all of their objects are loaded. */
export type LoadedSets = Readonly<Record<string, Readonly<Record<Hour, readonly string[]>>>>;

/** What the last plan found to be loaded, so that the next one wakes the warehouse only for work. */
export interface LastSeen {
  /** The namespace that was read; another one has loaded nothing. */
  readonly namespace: string;
  /** Identifies the declared tables and columns. */
  readonly tables: string;
  readonly readMillis: number;
  /** The committed sets, and the fingerprints of other hours without anything to load. */
  readonly loaded: LoadedSets;
  /** Objects that did not read. They are tried again without the warehouse. */
  readonly unreadable: readonly { readonly table: string; readonly key: string }[];
}

/** A warehouse that was restored from a snapshot lacks rows; they are found when it is read anew. */
const MAX_AGE_MILLIS = 24 * 3_600_000;

export const LAST_SEEN_KEY = "last-seen.json";

export interface RawObject {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** Time of the last write, milliseconds since the epoch. */
  readonly modifiedMillis: number;
}

export interface RawHour {
  readonly hour: Hour;
  /** Identifies all raw objects of the hour. */
  readonly fingerprint: string;
  /** Sorted by key. */
  readonly objects: readonly RawObject[];
}

/** Groups one table's objects by hour. Keys must be sorted, as S3 lists them; others than those of hours are skipped. */
export async function* rawHours(listed: AsyncIterable<RawObject> | Iterable<RawObject>): AsyncGenerator<RawHour> {
  let hour: Hour | undefined;
  let objects: RawObject[] = [];
  for await (const { key, size, modifiedMillis } of listed) {
    const own = hourOfKey(key);
    if (own === undefined || !key.endsWith(".gz")) continue;
    if (own !== hour) {
      if (hour !== undefined) yield rawHour(hour, objects);
      hour = own;
      objects = [];
    }
    objects.push({ key, size, modifiedMillis });
  }
  if (hour !== undefined) yield rawHour(hour, objects);
}

function rawHour(hour: Hour, objects: readonly RawObject[]): RawHour {
  const fingerprint = new Fingerprint();
  for (const { key } of objects) fingerprint.add(key);
  return { hour, fingerprint: fingerprint.text(), objects };
}

/** True if one of the loaded sets is exactly the hour's objects. */
export function isLoaded(loaded: LoadedSets, table: string, { hour, fingerprint }: RawHour): boolean {
  return loaded[table]?.[hour]?.includes(fingerprint) ?? false;
}

/** `sets/<table>/dt=…/hour=…/<fingerprint>.json`: the keys of a set, one JSON list. */
export function setKey(table: string, hour: Hour, fingerprint: string): string {
  return `sets/${table}/${partitionPath(hour)}/${fingerprint}.json`;
}

export function readSet(key: string, body: Uint8Array): string[] {
  const keys: unknown = JSON.parse(Buffer.from(body).toString("utf8"));
  if (Array.isArray(keys) && keys.every((each) => typeof each === "string")) return keys;
  throw new Error(`warehouse: "${key}" is not a list of keys; remove it, and its objects are loaded again`);
}

/** Table, hour, fingerprint. */
export type SetRow = readonly (string | null)[];

/** From rows of the table of loads, in addition to sets that are known. */
export function loadedSets(rows: readonly SetRow[], known: LoadedSets = {}): LoadedSets {
  const sets = structuredClone(known) as Record<string, Record<Hour, string[]>>;
  for (const [table, hour, fingerprint] of rows) {
    if (!table || !hour || !fingerprint) throw new Error("warehouse: the table of loads has a row with a null");
    sets[table] ??= {};
    const ofTable = sets[table];
    ofTable[hour] = [...(ofTable[hour] ?? []), fingerprint];
  }
  return sets;
}

/** Identifies declared tables and streams, so that a new column or view is made also while nothing lands. */
export function tablesDigest(
  tables: Readonly<Record<string, readonly Column[]>>,
  streams: Readonly<Record<string, string>>,
): string {
  const sorted = (all: object) =>
    JSON.stringify(Object.entries(all).sort(([left], [right]) => (left < right ? -1 : 1)));
  const hash = createHash("sha256").update(sorted(tables));
  if (Object.keys(streams).length > 0) hash.update(sorted(streams));
  return hash.digest("hex").slice(0, 16);
}

/** What was found when the warehouse was last read; undefined if it must be read anew. */
export function readLastSeen(
  body: Uint8Array | undefined,
  { namespace, tables, nowMillis }: { namespace: string; tables: string; nowMillis: number },
): LastSeen | undefined {
  if (!body) return undefined;
  const seen = JSON.parse(Buffer.from(body).toString("utf8")) as Partial<LastSeen> | null;
  const isCurrent =
    seen?.namespace === namespace &&
    seen.tables === tables &&
    seen.unreadable !== undefined &&
    nowMillis - (seen.readMillis ?? 0) < MAX_AGE_MILLIS;
  return isCurrent ? (seen as LastSeen) : undefined;
}
