/** Starts by hand after a replay: together they look at every hour from the first to the last. */
import { closingLines } from "../../../cli/replay/report";
import { hoursBetween } from "../../../lake/hour";
import { firstHourOf } from "../../../lake/hourly/planHours";

test.each<[string, string, string[]]>([
  ["2026-11-20T10", "2026-11-20T10", ["2026-11-20T10"]],
  ["2026-11-13T11", "2026-11-20T10", ["2026-11-20T10"]],
  ["2026-11-13T10", "2026-11-20T10", ["2026-11-20T10", "2026-11-13T10"]],
  ["2026-10-30T00", "2026-11-20T10", ["2026-11-20T10", "2026-11-13T10", "2026-11-06T10", "2026-10-30T10"]],
])("from %s to %s they cover every hour, and none is one too many", (first, last, starts) => {
  const [, , ...lines] = closingLines(false, { firstHour: first, lastHour: last });
  expect(lines.map((line) => JSON.parse(line).hour)).toEqual(starts);
  const covered = new Set(starts.flatMap((start) => hoursBetween(firstHourOf(start, 168), start)));
  expect(hoursBetween(first, last).filter((hour) => !covered.has(hour))).toEqual([]);
});
