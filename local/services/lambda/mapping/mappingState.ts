/** The state, inputs and commands of an event source mapping, as plain immutable data. */

import type { StreamRecord } from "./kinesisEvent";
import type { StartingPosition } from "./mappingConfig";

/** A record that waits for delivery, with its size in an event. */
export interface BufferedRecord extends StreamRecord {
  readonly eventBytes: number;
}

/** Records that are delivered together, until they succeed or are discarded. */
export interface Batch {
  readonly id: number;
  readonly records: readonly BufferedRecord[];
  /** Total size of the records in an event. */
  readonly bytes: number;
  /** Number of records at the front that an earlier batch has delivered; 0 without redelivery. */
  readonly deliveredBefore: number;
  /** Failures that count against the retries; splits and throttles do not. */
  readonly failures: number;
  /** Number of calls of the function with these records. */
  readonly invocations: number;
  /** Failed tries since the last progress, which determine the back-off. */
  readonly tries: number;
  /** The earliest time of the next delivery, milliseconds since the epoch. */
  readonly notBefore: number;
  /** The result of the last invocation. */
  readonly last?: { readonly requestId: string; readonly functionError: "Unhandled" | null; readonly reason: string };
}

/** The records of some of a shard's stream partition keys, delivered strictly one batch after the other. */
export interface Lane {
  /** Records that were read and are not in a batch yet. */
  readonly buffer: readonly BufferedRecord[];
  readonly bufferBytes: number;
  /** Number of records at the buffer's front that a batch has delivered, and that are delivered again. */
  readonly deliveredBefore: number;
  /** Time at which the buffer got its first record. */
  readonly since: number;
  /** In order of delivery; the first is the current one. */
  readonly batches: readonly Batch[];
  /** The current operation on the first batch. */
  readonly busy: "no" | "invoking" | "delivering";
}

/** The position at which reading continues. */
export type Position =
  | StartingPosition
  | { readonly type: "AT_SEQUENCE_NUMBER" | "AFTER_SEQUENCE_NUMBER"; readonly sequenceNumber: string };

/**
 * `waiting`: parents are not finished · `positioning`: an iterator is requested · `ready`: may read · `reading`: a read is
 * in progress · `ended`: closed and read to its end.
 */
type ShardPhase = "waiting" | "positioning" | "ready" | "reading" | "ended";

export interface Shard {
  readonly id: string;
  readonly parents: readonly string[];
  readonly phase: ShardPhase;
  /** Just after the last record that was read. */
  readonly position: Position;
  readonly iterator?: string;
  /** True if the last read reached the end. */
  readonly caughtUp: boolean;
  /** True if records arrived after the last read started. */
  readonly news: boolean;
  readonly readFailures: number;
  readonly readNotBefore: number;
  readonly lanes: readonly Lane[];
}

export interface Mapping {
  readonly shards: ReadonlyMap<string, Shard>;
  readonly listed: boolean;
  readonly nextBatchId: number;
  /** True to deliver batches at once, without waiting for a window or a back-off. */
  readonly draining: boolean;
}

export type InvocationResult =
  | { readonly kind: "returned"; readonly response: unknown; readonly requestId: string }
  /** `reason`: the error's type and message. */
  | { readonly kind: "functionError"; readonly requestId: string; readonly reason: string }
  /** The function could not be called; does not count as an attempt. */
  | { readonly kind: "throttled" };

export interface ShardDescription {
  readonly id: string;
  readonly parents: readonly string[];
}

/** An event that changes the state. */
export type MappingInput =
  | { readonly type: "shards"; readonly shards: readonly ShardDescription[] }
  | { readonly type: "iterator"; readonly shard: string; readonly iterator: string }
  | { readonly type: "iteratorExpired"; readonly shard: string }
  | {
      readonly type: "records";
      readonly shard: string;
      readonly records: readonly BufferedRecord[];
      /** Undefined at the end of a closed shard. */
      readonly nextIterator: string | undefined;
      /** True if the read reached the end. */
      readonly caughtUp: boolean;
    }
  | { readonly type: "readFailed"; readonly shard: string }
  /** Records arrived on this shard; without a shard, on any. */
  | { readonly type: "news"; readonly shard?: string }
  | { readonly type: "result"; readonly shard: string; readonly batch: number; readonly result: InvocationResult }
  /** The delivery of a discarded batch has ended, successfully or not. */
  | { readonly type: "delivered"; readonly shard: string; readonly batch: number }
  | { readonly type: "drain"; readonly on: boolean }
  | { readonly type: "time" };

export type FailureCondition = "RetryAttemptsExhausted" | "RecordAgeExceeded" | "PayloadSizeExceeded";

/** An operation that the driver performs for the mapping. */
export type MappingCommand =
  | { readonly type: "listShards" }
  | { readonly type: "getIterator"; readonly shard: string; readonly position: Position }
  | { readonly type: "read"; readonly shard: string; readonly iterator: string }
  | { readonly type: "invoke"; readonly shard: string; readonly batch: Batch }
  | { readonly type: "giveUp"; readonly shard: string; readonly batch: Batch; readonly condition: FailureCondition };

export interface Step {
  readonly mapping: Mapping;
  readonly commands: readonly MappingCommand[];
}
