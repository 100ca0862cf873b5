/** Plans a replay of any size in steps: a bounded number of keys per step, and a bounded history per execution. */
import type { Hour } from "../hour";
import { parseObjectKey } from "../objectKey";
import { Chunks, type ListedObject, type ReplayChunk } from "./chunks";
import { FAILED_PREFIX } from "./failedBatch";
import { isReplayKey } from "./keys";
import {
  hasObject,
  leavesOutFailed,
  REPLAY_SOURCES,
  type ReplayRequest,
  type ReplaySource,
  readReplayRequest,
  WITHOUT_REASON,
} from "./request";
import { addTotals, type ChunkResult, NO_TOTALS, type ReplayTotals, totalsOf } from "./totals";

/** The position of the listing; `after` is empty at the start of a source. */
export interface ReplayCursor {
  readonly source: ReplaySource;
  readonly after: string;
}

/** The state that passes from step to step, and from an execution to the next one. */
export interface ReplayProgress {
  readonly request: ReplayRequest;
  /** The name and the start of the first execution. */
  readonly root: string;
  readonly startedAt: string;
  /** The number of this execution, 1 for the first. */
  readonly part: number;
  /** The execution whose `events` are counted. */
  readonly execution: string;
  /** Upper bound of the events in this execution's history so far. */
  readonly events: number;
  /** Undefined once all objects are listed. */
  readonly cursor?: ReplayCursor;
  readonly totals: ReplayTotals;
}

export interface ReplayStep {
  readonly progress: ReplayProgress;
  readonly chunks: readonly ReplayChunk[];
  /** `continue`: start a new execution, because this one's history is nearly full. */
  readonly next: "replay" | "plan" | "continue" | "done" | "failed";
}

/** The payload with which the state machine invokes each step. */
export interface ReplayStepInput {
  readonly execution: { readonly name: string; readonly startedAt: string };
  /** The execution's own input: a request, or the progress so far with the results of the last chunks. */
  readonly input: unknown;
}

export interface ReplayListing {
  /** One page of at most 1,000 objects, in the order of their keys. */
  page(source: ReplaySource, prefix: string, after: string): Promise<{ objects: ListedObject[]; isLast: boolean }>;
}

export interface ReplayPlanConfig {
  /** Ends with `/`. */
  readonly unformattedPrefix: string;
  /** Events in the history of an execution after which a new one continues. */
  readonly eventsPerExecution: number;
  /** Upper bounds of the events of a step and of a chunk, all retries included. */
  readonly eventsOf: { readonly step: number; readonly chunk: number };
}

/** Pages of 1,000 keys that one step lists, whether or not they are replayed. */
const MAX_PAGES = 20;

/** @throws Error for an input that is not a request */
export async function planReplayStep(
  { execution, input }: ReplayStepInput,
  listing: ReplayListing,
  config: ReplayPlanConfig,
): Promise<ReplayStep> {
  const before = progressOf(execution, input);
  if (before.cursor && before.events + roundEvents(config, 1) > config.eventsPerExecution) {
    return { progress: before, chunks: [], next: "continue" };
  }
  const maxChunks = Math.floor(
    (config.eventsPerExecution - before.events - config.eventsOf.step) / config.eventsOf.chunk,
  );
  const { chunks, cursor } = await nextChunks(before, listing, config, maxChunks);
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
  if (!progress) return begin(execution, readReplayRequest(input));
  const isNew = progress.execution !== execution.name;
  return {
    ...progress,
    ...(isNew && { execution: execution.name, part: progress.part + 1, events: 0 }),
    totals: (results ?? []).map(totalsOf).reduce(addTotals, progress.totals),
  };
}

function begin({ name, startedAt }: ReplayStepInput["execution"], request: ReplayRequest): ReplayProgress {
  const leavesOut = request.sources.includes("failed") && leavesOutFailed(request);
  const sources = REPLAY_SOURCES.filter((source) => request.sources.includes(source));
  const [source] = leavesOut ? sources.filter((name) => name !== "failed") : sources;
  return {
    request,
    root: name,
    startedAt,
    part: 1,
    execution: name,
    events: 0,
    ...(source && { cursor: { source, after: "" } }),
    totals: leavesOut ? { ...NO_TOTALS, leftOut: { [WITHOUT_REASON]: 1 } } : NO_TOTALS,
  };
}

/** The next chunks, up to the limits of one step, and the new position of the listing. */
async function nextChunks(
  { request, startedAt, cursor: start }: ReplayProgress,
  listing: ReplayListing,
  { unformattedPrefix }: ReplayPlanConfig,
  maxChunks: number,
): Promise<{ chunks: ReplayChunk[]; cursor?: ReplayCursor }> {
  const chunks = new Chunks(maxChunks);
  let cursor = start;
  for (let pages = 0; cursor && pages < MAX_PAGES; pages++) {
    const { source }: ReplayCursor = cursor;
    const prefix = source === "failed" ? FAILED_PREFIX : unformattedPrefix;
    const { objects, isLast } = await listing.page(source, prefix, cursor.after);
    for (const object of objects) {
      if (isWanted(object, source, request, startedAt) && !chunks.add(source, object)) {
        return { chunks: chunks.all, cursor };
      }
      cursor = { source, after: object.key };
    }
    if (isLast) cursor = nextSource(source, request);
    else if (source === "unformatted") cursor = { source, after: skipped(cursor.after, unformattedPrefix, request) };
  }
  return { chunks: chunks.all, ...(cursor && { cursor }) };
}

function nextSource(source: ReplaySource, request: ReplayRequest): ReplayCursor | undefined {
  const [next] = REPLAY_SOURCES.slice(REPLAY_SOURCES.indexOf(source) + 1).filter((name) =>
    request.sources.includes(name),
  );
  return next && { source: next, after: "" };
}

/**
 * Skips objects that this same replay wrote, whose records it has already tried: the rest of an object whose other
 * lines it moved, and the refused records of a failed batch. S3 returns times in whole seconds.
 */
function isWanted(
  { key, modifiedMillis }: ListedObject,
  source: ReplaySource,
  request: ReplayRequest,
  startedAt: string,
) {
  if (source === "failed") return true;
  const object = parseObjectKey(key);
  if (!object || !hasObject(request, object)) return false;
  return !isReplayKey(key) || modifiedMillis < Math.floor(Date.parse(startedAt) / 1000) * 1000;
}

/** Returns a position after tables and hours that the request excludes; keys are sorted by table and hour. */
function skipped(after: string, prefix: string, { tables, from, to }: ReplayRequest): string {
  const object = parseObjectKey(after);
  if (!object) return after;
  const table = `${prefix}${object.table}/`;
  // "0" is the character after "/".
  const isOther = tables.length > 0 && !tables.includes(object.table);
  if (isOther || (to !== undefined && object.hour > to)) return `${table.slice(0, -1)}0`;
  if (from !== undefined && object.hour < from) return `${table}${partitionStart(from)}`;
  return after;
}

function partitionStart(hour: Hour): string {
  return `dt=${hour.slice(0, 10)}/hour=${hour.slice(11)}`;
}
