/** What a replay works with, wherever it runs: a router to ask, the buckets, and someone who adds up what is found. */
import type { Hour } from "../hour";
import type { LandedObject } from "../objectKey";
import type { Reason } from "../reasons";
import type { ReplayAnswer, ReplayRequest } from "./event";

export interface ReplayBucket {
  /** Keys below a prefix, in order. */
  list(prefix: string): AsyncIterable<string>;
  /** The whole object, or undefined where there is none. */
  get(key: string): Promise<Uint8Array | undefined>;
  put(key: string, body: Uint8Array): Promise<void>;
  delete(key: string): Promise<void>;
}

export interface ReplayTarget {
  /** Sends records of a Kinesis event through the router. */
  invoke(records: readonly object[], replay: ReplayRequest): Promise<ReplayAnswer>;
  bucket(name: string): ReplayBucket;
}

/** Where the router's objects lie, as it says itself. */
export type ReplayRouter = Pick<ReplayAnswer, "stream" | "bucket" | "prefixes">;

export interface ReplayFindings {
  add(answer: ReplayAnswer): void;
  leaveOut(why: string): void;
}

export const REPLAY_SOURCES = ["failed", "unformatted"] as const;

export type ReplaySource = (typeof REPLAY_SOURCES)[number];

/** What is replayed. Failed batches have no reason and no table yet: a choice of either leaves them out. */
export interface ReplayChoice {
  /** All when empty. */
  readonly reasons: readonly Reason[];
  /** Tables of `unformatted/`, which are the routers' own; all when empty. */
  readonly tables: readonly string[];
  /** First and last arrival hour, both included. */
  readonly from?: Hour;
  readonly to?: Hour;
  readonly apply: boolean;
}

export const WITHOUT_REASON = "failed batches, which have no reason and no table yet";

export function hasHour({ from = "", to }: Pick<ReplayChoice, "from" | "to">, hour: Hour): boolean {
  return hour >= from && (to === undefined || hour <= to);
}

export function isChosenObject({ table, hour }: Pick<LandedObject, "table" | "hour">, choice: ReplayChoice): boolean {
  return (choice.tables.length === 0 || choice.tables.includes(table)) && hasHour(choice, hour);
}
