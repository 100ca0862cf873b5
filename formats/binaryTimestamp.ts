/** Timestamps of binary frames: a count of seconds, milliseconds or microseconds to ISO text and back, exactly. */

export type TimestampUnit = "s" | "ms" | "us";

/** 0001-01-01T00:00:00Z and 10000-01-01T00:00:00Z, in milliseconds: the years that ISO text writes with four digits. */
const FIRST_MILLIS = -62_135_596_800_000;
const END_MILLIS = 253_402_300_800_000;
const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.(\d{1,6}))?Z$/;

/** `2026-11-20T10:04:09.123Z`, with six digits for microseconds; undefined outside the years 1 to 9999. */
export function timestampText(count: number | bigint, unit: TimestampUnit): string | undefined {
  if (unit === "us") {
    const micros = BigInt(count);
    const rest = ((micros % 1_000n) + 1_000n) % 1_000n;
    return isoText(Number((micros - rest) / 1_000n))?.replace("Z", `${String(rest).padStart(3, "0")}Z`);
  }
  return isoText(Number(count) * (unit === "s" ? 1_000 : 1));
}

function isoText(millis: number): string | undefined {
  return millis >= FIRST_MILLIS && millis < END_MILLIS ? new Date(millis).toISOString() : undefined;
}

/** The reverse; undefined for text that is not such a timestamp or is finer than the unit. */
export function timestampCount(text: string, unit: TimestampUnit): bigint | undefined {
  const found = ISO.exec(text);
  const millis = Date.parse(`${text.slice(0, 19)}Z`);
  if (!found || Number.isNaN(millis)) return undefined;
  const micros = BigInt(millis) * 1_000n + BigInt((found[1] ?? "").padEnd(6, "0"));
  const size = unit === "us" ? 1n : unit === "ms" ? 1_000n : 1_000_000n;
  return micros % size === 0n ? micros / size : undefined;
}
