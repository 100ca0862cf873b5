/** One schedule of the model world: a stream, a mapping over it, a router, faults, all from one seed on a virtual clock. */
import type { LandingObject } from "../../../../lake/routing/landingObject";
import { eventRecordMeter } from "../../../../local/services/lambda/mapping/kinesisEvent";
import type { MappingConfig } from "../../../../local/services/lambda/mapping/mappingConfig";
import type {
  Batch,
  Mapping,
  MappingCommand,
  MappingInput,
} from "../../../../local/services/lambda/mapping/mappingState";
import {
  type Checkpoints,
  checkpointsOf,
  isDrained,
  NEW_MAPPING,
  nextWake,
  stepMapping,
} from "../../../../local/services/lambda/mapping/stepMapping";
import { chooseAttempt } from "./modelAttempt";
import { checkBatch, type Delivery, idOf } from "./modelChecks";
import { CreateOnlyStore, planObjects } from "./modelRouter";
import { chooseConfig, fillStream } from "./modelSchedule";
import { type ModelRecord, ModelStream } from "./modelStream";
import { Seeded } from "./seeded";

const SOURCE = {
  streamArn: "arn:aws:kinesis:us-east-1:123456789012:stream/clicks",
  roleArn: "arn:aws:iam::123456789012:role/router",
  region: "us-east-1",
};
/** Ten seconds before an hour ends, so that batches hold records of two hours. */
const START = Date.parse("2026-11-20T10:59:50.000Z");

export interface Outcome {
  readonly records: readonly ModelRecord[];
  /** Row ids that should be in `raw/` or whose records should be in a failed batch. */
  readonly rawIds: readonly string[];
  readonly unformattedIds: readonly string[];
  readonly failed: ReadonlySet<string>;
  /** Records that an attempt landed, in whole or in part, before it failed or was forgotten. */
  readonly landedByFailures: ReadonlySet<string>;
  /** Broken promises about batches: size, order, lanes. */
  readonly broken: readonly string[];
  readonly faults: Readonly<Record<string, number>>;
  /** Number of successful deliveries by record. */
  readonly successes: ReadonlyMap<string, number>;
  /** The records of each delivery in the order of the deliveries of its shard. */
  readonly deliveries: readonly (readonly string[])[];
}

/** Runs one schedule to its end. */
export function runSchedule(
  seed: number,
  keyOf: (object: LandingObject) => string = (object) => object.key,
  redelivers = false,
): Outcome {
  return new ModelWorld(seed, keyOf, redelivers).run();
}

class ModelWorld implements Delivery {
  private readonly random: Seeded;
  readonly stream = new ModelStream();
  private readonly store: CreateOnlyStore;
  private readonly agenda: { at: number; order: number; act: () => void }[] = [];
  readonly finished = new Set<string>();
  private readonly failed = new Set<string>();
  private readonly landedByFailures = new Set<string>();
  private readonly broken: string[] = [];
  private readonly faults: Record<string, number> = {};
  readonly inFlight = new Map<number, { shard: string; batch: Batch }>();
  config: MappingConfig;
  private mapping: Mapping = NEW_MAPPING;
  private checkpoints: Checkpoints = new Map();
  /** Which life of the mapping; answers to an earlier one are not heard. */
  private life = 0;
  private now = START;
  private orders = 0;
  private faultsLeft: number;
  private readonly successes = new Map<string, number>();
  private readonly deliveries: string[][] = [];

  constructor(
    seed: number,
    keyOf: (object: LandingObject) => string,
    private readonly redelivers: boolean,
  ) {
    this.random = new Seeded(seed);
    this.store = new CreateOnlyStore(keyOf);
    this.config = { ...chooseConfig(this.random), ...(redelivers && { redeliverySeed: seed }) };
    this.faultsLeft = this.random.between(0, 14);
  }

  run(): Outcome {
    fillStream(this.stream, this.random, {
      later: (millis, act) => this.later(millis, act),
      now: () => this.now,
      news: (shard) => this.step({ type: "news", ...(shard !== undefined && { shard }) }),
    });
    const restarts = this.random.between(0, 3);
    for (let count = 0; count < restarts; count++) this.later(this.random.between(0, 40_000), () => this.restart());
    this.step({ type: "drain", on: false });
    this.perform({ type: "listShards" });
    for (let turns = 0; ; turns++) {
      if (turns > 20_000) throw new Error("the schedule does not end");
      const wake = nextWake(this.mapping, this.config, this.now);
      this.agenda.sort((left, right) => left.at - right.at || left.order - right.order);
      const next = this.agenda[0];
      if (wake !== undefined && (next === undefined || wake < next.at)) {
        this.now = Math.max(this.now, wake);
        this.step({ type: "time" });
      } else if (next) {
        this.agenda.shift();
        this.now = next.at;
        next.act();
      } else break;
    }
    if (!isDrained(this.mapping)) this.broken.push("the mapping stands still before it is drained");
    return {
      records: this.stream.all(),
      rawIds: this.store.distinctIds("raw"),
      unformattedIds: this.store.distinctIds("unformatted"),
      failed: this.failed,
      landedByFailures: this.landedByFailures,
      broken: this.broken,
      faults: this.faults,
      successes: this.successes,
      deliveries: this.deliveries,
    };
  }

  /** Another poller takes over: from the checkpoints, with other borders and lanes; what the old one began may still land. */
  private restart(): void {
    this.life++;
    // What was delivered before may be delivered again, and then be given up although it has landed.
    for (const id of this.finished) this.landedByFailures.add(id);
    for (const { shard, batch } of this.inFlight.values()) {
      for (const record of batch.records) this.landedByFailures.add(idOf(shard, record));
    }
    this.inFlight.clear();
    this.checkpoints = new Map([...this.checkpoints, ...checkpointsOf(this.mapping)]);
    const { batchSize, parallelizationFactor, windowMillis } = chooseConfig(this.random);
    this.config = { ...this.config, batchSize, parallelizationFactor, windowMillis };
    this.mapping = NEW_MAPPING;
    this.perform({ type: "listShards" });
  }

  private step(input: MappingInput): void {
    const { mapping, commands } = stepMapping(this.mapping, this.config, input, this.now, this.checkpoints);
    this.mapping = mapping;
    for (const command of commands) this.perform(command);
  }

  /** The answer to a command, unless the mapping that asked is gone by then. */
  private answer(millis: number, input: () => MappingInput): void {
    const { life } = this;
    this.later(millis, () => {
      if (life === this.life) this.step(input());
    });
  }

  private later(millis: number, act: () => void): void {
    this.agenda.push({ at: this.now + millis, order: this.orders++, act });
  }

  private perform(command: MappingCommand): void {
    if (command.type === "invoke") this.invoke(command.shard, command.batch);
    else this.answer(this.random.between(1, 50), () => this.reply(command));
  }

  private reply(command: Exclude<MappingCommand, { type: "invoke" }>): MappingInput {
    const { random, stream } = this;
    switch (command.type) {
      case "listShards":
        return { type: "shards", shards: random.shuffle(stream.describe()) };
      case "getIterator": {
        const iterator = String(stream.indexOf(command.shard, command.position));
        return { type: "iterator", shard: command.shard, iterator };
      }
      case "read":
        return this.read(command.shard, Number(command.iterator));
      case "giveUp":
        for (const record of command.batch.records) {
          this.finished.add(idOf(command.shard, record));
          this.failed.add(idOf(command.shard, record));
        }
        return { type: "delivered", shard: command.shard, batch: command.batch.id };
    }
  }

  private read(shard: string, index: number): MappingInput {
    if (this.fault("iterator expired", 0.1)) return { type: "iteratorExpired", shard };
    if (this.fault("read failed", 0.1)) return { type: "readFailed", shard };
    const meter = eventRecordMeter(SOURCE, shard);
    const { found, next, caughtUp } = this.stream.read(shard, index, this.random.between(1, 12));
    const records = found.map((record) => ({ ...record, eventBytes: meter(record) }));
    return { type: "records", shard, records, nextIterator: next === undefined ? undefined : String(next), caughtUp };
  }

  private fault(name: string, probability: number): boolean {
    if (this.faultsLeft === 0 || !this.random.chance(probability)) return false;
    this.faultsLeft--;
    this.faults[name] = (this.faults[name] ?? 0) + 1;
    return true;
  }

  private invoke(shard: string, batch: Batch): void {
    this.broken.push(...checkBatch(shard, batch, this));
    this.inFlight.set(batch.id, { shard, batch });
    this.deliveries.push(batch.records.map((record) => idOf(shard, record)));
    const objects = this.random.shuffle(planObjects(batch.records as unknown as ModelRecord[]));
    const fault = (name: string, probability: number) => this.fault(name, probability);
    const attempt = chooseAttempt(objects, batch, this.random, fault);
    for (const write of attempt.writes) this.write(write.object, write.at, attempt.succeeded < batch.records.length);
    this.answer(attempt.duration, () => {
      this.inFlight.delete(batch.id);
      for (const record of batch.records.slice(0, attempt.succeeded)) this.succeed(idOf(shard, record));
      return { type: "result", shard, batch: batch.id, result: attempt.result };
    });
  }

  private succeed(id: string): void {
    this.finished.add(id);
    this.successes.set(id, (this.successes.get(id) ?? 0) + 1);
    // It is delivered again, and may then be given up although it has landed.
    if (this.redelivers) this.landedByFailures.add(id);
  }

  private write(object: LandingObject, millis: number, isOfFailure: boolean): void {
    this.later(millis, () => {
      this.store.putIfAbsent(object);
      if (!isOfFailure) return;
      for (const line of object.text.trimEnd().split("\n")) this.landedByFailures.add(recordOf(line));
    });
  }
}

/** `<shard>/<sequence number>` of a line of `raw/` or `unformatted/`. */
function recordOf(line: string): string {
  const { _id, id } = JSON.parse(line) as { _id?: string; id?: string };
  return ((_id ?? id) as string).split("/").slice(0, 2).join("/");
}
