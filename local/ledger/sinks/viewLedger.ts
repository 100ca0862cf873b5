/**
 * The ledger of a serving table: the function's package folds all records of the stream into a table of its own, once and shard by
 * shard, and both tables must have the same items. docs/decisions/sink-ledgers.md tells what this proves, and what it does not.
 */
import { createHash } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { type Attributes, rowOf } from "../../../lake/serving/attributes";
import { OWN_ATTRIBUTES } from "../../../lake/serving/fold";
import type { CloudContext } from "../../cloud/service";
import type { KinesisService } from "../../services/kinesis/service";
import type { LambdaService } from "../../services/lambda/service";
import { type LoggedRecord, shardRecords } from "../shardRecords";
import { Findings, type SinkLedger } from "./sinkLedger";

export interface ViewSources {
  readonly table: string;
  readonly functionArn: string;
  readonly stream: string;
  readonly streamArn: string;
  /** `stream/shard/sequence number` of the records in failed batches of the function. */
  readonly failed: ReadonlySet<string>;
}

export type ViewCloud = Pick<CloudContext, "service"> & {
  /** Calls an operation as a caller who may do everything. */
  call(service: string, operation: string, input: object): Promise<unknown>;
};

const TABLE = "aws:dynamodb/table:Table";
const { key: KEY, last: LAST, shards: SHARDS } = OWN_ATTRIBUTES;

const MISSING = "items are missing in the table";
const UNKNOWN = "items are in the table, and no record makes them";
const POSITION = "items have another last record of a shard than the stream";
const DIFFERENT = "items have other attributes than their records make";
const ORDER = "items have attributes that depend on the order of their shards";
const FAILED = "items differ, and records of theirs are in failed batches of the function";
const UNKNOWN_KEYS =
  "records of failed batches have an item that is not known, because the function fails on each alone";

/**
 * @param scratch a directory for a log
 * @param onRecords called with the number of records that were delivered since its last call
 */
export async function readViewLedger(
  cloud: ViewCloud,
  view: ViewSources,
  scratch: string,
  onRecords: (count: number) => void = () => undefined,
): Promise<SinkLedger> {
  const findings = new Findings();
  const unchecked = new Findings();
  const excused = await failedKeys(cloud, view, scratch, unchecked);
  const check = {
    add: (what: string, key: string, item: Attributes = {}) => {
      if (excused.has(key) || endsWithFailed(item, view)) unchecked.add(FAILED, key);
      else findings.add(what, key);
    },
  };
  const counts = { items: 0, records: 0, rows: 0, leftOut: 0, undecoded: 0, unfolded: 0 };

  await inTable(cloud, `${view.table}-ledger`, async (table) => {
    Object.assign(counts, await fold(cloud, view, table, scratch, "once", onRecords));
    const expected = await digests(cloud, table);
    const differing: Attributes[] = [];
    for await (const items of itemsOf(cloud, view.table)) {
      for (const item of items) {
        counts.items += 1;
        const key = keyOf(item);
        const wanted = expected.get(key);
        expected.delete(key);
        if (wanted === undefined) check.add(UNKNOWN, key, item);
        else if (wanted.positions !== digest(item[SHARDS])) check.add(POSITION, key, item);
        else if (wanted.attributes !== digest(attributesOf(item))) differing.push(item);
      }
    }
    for (const key of expected.keys()) check.add(MISSING, key);
    for (const item of differing.filter((each) => shardsOf(each) < 2)) check.add(DIFFERENT, keyOf(item), item);

    const ofManyShards = differing.filter((item) => shardsOf(item) > 1);
    if (ofManyShards.length === 0) return;
    await inTable(cloud, `${view.table}-ledger-2`, async (reversed) => {
      await fold(cloud, view, reversed, scratch, "reversed", onRecords);
      for (const item of ofManyShards) {
        const key = keyOf(item);
        const [one, other] = [await itemOf(cloud, table, key), await itemOf(cloud, reversed, key)];
        const wrong = Object.keys({ ...item, ...one }).filter(
          (name) => name !== LAST && digest(item[name]) !== digest(one[name]),
        );
        const isOfOrder = (name: string) => digest(one[name]) !== digest(other[name]);
        if (wrong.every(isOfOrder)) unchecked.add(ORDER, key);
        else check.add(DIFFERENT, key, item);
      }
    });
  });
  return {
    kind: "ServingTable",
    resource: view.table,
    stream: view.stream,
    counts,
    balanced: findings.all().length === 0,
    findings: findings.all(),
    unchecked: unchecked.all(),
  };
}

/** True if the last record of a shard in the item is one of a failed batch. */
function endsWithFailed(item: Attributes, { stream, failed }: ViewSources): boolean {
  if (failed.size === 0) return false;
  const positions = Object.entries(
    Object((item[SHARDS] as { M?: object } | undefined)?.M) as Record<string, { S?: string }>,
  );
  return positions.some(([shard, { S = "" }]) => {
    const sequenceNumber = S.split(" ")[0]?.replace(/^0+/, "");
    return failed.has(`${stream}/${shard}/${sequenceNumber}`);
  });
}

/** The keys of the items that records of failed batches make; Lambda may have discarded a batch that was written in part. */
async function failedKeys(
  cloud: ViewCloud,
  { functionArn, stream, streamArn, failed, table }: ViewSources,
  scratch: string,
  unchecked: Findings,
): Promise<ReadonlySet<string>> {
  const keys = new Set<string>();
  if (failed.size === 0) return keys;
  const lambda = cloud.service("lambda") as LambdaService;
  const logs = (cloud.service("kinesis") as KinesisService).shardLogs(stream);
  await inTable(cloud, `${table}-ledger-failed`, async (own) => {
    const variables = { VIEW_TABLE: own };
    const pass = lambda.openPass(functionArn, { streamArn, variables, logPath: path.join(scratch, `${own}.log`) });
    const deliver = async (shard: string, records: readonly LoggedRecord[]): Promise<void> => {
      if (records.length === 0) return;
      try {
        await pass.deliver(shard, records);
      } catch {
        // The function may fail on some of them alone.
        const middle = Math.ceil(records.length / 2);
        if (records.length > 1)
          for (const half of [records.slice(0, middle), records.slice(middle)]) await deliver(shard, half);
        else unchecked.add(UNKNOWN_KEYS, `${stream}/${shard}/${records[0]?.sequenceNumber}`);
      }
    };
    try {
      for (const { shard, path: file } of logs) {
        for await (const some of shardRecords(file)) {
          await deliver(
            shard,
            some.filter(({ sequenceNumber }) => failed.has(`${stream}/${shard}/${sequenceNumber}`)),
          );
        }
      }
    } finally {
      await pass.stop();
    }
    for await (const items of itemsOf(cloud, own)) for (const item of items) keys.add(keyOf(item));
  });
  return keys;
}

/** Folds all records but those of failed batches, and resolves to their numbers. */
async function fold(
  cloud: ViewCloud,
  { functionArn, stream, streamArn, failed }: ViewSources,
  table: string,
  scratch: string,
  order: "once" | "reversed",
  onRecords: (count: number) => void,
) {
  const lambda = cloud.service("lambda") as LambdaService;
  const logs = (cloud.service("kinesis") as KinesisService).shardLogs(stream);
  const logPath = path.join(scratch, `${table}.log`);
  // The log of a ledger that was read before.
  rmSync(logPath, { force: true });
  const pass = lambda.openPass(functionArn, { streamArn, variables: { VIEW_TABLE: table }, logPath });
  let records = 0;
  try {
    for (const { shard, path: file } of order === "once" ? logs : [...logs].reverse()) {
      for await (const some of shardRecords(file)) {
        const folded = some.filter(({ sequenceNumber }) => !failed.has(`${stream}/${shard}/${sequenceNumber}`));
        await pass.deliver(shard, folded);
        records += folded.length;
        onRecords(folded.length);
      }
    }
  } finally {
    await pass.stop();
  }
  const entries = readFileSync(logPath, "utf8").split("\n").flatMap(entryOf);
  const sum = (name: string) => entries.reduce((total, entry) => total + Number(entry[name] ?? 0), 0);
  return {
    records,
    rows: sum("Rows"),
    leftOut: sum("LeftOut"),
    undecoded: sum("Undecoded"),
    unfolded: sum("Unfolded"),
  };
}

/** Empty for a line that the user's functions print. */
function entryOf(line: string): Record<string, unknown>[] {
  if (!line.includes('"message":"folded"')) return [];
  try {
    const entry = JSON.parse(line) as { message?: unknown } & Record<string, unknown>;
    return entry.message === "folded" ? [entry] : [];
  } catch {
    return [];
  }
}

async function inTable(cloud: ViewCloud, name: string, work: (name: string) => Promise<void>): Promise<void> {
  const resource = cloud.service("dynamodb").resources[TABLE];
  const inputs = { name, hashKey: KEY, attributes: [{ name: KEY, type: "S" }], billingMode: "PAY_PER_REQUEST" };
  const declared = { type: TABLE, name, inputs };
  await resource?.create(declared);
  try {
    await work(name);
  } finally {
    await resource?.delete(name, declared);
  }
}

interface Digests {
  readonly positions: string;
  readonly attributes: string;
}

async function digests(cloud: ViewCloud, table: string): Promise<Map<string, Digests>> {
  const found = new Map<string, Digests>();
  for await (const items of itemsOf(cloud, table)) {
    for (const item of items) {
      found.set(keyOf(item), { positions: digest(item[SHARDS]), attributes: digest(attributesOf(item)) });
    }
  }
  return found;
}

async function* itemsOf(cloud: ViewCloud, TableName: string): AsyncGenerator<readonly Attributes[]> {
  let start: object | undefined;
  do {
    const input = { TableName, ...(start && { ExclusiveStartKey: start }) };
    const page = (await cloud.call("dynamodb", "Scan", input)) as { Items: Attributes[]; LastEvaluatedKey?: object };
    yield page.Items;
    start = page.LastEvaluatedKey;
  } while (start);
}

async function itemOf(cloud: ViewCloud, TableName: string, key: string): Promise<Attributes> {
  const input = { TableName, Key: { [KEY]: { S: key } }, ConsistentRead: true };
  return ((await cloud.call("dynamodb", "GetItem", input)) as { Item?: Attributes }).Item ?? {};
}

function keyOf(item: Attributes): string {
  return String(rowOf({ [KEY]: item[KEY] as Attributes[string] })[KEY]);
}

/** The number of shards with rows in the item. */
function shardsOf(item: Attributes): number {
  return Object.keys(Object((item[SHARDS] as { M?: object } | undefined)?.M)).length;
}

/** The position of the last write is left out: the shards of an item take turns. */
function attributesOf({ [LAST]: _, ...attributes }: Attributes): Attributes {
  return attributes;
}

/** Maps have no order. */
function digest(value: unknown): string {
  return createHash("sha256")
    .update(JSON.stringify(value, sorted) ?? "none")
    .digest("base64");
}

function sorted(_: string, value: unknown): unknown {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)));
}
