/** Texts of days and times that a schema lets through, against a plain reading of the same rules. */
import fc from "fast-check";
import { SCHEMA_FORMATS } from "../../../lake/schemas/formats";

const isTimestamp = SCHEMA_FORMATS["date-time"] as (text: string) => boolean;
const isDate = SCHEMA_FORMATS.date as (text: string) => boolean;

test.each([
  ["2026-11-20T10:04:09.123Z", true],
  ["2026-11-20T10:04:09.12aZ", false],
  ["2026-11-20T24:04:09.123Z", false],
  ["2026-11-20T10:60:09.123Z", false],
  ["2026-11-20T10:04:60.123Z", false],
  ["2026-11-20 10:04:09.123456789+02:00", true],
  ["2026-11-20T10:04:09Z", true],
  ["2026-11-20T10:04", true],
  ["2026-11-20T10:04Z", false],
  ["2026-11-20", true],
  ["2026-11-20T", false],
  ["2024-02-29T00:00:00.000Z", true],
  ["1900-02-29T00:00:00.000Z", false],
  ["0000-01-01", false],
  ["0001-01-01T00:00:00+15:00", false],
  ["9999-12-31T00:00:00Z", true],
  ["２026-11-20", false],
  ["", false],
])("date-time %s is %s", (text, expected) => {
  expect(isTimestamp(text)).toBe(expected);
});

test("every day of the calendar is a date, and no other", () => {
  const part = (most: number, digits: number) =>
    fc.integer({ min: 0, max: most }).map((value) => String(value).padStart(digits, "0"));
  fc.assert(
    fc.property(part(9999, 4), part(15, 2), part(40, 2), (year, month, day) => {
      const text = `${year}-${month}-${day}`;
      const parsed = new Date(`${text}T00:00:00Z`);
      const isDay = !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(text) && year !== "0000";
      expect([text, isDate(text)]).toEqual([text, isDay]);
    }),
    { seed: 7, numRuns: 3000 },
  );
});

test("a uuid is 32 hexadecimal digits in groups", () => {
  expect(SCHEMA_FORMATS.uuid?.("0b5F1e2a-0000-4000-8000-000000000000")).toBe(true);
  expect(SCHEMA_FORMATS.uuid?.("0b5f1e2a000040008000000000000000")).toBe(false);
});
