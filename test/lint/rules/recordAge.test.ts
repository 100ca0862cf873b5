import { recordAge } from "../../../lint/rules/recordAge";
import { fn, foundBy, type Given, mapping, stream } from "../support/programOf";

const alarm = (threshold: number): Given => ({
  type: "aws:cloudwatch/metricAlarm:MetricAlarm",
  name: "lag",
  inputs: {
    namespace: "AWS/Lambda",
    metricName: "IteratorAge",
    comparisonOperator: "GreaterThanOrEqualToThreshold",
    threshold,
  },
  links: { dimensions: ["reader"] },
});
const program = (retentionPeriod: unknown, maximumRecordAgeInSeconds?: unknown) => [
  stream("orders", { retentionPeriod }),
  fn("reader"),
  mapping("read", "orders", "reader", { maximumRecordAgeInSeconds }),
];

test.each([
  ["an hour less than the retention", 24, 82_800],
  ["no age, so that records are tried until the stream drops them", 24, undefined],
  ["any age", 24, -1],
  ["an unknown retention", Symbol("unknown"), 604_800],
  ["an unknown age", 24, Symbol("unknown")],
])("%s passes", (_, retention, age) => {
  expect(foundBy(recordAge, program(retention, age))).toEqual([]);
});

test("an age of the retention fails, also through a consumer", () => {
  const expected = [
    "read: Lambda discards records after 24 hours, but the stream orders keeps them for 24 hours and drops them without a trace. Set maximumRecordAgeInSeconds below 86400, or raise the stream's retentionPeriod.",
  ];
  expect(foundBy(recordAge, program(undefined, 86_400))).toEqual(expected);
  const consumer: Given = {
    type: "aws:kinesis/streamConsumer:StreamConsumer",
    name: "fast",
    links: { streamArn: ["orders"] },
  };
  const through = [
    stream("orders"),
    consumer,
    fn("reader"),
    mapping("read", "fast", "reader", { maximumRecordAgeInSeconds: 86_400 }),
  ];
  expect(foundBy(recordAge, through)).toEqual(expected);
});

test("a stream of another program is not judged", () => {
  const existing: Given = { ...mapping("read", "reader", "reader", { maximumRecordAgeInSeconds: 604_800 }) };
  expect(foundBy(recordAge, [fn("reader"), { ...existing, links: { functionName: ["reader"] } }])).toEqual([]);
});

test.each([
  [3_600_000, 7200, []],
  [
    7_200_000,
    7200,
    [
      "lag: it goes off when records wait for 7200 seconds, but the mapping read or its stream discards them after 7200 seconds. Set threshold below 7200000 (milliseconds).",
    ],
  ],
  [90_000_000, -1, [expect.stringContaining("discards them after 86400 seconds.")]],
])("an alarm on a lag of %d ms with an age of %d s", (threshold, age, expected) => {
  expect(foundBy(recordAge, [...program(24, age), alarm(threshold)])).toEqual(expected);
});
