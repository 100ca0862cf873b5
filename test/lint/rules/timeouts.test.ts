import { UNKNOWN } from "../../../lint/program";
import { timeouts } from "../../../lint/rules/timeouts";
import { fn, foundBy, type Given, mapping, stream } from "../support/programOf";

const queue = (inputs: object = {}): Given => ({ type: "aws:sqs/queue:Queue", name: "jobs", inputs: { ...inputs } });
const delivery = (handler: string): Given => ({
  type: "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
  name: "delivery",
  inputs: {
    extendedS3Configuration: {
      processingConfiguration: {
        enabled: true,
        processors: [
          { type: "Lambda", parameters: [{ parameterName: "LambdaArn", parameterValue: `arn:${handler}:$LATEST` }] },
        ],
      },
    },
  },
  links: { extendedS3Configuration: [handler] },
});
const integration = (inputs: object = {}): Given => ({
  type: "aws:apigatewayv2/integration:Integration",
  name: "proxy",
  inputs: { ...inputs },
  links: { integrationUri: ["work"] },
});

test.each<[string, Given[]]>([
  ["a queue that waits six times as long", [queue({ visibilityTimeoutSeconds: 360 }), fn("work", { timeout: 60 })]],
  ["the defaults of both", [queue(), fn("work")]],
  ["an unknown timeout", [queue(), fn("work", { timeout: UNKNOWN })]],
])("%s passes", (_, given) => {
  expect(foundBy(timeouts, [...given, mapping("take", "jobs", "work")])).toEqual([]);
});

test("a queue that hands messages out again while the function works fails", () => {
  const given = [queue(), fn("work", { timeout: 60 })];
  expect(foundBy(timeouts, [...given, mapping("take", "jobs", "work")])).toEqual([
    "jobs: the function work has 60 seconds for a batch, but after 30 seconds the queue hands the messages out again. Set visibilityTimeoutSeconds to at least 360, six times the timeout.",
  ]);
  const short = [
    queue(),
    fn("work", { timeout: 20 }),
    mapping("take", "jobs", "work", { maximumBatchingWindowInSeconds: 20 }),
  ];
  expect(foundBy(timeouts, short)).toEqual([
    "jobs: the function work has 40 seconds for a batch, its window included, but after 30 seconds the queue hands the messages out again. Set visibilityTimeoutSeconds to at least 140, six times the timeout.",
  ]);
});

test.each<[number | undefined, number, string[]]>([
  [120, 86_400, []],
  [120, -1, []],
  [undefined, 60, []],
  [
    900,
    60,
    [
      "read: one try of work may take 900 seconds, but records are discarded after 60 seconds, so a batch that times out is not tried again. Set maximumRecordAgeInSeconds to a multiple of 900, or lower the function's timeout.",
    ],
  ],
])("a timeout of %p with a record age of %d", (timeout, maximumRecordAgeInSeconds, expected) => {
  const read = mapping("read", "orders", "work", { maximumRecordAgeInSeconds });
  expect(foundBy(timeouts, [stream("orders"), fn("work", { timeout }), read])).toEqual(expected);
});

test("Firehose waits five minutes for a function", () => {
  expect(foundBy(timeouts, [fn("work", { timeout: 300 }), delivery("work")])).toEqual([]);
  expect(foundBy(timeouts, [fn("work", { timeout: 600 }), delivery("work")])).toEqual([
    "work: its timeout is 600 seconds, but the delivery stream delivery waits 300 seconds for it. Set timeout to at most 300.",
  ]);
});

test("an HTTP API waits for its integration's time", () => {
  expect(foundBy(timeouts, [fn("work", { timeout: 29 }), integration()])).toEqual([]);
  expect(foundBy(timeouts, [fn("work", { timeout: 20 }), integration({ timeoutMilliseconds: 10_000 })])).toEqual([
    "work: its timeout is 20 seconds, but the API answers its clients with an error after 10 seconds while the function goes on. Set the function's timeout to at most 10.",
  ]);
  const both = [stream("orders"), fn("work", { timeout: 60 }), mapping("read", "orders", "work"), integration()];
  expect(foundBy(timeouts, both)).toEqual([]);
});
