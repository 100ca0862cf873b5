import { RoutedCounts } from "../../../functions/parts/routedCounts";
import { REASONS, type Reason } from "../../../lake/reasons";
import { LandingObject } from "../../../lake/routing/landingObject";

function unformatted(found: readonly { reason: Reason; format: string; records: number }[]): LandingObject {
  const refused = found.map((count) => ({ detail: `${count.reason} of ${count.format}`, ...count }));
  const range = { shard: "s", first: "1", last: "2", count: 2 };
  return new LandingObject("k", "unformatted", "records", "2026-11-20T10", range, Buffer.alloc(0), refused);
}

test("objects of one reason and format are counted together", () => {
  const counts = new RoutedCounts(7);
  counts.add(unformatted([{ reason: "schema", format: "csv", records: 2 }]));
  counts.add(
    unformatted([
      { reason: "schema", format: "csv", records: 3 },
      { reason: "schema", format: "json", records: 1 },
    ]),
  );
  expect(counts.entry("clicks", 1)).toMatchObject({
    message: "routed",
    Stream: "clicks",
    Records: 7,
    Rows: 0,
    Objects: 2,
    FailedWrites: 1,
    Unformatted: 6,
    "Unformatted.schema.csv": 5,
    "Unformatted.schema.json": 1,
  });
});

test("records that a hook failed on are counted at once, and the first detail is kept for the log", () => {
  const counts = new RoutedCounts(7);
  counts.add(
    unformatted([
      { reason: "hook", format: "csv", records: 2 },
      { reason: "schema", format: "csv", records: 1 },
    ]),
  );
  counts.add(unformatted([{ reason: "hook", format: "json", records: 3 }]));
  expect(counts.entry("clicks", 0)).toMatchObject({ HookErrors: 5, Unformatted: 6 });
  expect(counts.firstHookError).toBe("hook of csv");
  expect(new RoutedCounts(1).entry("clicks", 0)).not.toHaveProperty("HookErrors");
});

test("every metric stands at the root of the line as a number, at most 100 of them in a directive", () => {
  const formats = Array.from({ length: 20 }, (_, n) => `format${n}`);
  const counts = new RoutedCounts(1);
  counts.add(unformatted(REASONS.flatMap((reason) => formats.map((format) => ({ reason, format, records: 1 })))));
  const entry = counts.entry("clicks", 0);
  const directives = entry._aws?.CloudWatchMetrics as {
    Metrics: { Name: string; Unit: string }[];
    Dimensions: string[][];
  }[];
  const names = directives.flatMap(({ Metrics }) => Metrics.map(({ Name }) => Name));
  expect(names).toHaveLength(REASONS.length * 20 + 6);
  expect(names.filter((name) => typeof entry[name] !== "number")).toEqual([]);
  expect(directives.every(({ Metrics }) => Metrics.length <= 100)).toBe(true);
  expect(directives.map(({ Dimensions }) => Dimensions)).toEqual(directives.map(() => [["Stream"]]));
});
