/** Writes numbers, counts, durations and colours for people. */
import type { Io } from "./io";

const NUMBER = new Intl.NumberFormat("en-US");

/** `1,234` */
export function counted(count: number): string {
  return NUMBER.format(count);
}

/** `1 record`, `1,234 records` */
export function counting(count: number, one: string, many = `${one}s`): string {
  return `${counted(count)} ${count === 1 ? one : many}`;
}

/** `512 B`, `1.4 MB`, in powers of 1000 */
export function byteCount(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return power === 0 ? `${bytes} B` : `${(bytes / 1000 ** power).toFixed(1)} ${units[power]}`;
}

/** `1.4 s`, `2 min 5 s` */
export function duration(millis: number): string {
  if (millis < 60_000) return `${(millis / 1000).toFixed(1)} s`;
  const seconds = Math.round(millis / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

export interface Paint {
  strong(text: string): string;
  faint(text: string): string;
  good(text: string): string;
  bad(text: string): string;
}

/**
 * Colours as `--color` sets them: by default only on a terminal, and not if the environment disables them
 * (https://no-color.org).
 */
export function createPaint({ stdout, env, color = "auto" }: Pick<Io, "stdout" | "env" | "color">): Paint {
  const wanted = stdout.isTTY === true && !env.NO_COLOR && env.TERM !== "dumb";
  const on = color === "auto" ? wanted : color === "always";
  const sgr = (code: number) => (text: string) => (on ? `\u001b[${code}m${text}\u001b[0m` : text);
  return { strong: sgr(1), faint: sgr(2), good: sgr(32), bad: sgr(31) };
}
