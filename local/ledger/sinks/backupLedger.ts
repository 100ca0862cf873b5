/** Compares a delivery stream's backup with the stream: its objects are the records' bytes, one after the other, and nothing else. */
import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { userRecords } from "../../../lake/routing/userRecords";
import { filesBelow } from "../../duckdb/files";
import { shardRecords } from "../shardRecords";
import type { Findings } from "./sinkLedger";

interface Waiting {
  readonly position: string;
  readonly payload: Uint8Array;
}

type ShardLog = { readonly shard: string; readonly path: string };

/**
 * The records of a shard are in the backup in their order; those of several shards take turns. An object without an end between
 * its records is read by the records that come next in their shards, first by the longest: a record of several lines may begin
 * with one of fewer. An object that follows an equal one may be its repetition: if the objects as they are do not add up, they
 * are read without repetitions.
 *
 * @returns the number of records in the backup
 */
export async function checkBackup(directory: string, logs: readonly ShardLog[], findings: Findings): Promise<number> {
  const files = inOrder(filesBelow(directory));
  const all = await readBackup(files, logs);
  const once = all.wrong.length > 0 ? withoutRepetitions(files) : files;
  const read = once.length < files.length ? await readBackup(once, logs) : all;
  for (const { what, identity } of read.wrong) findings.add(what, identity);
  return read.found;
}

interface BackupReading {
  readonly found: number;
  readonly wrong: readonly { readonly what: string; readonly identity: string }[];
}

async function readBackup(files: readonly string[], logs: readonly ShardLog[]): Promise<BackupReading> {
  const shards = await Promise.all(logs.map((log) => ShardQueue.open(log)));
  const wrong: { what: string; identity: string }[] = [];
  let found = 0;
  for (const file of files) {
    const bytes = gunzipSync(readFileSync(file));
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
    const bytes = gunzipSync(readFileSync(file));
    const isRepeated = last?.equals(bytes) ?? false;
    if (!isRepeated) once.push(file);
    // A third equal object repeats nothing, but is one of its own.
    last = isRepeated ? undefined : bytes;
  }
  return once;
}

/** The records of a shard, of which few are in memory. */
class ShardQueue {
  first: Waiting | undefined;
  private waiting: Waiting[] = [];

  private constructor(
    private readonly shard: string,
    private readonly records: ReturnType<typeof shardRecords>,
  ) {}

  static async open({ shard, path }: { readonly shard: string; readonly path: string }): Promise<ShardQueue> {
    const queue = new ShardQueue(shard, shardRecords(path));
    await queue.advance();
    return queue;
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
