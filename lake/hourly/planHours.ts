/** Which hours need the hourly step: the last closed one, missed ones, and those that late records reached since. */
import { addHours, type Hour } from "../hour";
import { parseObjectKey } from "../objectKey";
import { fingerprintOf, hourOfReportKey, parseSealKey } from "./ledger";

export interface LakeKeys {
  /** Keys of raw objects; those of other hours, and keys that are not ours, are passed over. */
  readonly rawKeys: Iterable<string>;
  /** Objects of the ledger; only the job reports and the seals matter. */
  readonly ledger: Iterable<LedgerObject>;
}

export interface LedgerObject {
  readonly key: string;
  /** When it was written last, milliseconds since the epoch. */
  readonly modifiedMillis: number;
}

export interface PlannedHour {
  readonly hour: Hour;
  /** Sorted. */
  readonly tables: readonly string[];
}

/** The first hour that a plan made for `lastHour` looks at; the last one is `lastHour` itself. */
export function firstHourOf(lastHour: Hour, lookbackHours: number): Hour {
  if (!Number.isInteger(lookbackHours) || lookbackHours < 1) {
    throw new RangeError(`lookbackHours is ${lookbackHours}; it needs a whole number of hours, 1 or more`);
  }
  return addHours(lastHour, 1 - lookbackHours);
}

/**
 * The hours whose raw objects no seal covers, oldest first. A late object changes its hour's fingerprint, so the hour comes
 * up again; and a seal counts only if no job run has written to the hour since.
 *
 * @param lastHour the last closed hour; later ones are not planned
 * @param lookbackHours how many hours are looked at, `lastHour` included
 */
export function planHours(lastHour: Hour, lookbackHours: number, keys: LakeKeys): PlannedHour[] {
  const firstHour = firstHourOf(lastHour, lookbackHours);
  const sealed = sealedHours([...keys.ledger]);
  const landed = new Map<string, string[]>();
  for (const key of keys.rawKeys) {
    const object = parseObjectKey(key);
    if (!object || object.hour < firstHour || object.hour > lastHour) continue;
    const partition = `${object.hour}/${object.table}`;
    const objects = landed.get(partition);
    if (objects) objects.push(key);
    else landed.set(partition, [key]);
  }
  const planned = new Map<Hour, string[]>();
  for (const partition of [...landed.keys()].sort()) {
    if (sealed.has(`${partition}/${fingerprintOf(landed.get(partition) ?? [])}`)) continue;
    const [hour, table] = partition.split("/") as [Hour, string];
    planned.set(hour, [...(planned.get(hour) ?? []), table]);
  }
  return [...planned].map(([hour, tables]) => ({ hour, tables }));
}

/** `<hour>/<table>/<fingerprint>` of every seal that counts. */
function sealedHours(ledger: readonly LedgerObject[]): Set<string> {
  const folderOf = (key: string) => key.slice(0, key.lastIndexOf("/"));
  const writtenMillis = new Map<string, number>();
  for (const { key, modifiedMillis } of ledger) {
    if (hourOfReportKey(key) !== undefined) writtenMillis.set(folderOf(key), modifiedMillis);
  }
  const sealed = new Set<string>();
  for (const { key, modifiedMillis } of ledger) {
    const seal = parseSealKey(key);
    if (!seal || modifiedMillis < (writtenMillis.get(folderOf(key)) ?? 0)) continue;
    sealed.add(`${seal.hour}/${seal.table}/${seal.fingerprint}`);
  }
  return sealed;
}

/** The plan with these hours of a table in it too. */
export function withHours(planned: readonly PlannedHour[], table: string, hours: readonly Hour[]): PlannedHour[] {
  const all = new Map(planned.map(({ hour, tables }) => [hour, new Set(tables)]));
  for (const hour of hours) all.set(hour, (all.get(hour) ?? new Set()).add(table));
  const sorted = [...all].sort(([left], [right]) => (left < right ? -1 : 1));
  return sorted.map(([hour, tables]) => ({ hour, tables: [...tables].sort() }));
}
