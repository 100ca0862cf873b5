/** How numbers, durations and counts are written for people. */

const NUMBER = new Intl.NumberFormat("en-US");

/** `1,234` */
export function counted(count: number): string {
  return NUMBER.format(count);
}

/** `1 record`, `1,234 records` */
export function counting(count: number, one: string, many = `${one}s`): string {
  return `${counted(count)} ${count === 1 ? one : many}`;
}

/** `1.4 s`, `2 min 5 s` */
export function duration(millis: number): string {
  if (millis < 60_000) return `${(millis / 1000).toFixed(1)} s`;
  const seconds = Math.round(millis / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
