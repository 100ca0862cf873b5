/** Small programs, by component: one with what is required alone, others with one optional part more or less. */
import {
  CallbackFunction,
  ContentAlerts,
  count,
  DataLake,
  DeliveryStream,
  FormatRouter,
  HourlyEtl,
  IngestApi,
  kpi,
  LakeDashboard,
  type Permission,
  PipelineAlarms,
  PipelineDashboard,
  Replay,
  SchemaRegistry,
  ServingTable,
  StreamFunction,
  StreamIngest,
  Warehouse,
} from "../../../../index";

/** The name of the component that a page is about; the page shows it as `<name>`. */
export const NAME = "xname";

/** A method's permissions; those of a method with several forms by the form. */
export type Access = Readonly<Record<string, Permission | readonly Permission[]>>;

export interface ComponentProgram {
  /** The file in `examples/` that the page shows. */
  readonly example: string;
  /** Declares the component with what is required. */
  base(): Access;
  /** By the words that complete "with …" or "without …". */
  readonly variants: Readonly<Record<string, () => void>>;
  /** Several optional parts at once, for what none of them has alone; by the same words. */
  readonly combined?: Readonly<Record<string, () => void>>;
}

const alarms = { topicArn: "arn:aws:sns:us-east-1:123456789012:alarms" };
const failureEmails = ["on-call@example.com"];
const keyArn = "arn:aws:kms:us-east-1:123456789012:key/1";
const secrets = { SALT: { secretArn: "arn:aws:secretsmanager:us-east-1:123456789012:secret:salt-a1B2c3" } };
const vpc = { subnetIds: ["subnet-1"], securityGroupIds: ["sg-1"] };
const jwt = { issuer: "https://login.example.com/", audiences: ["shop"] };
const schemas = { orders: { format: "avro", definition: '"long"' } } as const;
const declaredTables = { records: { columns: [{ name: "total", type: "double" }] } } as const;

const aStream = (args = {}) => new StreamIngest("stream", args);
const aLake = (args = {}) => new DataLake("lake", args);
const aRouter = (args = {}) => new FormatRouter("router", { stream: aStream(), lake: aLake(), ...args });
const aRegistry = () => new SchemaRegistry("registry", { schemas });
const encryptedStream = () => aStream({ encryptionKeyArn: keyArn });
const streamWithConsumer = () => aStream({ consumers: ["fast"] });

export const PROGRAMS: Readonly<Record<string, ComponentProgram>> = {
  CallbackFunction: {
    example: "function",
    base: () => {
      const made = new CallbackFunction(NAME, { factory: () => async () => undefined });
      return { invokeAccess: made.invokeAccess() };
    },
    variants: {
      secrets: () => new CallbackFunction(NAME, { factory: () => async () => undefined, secrets }),
      vpc: () => new CallbackFunction(NAME, { factory: () => async () => undefined, vpc }),
    },
  },
  ContentAlerts: {
    example: "alerts",
    base: () => {
      contentAlerts();
      return {};
    },
    variants: {
      alarms: () => contentAlerts({ alarms }),
      consumer: () => contentAlerts({ stream: streamWithConsumer(), consumer: "fast" }),
      schemaRegistry: () => contentAlerts({ schemaRegistry: aRegistry() }),
      secrets: () => contentAlerts({ secrets }),
      vpc: () => contentAlerts({ vpc }),
      "a stream with `encryptionKeyArn`": () => contentAlerts({ stream: encryptedStream() }),
    },
  },
  DataLake: {
    example: "minimal",
    base: () => {
      const made = new DataLake(NAME);
      return { writeAccess: made.writeAccess(), readAccess: made.readAccess(), queryAccess: made.queryAccess() };
    },
    variants: {
      accessLogs: () => new DataLake(NAME, { accessLogs: true }),
      "`tables` that all declare columns": () => new DataLake(NAME, { tables: declaredTables }),
      encryptionKeyArn: () => new DataLake(NAME, { encryptionKeyArn: keyArn }),
    },
  },
  DeliveryStream: {
    example: "delivery",
    base: () => ({ readAccess: deliveryStream().readAccess() }),
    variants: {
      parquet: () => deliveryStream({ lake: aLake({ tables: declaredTables }), parquet: true }),
      alarms: () => deliveryStream({ alarms }),
      "hooks.table": () => deliveryStream({ hooks: { table: () => "records" } }),
      schemaRegistry: () => deliveryStream({ schemaRegistry: aRegistry() }),
      secrets: () => deliveryStream({ secrets }),
      "`alarms` and hooks.table": () => deliveryStream({ alarms, hooks: { table: () => "records" } }),
      sourceBackup: () => deliveryStream({ sourceBackup: true }),
      vpc: () => deliveryStream({ vpc }),
      "a stream with `encryptionKeyArn`": () => deliveryStream({ stream: encryptedStream() }),
      "a lake with `encryptionKeyArn`": () => deliveryStream({ lake: aLake({ encryptionKeyArn: keyArn }) }),
    },
    combined: {
      "`alarms` and `sourceBackup`": () => deliveryStream({ alarms, sourceBackup: true }),
      "`alarms` and `parquet`": () =>
        deliveryStream({ alarms, lake: aLake({ tables: declaredTables }), parquet: true }),
    },
  },
  FormatRouter: {
    example: "hooks",
    base: () => {
      formatRouter();
      return {};
    },
    variants: {
      alarms: () => formatRouter({ alarms }),
      consumer: () => formatRouter({ stream: streamWithConsumer(), consumer: "fast" }),
      schemaRegistry: () => formatRouter({ schemaRegistry: aRegistry() }),
      secrets: () => formatRouter({ secrets }),
      vpc: () => formatRouter({ vpc }),
      "a stream with `encryptionKeyArn`": () => formatRouter({ stream: encryptedStream() }),
      "a lake with `encryptionKeyArn`": () => formatRouter({ lake: aLake({ encryptionKeyArn: keyArn }) }),
    },
  },
  HourlyEtl: {
    example: "minimal",
    base: () => ({ startAccess: new HourlyEtl(NAME, { lake: aLake() }).startAccess() }),
    variants: {
      alarms: () => new HourlyEtl(NAME, { lake: aLake(), alarms }),
      failureEmails: () => new HourlyEtl(NAME, { lake: aLake(), failureEmails }),
      vpc: () => new HourlyEtl(NAME, { lake: aLake(), vpc }),
      "a lake whose tables all declare columns": () => new HourlyEtl(NAME, { lake: aLake({ tables: declaredTables }) }),
      "a lake with `encryptionKeyArn`": () => new HourlyEtl(NAME, { lake: aLake({ encryptionKeyArn: keyArn }) }),
    },
  },
  IngestApi: {
    example: "ingest",
    base: () => ({ invokeAccess: new IngestApi(NAME, { stream: aStream() }).invokeAccess() }),
    variants: {
      alarms: () => new IngestApi(NAME, { stream: aStream(), alarms }),
      'authorization: "JWT"': () => new IngestApi(NAME, { stream: aStream(), authorization: "JWT", jwt }),
      views: () => viewedApi(),
      vpc: () => new IngestApi(NAME, { stream: aStream(), vpc }),
      "a stream with `encryptionKeyArn`": () => new IngestApi(NAME, { stream: encryptedStream() }),
    },
  },
  Replay: {
    example: "replay",
    base: () => ({ startAccess: new Replay(NAME, { router: aRouter() }).startAccess() }),
    variants: {
      alarms: () => new Replay(NAME, { router: aRouter(), alarms }),
      failureEmails: () => new Replay(NAME, { router: aRouter(), failureEmails }),
      "a router with `secrets`": () => new Replay(NAME, { router: aRouter({ secrets }) }),
      "a router with `vpc`": () => new Replay(NAME, { router: aRouter({ vpc }) }),
    },
  },
  SchemaRegistry: {
    example: "registry",
    base: () => {
      const made = new SchemaRegistry(NAME, { schemas });
      return { readAccess: made.readAccess(), writeAccess: made.writeAccess() };
    },
    variants: {},
  },
  ServingTable: {
    example: "serving",
    base: () => ({ readAccess: servingTable().readAccess() }),
    variants: {
      alarms: () => servingTable({ alarms }),
      consumer: () => servingTable({ stream: streamWithConsumer(), consumer: "fast" }),
      encryptionKeyArn: () => servingTable({ encryptionKeyArn: keyArn }),
      lake: () => servingTable({ lake: aLake() }),
      schemaRegistry: () => servingTable({ schemaRegistry: aRegistry() }),
      secrets: () => servingTable({ secrets }),
      vpc: () => servingTable({ vpc }),
      "a stream with `encryptionKeyArn`": () => servingTable({ stream: encryptedStream() }),
    },
  },
  StreamFunction: {
    example: "audit",
    base: () => {
      streamFunction();
      return {};
    },
    variants: {
      alarms: () => streamFunction({ alarms }),
      consumer: () => streamFunction({ stream: streamWithConsumer(), consumer: "fast" }),
      lake: () => streamFunction({ lake: aLake() }),
      encryptionKeyArn: () => streamFunction({ encryptionKeyArn: keyArn }),
      secrets: () => streamFunction({ secrets }),
      vpc: () => streamFunction({ vpc }),
      "a stream with `encryptionKeyArn`": () => streamFunction({ stream: encryptedStream() }),
    },
  },
  StreamIngest: {
    example: "platform",
    base: () => {
      const made = new StreamIngest(NAME);
      return { writeAccess: made.writeAccess(), readAccess: made.readAccess() };
    },
    variants: { consumers: () => new StreamIngest(NAME, { consumers: ["fast"] }) },
  },
  LakeDashboard: {
    example: "dashboard",
    base: () => {
      lakeDashboard();
      return {};
    },
    variants: {
      'importMode: "SPICE"': () => lakeDashboard({ importMode: "SPICE" }),
      "a lake with `encryptionKeyArn`": () =>
        lakeDashboard({ lake: aLake({ tables: declaredTables, encryptionKeyArn: keyArn }) }),
      warehouse: warehouseDashboard,
    },
  },
  PipelineAlarms: {
    example: "monitoring",
    base: () => {
      pipelineAlarms();
      return {};
    },
    variants: {
      emails: () => pipelineAlarms({ emails: failureEmails }),
      encryptionKeyArn: () => pipelineAlarms({ encryptionKeyArn: keyArn }),
      topicArn: () => pipelineAlarms({ topicArn: alarms.topicArn }),
    },
  },
  PipelineDashboard: {
    example: "monitoring",
    base: () => {
      const components = [aStream()];
      new PipelineDashboard(NAME, { components });
      return {};
    },
    variants: {},
  },
  Warehouse: {
    example: "warehouse",
    base: () => {
      const made = warehouse();
      return { queryAccess: made.queryAccess(), startAccess: made.startAccess() };
    },
    variants: {
      alarms: () => warehouse({ alarms }),
      encryptionKeyArn: () => warehouse({ encryptionKeyArn: keyArn }),
      failureEmails: () => warehouse({ failureEmails }),
      streams: () => warehouse({ streams: { live: aStream() } }),
      vpc: () => warehouse({ vpc }),
      "a lake with `encryptionKeyArn`": () =>
        warehouse({ lake: aLake({ tables: declaredTables, encryptionKeyArn: keyArn }) }),
    },
  },
};

function lakeDashboard({
  lake = aLake({ tables: declaredTables }),
  ...args
}: {
  lake?: DataLake;
  [name: string]: unknown;
} = {}): void {
  const visuals = [kpi({ title: "Rows", table: "records", value: count() })];
  const viewers = ["arn:aws:quicksight:us-east-1:123456789012:group/default/analysts"];
  new LakeDashboard(NAME, { lake, visuals, viewers, ...args });
}

function warehouseDashboard(): void {
  const lake = aLake({ tables: declaredTables });
  const vpcConnectionArn = "arn:aws:quicksight:us-east-1:123456789012:vpcConnection/vpc";
  lakeDashboard({
    lake,
    warehouse: warehouse({ lake }, "warehouse"),
    vpcConnectionArn,
    secretArn: secrets.SALT.secretArn,
  });
}

function contentAlerts(args = {}): void {
  new ContentAlerts(NAME, { stream: streamOf(args), lake: aLake(), rules: { any: () => false }, ...args });
}

function deliveryStream(args = {}): DeliveryStream {
  return new DeliveryStream(NAME, { stream: streamOf(args), lake: lakeOf(args), ...args });
}

function formatRouter(args = {}): void {
  new FormatRouter(NAME, { stream: streamOf(args), lake: lakeOf(args), ...args });
}

function pipelineAlarms(args = {}): void {
  new PipelineAlarms(NAME, { components: [aStream()], ...args });
}

function servingTable(args = {}): ServingTable {
  return new ServingTable(NAME, { stream: streamOf(args), ...args });
}

function viewedApi(): IngestApi {
  const stream = aStream();
  return new IngestApi(NAME, { stream, views: { customers: new ServingTable("view", { stream }) } });
}

function streamFunction(args = {}): void {
  new StreamFunction(NAME, { stream: streamOf(args), handler: () => undefined, ...args });
}

function warehouse(
  { lake, ...args }: { lake?: DataLake; [name: string]: unknown } = {},
  name: string = NAME,
): Warehouse {
  const subnetIds = ["subnet-1", "subnet-2", "subnet-3"];
  return new Warehouse(name, { lake: lake ?? aLake({ tables: declaredTables }), vpcId: "vpc-1", subnetIds, ...args });
}

/** Given, or a new one: a program has one of each. */
function streamOf({ stream }: { stream?: StreamIngest }): StreamIngest {
  return stream ?? aStream();
}

function lakeOf({ lake }: { lake?: DataLake }): DataLake {
  return lake ?? aLake();
}
