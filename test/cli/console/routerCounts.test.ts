import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { RouterCounts } from "../../../cli/console/routerCounts";

const dir = mkdtempSync(path.join(tmpdir(), "counts-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const log = path.join(dir, "logs", "aws", "lambda", "router", "2026", "11", "20", "[$LATEST]0.log");

test("batches are summed up by function, reason, format and minute, each once", () => {
  mkdirSync(path.dirname(log), { recursive: true });
  const batch = (time: string, counts: object) =>
    `${JSON.stringify({ message: "routed", Stream: "in", ...counts, _aws: { Timestamp: Date.parse(time), CloudWatchMetrics: [] } })}\n`;
  appendFileSync(log, "a line of somebody else\n");
  appendFileSync(log, '{"message":"routed" and broken\n');
  appendFileSync(
    log,
    batch("2026-11-20T10:04:09Z", {
      Records: 5,
      Rows: 9,
      Unformatted: 2,
      "Unformatted.format.json": 1,
      "Unformatted.empty.unknown": 1,
    }),
  );
  const counts = new RouterCounts(dir, { "router-function": "aws/lambda/router", other: "aws/lambda/rout" });
  counts.read();
  counts.read();
  appendFileSync(
    log,
    batch("2026-11-20T10:05:59Z", { Records: 1, Rows: 0, Unformatted: 1, "Unformatted.format.csv": 1 }),
  );
  counts.read();
  expect(counts.counts()).toEqual({
    "router-function:Records": 6,
    "router-function:Rows": 9,
    "router-function:Unformatted": 3,
  });
  expect(counts.refusals()).toEqual({
    byFormat: [
      { reason: "format", format: "json", records: 1 },
      { reason: "empty", format: "unknown", records: 1 },
      { reason: "format", format: "csv", records: 1 },
    ],
    series: {
      minutes: [Date.parse("2026-11-20T10:04:00Z"), Date.parse("2026-11-20T10:05:00Z")],
      reasons: { empty: [1, 0], format: [1, 1] },
    },
  });
});

test("batches of serving tables and delivery streams are counted, other lines are not", () => {
  const other = path.join(dir, "logs", "fold", "2026", "11", "20", "0.log");
  mkdirSync(path.dirname(other), { recursive: true });
  for (const message of ["folded", "transformed", "something"]) {
    appendFileSync(other, `${JSON.stringify({ message, Records: 2, Rows: 3 })}\n`);
  }
  const counts = new RouterCounts(dir, { fold: "fold" });
  counts.read();
  expect(counts.counts()).toEqual({ "fold:Records": 4, "fold:Rows": 6 });
});
