/** One shard of a mapping: decides when to read it, and distributes its records over its lanes. */

import { compareSequence } from "../../../../lake/sequenceNumber";
import { advanceLane, append, EMPTY_LANE, firstUnfinished, heldBytes, isEmpty, type LaneContext, laneOf } from "./lane";
import { backOffMillis, type MappingConfig } from "./mappingConfig";
import type { BufferedRecord, MappingCommand, Position, Shard, ShardDescription } from "./mappingState";

/** Reading pauses once a shard holds the records of this number of events: the current one and the next. */
const HELD_EVENTS = 2;

export function newShard(description: ShardDescription, position: Position, lanes: number): Shard {
  return {
    ...description,
    phase: "waiting",
    position,
    caughtUp: false,
    news: false,
    readFailures: 0,
    readNotBefore: 0,
    lanes: new Array(lanes).fill(EMPTY_LANE),
  };
}

/** True if the shard is read to its end and all records are processed. */
export function isFinished(shard: Shard): boolean {
  return shard.phase === "ended" && shard.lanes.every(isEmpty);
}

/** True if no operation is in progress and no known record is left. */
export function isIdle(shard: Shard): boolean {
  const isRead = shard.phase === "ended" || (shard.phase === "ready" && shard.caughtUp && !shard.news);
  return isRead && shard.lanes.every(isEmpty);
}

/** The position at which a restarted mapping continues; all records before it are finished. */
export function checkpointOf(shard: Shard): Position {
  const open = shard.lanes.map(firstUnfinished).filter((number) => number !== undefined);
  const sequenceNumber = open.sort(compareSequence)[0];
  return sequenceNumber === undefined ? shard.position : { type: "AT_SEQUENCE_NUMBER", sequenceNumber };
}

export function receive(
  shard: Shard,
  input: { records: readonly BufferedRecord[]; nextIterator: string | undefined; caughtUp: boolean },
  now: number,
): Shard {
  const last = input.records.at(-1);
  const { iterator: _read, ...rest } = shard;
  return {
    ...rest,
    phase: input.nextIterator === undefined ? "ended" : "ready",
    ...(input.nextIterator === undefined ? {} : { iterator: input.nextIterator }),
    position: last ? { type: "AFTER_SEQUENCE_NUMBER", sequenceNumber: last.sequenceNumber } : shard.position,
    caughtUp: input.caughtUp,
    readFailures: 0,
    lanes: spread(shard, input.records, now),
  };
}

/** Replaces an expired iterator by a new one at the same position. */
export function expireIterator(shard: Shard): { shard: Shard; commands: MappingCommand[] } {
  const { iterator: _expired, ...rest } = shard;
  return {
    shard: { ...rest, phase: "positioning" },
    commands: [{ type: "getIterator", shard: shard.id, position: shard.position }],
  };
}

export function failRead(shard: Shard, now: number): Shard {
  const readFailures = shard.readFailures + 1;
  return { ...shard, phase: "ready", readFailures, readNotBefore: now + backOffMillis(readFailures) };
}

/** Starts all possible actions: batches first, then a read if there is room. */
export function advanceShard(
  shard: Shard,
  context: Omit<LaneContext, "flush">,
): { shard: Shard; commands: MappingCommand[] } {
  const room = HELD_EVENTS * context.config.maxEventBytes;
  const flush = context.draining || held(shard) >= room;
  const commands: MappingCommand[] = [];
  const lanes = shard.lanes.map((lane) => {
    const advanced = advanceLane(lane, { ...context, flush });
    if (advanced.action) commands.push({ ...advanced.action, shard: shard.id });
    return advanced.lane;
  });
  const next = { ...shard, lanes };
  if (!mayRead(next, room, context.now)) return { shard: next, commands };
  commands.push({ type: "read", shard: shard.id, iterator: next.iterator as string });
  return { shard: { ...next, phase: "reading", news: false, caughtUp: false }, commands };
}

/** The time at which a delayed read becomes due. */
export function nextRead(shard: Shard, config: MappingConfig, now: number): number | undefined {
  const room = HELD_EVENTS * config.maxEventBytes;
  return mayRead(shard, room, Number.POSITIVE_INFINITY) && shard.readNotBefore > now ? shard.readNotBefore : undefined;
}

function mayRead(shard: Shard, room: number, now: number): boolean {
  const wants = !shard.caughtUp || shard.news;
  return shard.phase === "ready" && wants && now >= shard.readNotBefore && held(shard) < room;
}

function held(shard: Shard): number {
  return shard.lanes.reduce((sum, lane) => sum + heldBytes(lane), 0);
}

function spread(shard: Shard, records: readonly BufferedRecord[], now: number) {
  if (shard.lanes.length === 1) return shard.lanes.map((lane) => append(lane, records, now));
  const byLane: BufferedRecord[][] = shard.lanes.map(() => []);
  for (const record of records) byLane[laneOf(record.partitionKey, byLane.length)]?.push(record);
  return shard.lanes.map((lane, index) => append(lane, byLane[index] ?? [], now));
}
