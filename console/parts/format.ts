/** Writes numbers, sizes and times for people. */

const NUMBER = new Intl.NumberFormat("en-US", { maximumFractionDigits: 1 });

/** `1,234` */
export function counted(count: number): string {
  return NUMBER.format(count);
}

/** `1 row`, `1,234 rows` */
export function counting(count: number, one: string, many = `${one}s`): string {
  return `${counted(count)} ${count === 1 ? one : many}`;
}

/** `1.4 MB`, in powers of 1000 */
export function byteCount(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return power === 0 ? `${bytes} B` : `${(bytes / 1000 ** power).toFixed(1)} ${units[power]}`;
}

/** `1.4 s`, `2 min 5 s` */
export function duration(millis: number): string {
  if (millis < 1000) return `${Math.round(millis)} ms`;
  if (millis < 60_000) return `${(millis / 1000).toFixed(1)} s`;
  const seconds = Math.round(millis / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** `2026-11-20 10:15:00`, UTC */
export function timeOf(millis: number): string {
  return new Date(millis).toISOString().slice(0, 19).replace("T", " ");
}

/** Makes control characters visible, so that a record cannot hide or turn text around. */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, (sign) => {
    if (sign === "\n" || sign === "\t") return sign;
    const code = sign.codePointAt(0) ?? 0;
    return code < 0x80 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
  });
}
