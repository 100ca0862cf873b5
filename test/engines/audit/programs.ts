/** The programs that are audited: the shipped stacks, the examples, and everything that components can declare. */
import * as fs from "node:fs";
import * as path from "node:path";
import * as kms from "@pulumi/aws/kms";
import * as secretsmanager from "@pulumi/aws/secretsmanager";
import * as sns from "@pulumi/aws/sns";
import * as ssm from "@pulumi/aws/ssm";
import {
  average,
  bar,
  CallbackFunction,
  ContentAlerts,
  count,
  DataLake,
  DeliveryStream,
  defineSchema,
  distinctCount,
  FormatRouter,
  HourlyEtl,
  type HourlyEtlArgs,
  heatMap,
  IngestApi,
  kpi,
  LakeDashboard,
  line,
  max,
  pie,
  Replay,
  SchemaRegistry,
  ServingTable,
  StreamFunction,
  StreamIngest,
  scatter,
  sum,
  table,
  Warehouse,
} from "streamlake";
import { type Declared, declare } from "streamlake/testing";
import { parse } from "yaml";

const ROOT = path.resolve(__dirname, "../../..");

/** @param changes configuration of the stack, `{ "streamlake:replay": "true" }` */
export function shipped(stack: string, changes: Readonly<Record<string, string>> = {}): Promise<Declared> {
  const { config } = parse(fs.readFileSync(path.join(ROOT, `Pulumi.${stack}.yaml`), "utf8"));
  const texts = Object.fromEntries(Object.entries(config).map(([key, value]) => [key, String(value)]));
  return declare(program, { project: "streamlake", stack, config: { ...texts, ...changes } });
}

const program = () => loaded("stacks/index");

const ANALYSTS = "arn:aws:quicksight:us-east-1:123456789012:group/default/analysts";
const EXAMPLES = path.join(ROOT, "examples");

/** The examples by name. */
export const EXAMPLE_NAMES = fs.readdirSync(EXAMPLES).map((file) => path.basename(file, ".ts"));

export function example(name: string): Promise<Declared> {
  return declare(() => loaded(`examples/${name}`), {
    config: {
      "shop:salt": "pepper",
      "shop:chat": "https://chat.example/hook",
      "shop:analysts": ANALYSTS,
      "aws:region": "us-east-1",
    },
  });
}

function loaded(module: string): unknown {
  let outputs: unknown;
  jest.isolateModules(() => {
    outputs = require(path.join(ROOT, module));
  });
  return outputs;
}

/** Makes a component under a name that contains its role, a lower-case letter. */
type Named = <T>(role: string, make: (name: string) => T) => T;

const prefixed =
  (prefix: string): Named =>
  (role, make) =>
    make(`${prefix}${role}`);

/** With all kinds of characters; a component with a bucket, a lake, a `StreamFunction` or a `ServingTable`, takes the bucket's alone. */
const underscores: Named = (role, make) => make("lfvxykd".includes(role) ? `0-my-${role}` : `My_${role}_1`);

/** The longest name that the component takes, as it reports on a longer one. */
const longest: Named = (role, make) => {
  let limit: string | undefined;
  try {
    make(role.repeat(1000));
  } catch (error) {
    limit = /use at most (\d+)/.exec(String(error))?.[1];
  }
  if (!limit) throw new Error(`the component of the role ${role} reports no longest name`);
  return make(role.repeat(Number(limit)));
};

interface Variant {
  readonly named: Named;
  readonly region: string;
  readonly workerType: NonNullable<HourlyEtlArgs["workerType"]>;
  /** The capacity of the stream: shards and a consumer, or on demand with a warm throughput. */
  readonly provisioned: boolean;
  /** True encrypts with a customer's key, and connects the functions to a VPC. */
  readonly hardened: boolean;
}

const SHORT: Variant = {
  named: prefixed("all-"),
  region: "us-east-1",
  workerType: "G.2X",
  provisioned: true,
  hardened: true,
};

/** Every component with every option that changes a resource. */
export const VARIANTS = {
  "short names": SHORT,
  "the longest names": { ...SHORT, named: longest, workerType: "R.8X" },
  "names with underscores": { ...SHORT, named: underscores, workerType: "R.1X" },
  "a stream on demand": { ...SHORT, provisioned: false, workerType: "G.8X" },
  "AWS's own keys": { ...SHORT, hardened: false, workerType: "G.16X" },
  "AWS's own keys on demand": { ...SHORT, hardened: false, provisioned: false, workerType: "G.12X" },
  China: { ...SHORT, region: "cn-north-1", workerType: "G.1X" },
  GovCloud: { ...SHORT, region: "us-gov-west-1", provisioned: false, workerType: "G.4X" },
} as const satisfies Readonly<Record<string, Variant>>;

export function everything(variant: keyof typeof VARIANTS): Promise<Declared> {
  const { region } = VARIANTS[variant];
  const config = { "streamlake:checkSchemas": "false", "aws:region": region };
  return declare(() => components(VARIANTS[variant]), { project: "my_shop", stack: "prod-2", config });
}

const TAGS = { team: "shop", "cost center": "4711/a" };

function components({ named, workerType, provisioned, hardened }: Variant): void {
  // A key for each owner, so that a permission on the wrong key is seen.
  const [streamKey, lakeKey, secretKey] = ["stream-key", "lake-key", "secret-key"].map((name) => {
    const key = new kms.Key(name, { enableKeyRotation: true, tags: TAGS });
    new kms.Alias(name, { name: `alias/${name}`, targetKeyId: key.id });
    return hardened ? key.arn : undefined;
  });
  const salt = new secretsmanager.Secret("salt", { kmsKeyId: secretKey, tags: TAGS });
  new secretsmanager.SecretVersion("salt", { secretId: salt.id, secretString: "pepper" });
  const limit = new ssm.Parameter("limit", { type: "SecureString", value: "7", keyId: secretKey, tags: TAGS });
  const onCall = new sns.Topic("on-call", { tags: TAGS });
  new sns.TopicSubscription("on-call", { topic: onCall.arn, protocol: "email", endpoint: "on-call@example.com" });
  const alarms = { topicArn: onCall.arn };
  const failureEmails = ["on-call@example.com"];
  const settings = {
    environment: { LIMIT: "10" },
    secrets: {
      SALT: { secretArn: salt.arn, keyArn: secretKey },
      LIMIT: { parameterArn: limit.arn, keyArn: secretKey },
    },
    vpc: hardened
      ? { subnetIds: ["subnet-0a1b2c3d", "subnet-1a2b3c4d"], securityGroupIds: ["sg-0a1b2c3d"] }
      : undefined,
    tags: TAGS,
  };

  const stream = named("i", (name) =>
    provisioned
      ? new StreamIngest(name, {
          capacity: "provisioned",
          shards: 2,
          retentionHours: 8760,
          maxRecordKibibytes: 4096,
          consumers: ["router"],
          encryptionKeyArn: streamKey,
          tags: TAGS,
        })
      : new StreamIngest(name, {
          warmThroughputMebibytesPerSecond: 100,
          encryptionKeyArn: streamKey,
          tags: TAGS,
        }),
  );
  const columns = [
    { name: "order_id", type: "string" },
    { name: "total", type: "double" },
    { name: "lines", type: "array<string>" },
  ] as const;
  const lake = named(
    "l",
    (name) =>
      new DataLake(name, {
        tables: {
          records: {},
          order_lines: { columns },
          customers: { schema: defineSchema({ name: "customers", fields: { id: "string", since: "timestamp" } }) },
        },
        retentionDays: { raw: 31, unformatted: 90, parquet: 365 },
        accessLogs: true,
        encryptionKeyArn: lakeKey,
        tags: TAGS,
      }),
  );
  const schemaRegistry = named(
    "s",
    (name) =>
      new SchemaRegistry(name, {
        schemas: {
          orders: { format: "avro", definition: '"long"', compatibility: "FULL_ALL" },
          "customers.v1#$": { format: "json", definition: '{ "type": "object" }', compatibility: "NONE" },
          clicks: { format: "protobuf", definition: 'syntax = "proto3"; message Click { string id = 1; }' },
        },
        tags: TAGS,
      }),
  );
  const common = { stream, lake, schemaRegistry, alarms, ...settings };
  const formats = { json: {}, csv: {}, avro: {}, protobuf: {} };
  const consumer = provisioned ? "router" : undefined;
  const router = named(
    "r",
    (name) => new FormatRouter(name, { ...common, formats, consumer, parallelizationFactor: 10, bisect: false }),
  );
  const replay = named("p", (name) => new Replay(name, { router, alarms, failureEmails, tags: TAGS }));
  const etl = named(
    "h",
    (name) =>
      new HourlyEtl(name, { lake, alarms, failureEmails, workers: 299, workerType, vpc: settings.vpc, tags: TAGS }),
  );
  named(
    "a",
    (name) =>
      new ContentAlerts(name, { ...common, formats, rules: { large: (row) => Number(row.total) > 1 && "large" } }),
  );
  named(
    "f",
    (name) =>
      new StreamFunction(name, {
        stream,
        ...settings,
        ...(provisioned ? { encryptionKeyArn: lakeKey } : { lake }),
        alarms,
        handler: async () => undefined,
        startingPosition: "AT_TIMESTAMP",
        startingTimestamp: "2026-11-20T10:00:00Z",
        enabled: false,
        filters: ['{ "partitionKey": [{ "prefix": "eu-" }] }'],
      }),
  );
  const api = named("g", (name) => new IngestApi(name, { stream, alarms, vpc: settings.vpc, tags: TAGS }));
  const view = named(
    "v",
    (name) =>
      new ServingTable(name, {
        stream,
        ...settings,
        ...(provisioned ? { failedBatchDays: 3 } : { lake, key: "customer" }),
        encryptionKeyArn: lakeKey,
        alarms,
        formats,
        schemaRegistry,
        fold: { orders: { count: true } },
        timeToLiveDays: 30,
      }),
  );
  const reading = named("w", (name) => new IngestApi(name, { stream, views: { customers: view, carts: view } }));
  named(
    "j",
    (name) =>
      new IngestApi(name, {
        stream,
        authorization: "JWT",
        jwt: { issuer: "https://login.example.com/", audiences: ["shop"], scopes: ["write"] },
        partitionKey: { header: "x-customer", pointer: "/customer/id", column: "customer" },
        requestsPerSecond: 10_000,
        burstRequests: 5_000,
        logRetentionDays: 3653,
      }),
  );
  const orders = { columns: [{ name: "total", type: "double" as const }] };
  const declaredLake = named("y", (name) => new DataLake(name, { tables: { orders }, encryptionKeyArn: lakeKey }));
  const everyKind = [
    bar({ title: "Sold", table: "orders", x: "_format", y: sum("total"), color: "hour" }),
    line({ title: "By hour", table: "orders_live", x: { column: "_arrived", by: "hour" }, y: [count(), max("total")] }),
    pie({ title: "Reasons", table: "unformatted", slices: "reason", value: count() }),
    kpi({ title: "Rows", table: "orders", value: count() }),
    table({ title: "Days", dataSet: "days", groupBy: ["dt", { column: "at", by: "month" }], values: [sum("n")] }),
    scatter({ title: "Formats", table: "orders", points: "_format", x: count(), y: average("total") }),
    heatMap({ title: "Hours", table: "orders", rows: "dt", columns: "hour", value: distinctCount("_id") }),
  ];
  named(
    "i",
    (name) =>
      new LakeDashboard(name, {
        lake: declaredLake,
        visuals: everyKind,
        dataSets: {
          days: {
            sql: 'SELECT "dt", "_arrived" AS "at", 1 AS "n" FROM "orders"',
            columns: [
              { name: "dt", type: "string" },
              { name: "at", type: "timestamp" },
              { name: "n", type: "bigint" },
            ],
          },
        },
        viewers: [ANALYSTS],
        ...(hardened && { authors: [`${ANALYSTS}-who-write`] }),
        importMode: provisioned ? "SPICE" : "DIRECT_QUERY",
        tags: TAGS,
      }),
  );
  const warehouse = named(
    "x",
    (name) =>
      new Warehouse(name, {
        lake: declaredLake,
        vpcId: "vpc-0a1b2c3d",
        subnetIds: ["subnet-0a1b2c3d", "subnet-1a2b3c4d", "subnet-2a3b4c5d"],
        clientSecurityGroupIds: ["sg-0a1b2c3d"],
        baseCapacity: 16,
        maxCapacity: 128,
        streams: { live: stream },
        encryptionKeyArn: lakeKey,
        vpc: settings.vpc,
        failureEmails,
        alarms,
        tags: TAGS,
      }),
  );
  named(
    "o",
    (name) =>
      new LakeDashboard(name, {
        lake: declaredLake,
        warehouse,
        visuals: [line({ title: "By day", table: "orders", x: "_arrived", y: count() })],
        viewers: [ANALYSTS],
        vpcConnectionArn: "arn:aws:quicksight:us-east-1:123456789012:vpcConnection/warehouse",
        secretArn: salt.arn,
        tags: TAGS,
      }),
  );
  // A lake of its own, because both a router and a delivery stream with a hook may write every table.
  const delivered = named("k", (name) => new DataLake(name, { encryptionKeyArn: lakeKey }));
  const firehose = named(
    "d",
    (name) =>
      new DeliveryStream(name, {
        stream,
        lake: delivered,
        ...settings,
        encryptionKeyArn: lakeKey,
        alarms,
        formats,
        schemaRegistry,
        hooks: provisioned ? { table: () => "records" } : {},
        bufferMebibytes: 128,
        bufferSeconds: 60,
        batchMebibytes: 3,
        batchSeconds: 900,
        retryAttempts: 300,
        sourceBackup: true,
        backupDays: 1,
      }),
  );
  const parquet = named(
    "n",
    (name) => new DeliveryStream(name, { stream, lake: declaredLake, alarms, schemaRegistry, parquet: true }),
  );
  named(
    "u",
    (name) =>
      new CallbackFunction(name, {
        factory: () => async () => undefined,
        permissions: [
          ...stream.writeAccess(),
          ...lake.readAccess(),
          ...lake.queryAccess(),
          ...firehose.readAccess(),
          ...parquet.queryAccess(),
          schemaRegistry.writeAccess(),
          etl.startAccess(),
          ...warehouse.queryAccess(),
          replay.startAccess(),
          api.invokeAccess(),
          reading.readAccess("customers"),
        ],
      }),
  );
  named(
    "c",
    (name) =>
      new CallbackFunction(name, {
        ...settings,
        factory: () => async () => undefined,
        reservedConcurrency: 5,
        memoryMebibytes: 10_240,
        timeoutSeconds: 900,
        logRetentionDays: 3653,
      }),
  );
}
