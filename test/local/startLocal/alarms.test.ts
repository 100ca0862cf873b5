/**
 * Every alarm of the components is alive: its fault makes it go off, its message arrives on the topic, and it comes back.
 * An alarm without a fault here fails the last test.
 */
import { closeSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from "node:fs";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { Sha256 } from "@smithy/core/checksum";
import { SignatureV4 } from "@smithy/signature-v4";
import {
  ContentAlerts,
  DataLake,
  DeliveryStream,
  FormatRouter,
  HourlyEtl,
  IngestApi,
  PipelineAlarms,
  Replay,
  ServingTable,
  StreamFunction,
  StreamIngest,
  Warehouse,
} from "streamlake";
import { hourOf } from "../../../lake/hour";
import { MINUTE } from "../../../local/cloud/metrics/metrics";
import type { CloudWatchService } from "../../../local/services/cloudwatch/service";
import type { DynamoDbService } from "../../../local/services/dynamodb/service";
import type { KinesisService } from "../../../local/services/kinesis/service";
import type { SnsService } from "../../../local/services/sns/service";
import type { StepFunctionsService } from "../../../local/services/stepFunctions/service";
import type { LocalCloud, LocalResource } from "../../../local/startLocal";
import { readConfig } from "../../../stacks/config";
import { lakeStack } from "../../../stacks/lake";
import { start, stopAll, stoppedClock } from "../support/start";

const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const FUNCTION = "aws:lambda/function:Function";
const POLICY = "aws:iam/rolePolicy:RolePolicy";
const credentials = { accessKeyId: "local", secretAccessKey: "local" };

/** Every alarm is one of `PipelineAlarms`, whose options are those of the components' own alarms. */
function program() {
  const stream = new StreamIngest("in");
  const lake = new DataLake("lake", {
    tables: { orders: { columns: [{ name: "total", type: "double" }] }, copies: {} },
  });
  const handler = {
    stream,
    eventMetrics: true,
    batchWindowSeconds: 0,
    retryAttempts: 0,
    bisect: false,
    maxRecordAgeHours: 2,
  };
  const accept = (row: Record<string, unknown>) => {
    if (row.total === -1) throw new Error("negative");
    return true as const;
  };
  const router = new FormatRouter("router", { ...handler, lake, hooks: { accept } });
  const audit = new StreamFunction("audit", { ...handler, handler: () => undefined });
  const large = new ContentAlerts("large", {
    ...handler,
    lake,
    rules: { large: (row) => Number(row.total) > 1e9 && "large" },
  });
  const view = new ServingTable("view", {
    ...handler,
    lake,
    key: (row) => String(row.customer ?? "").repeat(row.total === -2 ? 3000 : 1),
  });
  const copy = new DeliveryStream("copy", { stream, lake, table: "copies", sourceBackup: true, retryAttempts: 0 });
  const etl = new HourlyEtl("etl", { lake });
  const replay = new Replay("replay", { router });
  const api = new IngestApi("api", { stream });
  const warehouse = new Warehouse("warehouse", {
    lake,
    vpcId: "vpc-1",
    subnetIds: ["subnet-a", "subnet-b", "subnet-c"],
  });
  const components = [stream, lake, router, audit, large, view, copy, etl, replay, api, warehouse];
  const { topicArn } = new PipelineAlarms("oncall", { components, emails: ["on-call@example.com"] });
  return {
    stream: stream.streamName,
    lake: lake.bucketName,
    view: view.tableName,
    topic: topicArn,
    replay: replay.stateMachineArn,
    api: api.url,
  };
}

/** The time of the cloud, which begins with the machine's: functions log by their own clock. */
const began = Math.floor(Date.now() / MINUTE) * MINUTE;
let now = began;
let cloud: LocalCloud;
beforeAll(async () => {
  cloud = await start(program, { clock: { ...stoppedClock, now: () => now } });
});
afterAll(stopAll);

const service = () => cloud.service("cloudwatch") as CloudWatchService;
const proved = new Set<string>();

function resources(type: string, name: RegExp): LocalResource[] {
  const found = cloud.resources.filter((resource) => resource.type === type && name.test(resource.name));
  expect(found).not.toEqual([]);
  return found;
}

/** Alarms by their logical names. */
function states(): Record<string, string> {
  const byId = new Map(
    service()
      .alarms()
      .map(({ settings, state }) => [settings.AlarmName, state]),
  );
  return Object.fromEntries(resources(ALARM, /./).map(({ id, name }) => [name, byId.get(id) as string]));
}

function pass(minutes: number): void {
  moveLogs();
  now += minutes * MINUTE;
  service().evaluateUntil(now);
}

/** Functions log metrics by the machine's clock; their new lines get the cloud's time, in as many digits. */
function moveLogs(): void {
  const logs = path.join(cloud.dataDir, "logs");
  for (const entry of readdirSync(logs, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath ?? entry.path, entry.name);
    const text = readFileSync(file, "latin1");
    const opened = openSync(file, "r+");
    for (const match of text.matchAll(/"_aws":\{"Timestamp":(\d{13})\b/g)) {
      if (Number(match[1]) >= began && !moved.has(`${file} ${match.index}`)) {
        writeSync(opened, String(now), match.index + match[0].length - 13, "latin1");
        moved.add(`${file} ${match.index}`);
      }
    }
    closeSync(opened);
  }
}
const moved = new Set<string>();

async function put(...rows: (object | string)[]): Promise<void> {
  const Records = rows.map((row, index) => ({
    Data: Buffer.from(typeof row === "string" ? row : JSON.stringify(row)),
    PartitionKey: `k${index}`,
  }));
  await cloud.call("kinesis", "PutRecords", { StreamName: cloud.outputs.stream, Records });
}

const order = { customer: "c-1", total: 1 };

/** Changes declared resources as another deployment would, and returns what undoes it. */
async function change(all: readonly LocalResource[], to: (inputs: Record<string, unknown>) => object) {
  for (const { type, id, inputs } of all) await cloud.provisioner.update(type, id, { ...inputs, ...to(inputs) });
  return async () => {
    for (const { type, id, inputs } of all) await cloud.provisioner.update(type, id, { ...inputs });
  };
}

/** Replaces functions by one that throws. */
function breakFunctions(name: RegExp) {
  return change(resources(FUNCTION, name), ({ handler }) => {
    const [file, exported] = String(handler).split(".");
    const code = `exports.${exported} = async () => { throw new Error("injected"); };`;
    return { code: new pulumi.asset.AssetArchive({ [`${file}.js`]: new pulumi.asset.StringAsset(code) }) };
  });
}

/** Takes actions away from roles. */
function deny(name: RegExp, action: RegExp) {
  return change(resources(POLICY, name), ({ policy }) => {
    const { Version, Statement } = JSON.parse(String(policy)) as {
      Version: string;
      Statement: { Action: string | string[] }[];
    };
    const left = Statement.filter(({ Action }) => !action.test([Action].flat().join(" ")));
    expect(left.length).toBeLessThan(Statement.length);
    return { policy: JSON.stringify({ Version, Statement: left }) };
  });
}

/** Minutes between executions of the hourly step, of which one takes longer than the one before. */
const LATER = 72;

const fire = () => cloud.fireSchedules(new Date(now));

/** Expects an alarm that is off to stay so, without another message, while executions meet the same fault at this interval. */
async function expectLasting(name: string, minutes: number, meetFault: () => Promise<unknown> = fire): Promise<void> {
  const all = () => [...messages("ALARM"), ...messages("OK")].filter((each) => each === name).length;
  const before = all();
  for (let executions = 0; executions < 3; executions++) {
    for (let minute = 0; minute < minutes; minute++) {
      pass(1);
      expect(`${name} ${executions}:${minute} ${states()[name]}`).toBe(`${name} ${executions}:${minute} ALARM`);
    }
    await meetFault();
  }
  pass(1);
  expect(all()).toBe(before);
}

/** Expects these alarms to go off, and after the fault to come back, with a message for each change. */
async function expectAlive(names: readonly string[], mend: () => Promise<unknown>): Promise<void> {
  const off = Object.entries(states()).filter(([, state]) => state === "ALARM");
  expect(off.map(([name]) => name)).toEqual(expect.arrayContaining([...names]));
  expect(messages("ALARM")).toEqual(expect.arrayContaining([...names]));
  await mend();
  for (let hours = 0; hours < 6; hours++) {
    await fire();
    for (let minutes = 0; minutes < 60; minutes += 5) pass(5);
  }
  expect(names.map((name) => `${name} ${states()[name]}`)).toEqual(names.map((name) => `${name} OK`));
  expect(messages("OK")).toEqual(expect.arrayContaining([...names]));
  for (const name of names) proved.add(name);
}

/** The alarms with a message of this state on the topic, by logical name. */
function messages(state: string): string[] {
  const names = new Map(resources(ALARM, /./).map(({ id, name }) => [id, name]));
  const topic = (cloud.service("sns") as SnsService).topics().find(({ arn }) => arn === cloud.outputs.topic);
  const bodies = (topic?.messages ?? []).map(
    ({ body }) => JSON.parse(body) as { AlarmName: string; NewStateValue: string },
  );
  return bodies.filter((body) => body.NewStateValue === state).map(({ AlarmName }) => names.get(AlarmName) as string);
}

const HANDLERS = ["router", "audit", "large", "view"];
const ofHandlers = (role: string) => HANDLERS.map((name) => `oncall-alarm-${name}-${role}`);
const handlers = /^(router-router|audit-handler|large-alerts|view-fold-handler|copy-transform)-function$/;

test("bad data: unformatted records, hooks that throw, rows that are not folded", async () => {
  await put(...Array(12).fill("{broken"), { customer: "c-1", total: -1 }, { customer: "c-1", total: -2 });
  await cloud.drain();
  pass(1);
  await expectAlive(
    [
      "oncall-alarm-router-unformatted",
      "oncall-alarm-router-failed-hooks",
      "oncall-alarm-view-unfolded",
      "oncall-alarm-copy-failed-records",
    ],
    async () => undefined,
  );
});

test("functions that fail: errors, and batches in the on-failure destination", async () => {
  const mend = await breakFunctions(handlers);
  for (let period = 0; period < 3; period++) {
    await put(order);
    await cloud.drain();
    pass(5);
  }
  await expectAlive([...ofHandlers("errors"), ...ofHandlers("failed-batches"), "oncall-alarm-copy-errors"], mend);
});

test("no on-failure destination: deliveries fail, and records are dropped", async () => {
  const mendFunctions = await breakFunctions(handlers);
  const mendRoles = await deny(/^(router|audit|large|view-fold)-\w+-policy$/, /s3:PutObject|sns:Publish/);
  await put(order);
  await cloud.drain();
  pass(1);
  await expectAlive([...ofHandlers("dropped-records"), ...ofHandlers("failed-deliveries")], async () => {
    await mendFunctions();
    await mendRoles();
  });
});

test("stores that refuse: failed writes", async () => {
  const mend = await deny(/^(router|view-fold)-\w+-policy$/, /s3:PutObject|dynamodb:/);
  for (let period = 0; period < 3; period++) {
    await put(order);
    await cloud.drain();
    pass(5);
  }
  await expectAlive(["oncall-alarm-router-failed-writes", "oncall-alarm-view-failed-writes"], mend);
});

test("records that wait: the iterator's age", async () => {
  const first = now;
  for (let period = 0; period < 3; period++) {
    // The records arrive five minutes after each other, and each is read 20 minutes later.
    const later = now;
    now = first + period * 5 * MINUTE;
    await put(order);
    now = period === 0 ? first + 20 * MINUTE : later;
    await cloud.drain();
    pass(5);
  }
  await expectAlive([...ofHandlers("iterator-age"), "oncall-alarm-copy-behind"], async () => undefined);
});

test("a lake and a backup that Firehose cannot write: their freshness", async () => {
  const mend = await deny(/^copy-policy$/, /s3:PutObject/);
  await put(order);
  await expect(cloud.drain()).rejects.toThrow("is not authorized to perform: s3:AbortMultipartUpload");
  for (let period = 0; period < 9; period++) pass(5);
  await expectAlive(["oncall-alarm-copy-freshness", "oncall-alarm-copy-backup-freshness"], async () => {
    await mend();
    await cloud.drain();
  });
});

test("workflows that fail", async () => {
  const mend = await breakFunctions(/plan/);
  await fire();
  pass(1);
  await expectLasting("oncall-alarm-warehouse-failed", 7);
  await expectLasting("oncall-alarm-etl-failed", LATER);
  const { arn } = (cloud.service("states") as StepFunctionsService).execution(
    await cloud.startNow({ stateMachineArn: String(cloud.outputs.replay), input: "{}" }),
  );
  await (cloud.service("states") as StepFunctionsService).execution(arn).ended;
  pass(1);
  await expectAlive(["oncall-alarm-etl-failed", "oncall-alarm-warehouse-failed", "oncall-alarm-replay-failed"], mend);
});

test("schedules that cannot start their workflow: the queue of failed starts", async () => {
  const mend = await deny(/^(etl|warehouse)-schedule-policy$/, /states:StartExecution/);
  await fire();
  pass(1);
  await expectAlive(["oncall-alarm-etl-failed-starts", "oncall-alarm-warehouse-failed-starts"], async () => {
    await mend();
    // Somebody reads the queue, which local does not simulate.
    rmSync(path.join(cloud.dataDir, "sqs"), { recursive: true });
  });
});

test("workflows that nobody starts", async () => {
  await fire();
  pass(11);
  const offAfter = (minutes: number) => {
    pass(minutes);
    return Object.entries(states())
      .filter(([name, state]) => /not-started/.test(name) && state === "ALARM")
      .map(([name]) => name);
  };
  expect(offAfter(0)).toEqual(["oncall-alarm-warehouse-not-started"]);
  expect(offAfter(109)).toEqual(["oncall-alarm-warehouse-not-started"]);
  expect(offAfter(1).sort()).toEqual(["oncall-alarm-etl-not-started", "oncall-alarm-warehouse-not-started"]);
  expect(messages("ALARM")).toEqual(
    expect.arrayContaining(["oncall-alarm-etl-not-started", "oncall-alarm-warehouse-not-started"]),
  );
  await fire();
  pass(1);
  expect(offAfter(0)).toEqual([]);
  for (const name of ["oncall-alarm-etl-not-started", "oncall-alarm-warehouse-not-started"]) proved.add(name);
});

test("an API that fails", async () => {
  const mend = await breakFunctions(/^api/);
  const { host, hostname, protocol } = new URL(String(cloud.outputs.api));
  const signer = new SignatureV4({ credentials, region: cloud.region, service: "execute-api", sha256: Sha256 });
  const body = JSON.stringify(order);
  const request = {
    method: "POST",
    protocol,
    hostname,
    path: "/records",
    headers: { host, "content-type": "application/json" },
    body,
  };
  const { host: _, ...headers } = (await signer.sign(request, { signingDate: new Date(now) })).headers;
  expect((await fetch(`${cloud.outputs.api}/records`, { method: "POST", headers, body })).status).toBe(500);
  pass(1);
  await expectAlive(["oncall-alarm-api-server-errors"], mend);
});

test("records that wait for half of their age: expiring records", async () => {
  await put(order);
  now += 61 * MINUTE;
  await cloud.drain();
  pass(1);
  await expectAlive(ofHandlers("expiring-records"), async () => undefined);
});

test("a concurrency that is used up: throttled invocations", async () => {
  const functions = resources(FUNCTION, /^(router-router|audit-handler|large-alerts|view-fold-handler)-function$/);
  const mend = await change(functions, () => ({ reservedConcurrentExecutions: 0 }));
  for (let period = 0; period < 3; period++) {
    for (const { outputs } of functions) {
      await expect(cloud.call("lambda", "Invoke", { FunctionName: outputs.name })).rejects.toThrow("Rate Exceeded");
    }
    pass(5);
  }
  await expectAlive(ofHandlers("throttles"), mend);
});

test("a stream and a table that throttle", async () => {
  const kinesis = cloud.service("kinesis") as KinesisService;
  const dynamodb = cloud.service("dynamodb") as DynamoDbService;
  kinesis.setFaults({ putRecords: { failEveryNth: 1 } });
  dynamodb.setFaults({ throttleEveryNth: 1 });
  const item = { TableName: cloud.outputs.view, Key: { key: { S: "c-1" } } };
  for (let period = 0; period < 3; period++) {
    await put(order);
    await expect(cloud.call("dynamodb", "GetItem", item)).rejects.toThrow("Throughput exceeds the current capacity");
    pass(5);
  }
  await expectAlive(["oncall-alarm-in-throttled-writes", "oncall-alarm-view-table-throttles"], async () => {
    kinesis.setFaults({});
    dynamodb.setFaults({});
  });
});

test("an hour whose rows do not add up", async () => {
  const [reconcile] = resources(FUNCTION, /^etl-reconcile-function$/);
  const Payload = JSON.stringify({ hour: hourOf(now - 48 * 60 * MINUTE), tables: "orders" });
  const count = () => cloud.call("lambda", "Invoke", { FunctionName: reconcile?.outputs.name, Payload });
  await count();
  pass(1);
  await expectLasting("oncall-alarm-etl-ledger-broken", LATER, count);
  await expectAlive(["oncall-alarm-etl-ledger-broken"], async () => undefined);
});

test("hours that stay open", async () => {
  await put(order);
  await cloud.drain();
  const mend = await breakFunctions(/^etl-reconcile/);
  for (let hours = 0; hours < 5; hours++) {
    pass(60);
    await fire();
  }
  pass(1);
  await expectLasting("oncall-alarm-etl-hours-late", LATER);
  await expectAlive(["oncall-alarm-etl-hours-late"], mend);
});

test("a crawl that fails", async () => {
  await put(order);
  await cloud.drain();
  const mend = await deny(/^lake-crawler-policy$/, /s3:GetObject/);
  for (let hours = 0; hours < 2; hours++) {
    pass(60);
    await fire();
  }
  pass(1);
  await expectLasting("oncall-alarm-etl-crawl-failed", LATER);
  await expectAlive(["oncall-alarm-etl-crawl-failed"], mend);
});

test("objects that wait for the warehouse", async () => {
  const mend = await deny(/^warehouse-copy-policy$/, /s3:GetObject/);
  // Written two hours before the time of the function, which is the machine's.
  const present = now;
  now = Date.now() - 120 * MINUTE;
  const Bucket = String(cloud.outputs.lake);
  const { Contents } = (await cloud.call("s3", "ListObjectsV2", { Bucket, Prefix: "raw/orders/" })) as {
    Contents: { Key: string }[];
  };
  const Key = Contents[0]?.Key as string;
  const { Body } = (await cloud.call("s3", "GetObject", { Bucket, Key })) as { Body: Uint8Array };
  await cloud.call("s3", "PutObject", { Bucket, Key: Key.replace(/[^/]+$/, "shardId-0-1-1-1.ndjson.gz"), Body });
  now = present;
  for (let period = 0; period < 3; period++) {
    await fire();
    pass(5);
  }
  await expectAlive(["oncall-alarm-warehouse-load-lag"], mend);
});

test("every alarm was proved, and its metrics have the dimension of a resource", () => {
  expect(Object.keys(states()).sort()).toEqual([...proved].sort());
  expect(strangeDimensions(cloud)).toEqual([]);
});

test("the shipped program has alarms of these roles only, on metrics of its own resources", async () => {
  const config = { "aws:region": "us-east-1", "streamlake:replay": "true", "streamlake:alarms": "true" };
  const shipped = await start(() => void lakeStack(readConfig()), { project: "streamlake", config });
  const roles = (names: Iterable<string>) =>
    new Set([...names].map((name) => name.replace(/^(oncall-alarm-[a-z]+|[a-z]+-alarm)-/, "")));
  const names = shipped.resources.filter(({ type }) => type === ALARM).map(({ name }) => name);
  expect(names).toHaveLength(17);
  expect([...roles(proved)]).toEqual(expect.arrayContaining([...roles(names)]));
  expect(strangeDimensions(shipped)).toEqual([]);
});

/** The dimensions of alarms that are no name, id or ARN of a resource of the program. */
function strangeDimensions({ resources, service }: LocalCloud): string[] {
  const known = new Set(
    resources.flatMap(({ id, inputs, outputs }) => [id, ...Object.values({ ...inputs, ...outputs })]),
  );
  return (service("cloudwatch") as CloudWatchService).alarms().flatMap(({ settings, queries, watched }) => {
    const read = [...queries.metricsOf(watched)].flatMap(({ MetricStat }) => MetricStat?.Metric.Dimensions ?? []);
    expect(read).not.toEqual([]);
    return read
      .filter(({ Value }) => !known.has(Value))
      .map(({ Name, Value }) => `${settings.AlarmName}: ${Name} ${Value}`);
  });
}
