import { subjectOf } from "../../../cli/trace/subject";

const SHARD = "shardId-000000000003";

test.each([
  [`${SHARD}/4965`, { kind: "record", shard: SHARD, sequenceNumber: "4965", id: `${SHARD}/4965` }],
  [`${SHARD}/4965/0`, { kind: "record", shard: SHARD, sequenceNumber: "4965", id: `${SHARD}/4965/0` }],
  [
    `orders.${SHARD}/4965/2.17`,
    { kind: "record", shard: `orders.${SHARD}`, sequenceNumber: "4965", id: `orders.${SHARD}/4965/2.17` },
  ],
  ["raw/t/dt=2026-11-20/hour=10/a.ndjson.gz", { kind: "object", key: "raw/t/dt=2026-11-20/hour=10/a.ndjson.gz" }],
  [
    "s3://lake/c/unformatted/t/dt=2026-11-20/hour=10/a.ndjson.gz",
    { kind: "object", bucket: "lake", key: "c/unformatted/t/dt=2026-11-20/hour=10/a.ndjson.gz" },
  ],
  ["order-4711", { kind: "text", text: "order-4711" }],
  [`${SHARD}/abc`, { kind: "text", text: `${SHARD}/abc` }],
  ["raw/t/a.ndjson.gz", { kind: "text", text: "raw/t/a.ndjson.gz" }],
])("%s", (argument, subject) => {
  expect(subjectOf(argument)).toEqual(subject);
});
