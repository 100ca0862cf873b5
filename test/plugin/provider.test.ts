/** Components made by the provider are those that a TypeScript program makes, and wrong inputs are said by name. */
import * as pulumi from "@pulumi/pulumi";
import {
  count,
  DataLake,
  DeliveryStream,
  defineSchema,
  FormatRouter,
  HourlyEtl,
  IngestApi,
  kpi,
  LakeDashboard,
  line,
  PipelineAlarms,
  PipelineDashboard,
  SchemaRegistry,
  ServingTable,
  StreamIngest,
  scatter,
  sum,
  Warehouse,
} from "streamlake";
import { declare } from "streamlake/testing";
import { componentOf } from "../../plugin/components/madeComponents";
import { componentProvider } from "../../plugin/provider";
import { listed, packageOf } from "../components/support/listed";
import { SCHEMA_FILE } from "./support/generatedSchema";

const ANALYSTS = "arn:aws:quicksight:us-east-1:123456789012:group/default/analysts";
const provider = componentProvider(SCHEMA_FILE);

/** As Pulumi's server calls it; a component that is given back is what another one takes as input. */
async function construct(component: string, name: string, inputs: pulumi.Inputs) {
  const result = await provider.construct?.(name, `streamlake:index:${component}`, inputs, {});
  const state = result?.state ?? {};
  return { state, component: componentOf(result?.urn as string) };
}

async function throughProvider() {
  const clicks = await construct("StreamIngest", "clicks", { capacity: "provisioned", shards: 2, consumers: ["fast"] });
  const registry = await construct("SchemaRegistry", "schemas", {
    schemas: { order: { format: "json", definition: '{"type":"object"}' } },
  });
  const fields = [
    { name: "order_id", type: "string" },
    { name: "total", type: "double" },
    { name: "note", type: "string", optional: true },
  ];
  const lake = await construct("DataLake", "lake", {
    prefixes: { raw: "in/" },
    tables: { records: {}, orders: { schema: { fields } } },
  });
  await construct("FormatRouter", "router", {
    stream: clicks.component,
    lake: lake.component,
    schemaRegistry: registry.component,
    table: "orders",
    consumer: "fast",
    alarms: { topicArn: pulumi.output("arn:aws:sns:us-east-1:123456789012:alarms") },
    formats: {
      json: {},
      binary: {
        layouts: [
          {
            name: "reading",
            magic: "534c01",
            fields: [{ name: "at", type: "timestamp", unit: "ms" }],
            endianness: "little",
          },
        ],
      },
    },
  });
  await construct("HourlyEtl", "hourly", { lake: lake.component, workerType: "G.2X" });
  await construct("Warehouse", "warehouse", {
    lake: lake.component,
    vpcId: "vpc-1",
    subnetIds: ["subnet-a", "subnet-b", "subnet-c"],
    baseCapacity: 16,
    failureEmails: ["on-call@example.com"],
    alarms: { topicArn: "arn:aws:sns:us-east-1:123456789012:alarms" },
  });
  await construct("LakeDashboard", "dashboard", {
    lake: lake.component,
    viewers: [ANALYSTS],
    importMode: "SPICE",
    visuals: [
      {
        kind: "line",
        title: "Rows",
        table: "orders",
        x: { column: "_arrived", by: "hour" },
        y: [{ aggregate: "count" }],
      },
      {
        kind: "scatter",
        title: "Formats",
        table: "orders",
        points: { column: "_format" },
        x: { aggregate: "count" },
        y: [{ aggregate: "sum", column: "total" }],
      },
      { kind: "kpi", title: "Days", dataSet: "days", value: { aggregate: "sum", column: "n" } },
    ],
    dataSets: { days: { sql: "SELECT 1 AS n", columns: [{ name: "n", type: "bigint" }] } },
  });
  const customers = await construct("ServingTable", "customers", {
    stream: clicks.component,
    lake: lake.component,
    key: "customer",
    fold: { spent: { sum: "amount" }, orders: { count: true }, recent: { of: "order", last: 3 } },
    timeToLiveDays: 30,
    alarms: { topicArn: "arn:aws:sns:us-east-1:123456789012:alarms", iteratorAgeMinutes: 5 },
  });
  await construct("DeliveryStream", "delivery", {
    stream: clicks.component,
    lake: lake.component,
    table: "records",
    formats: { csv: {}, json: {} },
    sourceBackup: true,
    alarms: { topicArn: "arn:aws:sns:us-east-1:123456789012:alarms", freshnessMinutes: 5 },
  });
  const oncall = await construct("PipelineAlarms", "oncall", {
    streams: [clicks.component],
    emails: ["on-call@example.com"],
    change: { "throttled-writes": { periods: 1 } },
  });
  await construct("PipelineDashboard", "overview", {
    // As Pulumi's server gives it.
    streams: pulumi.output([clicks.component]),
    lakes: [lake.component],
    servingTables: [customers.component],
    alarms: oncall.component,
    hours: 6,
  });
  const api = await construct("IngestApi", "api", {
    stream: clicks.component,
    partitionKey: { pointer: "/id", header: "x-id" },
    rowsPerRecord: 10,
    // As Pulumi's server gives it.
    views: pulumi.output({ newest: customers.component, customers: customers.component }),
  });
  return { streamName: clicks.state.streamName, workgroupName: lake.state.workgroupName, url: api.state.url };
}

function inTypeScript() {
  const stream = new StreamIngest("clicks", { capacity: "provisioned", shards: 2, consumers: ["fast"] });
  const schemaRegistry = new SchemaRegistry("schemas", {
    schemas: { order: { format: "json", definition: '{"type":"object"}' } },
  });
  const schema = defineSchema({ name: "orders", fields: { order_id: "string", total: "double", "note?": "string" } });
  const lake = new DataLake("lake", { prefixes: { raw: "in/" }, tables: { orders: { schema }, records: {} } });
  new FormatRouter("router", {
    stream,
    lake,
    schemaRegistry,
    table: "orders",
    consumer: "fast",
    alarms: { topicArn: "arn:aws:sns:us-east-1:123456789012:alarms" },
    formats: {
      binary: {
        layouts: [
          {
            endianness: "little",
            fields: [{ name: "at", type: "timestamp", unit: "ms" }],
            magic: "534c01",
            name: "reading",
          },
        ],
      },
      json: {},
    },
  });
  new HourlyEtl("hourly", { lake, workerType: "G.2X" });
  new Warehouse("warehouse", {
    lake,
    vpcId: "vpc-1",
    subnetIds: ["subnet-a", "subnet-b", "subnet-c"],
    baseCapacity: 16,
    failureEmails: ["on-call@example.com"],
    alarms: { topicArn: "arn:aws:sns:us-east-1:123456789012:alarms" },
  });
  new LakeDashboard("dashboard", {
    lake,
    viewers: [ANALYSTS],
    importMode: "SPICE",
    visuals: [
      line({ title: "Rows", table: "orders", x: { column: "_arrived", by: "hour" }, y: count() }),
      scatter({ title: "Formats", table: "orders", points: "_format", x: count(), y: sum("total") }),
      kpi({ title: "Days", dataSet: "days", value: sum("n") }),
    ],
    dataSets: { days: { sql: "SELECT 1 AS n", columns: [{ name: "n", type: "bigint" }] } },
  });
  const customers = new ServingTable("customers", {
    stream,
    lake,
    key: "customer",
    fold: { orders: { count: true }, recent: { last: 3, of: "order" }, spent: { sum: "amount" } },
    timeToLiveDays: 30,
    alarms: { topicArn: "arn:aws:sns:us-east-1:123456789012:alarms", iteratorAgeMinutes: 5 },
  });
  new DeliveryStream("delivery", {
    stream,
    lake,
    table: "records",
    formats: { csv: {}, json: {} },
    sourceBackup: true,
    alarms: { topicArn: "arn:aws:sns:us-east-1:123456789012:alarms", freshnessMinutes: 5 },
  });
  const alarms = new PipelineAlarms("oncall", {
    components: [stream],
    emails: ["on-call@example.com"],
    change: { "throttled-writes": { periods: 1 } },
  });
  new PipelineDashboard("overview", { components: [stream, lake, customers], alarms, hours: 6 });
  const { url } = new IngestApi("api", {
    stream,
    partitionKey: { header: "x-id", pointer: "/id" },
    rowsPerRecord: 10,
    views: { customers, newest: customers },
  });
  return { streamName: stream.streamName, workgroupName: lake.workgroupName, url };
}

const CONFIG = { "streamlake:checkSchemas": "false" };

test.each([true, false])("the same resources as in TypeScript, preview %s", async (preview) => {
  const [made, written] = [
    await declare(throughProvider, { preview, config: CONFIG }),
    await declare(inTypeScript, { preview, config: CONFIG }),
  ];
  expect(listed(made)).toEqual(listed(written));
  expect(made.outputs).toEqual(written.outputs);
});

test("the same packages as in TypeScript, byte for byte, whatever the order of names", async () => {
  const [made, written] = [
    await declare(throughProvider, { config: CONFIG }),
    await declare(inTypeScript, { config: CONFIG }),
  ];
  for (const name of [
    "router-router-function",
    "hourly-plan-function",
    "hourly-reconcile-function",
    "api-handler-function",
    "customers-fold-handler-function",
  ]) {
    expect(await packageOf(made.one(name))).toBe(await packageOf(written.one(name)));
  }
});

const wrong: [string, () => Promise<unknown>, string][] = [
  [
    "a component that it does not have",
    () => construct("ContentAlerts", "alerts", {}),
    "streamlake:index:ContentAlerts is not a component of streamlake; use streamlake:index:DataLake, streamlake:index:DeliveryStream, streamlake:index:FormatRouter, streamlake:index:HourlyEtl, streamlake:index:IngestApi, streamlake:index:LakeDashboard, streamlake:index:PipelineAlarms, streamlake:index:PipelineDashboard, streamlake:index:SchemaRegistry, streamlake:index:ServingTable, streamlake:index:StreamIngest, streamlake:index:Warehouse.",
  ],
  [
    "an input that is none",
    () => construct("SchemaRegistry", "schemas", { schemas: {}, hooks: 1 }),
    'SchemaRegistry "schemas": "hooks" is not an input; use compatibility, schemas.',
  ],
  [
    "an API without a stream",
    () => construct("IngestApi", "api", {}),
    'IngestApi "api": stream is missing; give it, or existingStream.',
  ],
  [
    "an API with two streams",
    async () =>
      construct("IngestApi", "api", {
        stream: (await construct("StreamIngest", "clicks", {})).component,
        existingStream: { streamArn: "arn:aws:kinesis:us-east-1:123456789012:stream/clicks" },
      }),
    'IngestApi "api": stream and existingStream are given; keep one of them.',
  ],
  ["a missing input", () => construct("HourlyEtl", "hourly", {}), 'HourlyEtl "hourly": lake is missing.'],
  [
    "a secret that would lie in clear",
    () => construct("StreamIngest", "clicks", { shards: pulumi.secret(2) }),
    'StreamIngest "clicks": shards is a secret, which would lie in the state in clear; give it a value.',
  ],
  [
    "an output in place of a component",
    () => construct("HourlyEtl", "hourly", { lake: "arn:aws:s3:::lake" }),
    'HourlyEtl "hourly": lake is not a DataLake; give it the component itself, not one of its outputs.',
  ],
  [
    "a component of another kind",
    async () => construct("HourlyEtl", "hourly", { lake: (await construct("StreamIngest", "clicks", {})).component }),
    'HourlyEtl "hourly": lake is not a DataLake; give it the component itself, not one of its outputs.',
  ],
  [
    "a router over several tables that does not say which",
    async () =>
      construct("FormatRouter", "router", {
        stream: (await construct("StreamIngest", "clicks", {})).component,
        lake: (await construct("DataLake", "lake", { tables: { b: {}, a: {} } })).component,
      }),
    'FormatRouter "router": table is missing, and the lake has a, b; name one of them.',
  ],
  [
    "a delivery stream over several tables that does not say which",
    async () =>
      construct("DeliveryStream", "delivery", {
        stream: (await construct("StreamIngest", "clicks", {})).component,
        lake: (await construct("DataLake", "lake", { tables: { b: {}, a: {} } })).component,
      }),
    'DeliveryStream "delivery": table is missing, and the lake has a, b; name one of them.',
  ],
  [
    "a view without a stream",
    () => construct("ServingTable", "customers", { key: "customer" }),
    'ServingTable "customers": stream is missing; give it, or existingStream.',
  ],
  [
    "a schema by two declarations",
    () =>
      construct("DataLake", "lake", {
        tables: { orders: { schema: { avro: "{}", fields: [{ name: "id", type: "string" }] } } },
      }),
    'DataLake "lake": schema of table "orders" is declared by fields and avro; use one of fields, jsonSchema and avro.',
  ],
  [
    "a schema whose text is not JSON",
    () => construct("DataLake", "lake", { tables: { orders: { schema: { jsonSchema: "type: object" } } } }),
    'DataLake "lake": schema of table "orders": jsonSchema is not JSON; it has 12 characters.',
  ],
  [
    "a field that is there twice",
    () =>
      construct("DataLake", "lake", {
        tables: {
          orders: {
            schema: {
              fields: [
                { name: "id", type: "string" },
                { name: "id", type: "bigint" },
              ],
            },
          },
        },
      }),
    'DataLake "lake": schema of table "orders" has the field "id" twice; keep one.',
  ],
];

test.each(wrong)("it refuses %s", async (_, program, message) => {
  const said = await declare(() =>
    program().then(
      () => "made",
      (error: Error) => error.message,
    ),
  );
  expect(said.outputs).toBe(message);
});

test("an output that is unknown in a preview is refused where it decides what is declared", async () => {
  const program = async () => {
    const clicks = await construct("StreamIngest", "clicks", {});
    const shards = pulumi.output(clicks.state.streamArn).apply((arn: string) => arn.length);
    return construct("StreamIngest", "more", { capacity: "provisioned", shards }).then(
      () => "made",
      (error: Error) => error.message,
    );
  };
  const said = await declare(program, { preview: true });
  expect(said.outputs).toBe('StreamIngest "more": shards is an output that is not known yet; give it a value.');
});

test("a component of another provider is told by its URN", () => {
  const urn = "urn:pulumi:dev::shop::streamlake:index:DataLake::other";
  expect(() => componentOf(urn)).toThrow(
    `${urn} was made by another provider; give components that use each other the same provider.`,
  );
});

test("schemas as JSON Schema and Avro give the columns that TypeScript's declarations give", async () => {
  const jsonSchema = JSON.stringify({ type: "object", properties: { id: { type: "string" } }, required: ["id"] });
  const avro = JSON.stringify({ type: "record", name: "Order", fields: [{ name: "total", type: "double" }] });
  const tables = { a: { schema: { jsonSchema } }, b: { schema: { avro } } };
  const declared = await declare(() => construct("DataLake", "lake", { tables }), { config: CONFIG });
  const columns = ["lake-table-a", "lake-table-b"].map((name) =>
    declared.one(name).inputs.storageDescriptor.columns.slice(3),
  );
  expect(columns).toEqual([[{ name: "id", type: "string" }], [{ name: "total", type: "double" }]]);
});
