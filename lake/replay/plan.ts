/** Plans a replay of any size in steps: a bounded number of keys at a time, and when an execution has done enough. */
import type { Hour } from "../hour";
import { parseObjectKey } from "../objectKey";
import { Chunks, type ListedObject, type ReplayChunk } from "./chunks";
import { FAILED_PREFIX } from "./failedBatch";
import { choiceOf, type ReplayOrder, readReplayOrder } from "./order";
import { isChosenObject, REPLAY_SOURCES, type ReplaySource, WITHOUT_REASON } from "./target";
import { addTotals, type ChunkResult, NO_TOTALS, type ReplayTotals, totalsOf } from "./totals";

/** Where the listing goes on; `after` is empty at the start of a source. */
export interface ReplayCursor {
  readonly source: ReplaySource;
  readonly after: string;
}

/** What passes from step to step, and from an execution to the one that goes on. */
export interface ReplayProgress {
  readonly order: ReplayOrder;
  /** The first execution: its name, and when it began. */
  readonly root: string;
  readonly startedAt: string;
  /** Of the executions so far, 1 for the first; and the name of the one that counts `events`. */
  readonly part: number;
  readonly execution: string;
  /** Events of this execution's history so far, at most. */
  readonly events: number;
  /** Undefined once everything is listed. */
  readonly cursor?: ReplayCursor;
  readonly totals: ReplayTotals;
}

export interface ReplayStep {
  readonly progress: ReplayProgress;
  readonly chunks: readonly ReplayChunk[];
  /** `continue`: in a new execution, because this one's history is nearly full. */
  readonly next: "replay" | "plan" | "continue" | "done" | "failed";
}

/** What the state machine gives to each step. */
export interface ReplayStepInput {
  readonly execution: { readonly name: string; readonly startedAt: string };
  /** The execution's own input: an order, or the progress so far with what the last chunks came to. */
  readonly input: unknown;
}

export interface ReplayListing {
  /** One page of at most 1,000 objects, in the order of their keys. */
  page(source: ReplaySource, prefix: string, after: string): Promise<{ objects: ListedObject[]; isLast: boolean }>;
}

export interface ReplayPlanConfig {
  /** Ends with `/`. */
  readonly unformattedPrefix: string;
  /** Events of its history after which an execution leaves the rest to a new one. */
  readonly eventsPerExecution: number;
  /** Events that a step and a chunk may come to, with every one of their retries. */
  readonly eventsOf: { readonly step: number; readonly chunk: number };
}

/** Pages of 1,000 keys that one step lists, chosen or not. */
const MAX_PAGES = 20;

/** @throws Error for an input that is none */
export async function planReplayStep(
  { execution, input }: ReplayStepInput,
  listing: ReplayListing,
  config: ReplayPlanConfig,
): Promise<ReplayStep> {
  const before = progressOf(execution, input);
  if (before.cursor && before.events + roundEvents(config, 1) > config.eventsPerExecution) {
    return { progress: before, chunks: [], next: "continue" };
  }
  const most = Math.floor((config.eventsPerExecution - before.events - config.eventsOf.step) / config.eventsOf.chunk);
  const { chunks, cursor } = await nextChunks(before, listing, config, most);
  const { cursor: _, ...rest } = before;
  const progress = { ...rest, ...(cursor && { cursor }), events: before.events + roundEvents(config, chunks.length) };
  if (chunks.length > 0) return { progress, chunks, next: "replay" };
  if (cursor) return { progress, chunks, next: "plan" };
  return { progress, chunks, next: progress.totals.failedObjects > 0 ? "failed" : "done" };
}

function roundEvents({ eventsOf }: ReplayPlanConfig, chunks: number): number {
  return eventsOf.step + chunks * eventsOf.chunk;
}

function progressOf(execution: ReplayStepInput["execution"], input: unknown): ReplayProgress {
  const { progress, results } = Object(input) as { progress?: ReplayProgress; results?: ChunkResult[] };
  if (!progress) return begin(execution, readReplayOrder(input));
  const isNew = progress.execution !== execution.name;
  return {
    ...progress,
    ...(isNew && { execution: execution.name, part: progress.part + 1, events: 0 }),
    totals: (results ?? []).map(totalsOf).reduce(addTotals, progress.totals),
  };
}

function begin({ name, startedAt }: ReplayStepInput["execution"], order: ReplayOrder): ReplayProgress {
  const leavesOut = order.sources.includes("failed") && order.reasons.length + order.tables.length > 0;
  const sources = REPLAY_SOURCES.filter((source) => order.sources.includes(source));
  const [source] = leavesOut ? sources.filter((name) => name !== "failed") : sources;
  return {
    order,
    root: name,
    startedAt,
    part: 1,
    execution: name,
    events: 0,
    ...(source && { cursor: { source, after: "" } }),
    totals: leavesOut ? { ...NO_TOTALS, leftOut: { [WITHOUT_REASON]: 1 } } : NO_TOTALS,
  };
}

/** The next chunks, as many as one step may give, and where the listing goes on. */
async function nextChunks(
  { order, startedAt, cursor: start }: ReplayProgress,
  listing: ReplayListing,
  { unformattedPrefix }: ReplayPlanConfig,
  most: number,
): Promise<{ chunks: ReplayChunk[]; cursor?: ReplayCursor }> {
  const chunks = new Chunks(most);
  let cursor = start;
  for (let pages = 0; cursor && pages < MAX_PAGES; pages++) {
    const { source }: ReplayCursor = cursor;
    const prefix = source === "failed" ? FAILED_PREFIX : unformattedPrefix;
    const { objects, isLast } = await listing.page(source, prefix, cursor.after);
    for (const object of objects) {
      if (isWanted(object, source, order, startedAt) && !chunks.add(source, object)) {
        return { chunks: chunks.all, cursor };
      }
      cursor = { source, after: object.key };
    }
    if (isLast) cursor = nextSource(source, order);
    else if (source === "unformatted") cursor = { source, after: skipped(cursor.after, unformattedPrefix, order) };
  }
  return { chunks: chunks.all, ...(cursor && { cursor }) };
}

function nextSource(source: ReplaySource, order: ReplayOrder): ReplayCursor | undefined {
  const [next] = REPLAY_SOURCES.slice(REPLAY_SOURCES.indexOf(source) + 1).filter((name) =>
    order.sources.includes(name),
  );
  return next && { source: next, after: "" };
}

/**
 * Objects that this very replay has put, the rest of one that it took up and the refused records of a failed batch, were tried
 * just now. S3 tells of whole seconds.
 */
function isWanted({ key, modifiedMillis }: ListedObject, source: ReplaySource, order: ReplayOrder, startedAt: string) {
  if (source === "failed") return true;
  const object = parseObjectKey(key);
  if (!object || !isChosenObject(object, choiceOf(order))) return false;
  return !/-r[0-9a-f]{16}\.ndjson\.gz$/.test(key) || modifiedMillis < Math.floor(Date.parse(startedAt) / 1000) * 1000;
}

/** Keys lie by table and hour: a table that is not chosen, and its hours before the first and behind the last, need not be listed. */
function skipped(after: string, prefix: string, { tables, from, to }: ReplayOrder): string {
  const object = parseObjectKey(after);
  if (!object) return after;
  const table = `${prefix}${object.table}/`;
  // "0" is the character behind "/".
  const isOther = tables.length > 0 && !tables.includes(object.table);
  if (isOther || (to !== undefined && object.hour > to)) return `${table.slice(0, -1)}0`;
  if (from !== undefined && object.hour < from) return `${table}${partitionStart(from)}`;
  return after;
}

function partitionStart(hour: Hour): string {
  return `dt=${hour.slice(0, 10)}/hour=${hour.slice(11)}`;
}
