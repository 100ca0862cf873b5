/** Each rule of `streamlake lint` warns in a preview, where names are not known yet, and in an update. */
import { contradictions } from "streamlake/policy";
import { UNKNOWN_TEXT } from "./support/bucketResources";
import { type Resource, RunningPack } from "./support/runningPack";

let pack: RunningPack;

beforeAll(async () => {
  pack = await RunningPack.start();
});
afterAll(() => pack.stop());

const stream: Resource = { type: "aws:kinesis/stream:Stream", name: "in", props: { retentionPeriod: 24 } };
const reader: Resource = { type: "aws:lambda/function:Function", name: "reader", props: { timeout: 60 } };
const queue: Resource = { type: "aws:sqs/queue:Queue", name: "jobs", props: {} };
const mapping = (props: object, source = "in"): Resource => ({
  type: "aws:lambda/eventSourceMapping:EventSourceMapping",
  name: "read",
  props: { eventSourceArn: UNKNOWN_TEXT, functionName: UNKNOWN_TEXT, ...props },
  madeOf: { eventSourceArn: [source], functionName: ["reader"] },
});
const alarm = (FunctionName: string): Resource => ({
  type: "aws:cloudwatch/metricAlarm:MetricAlarm",
  name: "errors",
  props: { namespace: "AWS/Lambda", metricName: "Errors", dimensions: { FunctionName } },
});
const workgroup: Resource[] = [
  {
    type: "aws:athena/workgroup:Workgroup",
    name: "lake",
    props: { id: "lake", configuration: { bytesScannedCutoffPerQuery: 1e9 } },
  },
  {
    type: "aws:athena/namedQuery:NamedQuery",
    name: "latest",
    props: { workgroup: "lake", query: "SELECT * FROM records WHERE dt >= current_date - interval '7' day" },
  },
];

/** The warnings of the rules alone: these resources also violate controls. */
async function warnings(resources: readonly Resource[], config = {}) {
  const rules = contradictions.map(({ name }) => name);
  const found = await pack.violations(resources, config);
  return found.filter(({ control }) => rules.includes(control));
}

test("a contradiction is a warning on the resource", async () => {
  expect(await warnings([stream, reader, mapping({ maximumRecordAgeInSeconds: 86_400 })])).toEqual([
    {
      control: "record-age",
      resource: "read",
      level: "advisory",
      message: expect.stringContaining(
        "read: Lambda discards records after 24 hours, but the stream in keeps them for 24 hours and drops them without a trace. Set maximumRecordAgeInSeconds below 86400, or raise the stream's retentionPeriod.",
      ),
    },
  ]);
});

test.each([
  ["timeouts", [queue, reader, mapping({}, "jobs")]],
  ["dead-metrics", [reader, alarm("raeder")]],
] as const)("%s warns", async (rule, resources) => {
  expect((await warnings(resources)).map(({ control, level }) => [control, level])).toEqual([[rule, "advisory"]]);
});

test("a configuration stops the update, exempts a resource, or gives the number of records", async () => {
  const resources = [stream, reader, mapping({ maximumRecordAgeInSeconds: 86_400 })];
  const found = await warnings(resources, { "record-age": { enforcementLevel: "mandatory" } });
  expect(found.map(({ level }) => level)).toEqual(["mandatory"]);
  const exempt = { read: "the stream is only read by tests" };
  expect(await warnings(resources, { "record-age": { enforcementLevel: "advisory", exempt } })).toEqual([]);
  expect(await warnings(workgroup)).toEqual([]);
  const figures = { enforcementLevel: "advisory", recordsPerDay: 50_000_000 };
  expect((await warnings(workgroup, { "scan-limit": figures })).map(({ resource }) => resource)).toEqual(["lake"]);
});

test("what a preview does not know is not held against a resource", async () => {
  const unknown = { ...stream, props: { retentionPeriod: UNKNOWN_TEXT } };
  expect(await warnings([unknown, reader, mapping({ maximumRecordAgeInSeconds: 86_400 })])).toEqual([]);
  const known = { ...alarm(UNKNOWN_TEXT), madeOf: { dimensions: ["reader"] } };
  expect(await warnings([reader, known, { ...known, name: "other", madeOf: {} }])).toEqual([]);
  const notified = { ...known, props: { ...known.props, alarmActions: [UNKNOWN_TEXT] } };
  expect(await warnings([reader, notified])).toEqual([]);
});
