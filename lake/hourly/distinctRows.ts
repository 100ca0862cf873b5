/** Counts the distinct rows of raw objects: by their keys, or by their lines where objects overlap. */
import { parseDeliveredKey } from "../delivery/keys";
import { rowIds } from "../envelope";
import { type LandedObject, parseObjectKey } from "../objectKey";
import { compareSequence } from "../sequenceNumber";
import { DistinctIds } from "./distinctIds";

/** Objects of one table, hour and shard whose sequence number ranges overlap one another, by first sequence number. */
export type Overlap = readonly LandedObject[];

export interface CountPlan {
  /** Rows in objects that overlap no other. */
  readonly counted: number;
  /**
   * From redelivered batches with other bounds, or parallel batches of one shard: their rows must be compared line by
   * line.
   */
  readonly overlaps: readonly Overlap[];
}

/** Maximum number of objects that are fetched at once. */
const READ_AHEAD = 8;

/** Separates objects whose keys suffice for the count from objects that must be read. */
export function planCount(keys: Iterable<string>): CountPlan {
  const groups = new Map<string, LandedObject[]>();
  for (const key of new Set(keys)) {
    const object = parseObjectKey(key);
    if (!object) throw foreign(key);
    const group = `${object.table}/${object.hour}/${object.shard}`;
    const objects = groups.get(group);
    if (objects) objects.push(object);
    else groups.set(group, [object]);
  }
  let counted = 0;
  const overlaps: Overlap[] = [];
  for (const objects of groups.values()) {
    for (const run of runsOf(objects)) {
      if (run.length > 1) overlaps.push(run);
      else counted += run[0]?.count ?? 0;
    }
  }
  return { counted, overlaps };
}

/**
 * Counts the distinct `_id`s of these objects of one table and hour. `read` is called only for those that overlap another;
 * with an object that Firehose delivered, for all, because its name has no range.
 */
export async function countDistinctRows(
  keys: Iterable<string>,
  read: (key: string) => Promise<Uint8Array>,
): Promise<number> {
  const all = [...new Set(keys)];
  if (all.some(parseDeliveredKey)) return countIds(all, read);
  const plan = planCount(all);
  let rows = plan.counted;
  for (const overlap of plan.overlaps) rows += await countOverlap(overlap, read);
  return rows;
}

async function countIds(keys: readonly string[], read: (key: string) => Promise<Uint8Array>): Promise<number> {
  const ids = new DistinctIds();
  for (const key of keys) {
    if (!parseDeliveredKey(key) && !parseObjectKey(key)) throw foreign(key);
    for (const id of idsOf(key, await read(key))) ids.add(id);
  }
  return ids.size;
}

/** Maximal runs of objects that are connected by overlap, each by first sequence number. */
function runsOf(objects: LandedObject[]): LandedObject[][] {
  objects.sort((left, right) => compareSequence(left.first, right.first) || compareSequence(left.last, right.last));
  const runs: LandedObject[][] = [];
  let last = "";
  for (const object of objects) {
    const run = runs.at(-1);
    if (run && compareSequence(object.first, last) <= 0) run.push(object);
    else runs.push([object]);
    if (runs.at(-1)?.length === 1 || compareSequence(object.last, last) > 0) last = object.last;
  }
  return runs;
}

/**
 * Reads objects in shard order and forgets ids that no later object can hold, so that memory does not grow with the
 * hour.
 */
async function countOverlap(overlap: Overlap, read: (key: string) => Promise<Uint8Array>): Promise<number> {
  let rows = 0;
  /** Sequence number → ids of its rows. */
  const open = new Map<string, Set<string>>();
  for await (const { object, body } of readAhead(overlap, read)) {
    for (const sequenceNumber of open.keys()) {
      if (compareSequence(sequenceNumber, object.first) < 0) open.delete(sequenceNumber);
    }
    for (const id of idsOf(object.key, body)) {
      const sequenceNumber = id.split("/", 2)[1] ?? "";
      const ids = open.get(sequenceNumber) ?? new Set();
      if (ids.has(id)) continue;
      open.set(sequenceNumber, ids.add(id));
      rows += 1;
    }
  }
  return rows;
}

async function* readAhead(overlap: Overlap, read: (key: string) => Promise<Uint8Array>) {
  const pending: { object: LandedObject; body: Promise<Uint8Array> }[] = [];
  const rest = [...overlap];
  while (rest.length > 0 || pending.length > 0) {
    while (pending.length < READ_AHEAD && rest.length > 0) {
      const object = rest.shift() as LandedObject;
      const body = read(object.key);
      // The loop reports a failure when it awaits the body; until then the rejection must not be unhandled.
      body.catch(() => undefined);
      pending.push({ object, body });
    }
    const next = pending.shift() as { object: LandedObject; body: Promise<Uint8Array> };
    yield { object: next.object, body: await next.body };
  }
}

function* idsOf(key: string, body: Uint8Array): Generator<string> {
  try {
    yield* rowIds(body);
  } catch (cause) {
    throw new Error(`lake: "${key}" (${body.length} bytes) does not read as a raw object`, { cause });
  }
}

function foreign(key: string): Error {
  return new Error(`lake: "${key}" is not the key of a landed object; only routers and Firehose may write there`);
}
