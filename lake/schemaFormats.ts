/** The texts that a schema's `format` accepts: exactly those that the hourly step can read as the column's type. */

const TIME = "([01]\\d|2[0-3]):[0-5]\\d(:[0-5]\\d(\\.\\d{1,9})?(Z|[+-](0\\d|1[0-5]):[0-5]\\d)?)?";
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIMESTAMP = new RegExp(`^\\d{4}-\\d{2}-\\d{2}([T ]${TIME})?$`);
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** By name, as JSON Schema's `format` writes it. A `date-time` may leave out the time, the seconds or the offset (UTC then). */
export const SCHEMA_FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  "date-time": isTimestamp,
  date: isDate,
  uuid: (text) => UUID.test(text),
};

function isTimestamp(text: string): boolean {
  if (!TIMESTAMP.test(text) || !isDate(text.slice(0, 10))) return false;
  // An offset may move the first and the last day of the calendar out of it.
  return text.startsWith("0001-01-01") || text.startsWith("9999-12-31") ? !/[+-]\d{2}:\d{2}$/.test(text) : true;
}

function isDate(text: string): boolean {
  const found = DATE.exec(text);
  if (!found) return false;
  const [year, month, day] = found.slice(1).map(Number) as [number, number, number];
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month);
}

function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}
