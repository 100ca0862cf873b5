import { UNKNOWN } from "../../../lint/program";
import { deadMetrics } from "../../../lint/rules/deadMetrics";
import { fn, foundBy, type Given, mapping, stream } from "../support/programOf";

const alarm = (inputs: object, links: Given["links"] = {}): Given => ({
  type: "aws:cloudwatch/metricAlarm:MetricAlarm",
  name: "alarm",
  inputs: { ...inputs },
  links,
});
const onFunction = (metricName: string, FunctionName: unknown, links?: Given["links"]) =>
  alarm({ namespace: "AWS/Lambda", metricName, dimensions: { FunctionName } }, links);
const dashboard = (...metrics: unknown[]): Given => ({
  type: "aws:cloudwatch/dashboard:Dashboard",
  name: "board",
  inputs: { dashboardBody: JSON.stringify({ widgets: [{ type: "metric", properties: { title: "Lag", metrics } }] }) },
});
const reader = fn("reader", { name: "reader" });

test.each<[string, Given[]]>([
  ["a function by its output", [fn("reader"), onFunction("Errors", "reader", { dimensions: ["reader"] })]],
  [
    "a function by a preview's unknown output",
    [fn("reader"), onFunction("Errors", UNKNOWN, { dimensions: ["reader"] })],
  ],
  ["a function by the name that it keeps", [reader, onFunction("Errors", "reader")]],
  ["all functions of the account", [reader, alarm({ namespace: "AWS/Lambda", metricName: "Errors" })]],
  ["functions of other programs, in a program without any", [onFunction("Errors", "theirs")]],
  ["a function of another program", [reader, onFunction("Errors", "billing-of-another-team")]],
  ["a neighbour that differs in a number", [fn("reader-1", { name: "reader-1" }), onFunction("Errors", "reader-2")]],
  ["a neighbour that differs in a word", [reader, onFunction("Errors", "readers-of-others")]],
  ["a neighbour with a short name", [fn("in", { name: "in" }), onFunction("Errors", "on")]],
  ["a function of another program whose own name looks generated", [reader, onFunction("Errors", "reader-1a2b3c4")]],
  [
    "a stream that another resource uses",
    [
      stream("own"),
      fn("reader", { environment: { variables: { STREAM: "theirs" } } }),
      alarm({ namespace: "AWS/Kinesis", metricName: "IncomingRecords", dimensions: { StreamName: "theirs" } }),
    ],
  ],
  ["a namespace of one's own", [alarm({ namespace: "Shop", metricName: "Orders", dimensions: { a: "b" } })]],
  [
    "the library's metric by reason and format",
    [
      stream("in"),
      alarm(
        { namespace: "Streamlake", metricName: "Unformatted.hook.csv", dimensions: { Stream: "in" } },
        { dimensions: ["in"] },
      ),
    ],
  ],
  [
    "dimensions that are unknown",
    [reader, alarm({ namespace: "AWS/Lambda", metricName: "Errors", dimensions: UNKNOWN })],
  ],
  [
    "a metric of another account",
    [
      reader,
      alarm({
        metricQueries: [
          {
            id: "m",
            accountId: "1",
            metric: { namespace: "AWS/Lambda", metricName: "Errors", dimensions: { FunctionName: "theirs" } },
          },
        ],
      }),
    ],
  ],
  [
    "widgets with shorthands, options and expressions",
    [
      reader,
      dashboard(
        ["AWS/Lambda", "Errors", "FunctionName", "reader"],
        [".", "Duration", ".", ".", { stat: "p99" }],
        ["...", "reader"],
        [{ expression: "m1 + m2" }],
      ),
    ],
  ],
  [
    "a dashboard that a preview does not know",
    [reader, { type: "aws:cloudwatch/dashboard:Dashboard", name: "board", inputs: { dashboardBody: UNKNOWN } }],
  ],
  [
    "counts of a mapping that publishes them",
    [
      stream("in"),
      reader,
      mapping("read", "in", "reader", { name: "read", metricsConfig: { metrics: ["EventCount"] } }),
      alarm({
        namespace: "AWS/Lambda",
        metricName: "DroppedEventCount",
        dimensions: { EventSourceMappingUUID: "read" },
      }),
    ],
  ],
])("%s passes", (_, given) => {
  expect(foundBy(deadMetrics, given)).toEqual([]);
});

test("a name in the look-ups belongs to another program", () => {
  expect(foundBy(deadMetrics, [reader, onFunction("Errors", "theirs")], {}, ["theirs"])).toEqual([]);
});

test.each<[string, Given[], string]>([
  ...["raeder", "readr", "readder", "reader_", "Reader"].map((name): [string, Given[], string] => [
    `the misspelt name ${name}`,
    [reader, onFunction("Errors", name)],
    `alarm: it watches FunctionName "${name}", which no resource of the program has. Use an output of reader.`,
  ]),
  [
    "one misspelt word of a name",
    [fn("orders-reader", { name: "orders-reader" }), fn("shop"), onFunction("Errors", "oders-reader")],
    'alarm: it watches FunctionName "oders-reader", which no resource of the program has. Use an output of orders-reader.',
  ],
  [
    "the name that Pulumi gave a function",
    [fn("reader"), onFunction("Errors", "reader-1a2b3c4")],
    'alarm: it watches FunctionName "reader-1a2b3c4", but Pulumi gives reader a name that ends in random characters. Use the resource\'s output in place of the literal name.',
  ],
  [
    "the logical name of a resource with a random name",
    [fn("reader"), onFunction("Errors", "reader")],
    `alarm: it watches FunctionName "reader", but Pulumi gives reader a name that ends in random characters. Use the resource's output in place of the literal name.`,
  ],
  [
    "a metric that Lambda does not publish",
    [reader, onFunction("Error", "reader")],
    "alarm: it watches the metric Error, which AWS/Lambda does not publish for FunctionName. Use one of Errors, DeadLetterErrors, IteratorAge.",
  ],
  [
    "a dimension that the namespace does not have",
    [reader, alarm({ namespace: "AWS/Lambda", metricName: "Errors", dimensions: { Function: "reader" } })],
    "alarm: it watches AWS/Lambda Errors by the dimension Function, which AWS/Lambda does not have. Use one of FunctionName, EventSourceMappingUUID, Resource, ExecutedVersion.",
  ],
  [
    "no dimension",
    [alarm({ namespace: "AWS/SQS", metricName: "NumberOfMessagesSent" })],
    "alarm: it watches AWS/SQS NumberOfMessagesSent without a dimension, and AWS/SQS publishes no such metric. Set one of the dimensions QueueName.",
  ],
  [
    "a metric within metric math",
    [
      reader,
      alarm({
        metricQueries: [
          { id: "e", expression: "m" },
          { id: "m", metric: { namespace: "Streamlake", metricName: "Lines", dimensions: { Stream: "in" } } },
        ],
      }),
    ],
    "alarm: it watches the metric Lines, which Streamlake does not publish for Stream. Use one of FailedWrites, Records, Rows.",
  ],
  [
    "a widget",
    [reader, dashboard(["AWS/Lambda", "Errors", "FunctionName", "reader"], ["...", "raeder"])],
    'board: the widget "Lag" watches FunctionName "raeder", which no resource of the program has. Use an output of reader.',
  ],
  [
    "counts of a mapping that publishes none",
    [
      stream("in"),
      reader,
      { ...mapping("read", "in", "reader"), inputs: { name: "read" } },
      alarm({
        namespace: "AWS/Lambda",
        metricName: "DroppedEventCount",
        dimensions: { EventSourceMappingUUID: "read" },
      }),
    ],
    'alarm: it watches DroppedEventCount of the mapping read, which does not publish counts of events. Set metricsConfig of read to { metrics: ["EventCount"] }.',
  ],
])("%s fails", (_, given, message) => {
  expect(foundBy(deadMetrics, given)).toEqual([message]);
});
