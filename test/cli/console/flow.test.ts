import { flowOf } from "../../../cli/console/flow";

const component = (type: string, name: string, parent?: string) => ({
  urn: `urn:${name}`,
  type: `streamlake:index:${type}`,
  name,
  id: "",
  inputs: {},
  outputs: {},
  ...(parent && { parent: `urn:${parent}` }),
});
const resource = (type: string, name: string, parent: string | undefined, inputs: object, arn = `arn:${name}`) => ({
  urn: `urn:${name}`,
  type,
  name,
  id: name,
  inputs: { ...inputs },
  outputs: { name, arn },
  ...(parent && { parent: `urn:${parent}` }),
});
const lambda = (name: string, parent: string, variables: object) =>
  resource("aws:lambda/function:Function", name, parent, { environment: { variables } });
const mapping = (name: string, parent: string, stream: string, target: string) =>
  resource("aws:lambda/eventSourceMapping:EventSourceMapping", name, parent, {
    eventSourceArn: `arn:${stream}`,
    functionName: `arn:${target}`,
  });

const ROUTED = [
  component("StreamIngest", "ingest"),
  component("DataLake", "lake"),
  component("FormatRouter", "router"),
  component("CallbackFunction", "router-code", "router"),
  component("HourlyEtl", "etl"),
  resource("aws:kinesis/stream:Stream", "ingest-stream", "ingest", {}),
  resource("aws:s3/bucket:Bucket", "lake-bucket", "lake", {}),
  lambda("router-function", "router-code", { LAKE_BUCKET: "lake-bucket", STREAM_NAME: "ingest-stream" }),
  mapping("router-mapping", "router", "ingest-stream", "router-function"),
  lambda("etl-plan", "etl", { LAKE_BUCKET: "lake-bucket" }),
  resource("aws:glue/job:Job", "etl-job", "etl", { defaultArguments: { "--BUCKET": "lake-bucket" } }),
];

test("records move from the stream through the router into lake and unformatted, and rows into tables", () => {
  const { nodes, edges } = flowOf(ROUTED);
  expect(nodes).toEqual([
    { id: "urn:ingest", title: "ingest", kind: "StreamIngest", page: "health", stream: "ingest-stream" },
    { id: "urn:router", title: "router", kind: "FormatRouter", page: "records" },
    { id: "urn:lake", title: "lake", kind: "DataLake", page: "sql" },
    { id: "urn:etl", title: "etl", kind: "HourlyEtl", page: "runs" },
    { id: "tables", title: "Tables", kind: "Parquet, SQL", page: "sql" },
    { id: "unformatted", title: "Unformatted", kind: "records kept as bytes", page: "unformatted" },
  ]);
  expect(edges).toEqual([
    { from: "urn:ingest", to: "urn:router", unit: "records", counter: "router-function:Records" },
    { from: "urn:router", to: "urn:lake", unit: "rows", counter: "router-function:Rows" },
    { from: "urn:lake", to: "urn:etl", unit: "rows" },
    { from: "urn:etl", to: "tables", unit: "rows", counter: "tables:rows" },
    { from: "urn:router", to: "unformatted", unit: "records", counter: "router-function:Unformatted" },
  ]);
});

test("an API writes the stream that its function names, and a serving table of its own is no edge", () => {
  const { edges } = flowOf([
    component("StreamIngest", "ingest"),
    component("IngestApi", "api"),
    component("ServingTable", "serving"),
    resource("aws:kinesis/stream:Stream", "ingest-stream", "ingest", {}),
    lambda("api-function", "api", { STREAM_NAME: "ingest-stream" }),
    resource("aws:dynamodb/table:Table", "serving-table", "serving", {}),
    lambda("serving-function", "serving", { TABLE: "serving-table" }),
    mapping("serving-mapping", "serving", "ingest-stream", "serving-function"),
  ]);
  expect(edges).toEqual([
    { from: "urn:ingest", to: "urn:serving", unit: "records", counter: "serving-function:Records" },
    { from: "urn:api", to: "urn:ingest", unit: "records", counter: "stream:ingest-stream" },
  ]);
});

test("a delivery stream takes records by its transform, which counts them; other functions count nothing", () => {
  const { edges } = flowOf([
    component("StreamIngest", "ingest"),
    component("DataLake", "lake"),
    component("DeliveryStream", "delivery"),
    component("ContentAlerts", "alerts"),
    resource("aws:kinesis/stream:Stream", "ingest-stream", "ingest", {}),
    resource("aws:s3/bucket:Bucket", "lake-bucket", "lake", {}),
    lambda("transform", "delivery", { LAKE_BUCKET: "lake-bucket", STREAM_NAME: "ingest-stream" }),
    resource("aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream", "firehose", "delivery", {
      kinesisSourceConfiguration: { kinesisStreamArn: "arn:ingest-stream" },
      extendedS3Configuration: {
        bucketArn: "arn:lake-bucket",
        errorOutputPrefix: "team/failed-deliveries/delivery/!{firehose:error-output-type}/!{timestamp:yyyy}/",
        processingConfiguration: { processors: [{ parameters: [{ parameterValue: "arn:transform:$LATEST" }] }] },
      },
    }),
    lambda("alerts-function", "alerts", { ALERTS_BUCKET: "lake-bucket", STREAM_NAME: "ingest-stream" }),
    mapping("alerts-mapping", "alerts", "ingest-stream", "alerts-function"),
  ]);
  expect(edges).toEqual([
    { from: "urn:ingest", to: "urn:alerts", unit: "records" },
    { from: "urn:ingest", to: "urn:delivery", unit: "records", counter: "transform:Records" },
    { from: "urn:delivery", to: "urn:lake", unit: "rows", counter: "transform:Rows" },
    { from: "urn:delivery", to: "failed-deliveries", unit: "records", counter: "failed:delivery" },
  ]);
});

test("the rows of a lake go into the warehouse whose function loads it", () => {
  const { nodes, edges } = flowOf([
    component("DataLake", "lake"),
    component("Warehouse", "warehouse"),
    resource("aws:s3/bucket:Bucket", "lake-bucket", "lake", {}),
    resource("aws:redshiftserverless/workgroup:Workgroup", "group", "warehouse", { workgroupName: "orders" }),
    lambda("plan", "warehouse", { LAKE_BUCKET: "lake-bucket", WORKGROUP: "orders" }),
  ]);
  expect(nodes).toEqual([
    { id: "urn:lake", title: "lake", kind: "DataLake", page: "sql" },
    { id: "urn:warehouse", title: "warehouse", kind: "Warehouse", page: "health" },
  ]);
  expect(edges).toEqual([{ from: "urn:lake", to: "urn:warehouse", unit: "rows" }]);
});

test("a resource without a component stands for itself, and a stream without a reader is drawn", () => {
  const { nodes, edges } = flowOf([resource("aws:kinesis/stream:Stream", "alone", undefined, {})]);
  expect(nodes).toEqual([{ id: "urn:alone", title: "alone", kind: "Stream", page: "health", stream: "alone" }]);
  expect(edges).toEqual([]);
});
