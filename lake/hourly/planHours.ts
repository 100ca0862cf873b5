/** Finds the hours to flatten: the last closed one, missed ones, and those that received late records. */
import { parseDeliveredKey } from "../delivery/keys";
import { addHours, type Hour } from "../hour";
import { parseObjectKey } from "../objectKey";
import { Fingerprint, hourOfReportKey, parseSealKey } from "./ledger";

export interface LedgerObject {
  readonly key: string;
  /** Time of the last write, milliseconds since the epoch. */
  readonly modifiedMillis: number;
}

export interface PlannedHour {
  readonly hour: Hour;
  /** Sorted. */
  readonly tables: readonly string[];
}

/** The first hour that a plan for `lastHour` lists; its last one is `lastHour` itself. */
export function firstHourOf(lastHour: Hour, lookbackHours: number): Hour {
  if (!Number.isInteger(lookbackHours) || lookbackHours < 1) {
    throw new RangeError(`lookbackHours is ${lookbackHours}; it needs a whole number of hours, 1 or more`);
  }
  return addHours(lastHour, 1 - lookbackHours);
}

/**
 * Yields the hours of one table whose raw objects no seal covers, oldest first. A late object changes its hour's
 * fingerprint, so the seal no longer matches. A seal is valid only if no job run has written to the hour since.
 *
 * Only one hour's state is kept at a time, so that memory does not grow with the number of keys.
 *
 * @param rawKeys sorted, as S3 lists them; keys that neither a router nor Firehose wrote are skipped
 * @param ledger ledger objects of the same hours; only job reports and seals are used
 */
export async function* unsealedHours(
  rawKeys: AsyncIterable<string> | Iterable<string>,
  ledger: Iterable<LedgerObject>,
): AsyncGenerator<Hour> {
  const sealed = sealedHours([...ledger]);
  let hour: Hour | undefined;
  let fingerprint = new Fingerprint();
  const isOpen = () => hour !== undefined && !sealed.has(`${hour}/${fingerprint.text()}`);
  for await (const key of rawKeys) {
    const landed = parseObjectKey(key) ?? parseDeliveredKey(key);
    if (!landed) continue;
    if (landed.hour !== hour) {
      if (isOpen()) yield hour as Hour;
      if (hour !== undefined && landed.hour < hour) {
        throw new Error(`lake: "${key}" is listed after a key of hour ${hour}; a plan needs keys in their order`);
      }
      hour = landed.hour;
      fingerprint = new Fingerprint();
    }
    fingerprint.add(key);
  }
  if (isOpen()) yield hour as Hour;
}

/** `<hour>/<fingerprint>` of every valid seal. */
function sealedHours(ledger: readonly LedgerObject[]): Set<string> {
  const writtenMillis = new Map<Hour, number>();
  for (const { key, modifiedMillis } of ledger) {
    const hour = hourOfReportKey(key);
    if (hour !== undefined) writtenMillis.set(hour, modifiedMillis);
  }
  const sealed = new Set<string>();
  for (const { key, modifiedMillis } of ledger) {
    const seal = parseSealKey(key);
    if (!seal || modifiedMillis < (writtenMillis.get(seal.hour) ?? 0)) continue;
    sealed.add(`${seal.hour}/${seal.fingerprint}`);
  }
  return sealed;
}

/** Adds these hours of a table to the plan. */
export function withHours(planned: readonly PlannedHour[], table: string, hours: readonly Hour[]): PlannedHour[] {
  const all = new Map(planned.map(({ hour, tables }) => [hour, new Set(tables)]));
  for (const hour of hours) all.set(hour, (all.get(hour) ?? new Set()).add(table));
  const sorted = [...all].sort(([left], [right]) => (left < right ? -1 : 1));
  return sorted.map(([hour, tables]) => ({ hour, tables: [...tables].sort() }));
}
