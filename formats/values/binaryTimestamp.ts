/** Converts a count of seconds, milliseconds or microseconds to ISO text and back, exactly. */
import { instantText } from "./instantText";

export type TimestampUnit = "s" | "ms" | "us";

const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.(\d{1,6}))?Z$/;

/** `2026-11-20T10:04:09.123Z`, with six digits for microseconds; undefined outside the years 1 to 9999. */
export function timestampText(count: number | bigint, unit: TimestampUnit): string | undefined {
  if (unit === "s") return instantText(Number(count), 0);
  const [perSecond, nanosEach, decimals] = unit === "ms" ? [1_000, 1_000_000, 3] : [1_000_000, 1_000, 6];
  if (typeof count === "number") {
    const rest = ((count % perSecond) + perSecond) % perSecond;
    return instantText((count - rest) / perSecond, rest * nanosEach, decimals);
  }
  const whole = BigInt(perSecond);
  const rest = ((count % whole) + whole) % whole;
  return instantText(Number((count - rest) / whole), Number(rest) * nanosEach, decimals);
}

/** The reverse; undefined for text that is not such a timestamp, or is more precise than the unit. */
export function timestampCount(text: string, unit: TimestampUnit): bigint | undefined {
  const found = ISO.exec(text);
  const millis = Date.parse(`${text.slice(0, 19)}Z`);
  if (!found || Number.isNaN(millis)) return undefined;
  const micros = BigInt(millis) * 1_000n + BigInt((found[1] ?? "").padEnd(6, "0"));
  const size = unit === "us" ? 1n : unit === "ms" ? 1_000n : 1_000_000n;
  return micros % size === 0n ? micros / size : undefined;
}
