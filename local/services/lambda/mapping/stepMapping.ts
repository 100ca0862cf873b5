/** The state machine of an event source mapping: a pure function from state and input to the next state and commands. */
import { applyDelivered, applyResult, nextDue } from "./lane";
import { endsSoon, type MappingConfig } from "./mappingConfig";
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

/** The position at which reading continues, by shard. */
export type Checkpoints = ReadonlyMap<string, Position>;

/** The initial state; the first command lists the stream's shards. */
export const NEW_MAPPING: Mapping = { shards: new Map(), listed: false, nextBatchId: 1, draining: false };

/** Failures of one batch without progress after which draining fails, if its retries do not end soon. */
const ENDLESS_FAILURES = 5;

/**
 * Performs one step, deterministically and without effects; `now` is in milliseconds since the epoch.
 *
 * @param checkpoints positions on shards that an earlier mapping has processed
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

  // A finished shard lets its children start, which may precede it in the list, so they need another round.
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

/** The next time at which a `time` input has an effect; undefined if only other inputs have one. */
export function nextWake(mapping: Mapping, config: MappingConfig, now: number): number | undefined {
  const dues = [...mapping.shards.values()].flatMap((shard) => [
    nextRead(shard, config, now),
    ...shard.lanes.map((lane) => nextDue(lane, config)),
  ]);
  const known = dues.filter((due) => due !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
}

/** True if every shard is read to its end and all records are processed. */
export function isDrained(mapping: Mapping): boolean {
  return mapping.listed && [...mapping.shards.values()].every(isIdle);
}

/** The positions from which another mapping continues; it redelivers all unfinished records. */
export function checkpointsOf(mapping: Mapping): Checkpoints {
  return new Map([...mapping.shards.values()].map((shard) => [shard.id, checkpointOf(shard)]));
}

function countFinished(shards: ReadonlyMap<string, Shard>): number {
  return [...shards.values()].filter(isFinished).length;
}

/** The starting position applies only to the first list of shards; later shards are read from their first record. */
function firstPosition(mapping: Mapping, config: MappingConfig): Position {
  return mapping.listed ? { type: "TRIM_HORIZON" } : config.startingPosition;
}

/** A parent that is no longer listed has no records left. */
function areParentsFinished(shard: ShardDescription, shards: ReadonlyMap<string, Shard>): boolean {
  return shard.parents.every((parent) => {
    const known = shards.get(parent);
    return known === undefined || isFinished(known);
  });
}

/** The error for a batch that keeps failing and is not discarded soon; undefined if there is none. */
export function endlessBatch(state: Mapping, config: MappingConfig, functionArn: string): string | undefined {
  if (endsSoon(config)) return undefined;
  for (const shard of state.shards.values()) {
    for (const { batches } of shard.lanes) {
      const [batch] = batches;
      if (!batch || batch.tries < ENDLESS_FAILURES) continue;
      const first = batch.records[0]?.sequenceNumber;
      return `local/lambda: the event source mapping of ${functionArn}: the batch from ${shard.id} ${first} has failed ${batch.tries} times (${batch.last?.reason}), and its retries do not end soon; correct the function, or set maximumRetryAttempts to at most 100`;
    }
  }
  return undefined;
}
