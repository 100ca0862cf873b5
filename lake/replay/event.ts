/** Sending records through the router again: how it is asked, what it answers, and what its objects are called. */
import { createHash } from "node:crypto";
import type { UnformattedLine } from "../envelope";
import type { Hour } from "../hour";
import type { StayingRecords } from "./stayingRecords";

/** Beside the `Records` of an event: the router answers with what becomes of them. */
export interface ReplayRequest {
  /** False for a plan alone: nothing is written. */
  readonly apply: boolean;
  /**
   * Where the records were kept. Those of `unformatted/` that still cannot be used stay where they are; those of a failed
   * batch are nowhere else, so they land in `unformatted/`.
   */
  readonly from: "unformatted" | "failed";
}

export interface ReplayedObject {
  readonly key: string;
  readonly kind: "raw" | "unformatted";
  readonly table: string;
  readonly hour: Hour;
  /** Rows in `raw/`, records in `unformatted/`. */
  readonly lines: number;
  /** `present`: it was written by an earlier replay of the same records. */
  readonly state: "planned" | "created" | "present";
}

export interface ReplayAnswer {
  /** None: a replay fails as a whole, and is done again as a whole. */
  readonly batchItemFailures: never[];
  readonly stream: string;
  readonly bucket: string;
  /** Each ends with `/`. */
  readonly prefixes: { readonly raw: string; readonly unformatted: string };
  /** How many of the event's records went through, from the first and at least one; the others are to be sent again. */
  readonly routed: number;
  readonly objects: readonly ReplayedObject[];
  /** Records that become rows; of an aggregated record each user record counts. */
  readonly landed: number;
  /** Their identities, where they are of `unformatted/`. A failed batch may hold a hundred thousand, which no answer could. */
  readonly landedIds: readonly string[];
  /** Those that do not, and why not. */
  readonly stays: readonly StayingRecords[];
}

/**
 * The key of an object that a replay writes: the one that a batch of these records would have, and 16 digits of its content.
 * A replay chooses among the records of a range, so range and count alone could name two different choices.
 */
export function replayKey(key: string, body: Uint8Array): string {
  const digest = createHash("sha256").update(body).digest("hex").slice(0, 16);
  return key.replace(/\.ndjson\.gz$/, `-r${digest}.ndjson.gz`);
}

/** Where the lines of an unformatted object lie once their records have rows: out of every table's sight, bytes and all. */
export function replayedKey(
  prefix: string,
  unformattedKey: string,
  unformattedPrefix: string,
  body: Uint8Array,
): string {
  const digest = createHash("sha256").update(body).digest("hex").slice(0, 16);
  const name = unformattedKey.slice(unformattedPrefix.length).replace(/(-r[0-9a-f]{16})?\.ndjson\.gz$/, "");
  return `${prefix}${name}-r${digest}.gz`;
}

/** A record of a Kinesis event, rebuilt from its line in `unformatted/`: same identity, same arrival, same bytes. */
export function eventRecordOf({ id, arrived, key, payload }: UnformattedLine) {
  const [shard, sequenceNumber, sub] = id.split("/") as [string, string, string];
  return {
    kinesis: {
      kinesisSchemaVersion: "1.0",
      partitionKey: key,
      sequenceNumber,
      /** Not of Kinesis: the place among the user records of an aggregated record, which was unpacked before. */
      subSequence: Number(sub),
      data: Buffer.from(payload).toString("base64"),
      approximateArrivalTimestamp: Date.parse(arrived) / 1000,
    },
    eventSource: "aws:kinesis",
    eventVersion: "1.0",
    eventID: `${shard}:${sequenceNumber}`,
    eventName: "aws:kinesis:record",
  };
}
