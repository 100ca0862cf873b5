/** A point in time, counted in seconds and nanoseconds, as ISO text. */
import { timestampText } from "./binaryTimestamp";

/**
 * `2026-11-20T10:04:09.123Z`, in UTC, with as many groups of three decimals as are needed, at least one; undefined outside
 * the years 1 to 9999.
 *
 * @param nanos 0 to 999,999,999
 */
export function instantText(seconds: number, nanos: number): string | undefined {
  const whole = timestampText(seconds, "s");
  if (whole === undefined) return undefined;
  const digits = String(nanos).padStart(9, "0");
  const needed = digits.endsWith("000000") ? 3 : digits.endsWith("000") ? 6 : 9;
  return whole.replace("000Z", `${digits.slice(0, needed)}Z`);
}
