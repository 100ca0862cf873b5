/** Checks strings by a schema's `format`: accepts exactly those that the flatten job reads as the column's type. */

const TIME = /^[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?(Z|[+-](0\d|1[0-5]):[0-5]\d)?)?$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const DATE_LENGTH = 10;

/**
 * By name, as JSON Schema's `format` writes it. A `date-time` may omit the time, the seconds or the offset (then UTC).
 */
export const SCHEMA_FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  "date-time": isTimestamp,
  date: (text) => text.length === DATE_LENGTH && startsWithDate(text),
  uuid: (text) => UUID.test(text),
};

function isTimestamp(text: string): boolean {
  if (!startsWithDate(text)) return false;
  if (text.length === DATE_LENGTH || isUsualTime(text)) return true;
  if (!TIME.test(text.slice(DATE_LENGTH))) return false;
  // An offset may move an instant of the calendar's first or last day out of the calendar.
  return text.startsWith("0001-01-01") || text.startsWith("9999-12-31") ? !/[+-]\d{2}:\d{2}$/.test(text) : true;
}

/** True for `T10:04:09.123Z`, the most common form; several times faster than a regular expression. */
function isUsualTime(text: string): boolean {
  if (text.length !== 24 || text.charCodeAt(10) !== 0x54 || text.charCodeAt(23) !== 0x5a) return false;
  if (text.charCodeAt(13) !== 0x3a || text.charCodeAt(16) !== 0x3a || text.charCodeAt(19) !== 0x2e) return false;
  const [hours, minutes, seconds] = [twoDigits(text, 11), twoDigits(text, 14), twoDigits(text, 17)];
  const isFraction = twoDigits(text, 20) >= 0 && twoDigits(text, 21) >= 0;
  return isFraction && hours >= 0 && hours < 24 && minutes >= 0 && minutes < 60 && seconds >= 0 && seconds < 60;
}

/** True if the text starts with a real day, as `2026-11-20`, from the year 1 on. */
function startsWithDate(text: string): boolean {
  if (text.length < DATE_LENGTH || text.charCodeAt(4) !== 0x2d || text.charCodeAt(7) !== 0x2d) return false;
  const [century, years, month, day] = [twoDigits(text, 0), twoDigits(text, 2), twoDigits(text, 5), twoDigits(text, 8)];
  const year = century * 100 + years;
  if (century < 0 || years < 0 || year < 1 || month < 1 || month > 12) return false;
  return day >= 1 && day <= daysOf(year, month);
}

/** Negative if the characters are not two digits. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 0x30;
  const ones = text.charCodeAt(at + 1) - 0x30;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1;
}

function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
