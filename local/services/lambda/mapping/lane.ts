/** One lane of a shard: gathers records into batches and delivers each until it succeeds or is discarded. */
import { seededRandom } from "../../../cloud/random";
import { readBatchResponse } from "./batchResponse";
import { EVENT_FRAME_BYTES } from "./kinesisEvent";
import { backOffMillis, endsSoon, type MappingConfig } from "./mappingConfig";
import type { Batch, BufferedRecord, FailureCondition, InvocationResult, Lane } from "./mappingState";

export const EMPTY_LANE: Lane = {
  buffer: [],
  bufferBytes: 0,
  deliveredBefore: 0,
  since: 0,
  batches: [],
  busy: "no",
};

type LaneAction =
  | { readonly type: "invoke"; readonly batch: Batch }
  | { readonly type: "giveUp"; readonly batch: Batch; readonly condition: FailureCondition };

/** The inputs of a lane's transitions. */
export interface LaneContext {
  readonly config: MappingConfig;
  readonly now: number;
  /** True to make a batch of the buffered records without waiting for more. */
  readonly flush: boolean;
  readonly draining: boolean;
  readonly nextBatchId: () => number;
}

export function isEmpty(lane: Lane): boolean {
  return lane.buffer.length === 0 && lane.batches.length === 0;
}

/** Event bytes of all records in the lane. */
export function heldBytes(lane: Lane): number {
  return lane.batches.reduce((sum, batch) => sum + batch.bytes, lane.bufferBytes);
}

/** The lowest unfinished sequence number. */
export function firstUnfinished(lane: Lane): string | undefined {
  return (lane.batches[0]?.records[0] ?? lane.buffer[0])?.sequenceNumber;
}

export function append(lane: Lane, records: readonly BufferedRecord[], now: number): Lane {
  if (records.length === 0) return lane;
  return {
    ...lane,
    buffer: lane.buffer.concat(records),
    bufferBytes: lane.bufferBytes + bytesOf(records),
    since: lane.buffer.length === 0 ? now : lane.since,
  };
}

/** Starts the next action, if one is possible. */
export function advanceLane(lane: Lane, context: LaneContext): { lane: Lane; action?: LaneAction } {
  if (lane.busy !== "no") return { lane };
  const filled = lane.batches.length > 0 ? lane : cut(lane, context);
  const [batch, ...later] = filled.batches;
  if (batch === undefined || context.now < batch.notBefore) return { lane: filled };

  const expired = countExpired(batch, context);
  if (expired > 0) {
    const young = holding(batch, expired);
    const rest = young.records.length > 0 ? [{ ...young, id: context.nextBatchId() }, ...later] : later;
    return giveUp(filled, holding(batch, 0, expired), rest, "RecordAgeExceeded");
  }
  if (EVENT_FRAME_BYTES + batch.bytes > context.config.maxEventBytes) {
    return giveUp(filled, batch, later, "PayloadSizeExceeded");
  }
  const called = { ...batch, invocations: batch.invocations + 1 };
  return {
    lane: { ...filled, batches: [called, ...later], busy: "invoking" },
    action: { type: "invoke", batch: called },
  };
}

/** Applies the result of the current invocation. */
export function applyResult(
  lane: Lane,
  result: InvocationResult,
  context: LaneContext,
): { lane: Lane; action?: LaneAction } {
  const [batch, ...later] = lane.batches as [Batch, ...Batch[]];
  const idle: Lane = { ...lane, busy: "no" };
  if (result.kind === "throttled") {
    const waiting = { ...batch, invocations: batch.invocations - 1, ...backOff(batch, context) };
    return { lane: { ...idle, batches: [waiting, ...later] } };
  }
  const failedFrom =
    result.kind === "functionError"
      ? 0
      : context.config.reportsItemFailures
        ? readBatchResponse(
            result.response,
            batch.records.map((record) => record.sequenceNumber),
          )
        : undefined;
  if (failedFrom === undefined) return { lane: succeed(idle, batch, later, context) };

  const ending =
    result.kind === "functionError"
      ? { functionError: "Unhandled" as const, reason: result.reason }
      : { functionError: null, reason: "the function's response reported it" };
  const failed: Batch = { ...batch, last: { requestId: result.requestId, ...ending } };
  return retry(idle, failed, failedFrom, later, context);
}

/** Removes the discarded batch after its delivery. */
export function applyDelivered(lane: Lane): Lane {
  return { ...lane, batches: lane.batches.slice(1), busy: "no" };
}

/** The next time at which the lane can act without other input. */
export function nextDue(lane: Lane, config: MappingConfig): number | undefined {
  if (lane.busy !== "no") return undefined;
  if (lane.batches[0]) return lane.batches[0].notBefore;
  return lane.buffer.length > 0 ? lane.since + config.windowMillis : undefined;
}

/**
 * With redelivery, the records are delivered once more, as after a checkpoint that got lost: in order, and in other batches,
 * which may hold records after them. Lambda delivers at least once, so its functions may see the same.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html
 */
function succeed(lane: Lane, batch: Batch, later: readonly Batch[], context: LaneContext): Lane {
  const again = redelivered(batch, batch.records.length, context);
  const [first] = again;
  if (first === undefined || later.length > 0) return { ...lane, batches: [...again, ...later] };
  return {
    ...lane,
    buffer: first.records.concat(lane.buffer),
    bufferBytes: first.bytes + lane.bufferBytes,
    deliveredBefore: first.records.length,
    batches: [],
  };
}

/** The batch of the records before this position that succeeded for the first time; none without redelivery. */
function redelivered(batch: Batch, end: number, { config, now, nextBatchId }: LaneContext): Batch[] {
  const records = batch.records.slice(batch.deliveredBefore, end);
  if (config.redeliverySeed === undefined || records.length === 0) return [];
  const counts = { bytes: bytesOf(records), deliveredBefore: records.length };
  return [{ ...FRESH, id: nextBatchId(), records, ...counts, notBefore: now }];
}

const FRESH = { failures: 0, invocations: 0, tries: 0 } as const;

/**
 * Splitting does not use up retries; with a partial response, the batch is split at the returned sequence number.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html,
 * https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
 */
function retry(
  lane: Lane,
  batch: Batch,
  failedFrom: number,
  later: readonly Batch[],
  context: LaneContext,
): { lane: Lane; action?: LaneAction } {
  const remaining: Batch = { ...holding(batch, failedFrom), id: context.nextBatchId() };
  const again = redelivered(batch, failedFrom, context);
  const next = (...batches: Batch[]) => ({ lane: { ...lane, batches: [...again, ...batches, ...later] } });
  if (context.config.bisect && batch.records.length > 1) {
    const fresh = { ...remaining, tries: 0, notBefore: context.now };
    if (failedFrom > 0) return next(fresh);
    const middle = Math.ceil(fresh.records.length / 2);
    return next(holding(fresh, 0, middle), { ...holding(fresh, middle), id: context.nextBatchId() });
  }
  const failures = batch.failures + 1;
  if (context.config.retryAttempts >= 0 && failures > context.config.retryAttempts) {
    return giveUp(lane, { ...remaining, failures }, [...again, ...later], "RetryAttemptsExhausted");
  }
  const { tries, notBefore } = backOff(failedFrom > 0 ? { ...remaining, tries: 0 } : remaining, context);
  const waits = !context.draining || context.config.retryAttempts < 0 || !endsSoon(context.config);
  return next({ ...remaining, failures, tries, notBefore: waits ? notBefore : context.now });
}

function giveUp(lane: Lane, batch: Batch, rest: readonly Batch[], condition: FailureCondition) {
  const action: LaneAction = { type: "giveUp", batch, condition };
  return { lane: { ...lane, batches: [batch, ...rest], busy: "delivering" as const }, action };
}

function backOff(batch: Batch, context: LaneContext): Pick<Batch, "tries" | "notBefore"> {
  const tries = batch.tries + 1;
  return { tries, notBefore: context.now + backOffMillis(tries) };
}

function countExpired(batch: Batch, { config, now }: LaneContext): number {
  if (config.maxRecordAgeMillis < 0) return 0;
  const young = batch.records.findIndex((record) => now - record.arrivedMillis < config.maxRecordAgeMillis);
  return young < 0 ? batch.records.length : young;
}

/** Takes a batch from the buffer if it is full or its batch window has ended. */
function cut(lane: Lane, context: LaneContext): Lane {
  const { config, now } = context;
  if (lane.buffer.length === 0) return lane;
  const isFull = lane.buffer.length >= config.batchSize || EVENT_FRAME_BYTES + lane.bufferBytes > config.maxEventBytes;
  const waits = !isFull && !context.flush && lane.deliveredBefore === 0;
  if (waits && now < lane.since + config.windowMillis) return lane;
  let bytes = 0;
  let count = 0;
  for (const record of lane.buffer) {
    if (
      count === config.batchSize ||
      (count > 0 && EVENT_FRAME_BYTES + bytes + record.eventBytes > config.maxEventBytes)
    )
      break;
    bytes += record.eventBytes;
    count++;
  }
  const id = context.nextBatchId();
  if (lane.deliveredBefore > 0) {
    count = recut(count, config.redeliverySeed, id);
    bytes = bytesOf(lane.buffer.slice(0, count));
  }
  const deliveredBefore = Math.min(count, lane.deliveredBefore);
  const records = lane.buffer.slice(0, count);
  const batch: Batch = { ...FRESH, id, records, bytes, deliveredBefore, notBefore: now };
  return {
    ...lane,
    buffer: lane.buffer.slice(count),
    bufferBytes: lane.bufferBytes - bytes,
    deliveredBefore: lane.deliveredBefore - deliveredBefore,
    since: now,
    batches: [batch],
  };
}

/** Every other batch that is delivered again ends earlier than it could. */
function recut(count: number, seed = 0, id: number): number {
  const random = seededRandom(seed + id);
  return random() < 0.5 ? count : 1 + Math.floor(random() * count);
}

/** The same batch with the records from one to before another, by position. */
function holding(batch: Batch, from: number, to = batch.records.length): Batch {
  const records = batch.records.slice(from, to);
  const deliveredBefore = Math.min(Math.max(0, batch.deliveredBefore - from), records.length);
  return { ...batch, records, bytes: bytesOf(records), deliveredBefore };
}

function bytesOf(records: readonly BufferedRecord[]): number {
  return records.reduce((sum, record) => sum + record.eventBytes, 0);
}

/**
 * The lane of a stream partition key. The same key always has the same lane, so that its records stay in order. AWS does
 * not document its hash; this one is 32-bit FNV-1a over the key's UTF-16 units.
 */
export function laneOf(partitionKey: string, lanes: number): number {
  if (lanes === 1) return 0;
  let hash = 0x811c9dc5;
  for (let index = 0; index < partitionKey.length; index++) {
    hash = Math.imul(hash ^ partitionKey.charCodeAt(index), 0x01000193) >>> 0;
  }
  return ((hash ^ (hash >>> 16)) >>> 0) % lanes;
}
