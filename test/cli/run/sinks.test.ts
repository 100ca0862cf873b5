/** The sinks of a program are found in its resources, by the names of their components. */
import { KinesisClient, PutRecordsCommand } from "@aws-sdk/client-kinesis";
import { Bucket } from "@pulumi/aws/s3";
import {
  DataLake,
  DeliveryStream,
  FormatRouter,
  HourlyEtl,
  IngestApi,
  ServingTable,
  StreamIngest,
  Warehouse,
} from "streamlake";
import { routedStreams } from "../../../cli/run/routes";
import { sinkLedgers } from "../../../cli/run/sinkLedgers";
import { lakeBuckets, type Sink, sinksOf } from "../../../cli/run/sinks";
import { ledgersOf } from "../../../cli/run/steps";
import { createProgress } from "../../../cli/terminal/progress";
import { systemClock } from "../../../local/cloud/clock";
import { start, stopAll } from "../../local/support/start";
import { testIo } from "../support/testIo";

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

test("the lakes are those that routers write, and those that only delivery streams write", () => {
  const delivery = (bucket: string) => ({ kind: "delivery", name: bucket, sources: { bucket } }) as unknown as Sink;
  expect(lakeBuckets([], [delivery("crimes")])).toEqual(["crimes"]);
  expect(lakeBuckets([{ bucket: "lake" }, { bucket: "lake" }], [delivery("lake"), delivery("sales")])).toEqual([
    "lake",
    "sales",
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
          prefix: "raw/sales/dt=!{partitionKeyFromLambda:dt}/hour=!{partitionKeyFromLambda:hour}/",
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
      prefix: "raw/sales/dt=!{partitionKeyFromLambda:dt}/hour=!{partitionKeyFromLambda:hour}/",
      failedFolder: "failed/",
      backup: undefined,
      flattenedPrefix: undefined,
      view: undefined,
    },
  };
  expect(sinksOf(delivery(functionArn))).toEqual([sink]);
  expect(sinksOf(delivery(`${functionArn}:$LATEST`))).toEqual([sink]);
});

test("a delivery stream of Parquet has the view of its own database", async () => {
  const cloud = await start(() => {
    const columns = [{ name: "n", type: "bigint" } as const];
    const stream = new StreamIngest("in");
    const lakeOf = (name: string) => new DataLake(name, { tables: { sales: { columns } } });
    const first = lakeOf("first");
    // The table of the lake is declared before the view.
    new DeliveryStream("one", { stream, lake: first, parquet: true }, { dependsOn: first });
    new DeliveryStream("two", { stream, lake: lakeOf("second"), parquet: true });
  });
  const views = sinksOf(cloud.resources).map((sink) => sink.kind === "delivery" && [sink.name, sink.sources.view]);
  expect(views).toEqual([
    ["one", { database: "lake_dev_first", name: "sales_delivered" }],
    ["two", { database: "lake_dev_second", name: "sales_delivered" }],
  ]);
});

test("lakes of one bucket, with tables of the same name, are counted apart", async () => {
  const cloud = await start(
    () => {
      const bucket = new Bucket("team-data");
      const lakeOf = (name: string, tables = {}) =>
        new DataLake(`${name}-lake`, { bucket, prefix: `${name}/`, tables });
      const [stream, other] = [new StreamIngest("in"), new StreamIngest("other")];
      const flattened = lakeOf("two", { sales: { columns: [{ name: "n", type: "bigint" }] } });
      new DeliveryStream("one", { stream, lake: lakeOf("one", { sales: {} }) });
      new DeliveryStream("two", { stream: other, lake: flattened });
      new HourlyEtl("hourly", { lake: flattened });
      new FormatRouter("router", { stream, lake: lakeOf("three", { sales: {} }) });
      return { in: stream.streamName, other: other.streamName };
    },
    { clock: systemClock },
  );
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const kinesis = new KinesisClient({ region: cloud.region, endpoint: cloud.endpoint, credentials });
  for (const [stream, count] of [
    ["in", 2],
    ["other", 3],
  ] as const) {
    const Records = Array.from({ length: count }, (_, n) => ({ PartitionKey: "k", Data: Buffer.from(`{"n":${n}}`) }));
    await kinesis.send(new PutRecordsCommand({ StreamName: String(cloud.outputs[stream]), Records }));
  }
  kinesis.destroy();
  await cloud.drain();
  await cloud.fireSchedules(new Date(Date.now() + 3_600_000));
  const io = testIo();
  const context = { cloud, io, progress: createProgress(io.stdout, io.clock, true), dataDir: cloud.dataDir };
  const sinks = sinksOf(cloud.resources);
  const ledgers = await sinkLedgers(context, sinks);
  const found = Object.entries(ledgers).map(([name, { counts, findings, objects, tables }]) => ({
    name,
    rows: counts.rows,
    repeated: counts.repeated,
    findings,
    objects,
    tables,
  }));
  expect(found).toEqual([
    { name: "one", rows: 2, repeated: 0, findings: [], objects: 1, tables: { sales: { rows: 0, files: 0 } } },
    { name: "two", rows: 3, repeated: 0, findings: [], objects: 1, tables: { sales: { rows: 3, files: 1 } } },
  ]);
  const deliveries = sinks.flatMap((sink) => (sink.kind === "delivery" ? sink.sources : []));
  const routed = await ledgersOf(context, routedStreams(cloud.resources), deliveries);
  expect(routed).toMatchObject([
    { prefix: "three/", ledger: { records: { sent: 2, landed: 2 }, rows: { raw: 2, tables: 0 }, findings: [] } },
  ]);
}, 120_000);

test("each of two warehouses is a sink with its own workgroup, schema, tables and schedule", async () => {
  const cloud = await start(() => {
    const lake = new DataLake("lake", {
      tables: {
        orders: { columns: [{ name: "total", type: "double" }] },
        clicks: { columns: [{ name: "page", type: "string" }] },
        rest: {},
      },
    });
    const network = { lake, vpcId: "vpc-1", subnetIds: ["subnet-a", "subnet-b", "subnet-c"] };
    const [one, two] = [
      new Warehouse("one", network),
      new Warehouse("two", { ...network, schema: "second", tables: ["clicks"], enabled: false }),
    ];
    return { bucket: lake.bucketName, one: one.workgroupName, two: two.workgroupName };
  });
  const { bucket, one, two } = cloud.outputs;
  expect(sinksOf(cloud.resources)).toMatchObject([
    {
      kind: "warehouse",
      name: "one",
      bucket,
      folders: ["raw/clicks/", "raw/orders/"],
      schema: "lake",
      tables: ["clicks", "orders"],
      isScheduled: true,
      target: { workgroup: one, database: "lake" },
    },
    {
      kind: "warehouse",
      name: "two",
      bucket,
      folders: ["raw/clicks/"],
      schema: "second",
      tables: ["clicks"],
      isScheduled: false,
      target: { workgroup: two, database: "lake" },
    },
  ]);
});
