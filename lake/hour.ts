/** All calendar arithmetic: an hour is a UTC hour, start inclusive, end exclusive, written `2026-11-20T10`. */

/** `YYYY-MM-DDTHH`, UTC. Sorts as text. */
export type Hour = string;

const MILLIS_PER_HOUR = 3_600_000;
const HOUR = /^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3])$/;
const PARTITION = /(?:^|\/)dt=(\d{4}-\d{2}-\d{2})\/hour=(\d{2})(?:\/|$)/;

/**
 * Caches of the last results: consecutive records share their second and hour, and formatting a date costs more than a
 * row's line.
 */
let lastHour = { index: Number.NaN, text: "" };
let lastSecond = { index: Number.NaN, text: "" };

/** The hour that holds an instant, given in milliseconds since the epoch. */
export function hourOf(epochMillis: number): Hour {
  const index = Math.floor(epochMillis / MILLIS_PER_HOUR);
  if (index !== lastHour.index) lastHour = { index, text: new Date(epochMillis).toISOString().slice(0, 13) };
  return lastHour.text;
}

/** ISO 8601, UTC, with milliseconds: `2026-11-20T10:04:09.123Z`. */
export function isoOf(epochMillis: number): string {
  const index = Math.floor(epochMillis / 1000);
  const millis = epochMillis - index * 1000;
  if (!Number.isInteger(millis)) return new Date(epochMillis).toISOString();
  if (index !== lastSecond.index) {
    lastSecond = { index, text: new Date(index * 1000).toISOString().slice(0, -"000Z".length) };
  }
  return `${lastSecond.text}${millis < 10 ? "00" : millis < 100 ? "0" : ""}${millis}Z`;
}

/** Milliseconds since the epoch at which the hour starts. */
export function startOf(hour: Hour): number {
  if (!isHour(hour)) throw new RangeError(`"${hour}" is not an hour; write it as 2026-11-20T10 (UTC)`);
  return Date.parse(`${hour}:00:00.000Z`);
}

/** True for `YYYY-MM-DDTHH` of a real calendar day. */
export function isHour(text: string): boolean {
  if (!HOUR.test(text)) return false;
  const start = Date.parse(`${text}:00:00.000Z`);
  return !Number.isNaN(start) && hourOf(start) === text;
}

/** The hour `count` hours later, or earlier if `count` is negative. */
export function addHours(hour: Hour, count: number): Hour {
  return hourOf(startOf(hour) + count * MILLIS_PER_HOUR);
}

/** Every hour from the first to the last, both inclusive. */
export function hoursBetween(first: Hour, last: Hour): Hour[] {
  const hours: Hour[] = [];
  for (let start = startOf(first); start <= startOf(last); start += MILLIS_PER_HOUR) hours.push(hourOf(start));
  return hours;
}

/** The table partition of an hour: `{ dt: "2026-11-20", hour: "10" }`. */
export function partitionOf(hour: Hour): { dt: string; hour: string } {
  startOf(hour);
  return { dt: hour.slice(0, 10), hour: hour.slice(11) };
}

/** The part of an object key that names the partition: `dt=2026-11-20/hour=10`. */
export function partitionPath(hour: Hour): string {
  const partition = partitionOf(hour);
  return `dt=${partition.dt}/hour=${partition.hour}`;
}

/** The hour of an object key, or undefined if the key has no `dt=…/hour=…`. */
export function hourOfKey(key: string): Hour | undefined {
  const found = PARTITION.exec(key);
  if (!found) return undefined;
  const hour = `${found[1]}T${found[2]}`;
  return isHour(hour) ? hour : undefined;
}
