/** Finds an order in which the records of shards are the bytes of backup objects, in comparisons that these bytes bound. */

/** A record's bytes, at its place in a shard. */
export interface BackedUpRecord {
  readonly position: string;
  readonly payload: Uint8Array;
}

/** The next records of a shard, of which read ones can be put back. */
export interface RecordQueue {
  readonly first: BackedUpRecord | undefined;
  advance(): Promise<void>;
  putBack(record: BackedUpRecord): void;
}

/** `unknown`: more orders are possible than are tried. */
export type Match = { readonly result: "yes"; readonly records: number } | { readonly result: "no" | "unknown" };

/** Bytes that are compared for each byte of the backup. */
const MAX_PASSES = 64;
/** Comparisons of short backups. */
const ALWAYS_ALLOWED = 16 * 1024 * 1024;
/** Records that can be put back, and their bytes: half of them stay when there are more. */
const MAX_TRAIL = 40_000;
const MAX_TRAIL_BYTES = 64 * 1024 * 1024;
/** States that are remembered as leading nowhere. */
const MAX_DEAD = 200_000;
/** Records that differ mostly do so in these bytes. */
const HEAD_BYTES = 64;

interface Step {
  readonly object: number;
  readonly at: number;
  readonly queue: RecordQueue;
  readonly record: BackedUpRecord;
  /** The shards in the order in which they are tried here, and how many have been. */
  readonly order: readonly RecordQueue[];
  readonly tried: number;
}

/**
 * Records of several shards may have the same bytes, or one may begin with another, so that the next record is a guess. A wrong
 * guess is taken back, and a state (the place in each shard) that leads nowhere is not tried again. Orders of hostile records are too many to be tried: deciding them is as hard as recognizing a shuffle of
 * strings (https://en.wikipedia.org/wiki/Shuffle_algebra), which is NP-complete for any number of them.
 *
 * @param read returns an object's bytes
 */
export async function matchBackup(
  objects: number,
  read: (object: number) => Buffer,
  queues: readonly RecordQueue[],
  totalBytes: number,
): Promise<Match> {
  const trail: Step[] = [];
  let trailBytes = 0;
  let isCut = false;
  const passed = new Map<RecordQueue, number>(queues.map((queue) => [queue, 0]));
  const state = () => [...passed.values()].join(" ");
  const dead = new Set<string>();
  const isDead = () => dead.size > 0 && dead.has(state());
  let left = MAX_PASSES * totalBytes + ALWAYS_ALLOWED;
  let records = 0;
  let [object, at] = [0, 0];
  let bytes = objects > 0 ? read(0) : Buffer.alloc(0);
  let recent = queues;
  let [order, tried] = [recent, 0];
  for (;;) {
    while (at === bytes.length && object < objects) {
      object += 1;
      at = 0;
      if (object < objects) bytes = read(object);
      else return { result: "yes", records };
    }
    let queue: RecordQueue | undefined;
    while (!queue && tried < order.length) {
      const next = order[tried++];
      if (!next?.first) continue;
      const { payload } = next.first;
      left -= 1 + Math.min(payload.length, HEAD_BYTES);
      if (!isAt(bytes, at, payload.subarray(0, HEAD_BYTES))) continue;
      left -= payload.length;
      if (isAt(bytes, at, payload)) queue = next;
    }
    if (left < 0) return { result: "unknown" };
    if (queue?.first) {
      trail.push({ object, at, queue, record: queue.first, order, tried });
      trailBytes += queue.first.payload.length;
      if (trail.length > MAX_TRAIL || trailBytes > MAX_TRAIL_BYTES) {
        const cut = trail.splice(0, Math.ceil(trail.length / 2));
        trailBytes -= cut.reduce((sum, { record }) => sum + record.payload.length, 0);
        isCut = true;
      }
      at += queue.first.payload.length;
      records += 1;
      passed.set(queue, (passed.get(queue) ?? 0) + 1);
      await queue.advance();
      // The next records are most probably of the same shard.
      if (recent[0] !== queue) recent = [queue, ...recent.filter((one) => one !== queue)];
      [order, tried] = isDead() ? [[], 0] : [recent, 0];
      continue;
    }
    if (dead.size < MAX_DEAD) dead.add(state());
    const last = trail.pop();
    if (!last) return { result: isCut ? "unknown" : "no" };
    last.queue.putBack(last.record);
    trailBytes -= last.record.payload.length;
    records -= 1;
    passed.set(last.queue, (passed.get(last.queue) ?? 0) - 1);
    if (last.object !== object) {
      bytes = read(last.object);
      left -= bytes.length;
    }
    ({ object, at, order, tried } = last);
  }
}

function isAt(bytes: Buffer, at: number, record: Uint8Array): boolean {
  const end = at + record.length;
  return end <= bytes.length && bytes.compare(record, 0, record.length, at, end) === 0;
}
