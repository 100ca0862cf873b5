/** Compares a delivery stream's backup with the stream: its objects are the records' bytes, one after the other, and nothing else. */
import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { userRecords } from "../../../lake/routing/userRecords";
import { filesBelow } from "../../duckdb/files";
import { shardRecords } from "../shardRecords";
import { type BackedUpRecord, matchBackup, type RecordQueue } from "./backupMatch";
import type { Findings } from "./sinkLedger";

type ShardLog = { readonly shard: string; readonly path: string };

/**
 * The records of a shard are in the backup in their order; those of several shards take turns. An object has no end between
 * its records. An object that follows an equal one may be its repetition: if the objects as they are do not add up, they
 * are read without repetitions.
 *
 * @returns the number of records in the backup; undefined if the backup is `unchecked`, and may be wrong
 */
export async function checkBackup(
  directory: string,
  logs: readonly ShardLog[],
  findings: Findings,
  unchecked: Findings,
): Promise<number | undefined> {
  const files = inOrder(filesBelow(directory));
  const wanted = await bytesOfLogs(logs);
  for (const objects of [files, withoutRepetitions(files)]) {
    // No order makes records of other bytes.
    if (!bytesOfFiles(objects).equals(wanted)) continue;
    const queues = await Promise.all(logs.map((log) => ShardQueue.open(log)));
    const read = (object: number) => unpacked(String(objects[object]));
    const match = await matchBackup(objects.length, read, queues, wanted.total);
    if (match.result === "yes") return match.records;
    if (match.result === "unknown") {
      unchecked.add(TOO_ALIKE, path.basename(directory));
      return undefined;
    }
  }
  const all = await readBackup(files, logs);
  const once = all.wrong.length > 0 ? withoutRepetitions(files) : files;
  const read = once.length < files.length ? await readBackup(once, logs) : all;
  for (const { what, identity } of read.wrong) findings.add(what, identity);
  return read.found;
}

const TOO_ALIKE = "backups have the bytes of the stream's records, which have more possible orders than are tried";

/** How often each byte occurs. */
class ByteCounts {
  total = 0;
  private readonly times = new Float64Array(256);

  add(bytes: Uint8Array): void {
    this.total += bytes.length;
    for (const byte of bytes) this.times[byte] = (this.times[byte] ?? 0) + 1;
  }

  equals(other: ByteCounts): boolean {
    return this.times.every((times, byte) => times === other.times[byte]);
  }
}

async function bytesOfLogs(logs: readonly ShardLog[]): Promise<ByteCounts> {
  const counts = new ByteCounts();
  for (const log of logs) {
    const queue = await ShardQueue.open(log);
    for (; queue.first; await queue.advance()) counts.add(queue.first.payload);
  }
  return counts;
}

function bytesOfFiles(files: readonly string[]): ByteCounts {
  const counts = new ByteCounts();
  for (const file of files) counts.add(unpacked(file));
  return counts;
}

function unpacked(file: string): Buffer {
  return gunzipSync(readFileSync(file));
}

interface BackupReading {
  readonly found: number;
  readonly wrong: readonly { readonly what: string; readonly identity: string }[];
}

/** Reads a backup that does not add up, by the longest of the next records at each place, and names what is wrong. */
async function readBackup(files: readonly string[], logs: readonly ShardLog[]): Promise<BackupReading> {
  const shards = await Promise.all(logs.map((log) => ShardQueue.open(log)));
  const wrong: { what: string; identity: string }[] = [];
  let found = 0;
  for (const file of files) {
    const bytes = unpacked(file);
    for (let at = 0; at < bytes.length; ) {
      const next = longest(shards.filter(({ first }) => first && startsWith(bytes, at, first.payload)));
      if (!next?.first) {
        const what = "backup objects have bytes that are not those of the next record of a shard";
        wrong.push({ what, identity: `${path.basename(file)}:${at}` });
        break;
      }
      at += next.first.payload.length;
      found += 1;
      await next.advance();
      // The next records are most probably of the same shard.
      shards.sort((one, other) => Number(other === next) - Number(one === next));
    }
  }
  for (const shard of shards) {
    for (; shard.first; await shard.advance()) {
      wrong.push({ what: "records are missing in the backup", identity: shard.first.position });
    }
  }
  return { found, wrong };
}

/** The first of two equal objects that follow each other. */
function withoutRepetitions(files: readonly string[]): string[] {
  const once: string[] = [];
  let last: Buffer | undefined;
  for (const file of files) {
    const bytes = unpacked(file);
    const isRepeated = last?.equals(bytes) ?? false;
    if (!isRepeated) once.push(file);
    // A third equal object repeats nothing, but is one of its own.
    last = isRepeated ? undefined : bytes;
  }
  return once;
}

/** The records of a shard, of which few are in memory. */
class ShardQueue implements RecordQueue {
  first: BackedUpRecord | undefined;
  private waiting: BackedUpRecord[] = [];

  private constructor(
    private readonly shard: string,
    private readonly records: ReturnType<typeof shardRecords>,
  ) {}

  static async open({ shard, path }: { readonly shard: string; readonly path: string }): Promise<ShardQueue> {
    const queue = new ShardQueue(shard, shardRecords(path));
    await queue.advance();
    return queue;
  }

  putBack(record: BackedUpRecord): void {
    if (this.first) this.waiting.push(this.first);
    this.first = record;
  }

  /** Records without bytes leave no trace in a backup. */
  async advance(): Promise<void> {
    do {
      while (this.waiting.length === 0) {
        const { value, done } = await this.records.next();
        if (done) {
          this.first = undefined;
          return;
        }
        this.waiting = value.flatMap(({ data, ...record }) =>
          userRecords({ shard: this.shard, ...record, payload: Buffer.from(data, "base64") }).map(({ payload }) => ({
            position: `${this.shard}/${record.sequenceNumber}`,
            payload,
          })),
        );
        this.waiting.reverse();
      }
      this.first = this.waiting.pop();
    } while (this.first?.payload.length === 0);
  }
}

/** The first of those with the longest next record. */
function longest(shards: readonly ShardQueue[]): ShardQueue | undefined {
  const length = ({ first }: ShardQueue) => first?.payload.length ?? 0;
  return shards.reduce<ShardQueue | undefined>(
    (one, other) => (one && length(one) >= length(other) ? one : other),
    undefined,
  );
}

function startsWith(bytes: Buffer, at: number, record: Uint8Array): boolean {
  const end = at + record.length;
  return end <= bytes.length && bytes.compare(record, 0, record.length, at, end) === 0;
}

/** Names end at random, so the times of the objects give the order. */
function inOrder(files: readonly string[]): string[] {
  const times = new Map(files.map((file) => [file, statSync(file, { bigint: true }).mtimeNs]));
  return [...files].sort((one, other) => Number((times.get(one) ?? 0n) - (times.get(other) ?? 0n)));
}
