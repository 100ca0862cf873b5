/** The alarms of delivery streams on partitions and conversions are alive: their faults, their messages, and their ends. */
import { DataLake, DeliveryStream, PipelineAlarms, StreamIngest } from "streamlake";
import { MINUTE } from "../../../local/cloud/metrics/metrics";
import type { CloudWatchService } from "../../../local/services/cloudwatch/service";
import type { SnsService } from "../../../local/services/sns/service";
import type { LocalCloud } from "../../../local/startLocal";
import { start, stopAll, stoppedClock } from "../support/start";

const PARTITIONS = "oncall-alarm-wide-too-many-partitions";
const CONVERSIONS = "oncall-alarm-columns-failed-conversions";
const ROLES = ["too-many-partitions", "failed-conversions"];

function program() {
  const stream = new StreamIngest("in");
  const columns = [{ name: "total", type: "double" as const }];
  const lake = new DataLake("lake", { tables: { wide: {} } });
  const declared = new DataLake("declared", { tables: { orders: { columns } } });
  const hooks = { table: (row: Record<string, unknown>) => String(row.table ?? "wide") };
  const wide = new DeliveryStream("wide", { stream, lake, table: "wide", hooks });
  const columnar = new DeliveryStream("columns", { stream, lake: declared, table: "orders", parquet: true });
  const others = [wide, columnar].flatMap(({ monitoring }) => Object.keys(monitoring.alarms));
  const { topicArn } = new PipelineAlarms("oncall", {
    components: [wide, columnar],
    without: [...new Set(others)].filter((role) => !ROLES.includes(role)),
  });
  return { stream: stream.streamName, topic: topicArn };
}

let now = Math.floor(Date.now() / MINUTE) * MINUTE;
let cloud: LocalCloud;
beforeAll(async () => {
  cloud = await start(program, { clock: { ...stoppedClock, now: () => now } });
});
afterAll(stopAll);

const cloudWatch = () => cloud.service("cloudwatch") as CloudWatchService;

function pass(minutes: number): void {
  now += minutes * MINUTE;
  cloudWatch().evaluateUntil(now);
}

const nameOf = (id: string) => cloud.resources.find((resource) => resource.id === id)?.name;

/** The alarms that are off, by logical name. */
function off(): (string | undefined)[] {
  const alarms = cloudWatch().alarms();
  return alarms.filter(({ state }) => state === "ALARM").map(({ settings }) => nameOf(settings.AlarmName));
}

/** `<alarm> <state>` of each message on the topic. */
function messages(): string[] {
  const topic = (cloud.service("sns") as SnsService).topics().find(({ arn }) => arn === cloud.outputs.topic);
  return (topic?.messages ?? []).map(({ body }) => {
    const { AlarmName, NewStateValue } = JSON.parse(body) as { AlarmName: string; NewStateValue: string };
    return `${nameOf(AlarmName)} ${NewStateValue}`;
  });
}

async function put(rows: readonly object[]): Promise<void> {
  const Records = rows.map((row) => ({ Data: Buffer.from(JSON.stringify(row)), PartitionKey: "k" }));
  for (let from = 0; from < Records.length; from += 500) {
    const batch = { StreamName: cloud.outputs.stream, Records: Records.slice(from, from + 500) };
    await cloud.call("kinesis", "PutRecords", batch);
  }
  await cloud.drain();
  pass(1);
}

/** Rows that meet no fault, as long as the alarm looks back. */
async function recover(row: object): Promise<void> {
  for (let minute = 0; minute < 20; minute++) await put([row]);
}

test("more tables in an hour than Firehose has partitions", async () => {
  await put([{ total: 1 }]);
  expect(off()).toEqual([]);
  await put(Array.from({ length: 501 }, (_, n) => ({ table: `t${n}`, total: n })));
  expect(off()).toEqual([PARTITIONS]);
  await recover({ total: 1 });
  expect(off()).toEqual([]);
  expect(messages().filter((message) => message.startsWith(PARTITIONS))).toEqual([
    // The first state of all.
    `${PARTITIONS} OK`,
    `${PARTITIONS} ALARM`,
    `${PARTITIONS} OK`,
  ]);
});

test("a table of delivered Parquet whose column was changed by hand", async () => {
  const tables = cloud.resources.filter(({ name }) => name === "columns-delivered-files");
  expect(tables).toHaveLength(1);
  const [{ type, id, inputs }] = tables as [(typeof tables)[number]];
  const descriptor = inputs.storageDescriptor as { readonly columns: readonly { readonly name: string }[] };
  const columns = descriptor.columns.map((column) => (column.name === "total" ? { ...column, type: "date" } : column));
  await cloud.provisioner.update(type, id, { ...inputs, storageDescriptor: { ...descriptor, columns } });
  await put([{ total: 1.5 }]);
  expect(off()).toEqual([CONVERSIONS]);
  await cloud.provisioner.update(type, id, { ...inputs });
  await recover({ total: 1.5 });
  expect(off()).toEqual([]);
  expect(messages().filter((message) => message.startsWith(CONVERSIONS))).toEqual([
    // The first state of all.
    `${CONVERSIONS} OK`,
    `${CONVERSIONS} ALARM`,
    `${CONVERSIONS} OK`,
  ]);
});
