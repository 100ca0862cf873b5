/** The store of metrics: statistic sets by minute, each metric by its dimensions, and bounded. */
import { Metrics, MINUTE, single } from "../../../../local/cloud/metrics/metrics";

const START = Date.parse("2026-11-20T10:00:00Z");

function world() {
  let now = START;
  const metrics = new Metrics({ now: () => now });
  return {
    metrics,
    advance: (millis: number) => {
      now += millis;
    },
  };
}

const QUEUE = { namespace: "AWS/SQS", name: "Sent", dimensions: { QueueName: "q" } };
const hour = { from: START, to: START + 60 * MINUTE };

test("values of a minute are one set, and minutes merge", () => {
  const { metrics, advance } = world();
  const publish = metrics.publisher("AWS/SQS", { QueueName: "q" });
  publish("Sent", 3, "Count");
  publish("Sent", 5, "Count");
  advance(MINUTE);
  publish("Sent", -1, "Count");
  expect(metrics.statistics({ ...QUEUE, from: START, to: START + MINUTE })).toEqual({
    count: 2,
    sum: 8,
    min: 3,
    max: 5,
  });
  expect(metrics.statistics({ ...QUEUE, ...hour })).toEqual({ count: 3, sum: 7, min: -1, max: 5 });
  expect(metrics.statistics({ ...QUEUE, from: START + 2 * MINUTE, to: START + 3 * MINUTE })).toBeUndefined();
});

test("a value may have a time of its own, and comes to its minute", () => {
  const { metrics } = world();
  metrics.publisher("AWS/SQS", { QueueName: "q" })("Sent", 1, "Count", START + 90_000);
  expect(metrics.statistics({ ...QUEUE, from: START + MINUTE, to: START + 2 * MINUTE })?.sum).toBe(1);
});

test("dimensions are the metric's identity, in any order", () => {
  const { metrics } = world();
  metrics.add({ namespace: "N", name: "m", dimensions: { A: "1", B: "2" }, values: single(1) });
  metrics.add({ namespace: "N", name: "m", dimensions: { B: "2", A: "1" }, values: single(2) });
  metrics.add({ namespace: "N", name: "m", dimensions: { A: "1" }, values: single(4) });
  expect(metrics.list()).toEqual([
    { namespace: "N", name: "m", dimensions: { A: "1", B: "2" } },
    { namespace: "N", name: "m", dimensions: { A: "1" } },
  ]);
  expect(metrics.statistics({ namespace: "N", name: "m", dimensions: { B: "2", A: "1" }, ...hour })?.sum).toBe(3);
});

test("units are apart if one is asked for, and together otherwise", () => {
  const { metrics } = world();
  metrics.add({ ...QUEUE, values: single(1), unit: "Count" });
  metrics.add({ ...QUEUE, values: single(10), unit: "Bytes" });
  expect(metrics.units(QUEUE)).toEqual(["Count", "Bytes"]);
  expect(metrics.statistics({ ...QUEUE, ...hour, unit: "Bytes" })?.sum).toBe(10);
  expect(metrics.statistics({ ...QUEUE, ...hour, unit: "Seconds" })).toBeUndefined();
  expect(metrics.statistics({ ...QUEUE, ...hour })?.sum).toBe(11);
});

test("a metric keeps a week of minutes", () => {
  const { metrics, advance } = world();
  const publish = metrics.publisher("AWS/SQS", { QueueName: "q" });
  for (let minute = 0; minute < 7 * 24 * 60 + 5; minute++) {
    publish("Sent", 1, "Count");
    advance(MINUTE);
  }
  expect(metrics.statistics({ ...QUEUE, from: START, to: START + 10 * 24 * 60 * MINUTE })?.count).toBe(7 * 24 * 60);
  expect(metrics.statistics({ ...QUEUE, from: START, to: START + 5 * MINUTE })).toBeUndefined();
});

test("samplers run when metrics are brought up to date", () => {
  const { metrics } = world();
  const publish = metrics.publisher("AWS/SQS", { QueueName: "q" });
  metrics.onRead(() => publish("Sent", 2, "Count"));
  expect(metrics.list()).toEqual([]);
  metrics.refresh();
  metrics.refresh();
  expect(metrics.statistics({ ...QUEUE, ...hour })).toEqual({ count: 2, sum: 4, min: 2, max: 2 });
});
