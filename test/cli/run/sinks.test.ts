/** The sinks of a program are found in its resources, by the names of their components. */
import { DataLake, IngestApi, ServingTable, StreamIngest, Warehouse } from "streamlake";
import { sinksOf } from "../../../cli/run/sinks";
import { start, stopAll } from "../../local/support/start";

afterAll(stopAll);

test("serving tables and HTTP entries are sinks; other functions on the stream and other APIs are not", async () => {
  const cloud = await start(() => {
    const stream = new StreamIngest("in");
    const customers = new ServingTable("customers", { stream });
    const api = new IngestApi("api", { stream });
    return { stream: stream.streamName, table: customers.tableName, url: api.url };
  });
  const functionNamed = (name: string) =>
    String(
      cloud.resources.find((one) => one.type === "aws:lambda/function:Function" && one.name.startsWith(name))?.outputs
        .arn,
    );
  expect(sinksOf(cloud.resources)).toEqual([
    {
      kind: "entry",
      name: "api",
      api: expect.stringMatching(/^[0-9a-z]+$/),
      url: cloud.outputs.url,
      functionArn: functionNamed("api"),
      stream: cloud.outputs.stream,
    },
    {
      kind: "view",
      name: "customers",
      table: cloud.outputs.table,
      functionArn: functionNamed("customers"),
      functionName: functionNamed("customers").split(":").at(-1),
      streamArn: expect.stringMatching(/:stream\//),
      failedBucket: expect.stringMatching(/^customers-fold-/),
    },
  ]);
});

test("a delivery stream is a sink, also one whose function has the suffix of its newest version", () => {
  const functionArn = "arn:aws:lambda:us-east-1:000000000000:function:transform";
  const environment = { variables: { LAKE_BUCKET: "lake" } };
  const delivery = (LambdaArn: string) => [
    {
      type: "aws:lambda/function:Function",
      name: "transform",
      urn: "urn:transform",
      simulated: true,
      id: "transform",
      inputs: { environment },
      outputs: { arn: functionArn },
    },
    {
      type: "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
      name: "shop",
      urn: "urn:shop",
      simulated: true,
      id: "shop",
      inputs: {
        kinesisSourceConfiguration: { kinesisStreamArn: "arn:aws:kinesis:us-east-1:000000000000:stream/in" },
        extendedS3Configuration: {
          bucketArn: "arn:aws:s3:::lake",
          errorOutputPrefix: "failed/!{firehose:error-output-type}/",
          processingConfiguration: {
            processors: [{ parameters: [{ parameterName: "LambdaArn", parameterValue: LambdaArn }] }],
          },
        },
      },
      outputs: { name: "shop-1", arn: "arn:aws:firehose:us-east-1:000000000000:deliverystream/shop-1" },
    },
  ];
  const sink = {
    kind: "delivery",
    name: "shop",
    sources: {
      deliveryStream: "shop-1",
      deliveryStreamArn: "arn:aws:firehose:us-east-1:000000000000:deliverystream/shop-1",
      functionArn,
      stream: "in",
      streamArn: "arn:aws:kinesis:us-east-1:000000000000:stream/in",
      bucket: "lake",
      failedFolder: "failed/",
      backup: undefined,
      isFlattened: false,
    },
  };
  expect(sinksOf(delivery(functionArn))).toEqual([sink]);
  expect(sinksOf(delivery(`${functionArn}:$LATEST`))).toEqual([sink]);
});

test("each of two warehouses is a sink with its own workgroup", async () => {
  const cloud = await start(() => {
    const lake = new DataLake("lake", { tables: { orders: { columns: [{ name: "total", type: "double" }] } } });
    const network = { lake, vpcId: "vpc-1", subnetIds: ["subnet-a", "subnet-b", "subnet-c"] };
    const [one, two] = [new Warehouse("one", network), new Warehouse("two", network)];
    return { bucket: lake.bucketName, one: one.workgroupName, two: two.workgroupName };
  });
  const { bucket, one, two } = cloud.outputs;
  expect(sinksOf(cloud.resources)).toMatchObject([
    { kind: "warehouse", name: "one", bucket, target: { workgroup: one, database: "lake" } },
    { kind: "warehouse", name: "two", bucket, target: { workgroup: two, database: "lake" } },
  ]);
});
