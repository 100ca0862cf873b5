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

/**
 * The records of a shard are in the backup in their order; those of several shards take turns. An object without an end between
 * its records is read by the records that come next in their shards.
 *
 * @returns the number of records in the backup
 */
export async function checkBackup(
  directory: string,
  logs: readonly { readonly shard: string; readonly path: string }[],
  findings: Findings,
): Promise<number> {
  const shards = await Promise.all(logs.map((log) => ShardQueue.open(log)));
  let found = 0;
  for (const file of inOrder(filesBelow(directory))) {
    const bytes = gunzipSync(readFileSync(file));
    for (let at = 0; at < bytes.length; ) {
      const next = shards.find(({ first }) => first && startsWith(bytes, at, first.payload));
      if (!next?.first) {
        findings.add(
          "backup objects have bytes that are not those of the next record of a shard",
          `${path.basename(file)}:${at}`,
        );
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
    for (; shard.first; await shard.advance()) findings.add("records are missing in the backup", shard.first.position);
  }
  return found;
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

function startsWith(bytes: Buffer, at: number, record: Uint8Array): boolean {
  const end = at + record.length;
  return end <= bytes.length && bytes.compare(record, 0, record.length, at, end) === 0;
}

/** Names end at random, so the times of the objects give the order. */
function inOrder(files: readonly string[]): string[] {
  const times = new Map(files.map((file) => [file, statSync(file, { bigint: true }).mtimeNs]));
  return [...files].sort((one, other) => Number((times.get(one) ?? 0n) - (times.get(other) ?? 0n)));
}
