import { inputStream, namedQueries, type ProvisionedResource, queryContext, routedLake } from "../../../cli/run/routes";

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

test("producers write the exported stream, or else the only one", () => {
  expect(inputStream([stream("a"), stream("b")], { streamName: "b" })).toBe("b");
  expect(inputStream([stream("a")], {})).toBe("a");
  expect(() => inputStream([stream("a"), stream("b")], {})).toThrow(
    "the program declares 2 resources of the kind stream; export streamName",
  );
  expect(() => inputStream([], {})).toThrow("the program declares no stream; export streamName");
});

test("a lake is where functions on streams land, with their failed batches; other consumers are none", () => {
  expect(
    routedLake([
      router("r1"),
      mapping("clicks", "arn:r1"),
      router("r2"),
      mapping("orders", "r2", "failed-3c4d"),
      router("alerts", { TOPIC: "t" }),
      mapping("clicks", "alerts"),
    ]),
  ).toEqual({
    bucket: "lake-1a2b",
    streams: ["clicks", "orders"],
    functionNames: ["r1", "r2"],
    failedBuckets: ["failed-1a2b", "failed-3c4d"],
  });
});

test.each<[string, ProvisionedResource[], string]>([
  ["no lake", [stream("clicks")], "the program routes no stream into a lake"],
  [
    "two lakes",
    [router("r1"), mapping("clicks", "r1"), router("r2", { LAKE_BUCKET: "other" }), mapping("clicks", "r2")],
    "the program routes streams into 2 lakes; local keeps the ledger of only one",
  ],
  [
    "two routers between a stream and a lake",
    [router("r1"), mapping("clicks", "r1"), router("r2"), mapping("clicks", "r2")],
    "the program routes a stream into its lake twice; local keeps the ledger of one router per stream",
  ],
])("%s is refused", (_, resources, message) => {
  expect(() => routedLake(resources)).toThrow(message);
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
