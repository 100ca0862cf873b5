/** What a replay works with, wherever it runs: a router to ask, the buckets, and someone who adds up what is found. */
import { type Hour, isHour } from "./hour";
import type { LandedObject } from "./objectKey";
import { REASONS, type Reason } from "./reasons";
import type { ReplayAnswer, ReplayRequest } from "./replay";

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
  /** @param records that were sent through the router for this answer */
  add(records: number, answer: ReplayAnswer): void;
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

/** What someone outside the program asks a state machine for; all of it may be left out. */
export interface ReplayOrder {
  /** False does it; anything else only counts. @default true */
  readonly dryRun: boolean;
  /** @default both */
  readonly sources: readonly ReplaySource[];
  /** @default all */
  readonly reasons: readonly Reason[];
  /** @default all */
  readonly tables: readonly string[];
  /** The first arrival hour, as `2026-11-20T10` (UTC). @default the first there is */
  readonly from?: Hour;
  /** The last arrival hour, included. @default the last there is */
  readonly to?: Hour;
}

export function choiceOf({ dryRun, reasons, tables, from, to }: ReplayOrder): ReplayChoice {
  return { reasons, tables, apply: !dryRun, ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
}

const ORDER_FIELDS = ["dryRun", "sources", "reasons", "tables", "from", "to"];

/** @throws Error that names each field that is not one, or holds what it may not */
export function readReplayOrder(input: unknown): ReplayOrder {
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    throw new Error("the input is not an object; use {} for a dry run over everything");
  }
  const {
    dryRun = true,
    sources = REPLAY_SOURCES,
    reasons = [],
    tables = [],
    from,
    to,
  } = input as Partial<ReplayOrder>;
  const problems = [
    ...Object.keys(input)
      .filter((field) => !ORDER_FIELDS.includes(field))
      .map((field) => `"${field}" is not a field; use ${ORDER_FIELDS.join(", ")}`),
    ...(typeof dryRun === "boolean" ? [] : ["dryRun is not true or false"]),
    ...listProblem("sources", sources, REPLAY_SOURCES),
    ...listProblem("reasons", reasons, REASONS),
    ...listProblem("tables", tables),
    ...Object.entries({ from, to }).flatMap(([field, hour]) =>
      hour === undefined || (typeof hour === "string" && isHour(hour))
        ? []
        : [`${field} is not an hour; write it as 2026-11-20T10 (UTC)`],
    ),
  ];
  if (problems.length > 0) throw new Error(`the input of a replay: ${problems.join("; ")}`);
  return { dryRun, sources, reasons, tables, ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
}

function listProblem(field: string, value: unknown, known?: readonly string[]): string[] {
  if (!Array.isArray(value) || value.some((name) => typeof name !== "string"))
    return [`${field} is not a list of names`];
  const strange = known && value.find((name) => !known.includes(name));
  return strange === undefined ? [] : [`${field} holds ${JSON.stringify(strange)}; use ${known?.join(", ")}`];
}
