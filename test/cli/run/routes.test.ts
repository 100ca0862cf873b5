import {
  inputStreams,
  namedQueries,
  type ProvisionedResource,
  queryContext,
  routedLake,
  routedStreams,
} from "../../../cli/run/routes";

const resource = (type: string, inputs: object, outputs: object = {}): ProvisionedResource => ({
  type,
  name: type,
  inputs: inputs as Record<string, unknown>,
  outputs: outputs as Record<string, unknown>,
});

const stream = (name: string) => resource("aws:kinesis/stream:Stream", {}, { name });
const router = (name: string, environment: Record<string, string> = { LAKE_BUCKET: "lake-1a2b" }) =>
  resource("aws:lambda/function:Function", { environment: { variables: environment } }, { name, arn: `arn:${name}` });
const mapping = (streamName: string, functionName: string, failedBucket = "failed-1a2b") =>
  resource("aws:lambda/eventSourceMapping:EventSourceMapping", {
    eventSourceArn: `arn:aws:kinesis:us-east-1:000000000000:stream/${streamName}`,
    functionName,
    destinationConfig: { onFailure: { destinationArn: `arn:aws:s3:::${failedBucket}` } },
  });

test("producers write the named streams, else the exported one, else all that are routed, else the only one", () => {
  const two = [stream("a"), stream("b"), stream("c"), router("r1"), mapping("a", "r1"), mapping("b", "r1")];
  expect(inputStreams(two, { streamName: "b" })).toEqual(["b"]);
  expect(inputStreams(two, {})).toEqual(["a", "b"]);
  expect(inputStreams(two, { streamName: "b" }, ["c", "a"])).toEqual(["c", "a"]);
  expect(inputStreams([stream("a")], {})).toEqual(["a"]);
  expect(() => inputStreams([stream("a"), stream("b")], {})).toThrow(
    "the program declares 2 resources of the kind stream; export streamName",
  );
  expect(() => inputStreams([], {})).toThrow("the program declares no stream; export streamName");
});

test("a stream is named by its logical name, its component or its physical name", () => {
  const one = { ...stream("clicks-stream-1a2b"), name: "clicks-stream" };
  for (const name of ["clicks", "clicks-stream", "clicks-stream-1a2b"]) {
    expect(inputStreams([one, stream("b")], {}, [name])).toEqual(["clicks-stream-1a2b"]);
  }
  expect(() => inputStreams([one], {}, ["click"])).toThrow(
    'streamlake local: --stream: the program declares no stream "click"; it declares clicks',
  );
});

test("each route of a stream into a lake is found with its routers; other consumers are none", () => {
  const resources = [
    router("r1"),
    mapping("clicks", "arn:r1"),
    router("r2"),
    mapping("orders", "r2", "failed-3c4d"),
    router("alerts", { TOPIC: "t" }),
    mapping("clicks", "alerts"),
  ];
  const of = { bucket: "lake-1a2b", isFlattened: false };
  const clicks = { ...of, stream: "clicks", functionNames: ["r1"], failedBuckets: ["failed-1a2b"] };
  const orders = { ...of, stream: "orders", functionNames: ["r2"], failedBuckets: ["failed-3c4d"] };
  expect(routedStreams(resources)).toEqual([clicks, orders]);
  expect(routedLake(resources)).toEqual({
    bucket: "lake-1a2b",
    streams: ["clicks", "orders"],
    functionNames: ["r1", "r2"],
    failedBuckets: ["failed-1a2b", "failed-3c4d"],
  });
});

test("two routers of a stream are one route into one lake, and two routes into two lakes", () => {
  const of = { failedBuckets: ["failed-1a2b"], isFlattened: false };
  expect(routedStreams([router("r1"), mapping("clicks", "r1"), router("r2"), mapping("clicks", "r2")])).toEqual([
    { bucket: "lake-1a2b", stream: "clicks", functionNames: ["r1", "r2"], ...of },
  ]);
  const lakes = [router("r1"), mapping("clicks", "r1"), router("r2", { LAKE_BUCKET: "b" }), mapping("clicks", "r2")];
  expect(routedStreams(lakes)).toEqual([
    { bucket: "b", stream: "clicks", functionNames: ["r2"], ...of },
    { bucket: "lake-1a2b", stream: "clicks", functionNames: ["r1"], ...of },
  ]);
  expect(() => routedLake(lakes)).toThrow("the program routes streams into 2 lakes; a replay is of one lake");
});

test("a lake is flattened if a Glue job of the program is for its bucket", () => {
  const job = (bucket: string) => resource("aws:glue/job:Job", { defaultArguments: { "--BUCKET": bucket } });
  const route = [router("r1"), mapping("clicks", "r1")];
  expect(routedStreams([...route, job("lake-1a2b")])).toMatchObject([{ isFlattened: true }]);
  expect(routedStreams([...route, job("other")])).toMatchObject([{ isFlattened: false }]);
});

test("a lake that only a delivery stream writes has no records to replay", () => {
  const delivery = resource("aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream", {}, { name: "sales" });
  expect(routedStreams([stream("clicks"), delivery])).toEqual([]);
  expect(() => routedLake([stream("clicks"), delivery])).toThrow(
    "streamlake replay: the program declares no FormatRouter, so there is nothing to replay",
  );
});

test("a program without a lake is refused", () => {
  expect(() => routedStreams([stream("clicks")])).toThrow(
    "the program routes no stream into a lake, so nothing would land; declare a FormatRouter or a DeliveryStream with a stream and a lake",
  );
});

test("queries are asked in the exported database and workgroup, or the only ones", () => {
  const only = [
    resource("aws:glue/catalogDatabase:CatalogDatabase", {}, { name: "db" }),
    resource("aws:athena/workgroup:Workgroup", {}, { name: "wg" }),
  ];
  expect(queryContext(only, {})).toEqual({ database: "db", workgroup: "wg" });
  expect(queryContext(only, { databaseName: "other", workgroupName: "group" })).toEqual({
    database: "other",
    workgroup: "group",
  });
});

test("named queries come in the program's order, in the primary workgroup unless they say another", () => {
  expect(
    namedQueries([
      resource("aws:athena/namedQuery:NamedQuery", { query: "SELECT 1", database: "db", workgroup: "wg" }),
      resource("aws:athena/namedQuery:NamedQuery", { query: "SELECT 2", database: "db" }),
    ]),
  ).toEqual([
    { sql: "SELECT 1", database: "db", workgroup: "wg" },
    { sql: "SELECT 2", database: "db", workgroup: "primary" },
  ]);
});
