/** Converts a point in time, in seconds and nanoseconds, to ISO text. */
import { asciiText } from "./asciiText";

/** 0001-01-01T00:00:00Z and 10000-01-01T00:00:00Z: ISO text has four digits for the years between. */
const FIRST_SECONDS = -62_135_596_800;
const END_SECONDS = 253_402_300_800;
const DAY = 86_400;
const [ZERO, Z] = [0x30, 0x5a] as const;
const DECIMALS_AT = 20;

/** The buffer of the latest text; its date is reused, because consecutive times are usually of one day. */
const text = Buffer.from("0001-01-01T00:00:00.000000000Z", "latin1");
let latestDays = Number.NaN;

/**
 * `2026-11-20T10:04:09.123Z`, in UTC, with as many groups of three decimals as needed, at least one; undefined outside the
 * years 1 to 9999. Several times faster than `Date`, because a record may contain very many times.
 *
 * @param nanos 0 to 999,999,999
 * @param leastDecimals 3, 6 or 9
 */
export function instantText(seconds: number, nanos: number, leastDecimals = 3): string | undefined {
  if (!(seconds >= FIRST_SECONDS && seconds < END_SECONDS)) return undefined;
  const days = Math.floor(seconds / DAY);
  if (days !== latestDays) putDate(days);
  const second = seconds - days * DAY;
  put2(11, (second / 3600) | 0);
  put2(14, ((second / 60) | 0) % 60);
  put2(17, second % 60);
  const millis = (nanos / 1_000_000) | 0;
  put3(DECIMALS_AT, millis);
  let end = DECIMALS_AT + 3;
  const rest = nanos - millis * 1_000_000;
  if (rest !== 0 || leastDecimals > 3) {
    const micros = (rest / 1_000) | 0;
    put3(end, micros);
    end += 3;
    if (rest !== micros * 1_000 || leastDecimals > 6) {
      put3(end, rest - micros * 1_000);
      end += 3;
    }
  }
  text[end] = Z;
  return asciiText(text, 0, end + 1);
}

/** The same for nanoseconds since 1970. */
export function nanosText(count: number | bigint): string | undefined {
  if (typeof count === "number") {
    const nanos = ((count % 1e9) + 1e9) % 1e9;
    return instantText((count - nanos) / 1e9, nanos);
  }
  const nanos = ((count % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  return instantText(Number((count - nanos) / 1_000_000_000n), Number(nanos));
}

/** Writes the Gregorian date of a day since 1970; years are counted from March, so that leap days come last. */
function putDate(days: number): void {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  put2(0, (year / 100) | 0);
  put2(2, year % 100);
  put2(5, month);
  put2(8, dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1);
  latestDays = days;
}

function put2(at: number, number: number): void {
  const tens = (number / 10) | 0;
  text[at] = ZERO + tens;
  text[at + 1] = ZERO + number - tens * 10;
}

function put3(at: number, number: number): void {
  const hundreds = (number / 100) | 0;
  text[at] = ZERO + hundreds;
  put2(at + 1, number - hundreds * 100);
}
