/** The state, inputs and commands of an event source mapping, as plain immutable data. */

import type { StreamRecord } from "./kinesisEvent";
import type { StartingPosition } from "./mappingConfig";

/** A record that waits for delivery, with the bytes it takes in an event. */
export interface BufferedRecord extends StreamRecord {
  readonly eventBytes: number;
}

/** Records that are delivered together, again and again until they succeed or are given up. */
export interface Batch {
  readonly id: number;
  readonly records: readonly BufferedRecord[];
  /** What the records take in an event, together. */
  readonly bytes: number;
  /** Failures that count against the retries: neither splits nor throttles. */
  readonly failures: number;
  /** How often the function was called with these records. */
  readonly invocations: number;
  /** Tries without success since the last progress; the back-off grows with it. */
  readonly tries: number;
  /** Not delivered before this instant. */
  readonly notBefore: number;
  /** How the last invocation ended. */
  readonly last?: { readonly requestId: string; readonly functionError: "Unhandled" | null; readonly reason: string };
}

/** The records of some stream partition keys of a shard, delivered strictly one batch after the other. */
export interface Lane {
  /** Read, not yet in a batch. */
  readonly buffer: readonly BufferedRecord[];
  readonly bufferBytes: number;
  /** When the first record of the buffer came. */
  readonly since: number;
  /** In order of delivery; the first is the one under way. */
  readonly batches: readonly Batch[];
  /** What happens to the first batch right now. */
  readonly busy: "no" | "invoking" | "delivering";
}

/** Where reading goes on. */
export type Position =
  | StartingPosition
  | { readonly type: "AT_SEQUENCE_NUMBER" | "AFTER_SEQUENCE_NUMBER"; readonly sequenceNumber: string };

/**
 * `waiting`: parents are not finished · `positioning`: an iterator is asked for · `ready`: may read · `reading`: a read is
 * under way · `ended`: closed and read to its end.
 */
type ShardPhase = "waiting" | "positioning" | "ready" | "reading" | "ended";

export interface Shard {
  readonly id: string;
  readonly parents: readonly string[];
  readonly phase: ShardPhase;
  /** Just after the last record that was read. */
  readonly position: Position;
  readonly iterator?: string;
  /** Whether the last read found nothing more. */
  readonly caughtUp: boolean;
  /** Whether records came while a read was under way. */
  readonly news: boolean;
  readonly readFailures: number;
  readonly readNotBefore: number;
  readonly lanes: readonly Lane[];
}

export interface Mapping {
  readonly shards: ReadonlyMap<string, Shard>;
  readonly listed: boolean;
  readonly nextBatchId: number;
  /** Whether batches go at once, without waiting for their window or a back-off. */
  readonly draining: boolean;
}

export type InvocationResult =
  | { readonly kind: "returned"; readonly response: unknown; readonly requestId: string }
  /** `reason`: the error's type and message, for people. */
  | { readonly kind: "functionError"; readonly requestId: string; readonly reason: string }
  /** The function could not be called; does not count as an attempt. */
  | { readonly kind: "throttled" };

export interface ShardDescription {
  readonly id: string;
  readonly parents: readonly string[];
}

/** What can happen. */
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
      /** Whether nothing more is there yet. */
      readonly caughtUp: boolean;
    }
  | { readonly type: "readFailed"; readonly shard: string }
  /** Records came; on any shard when none is named. */
  | { readonly type: "news"; readonly shard?: string }
  | { readonly type: "result"; readonly shard: string; readonly batch: number; readonly result: InvocationResult }
  /** A batch that was given up has reached its destination, or cannot. */
  | { readonly type: "delivered"; readonly shard: string; readonly batch: number }
  | { readonly type: "drain"; readonly on: boolean }
  | { readonly type: "time" };

export type FailureCondition = "RetryAttemptsExhausted" | "RecordAgeExceeded" | "PayloadSizeExceeded";

/** What the mapping asks for. */
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
