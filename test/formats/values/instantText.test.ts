/** Instants as ISO text: what `Date` says, to the nanosecond, in the years 1 to 9999. */
import { timestampText } from "../../../formats/values/binaryTimestamp";
import { instantText } from "../../../formats/values/instantText";
import { seeded } from "../support/seeded";

const [FIRST, END] = [Date.UTC(2000, 0, 1) - 63_082_281_600_000, Date.UTC(10_000, 0, 1)];

test("any millisecond is what Date says", () => {
  const random = seeded(3);
  for (let count = 0; count < 20_000; count++) {
    const millis = FIRST + random.below(END - FIRST);
    const seconds = Math.floor(millis / 1_000);
    expect(instantText(seconds, (millis - seconds * 1_000) * 1_000_000)).toBe(new Date(millis).toISOString());
  }
});

test.each<[string, number, number, string | undefined]>([
  ["the first", -62_135_596_800, 0, "0001-01-01T00:00:00.000Z"],
  ["the last", 253_402_300_799, 999_999_999, "9999-12-31T23:59:59.999999999Z"],
  ["before the first", -62_135_596_801, 999_999_999, undefined],
  ["after the last", 253_402_300_800, 0, undefined],
  ["not a number", Number.NaN, 0, undefined],
  ["a leap day", 951_782_400, 0, "2000-02-29T00:00:00.000Z"],
  ["microseconds", 1_763_632_800, 120_001_000, "2025-11-20T10:00:00.120001Z"],
  ["a nanosecond", 0, 1, "1970-01-01T00:00:00.000000001Z"],
])("%s", (_, seconds, nanos, text) => {
  expect(instantText(seconds, nanos)).toBe(text);
});

test.each<[string, number | bigint, string | undefined]>([
  ["a microsecond before 1970", -1, "1969-12-31T23:59:59.999999Z"],
  ["a whole millisecond", 5_000, "1970-01-01T00:00:00.005000Z"],
  ["beyond what a double holds", 253_402_300_799_999_999n, "9999-12-31T23:59:59.999999Z"],
  ["long before what a double holds", -62_135_596_799_999_999n, "0001-01-01T00:00:00.000001Z"],
  ["after the year 9999", 253_402_300_800_000_000n, undefined],
])("a count of microseconds: %s", (_, count, text) => {
  expect(timestampText(count, "us")).toBe(text);
});
