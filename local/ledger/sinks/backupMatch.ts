/** Finds an order in which the records of shards are the bytes of backup objects, in time that is linear in these bytes. */

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
export type Match = { readonly result: "yes" | "no" | "unknown"; readonly records: number };

/** Bytes that are compared for each byte of the backup. */
const MAX_PASSES = 64;
/** Comparisons of short backups. */
const ALWAYS_ALLOWED = 1024 * 1024;
/** Records that can be put back. A guess that is right for so many records was right. */
const MAX_TRAIL = 20_000;
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
 * guess is taken back. Orders of hostile records are too many to be tried: deciding them is as hard as recognizing a shuffle of
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
    if (left < 0) return { result: "unknown", records };
    if (queue?.first) {
      trail.push({ object, at, queue, record: queue.first, order, tried });
      if (trail.length > 2 * MAX_TRAIL) trail.splice(0, MAX_TRAIL);
      at += queue.first.payload.length;
      records += 1;
      await queue.advance();
      // The next records are most probably of the same shard.
      if (recent[0] !== queue) recent = [queue, ...recent.filter((one) => one !== queue)];
      [order, tried] = [recent, 0];
      continue;
    }
    const last = trail.pop();
    if (!last) return { result: "no", records };
    last.queue.putBack(last.record);
    records -= 1;
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
