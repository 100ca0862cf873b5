/** The state machine of an event source mapping: a pure function from state and input to the next state and commands. */
import { applyDelivered, applyResult, nextDue } from "./lane";
import type { MappingConfig } from "./mappingConfig";
import type { Mapping, MappingCommand, MappingInput, Position, Shard, ShardDescription, Step } from "./mappingState";
import {
  advanceShard,
  checkpointOf,
  expireIterator,
  failRead,
  isFinished,
  isIdle,
  newShard,
  nextRead,
  receive,
} from "./shard";

/** Where each shard goes on, by shard. */
export type Checkpoints = ReadonlyMap<string, Position>;

/** A mapping before anything has happened; the first thing to do is to list the stream's shards. */
export const NEW_MAPPING: Mapping = { shards: new Map(), listed: false, nextBatchId: 1, draining: false };

/** Failures of one batch after which draining gives up, where retries have no end. */
const ENDLESS_FAILURES = 5;

/**
 * One step. Deterministic, without effects; `now` is in milliseconds since the epoch.
 *
 * @param checkpoints where delivery goes on on shards that an earlier mapping has worked on
 */
export function stepMapping(
  mapping: Mapping,
  config: MappingConfig,
  input: MappingInput,
  now: number,
  checkpoints: Checkpoints = new Map(),
): Step {
  const commands: MappingCommand[] = [];
  const shards = new Map(mapping.shards);
  let nextBatchId = mapping.nextBatchId;
  const draining = input.type === "drain" ? input.on : mapping.draining;
  const context = { config, now, draining, nextBatchId: () => nextBatchId++ };

  if (input.type === "shards") {
    for (const description of input.shards) {
      if (shards.has(description.id)) continue;
      const position = checkpoints.get(description.id) ?? firstPosition(mapping, config);
      shards.set(description.id, newShard(description, position, config.parallelizationFactor));
    }
  } else if ("shard" in input && input.shard !== undefined) {
    const shard = shards.get(input.shard);
    if (shard) shards.set(shard.id, apply(shard));
  } else if (input.type === "news") {
    for (const shard of shards.values()) shards.set(shard.id, { ...shard, news: true });
  }

  // A shard that finishes lets its children start, and those may stand before it in the list: another round for them.
  for (let finished = -1; finished !== countFinished(shards); ) {
    finished = countFinished(shards);
    for (const shard of shards.values()) {
      if (shard.phase === "waiting") {
        if (!areParentsFinished(shard, shards)) continue;
        const started = expireIterator(shard);
        commands.push(...started.commands);
        shards.set(shard.id, started.shard);
        continue;
      }
      const advanced = advanceShard(shard, context);
      commands.push(...advanced.commands);
      shards.set(shard.id, advanced.shard);
    }
  }
  return { mapping: { shards, listed: mapping.listed || input.type === "shards", nextBatchId, draining }, commands };

  function apply(shard: Shard): Shard {
    switch (input.type) {
      case "iterator":
        return { ...shard, phase: "ready", iterator: input.iterator };
      case "iteratorExpired": {
        const expired = expireIterator(shard);
        commands.push(...expired.commands);
        return expired.shard;
      }
      case "records":
        if (input.nextIterator === undefined) commands.push({ type: "listShards" });
        return receive(shard, input, now);
      case "readFailed":
        return failRead(shard, now);
      case "news":
        return { ...shard, news: true };
      case "result":
      case "delivered": {
        const busy = input.type === "result" ? "invoking" : "delivering";
        const lanes = shard.lanes.map((lane) => {
          if (lane.busy !== busy || lane.batches[0]?.id !== input.batch) return lane;
          if (input.type === "delivered") return applyDelivered(lane);
          const applied = applyResult(lane, input.result, { ...context, flush: draining });
          if (applied.action) commands.push({ ...applied.action, shard: shard.id });
          return applied.lane;
        });
        return { ...shard, lanes };
      }
      default:
        return shard;
    }
  }
}

/** The next instant at which a `time` input will do something; undefined when only news can. */
export function nextWake(mapping: Mapping, config: MappingConfig, now: number): number | undefined {
  const dues = [...mapping.shards.values()].flatMap((shard) => [
    nextRead(shard, config, now),
    ...shard.lanes.map((lane) => nextDue(lane, config)),
  ]);
  const known = dues.filter((due) => due !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
}

/** True when every shard is read to its end and every record seen through. */
export function isDrained(mapping: Mapping): boolean {
  return mapping.listed && [...mapping.shards.values()].every(isIdle);
}

/** What an other mapping needs to go on where this one is: a redelivery of everything that is not finished. */
export function checkpointsOf(mapping: Mapping): Checkpoints {
  return new Map([...mapping.shards.values()].map((shard) => [shard.id, checkpointOf(shard)]));
}

function countFinished(shards: ReadonlyMap<string, Shard>): number {
  return [...shards.values()].filter(isFinished).length;
}

/** Shards that appear later are read from their first record: only those of the beginning have an earlier life to skip. */
function firstPosition(mapping: Mapping, config: MappingConfig): Position {
  return mapping.listed ? { type: "TRIM_HORIZON" } : config.startingPosition;
}

/** A parent that is not listed any more has no records left. */
function areParentsFinished(shard: ShardDescription, shards: ReadonlyMap<string, Shard>): boolean {
  return shard.parents.every((parent) => {
    const known = shards.get(parent);
    return known === undefined || isFinished(known);
  });
}

/** What is to be said of a batch that has failed again and again, where nothing ever ends its retries. */
export function endlessBatch(state: Mapping, config: MappingConfig, functionArn: string): string | undefined {
  if (config.retryAttempts >= 0 || config.maxRecordAgeMillis >= 0) return undefined;
  for (const shard of state.shards.values()) {
    for (const { batches } of shard.lanes) {
      const [batch] = batches;
      if (!batch || batch.failures < ENDLESS_FAILURES) continue;
      const first = batch.records[0]?.sequenceNumber;
      return `local/lambda: the event source mapping of ${functionArn}: the batch from ${shard.id} ${first} has failed ${batch.failures} times (${batch.last?.reason}), and its retries have no end; set maximumRetryAttempts or maximumRecordAgeInSeconds`;
    }
  }
  return undefined;
}
