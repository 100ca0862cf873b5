/** Starts by hand after a replay: together they look at every hour from the first to the last. */
import { handStarts } from "../../../cli/replay/handStarts";
import { hoursBetween } from "../../../lake/hour";
import { firstHourOf } from "../../../lake/hourly/planHours";

test.each<[string, string, string[]]>([
  ["2026-11-20T10", "2026-11-20T10", ["2026-11-20T10"]],
  ["2026-11-13T11", "2026-11-20T10", ["2026-11-20T10"]],
  ["2026-11-13T10", "2026-11-20T10", ["2026-11-20T10", "2026-11-13T10"]],
  ["2026-10-30T00", "2026-11-20T10", ["2026-11-20T10", "2026-11-13T10", "2026-11-06T10", "2026-10-30T10"]],
])("from %s to %s they cover every hour, and none is one too many", (first, last, starts) => {
  expect(handStarts(first, last, 168)).toEqual(starts);
  const covered = new Set(starts.flatMap((start) => hoursBetween(firstHourOf(start, 168), start)));
  expect(hoursBetween(first, last).filter((hour) => !covered.has(hour))).toEqual([]);
});
