import fc from "fast-check";
import {
  addHours,
  hourOf,
  hourOfKey,
  hoursBetween,
  isHour,
  isoOf,
  partitionOf,
  partitionPath,
  startOf,
} from "../../lake/hour";

const millis = fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) });
const hours = millis.map(hourOf);

test.each([
  ["the first millisecond of an hour", "2026-11-20T10:00:00.000Z", "2026-11-20T10"],
  ["the last millisecond of an hour", "2026-11-20T10:59:59.999Z", "2026-11-20T10"],
  ["the last hour of a year", "2025-12-31T23:59:59.999Z", "2025-12-31T23"],
  ["midnight", "2026-01-01T00:00:00.000Z", "2026-01-01T00"],
  ["a leap day", "2028-02-29T07:30:00.000Z", "2028-02-29T07"],
])("%s lies in its UTC hour", (_name, instant, hour) => {
  expect(hourOf(Date.parse(instant))).toBe(hour);
});

test.each(["2026-11-20T24", "2026-02-30T10", "2026-11-20 10", "2026-11-20T1", "2026-11-20T10:00", "", "2026-13-01T00"])(
  "%p is not an hour",
  (text) => {
    expect(isHour(text)).toBe(false);
    expect(() => startOf(text)).toThrow(`"${text}" is not an hour; write it as 2026-11-20T10 (UTC)`);
  },
);

test.each([
  ["2026-11-20T23", 1, "2026-11-21T00"],
  ["2026-01-01T00", -1, "2025-12-31T23"],
  ["2028-02-28T23", 1, "2028-02-29T00"],
  ["2026-11-20T10", -168, "2026-11-13T10"],
  ["2026-03-29T01", 1, "2026-03-29T02"], // daylight saving begins in Europe; UTC does not notice
])("%s and %i hours is %s", (hour, count, expected) => {
  expect(addHours(hour, count)).toBe(expected);
});

test("hours between two hours include both, and cross midnight", () => {
  expect(hoursBetween("2026-11-20T22", "2026-11-21T01")).toEqual([
    "2026-11-20T22",
    "2026-11-20T23",
    "2026-11-21T00",
    "2026-11-21T01",
  ]);
  expect(hoursBetween("2026-11-21T01", "2026-11-21T00")).toEqual([]);
});

test("an hour's table partition has two digits for the hour", () => {
  expect(partitionOf("2026-11-20T05")).toEqual({ dt: "2026-11-20", hour: "05" });
  expect(partitionPath("2026-11-20T05")).toBe("dt=2026-11-20/hour=05");
});

test.each([
  ["raw/clicks/dt=2026-11-20/hour=10/x.ndjson.gz", "2026-11-20T10"],
  ["dt=2026-11-20/hour=10", "2026-11-20T10"],
  ["raw/clicks/dt=2026-11-20/hour=24/x", undefined],
  ["raw/clicks/dt=2026-02-31/hour=10/x", undefined],
  ["raw/xdt=2026-11-20/hour=10/x", undefined],
  ["raw/clicks/x", undefined],
])("the key %s lies in the hour %s", (key, hour) => {
  expect(hourOfKey(key)).toBe(hour);
});

test("an instant is never before its hour's start, and always before the next one's", () => {
  fc.assert(
    fc.property(millis, (instant) => {
      const hour = hourOf(instant);
      expect(startOf(hour)).toBeLessThanOrEqual(instant);
      expect(startOf(addHours(hour, 1))).toBeGreaterThan(instant);
    }),
  );
});

test("an instant is written as a date writes itself, whichever was written before", () => {
  const instant = fc.oneof(
    millis,
    fc.integer({ min: -(10 ** 15), max: 8.64e15 }),
    fc.double({ min: 0, max: 1e12, noNaN: true }),
  );
  fc.assert(
    fc.property(instant, fc.integer({ min: 0, max: 2000 }), (first, later) => {
      expect(isoOf(first)).toBe(new Date(first).toISOString());
      if (first + later <= 8.64e15) expect(isoOf(first + later)).toBe(new Date(first + later).toISOString());
    }),
  );
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, 8.64e15 + 1000])("%p is no instant", (value) => {
  expect(() => isoOf(value)).toThrow(RangeError);
});

test("hours sort as text in the order of time, and adding hours is undone by subtracting them", () => {
  fc.assert(
    fc.property(hours, fc.integer({ min: 1, max: 10_000 }), (hour, count) => {
      const later = addHours(hour, count);
      expect(later > hour).toBe(true);
      expect(addHours(later, -count)).toBe(hour);
    }),
  );
});

test("an hour's partition path leads back to it", () => {
  fc.assert(
    fc.property(hours, (hour) => {
      expect(hourOfKey(`raw/t/${partitionPath(hour)}/x`)).toBe(hour);
    }),
  );
});
