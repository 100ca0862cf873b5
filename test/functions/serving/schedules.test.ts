/** A model of Lambda and Kinesis: whatever is redelivered, split, cut anew or lost, each record is in its item once. */
import { FORMATS } from "../../../formats/registry";
import type { Row } from "../../../formats/row";
import { dynamoTable } from "../../../functions/effects/viewTable";
import { createServing } from "../../../functions/serving";
import { rowOf } from "../../../lake/serving/attributes";
import { seededRandom } from "../../../local/cloud/random";
import { aggregate } from "../../formats/support/aggregate";
import { kinesisEvent, type TestRecord } from "../support/kinesisEvents";
import { type Fault, type MemoryTable, memoryTable, VIEW_TABLE } from "../support/memoryTable";

const SCHEDULES = 1000;
const KEYS = ["ann", "bob", "cid", "dee", "eve"];

interface Fact {
  readonly key: string;
  readonly id: number;
  /** Its fold throws. */
  readonly isBad: boolean;
}

interface ModelShard {
  readonly name: string;
  /** The shards whose records come first. */
  readonly parents: readonly string[];
  readonly records: (TestRecord & { readonly facts: readonly Fact[] })[];
  /** The index of the first record that is not delivered. */
  checkpoint: number;
}

class Schedule {
  readonly random: () => number;
  readonly shards: ModelShard[] = [];
  readonly table: MemoryTable;
  private faultRate = 0;
  private ids = 0;
  private sequence = 10n ** 55n;

  /** @param isKeyed true if records with the same key have the same stream partition key, so that they stay in order */
  constructor(
    seed: number,
    private readonly isKeyed: boolean,
  ) {
    this.random = seededRandom(seed);
    this.table = memoryTable((operation) => this.fault(operation));
    this.write();
  }

  private below(limit: number): number {
    return Math.floor(this.random() * limit);
  }

  private fault(operation: string): Fault {
    if (this.random() >= this.faultRate) return undefined;
    const faults = operation === "PutItem" ? (["refused", "lost", "late"] as const) : (["refused", "partial"] as const);
    return faults[this.below(faults.length)];
  }

  /** Writes the stream: two shards, each of which is then split, and two of whose children are merged. */
  private write(): void {
    const shard = (parents: string[]) => {
      const name = `shardId-${String(this.shards.length).padStart(12, "0")}`;
      this.shards.push({ name, parents, records: [], checkpoint: 0 });
      return name;
    };
    /** The open shards; a key's hash picks one of them. */
    let open = [shard([]), shard([])];
    this.put(open);
    open = open.flatMap((parent) => [shard([parent]), shard([parent])]);
    this.put(open);
    const [first = "", ...rest] = open;
    open = [first, ...rest.slice(0, -2), shard(rest.slice(-2))];
    this.put(open);
  }

  private put(open: readonly string[]): void {
    for (let count = 4 + this.below(12); count > 0; count -= 1) {
      const partitionKey = KEYS[this.below(KEYS.length)] as string;
      const home = KEYS.indexOf(partitionKey);
      // Two ranges of hash keys: those of the first shard's family, and those of the second's.
      const half = open.filter((name) => this.familyOf(name) === home % 2);
      const shard = this.shards.find(({ name }) => name === half[(home >> 1) % half.length]) as ModelShard;
      const facts = Array.from({ length: 1 + this.below(4) }, () => ({
        key: this.isKeyed ? partitionKey : (KEYS[this.below(KEYS.length)] as string),
        id: ++this.ids,
        isBad: this.random() < 0.03,
      }));
      this.sequence += BigInt(1 + this.below(1000));
      shard.records.push({
        sequenceNumber: String(this.sequence),
        shard: shard.name,
        partitionKey,
        data: this.payloadOf(facts, partitionKey),
        facts,
      });
    }
  }

  private familyOf(name: string): number {
    const shard = this.shards.find((each) => each.name === name) as ModelShard;
    const [parent] = shard.parents;
    return parent === undefined ? Number(name.slice(-1)) : this.familyOf(parent);
  }

  private payloadOf(facts: readonly Fact[], partitionKey: string): string | Uint8Array {
    const lines = facts.map((fact) => JSON.stringify(fact));
    const kind = this.below(4);
    if (kind === 0) return aggregate(lines.map((line) => ({ partitionKey, payload: Buffer.from(line) })));
    if (kind === 1) return `key,id,isBad\n${facts.map(({ key, id, isBad }) => `${key},${id},${isBad}\n`).join("")}`;
    return facts.length === 1 ? (lines[0] as string) : `${lines.join("\n")}\n`;
  }

  /** A new execution environment for each batch: nothing survives but the table. */
  private async invoke(records: readonly TestRecord[]): Promise<string | undefined> {
    const handler = createServing(
      { formats: { json: {}, ndjson: {}, csv: {} } },
      {
        formats: FORMATS,
        key: "key",
        fold: (item, row) => {
          if (String(row.isBad) === "true") throw new Error("bad");
          return { ids: [...((item?.ids as number[]) ?? []), Number(row.id)], rows: Number(item?.rows ?? 0) + 1 };
        },
        effects: {
          view: VIEW_TABLE,
          table: dynamoTable(VIEW_TABLE, this.table.call),
          log: () => undefined,
          sleep: async () => undefined,
        },
      },
    );
    const { batchItemFailures } = await handler(kinesisEvent(records));
    return batchItemFailures[0]?.itemIdentifier;
  }

  private async deliver(shard: ModelShard): Promise<void> {
    // Now and then, a second poller delivers what was delivered, or what is about to be.
    const from = this.random() < 0.2 ? this.below(shard.checkpoint + 1) : shard.checkpoint;
    await this.batch(shard, from, Math.min(shard.records.length, from + 1 + this.below(8)));
  }

  private async batch(shard: ModelShard, from: number, to: number): Promise<void> {
    if (from >= to) return;
    const records = shard.records.slice(from, to);
    const failed = await this.invoke(records);
    // A crash between the last write and the checkpoint: Lambda does not see the answer.
    if (this.random() < 0.15) {
      if (this.random() < 0.5) return;
      const middle = from + Math.ceil((to - from) / 2);
      await this.batch(shard, from, middle);
      // Lambda delivers the second half after the first has succeeded.
      if (shard.checkpoint >= middle) await this.batch(shard, middle, to);
      return;
    }
    const end = failed === undefined ? to : from + records.findIndex(({ sequenceNumber }) => sequenceNumber === failed);
    // A batch before the checkpoint is one of the second poller.
    if (from <= shard.checkpoint) shard.checkpoint = Math.max(shard.checkpoint, end);
  }

  /** Lambda reads a shard after all records of its parents. */
  private isOpen({ parents }: ModelShard): boolean {
    return parents.every((name) => {
      const parent = this.shards.find((each) => each.name === name) as ModelShard;
      return parent.checkpoint === parent.records.length && this.isOpen(parent);
    });
  }

  async run(): Promise<void> {
    for (let step = 0; ; step += 1) {
      const waiting = this.shards.filter((shard) => this.isOpen(shard) && shard.checkpoint < shard.records.length);
      if (waiting.length === 0) break;
      this.faultRate = step < 60 ? 0.15 : 0;
      // Several shards at the same time.
      await Promise.all(waiting.filter(() => this.random() < 0.7).map((shard) => this.deliver(shard)));
      if (this.random() < 0.3) this.table.settle();
    }
    // Late writes, and everything once more.
    this.table.settle();
    this.faultRate = 0;
    for (const shard of this.shards) await this.batch(shard, 0, shard.records.length);
  }

  /** The ids of each key by shard, in the order of the stream. */
  expected(key: string): number[][] {
    return this.shards.map(({ records }) =>
      records.flatMap(({ facts }) => facts.filter((fact) => fact.key === key && !fact.isBad).map(({ id }) => id)),
    );
  }

  item(key: string): Row | undefined {
    const stored = this.table.items.get(key);
    return stored && rowOf(stored);
  }
}

/** Records with the same key have the same stream partition key under odd seeds, and any under even ones. */
test(`each record is in its item once, and those of a shard in order, under ${SCHEDULES} schedules`, async () => {
  const seen = { conflicts: 0, writes: 0, rows: 0 };
  for (let seed = 1; seed <= SCHEDULES; seed += 1) {
    const isKeyed = seed % 2 === 1;
    const schedule = new Schedule(seed, isKeyed);
    await schedule.run();
    for (const key of KEYS) {
      const byShard = schedule.expected(key);
      // Ids grow along the stream, and so from parents to children.
      const expected = byShard.flat().sort((a, b) => a - b);
      const item = schedule.item(key);
      const ids = (item?.ids ?? []) as number[];
      const inOrder = isKeyed ? ids : [...ids].sort((a, b) => a - b);
      expect({ seed, key, ids: inOrder, rows: item?.rows ?? 0 }).toEqual({
        seed,
        key,
        ids: expected,
        rows: expected.length,
      });
      for (const shard of byShard) {
        const own = new Set(shard);
        expect({ seed, key, ids: ids.filter((id) => own.has(id)) }).toEqual({ seed, key, ids: shard });
      }
      seen.rows += expected.length;
    }
    seen.conflicts += schedule.table.calls.conflicts;
    seen.writes += schedule.table.calls.writes;
  }
  // The schedules do what they are for.
  expect(seen.conflicts).toBeGreaterThan(SCHEDULES / 2);
  expect(seen.writes).toBeGreaterThan(10 * SCHEDULES);
  expect(seen.rows).toBeGreaterThan(50 * SCHEDULES);
}, 600_000);
