/** When schedules fire, by the documented grammar, in UTC. */
import { parseScheduleExpression } from "../../../../local/services/scheduler/scheduleExpression";

const CREATED = Date.parse("2026-11-20T10:15:30.000Z");

function times(expression: string, count: number, after = CREATED): string[] {
  const next = parseScheduleExpression(expression, CREATED);
  const found: string[] = [];
  for (let at = next(after); at !== undefined && found.length < count; at = next(at)) {
    found.push(new Date(at).toISOString().slice(0, 16));
  }
  return found;
}

test.each([
  ["cron(10 * * * ? *)", ["2026-11-20T11:10", "2026-11-20T12:10", "2026-11-20T13:10"]],
  ["cron(16 10 * * ? *)", ["2026-11-20T10:16", "2026-11-21T10:16", "2026-11-22T10:16"]],
  ["cron(0/20 10 * * ? *)", ["2026-11-20T10:20", "2026-11-20T10:40", "2026-11-21T10:00"]],
  ["cron(*/30 8-9 ? * MON-FRI *)", ["2026-11-23T08:00", "2026-11-23T08:30", "2026-11-23T09:00"]],
  ["cron(0 0 ? * 1 *)", ["2026-11-22T00:00", "2026-11-29T00:00", "2026-12-06T00:00"]],
  ["cron(0 0 31 * ? *)", ["2026-12-31T00:00", "2027-01-31T00:00", "2027-03-31T00:00"]],
  ["cron(0 0 29 FEB ? *)", ["2028-02-29T00:00", "2032-02-29T00:00", "2036-02-29T00:00"]],
  ["cron(5,15 1 1 jan,JUL ? 2027)", ["2027-01-01T01:05", "2027-01-01T01:15", "2027-07-01T01:05"]],
  ["cron(0 12 1-10/4 * ? *)", ["2026-12-01T12:00", "2026-12-05T12:00", "2026-12-09T12:00"]],
  ["rate(1 hour)", ["2026-11-20T11:15", "2026-11-20T12:15", "2026-11-20T13:15"]],
  ["rate(5 minutes)", ["2026-11-20T10:20", "2026-11-20T10:25", "2026-11-20T10:30"]],
  ["rate(2 days)", ["2026-11-22T10:15", "2026-11-24T10:15", "2026-11-26T10:15"]],
])("%s", (expression, expected) => {
  expect(times(expression, 3)).toEqual(expected);
});

test("a time that is the instant itself has passed", () => {
  expect(times("cron(10 * * * ? *)", 1, Date.parse("2026-11-20T11:10:00.000Z"))).toEqual(["2026-11-20T12:10"]);
});

test("a schedule whose years are over never fires", () => {
  expect(times("cron(0 0 1 1 ? 2020)", 1)).toEqual([]);
});

test.each([
  ["cron(10 * * * ?)", "has 5 fields; it must have 6"],
  ["cron(10 * * * * *)", 'exactly one of day-of-month and day-of-week must be "?"'],
  ["cron(10 * ? * ? *)", 'exactly one of day-of-month and day-of-week must be "?"'],
  ["cron(? * * * ? *)", '"?" is allowed only in day-of-month and day-of-week, not in minutes'],
  ["cron(60 * * * ? *)", '"60" is not a value of minutes (0 to 59)'],
  ["cron(10 * * FOO ? *)", '"FOO" is not a value of month (1 to 12)'],
  ["cron(10 * 0 * ? *)", '"0" is not a value of day-of-month (1 to 31)'],
  ["cron(30-10 * * * ? *)", '"30-10" is not a range of minutes'],
  ["cron(*/0 * * * ? *)", '"*/0" is not a range of minutes'],
  ["cron(10 * L * ? *)", '"L" in day-of-month is not simulated (L, W and #); see docs/fidelity.md'],
  ["cron(10 * 3W * ? *)", '"3W" in day-of-month is not simulated (L, W and #)'],
  ["cron(10 * ? * 6#3 *)", '"6#3" in day-of-week is not simulated (L, W and #)'],
  ["cron(10 * ? * FRIL *)", '"FRIL" in day-of-week is not simulated (L, W and #)'],
  ["rate(1 hours)", "rate(1 hours) is not a rate; use the form rate(1 hour)"],
  ["rate(0 minutes)", "is not a rate"],
  ["rate(5 seconds)", "is not a rate"],
  ["at(2026-11-20T10:00:00)", "one-time schedules are not simulated; see docs/fidelity.md"],
  ["every hour", "is not a schedule expression; use cron(10 * * * ? *) or rate(1 hour)"],
])("%s is refused", (expression, words) => {
  expect(() => parseScheduleExpression(expression, CREATED)).toThrow(words);
});
