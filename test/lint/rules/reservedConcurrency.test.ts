import { UNKNOWN } from "../../../lint/program";
import { reservedConcurrency } from "../../../lint/rules/reservedConcurrency";
import { fn, foundBy, mapping, stream } from "../support/programOf";

const handler = (reservedConcurrentExecutions?: unknown) => fn("reader", { reservedConcurrentExecutions });
const factor = (parallelizationFactor?: unknown, more: object = {}) =>
  mapping("read", "orders", "reader", { parallelizationFactor, ...more });
const onDemand = { streamModeDetails: { streamMode: "ON_DEMAND" } };

test.each([
  ["as many as batches", [stream("orders", { shardCount: 4 }), handler(8), factor(2)]],
  ["no reservation", [stream("orders", { shardCount: 4 }), handler(), factor(2)]],
  ["an unknown number of shards", [stream("orders", { shardCount: UNKNOWN }), handler(1), factor(2)]],
  ["an unknown factor", [stream("orders", { shardCount: 4 }), handler(1), factor(UNKNOWN)]],
  ["a mapping that is stopped", [stream("orders", { shardCount: 4 }), handler(1), factor(2, { enabled: false })]],
  ["four for an on-demand stream", [stream("orders", onDemand), handler(4), factor()]],
])("%s passes", (_, given) => {
  expect(foundBy(reservedConcurrency, given)).toEqual([]);
});

test("fewer than the batches of all shards fail, over all mappings", () => {
  expect(foundBy(reservedConcurrency, [stream("orders", { shardCount: 4 }), handler(7), factor(2)])).toEqual([
    "reader: its reserved concurrency is 7, but 4 shards of orders × 2 are 8 batches at once, so shards wait for each other. Reserve at least 8, or lower parallelizationFactor.",
  ]);
  const two = [
    stream("orders", onDemand),
    stream("clicks", { shardCount: 2 }),
    handler(5),
    factor(),
    mapping("more", "clicks", "reader"),
  ];
  expect(foundBy(reservedConcurrency, two)).toEqual([
    "reader: its reserved concurrency is 5, but 4 shards of orders × 1 and 2 shards of clicks × 1 are 6 batches at once, so shards wait for each other. Reserve at least 6, or lower parallelizationFactor.",
  ]);
});
