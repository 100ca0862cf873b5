/** The date parts of Redshift's date functions under DuckDB's names. https://docs.aws.amazon.com/redshift/latest/dg/r_Dateparts_for_datetime_functions.html */
import { notSimulated } from "./redshiftError";

const SPELLINGS: Readonly<Record<string, string>> = {
  year: "year years y yr yrs",
  quarter: "quarter quarters qtr qtrs",
  month: "month months mon mons",
  week: "week weeks w",
  day: "day days d",
  hour: "hour hours h hr hrs",
  minute: "minute minutes m min mins",
  second: "second seconds s sec secs",
  millisecond: "millisecond milliseconds msec msecs msecond mseconds ms millisec millisecs",
  microsecond: "microsecond microseconds microsec microsecs usec usecs us",
  dow: "dow dw dayofweek weekday",
  doy: "doy dy dayofyear yearday",
  epoch: "epoch",
};

const PARTS = new Map(
  Object.entries(SPELLINGS).flatMap(([part, spellings]) => spellings.split(" ").map((spelling) => [spelling, part])),
);

const UNITS = new Set(["year", "quarter", "month", "week", "day", "hour", "minute", "second"]);

/** @throws RedshiftError for a part that is not simulated */
export function datePart(text: string): string {
  const part = PARTS.get(text.toLowerCase());
  if (part === undefined) throw notSimulated(`the date part "${text}"`);
  return part;
}

/** A part that can be added, counted and truncated to. */
export function dateUnit(text: string): string {
  const part = datePart(text);
  if (UNITS.has(part) || part === "millisecond" || part === "microsecond") return part;
  throw notSimulated(`the date part "${text}" here`);
}
