/** The event with which a router routes stored records again, and the router's answer. */
import type { UnformattedLine } from "../envelope";
import type { Hour } from "../hour";
import { REPLAY_SOURCES, type ReplaySource } from "./request";
import type { StayingRecords } from "./stayingKinds";

export interface ReplayEvent {
  /** Records of a Kinesis event. */
  readonly Records: readonly object[];
  readonly replay: {
    /** True to plan only: the router writes nothing. */
    readonly dryRun: boolean;
    /**
     * The place where the records are stored. Unusable records of `unformatted/` stay where they are. Unusable records
     * of a failed batch are stored nowhere else, so they land in `unformatted/`.
     */
    readonly source: ReplaySource;
  };
}

export interface ReplayedObject {
  readonly key: string;
  readonly kind: "raw" | "unformatted";
  readonly table: string;
  readonly hour: Hour;
  /** Rows in `raw/`, records in `unformatted/`. */
  readonly lines: number;
  /** `present`: an earlier replay of the same records wrote it. */
  readonly state: "planned" | "created" | "present";
}

export interface ReplayAnswer {
  /** Always empty: a replay event fails and is retried as a whole. */
  readonly batchItemFailures: never[];
  readonly stream: string;
  readonly bucket: string;
  /** Each ends with `/`. */
  readonly prefixes: { readonly raw: string; readonly unformatted: string };
  /** Number of records routed, counted from the first, at least one. The caller sends the others again. */
  readonly routed: number;
  readonly objects: readonly ReplayedObject[];
  /** Records that become rows; each user record of an aggregated record counts. */
  readonly landed: number;
  /** Identities of the landed records of `unformatted/`; empty for a failed batch, which may hold too many for one answer. */
  readonly landedIds: readonly string[];
  /** Records that do not become rows, with their reasons. */
  readonly stays: readonly StayingRecords[];
}

/** The `replay` field of a replay event; undefined for an event of the stream. */
export function replayOf(event: unknown): ReplayEvent["replay"] | undefined {
  const replay = (event as { replay?: Partial<ReplayEvent["replay"]> } | null)?.replay;
  if (replay === undefined) return undefined;
  const { dryRun, source } = replay;
  if (typeof dryRun !== "boolean" || source === undefined || !REPLAY_SOURCES.includes(source)) {
    throw new Error(`the event's replay needs dryRun (true or false) and source ("unformatted" or "failed")`);
  }
  return { dryRun, source };
}

/** Rebuilds a record of a Kinesis event from its line in `unformatted/`: same identity, arrival time and bytes. */
export function eventRecordOf({ id, arrived, key, payload }: UnformattedLine) {
  const [shard, sequenceNumber, place] = id.split("/") as [string, string, string];
  const [sub, row] = place.split(".") as [string, string?];
  return {
    kinesis: {
      kinesisSchemaVersion: "1.0",
      partitionKey: key,
      sequenceNumber,
      /** Not a field of Kinesis: the index in an aggregated record, which was unpacked before. */
      subSequence: Number(sub),
      /** Not a field of Kinesis either: the index of a single refused row. */
      ...(row !== undefined && { row: Number(row) }),
      data: Buffer.from(payload).toString("base64"),
      approximateArrivalTimestamp: Date.parse(arrived) / 1000,
    },
    eventSource: "aws:kinesis",
    eventVersion: "1.0",
    eventID: `${shard}:${sequenceNumber}`,
    eventName: "aws:kinesis:record",
  };
}
