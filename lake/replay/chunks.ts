/** Groups keys into chunks, which one invocation each replays, up to the limits of one step. */
import type { ReplaySource } from "./request";

export interface ReplayChunk {
  readonly source: ReplaySource;
  readonly keys: readonly string[];
}

export interface ListedObject {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  readonly modifiedMillis: number;
}

/** One invocation replays this many objects within its 15 minutes; an invocation that times out is retried. */
const MAX_OBJECTS = 20;
const MAX_BYTES = 32 * 1024 * 1024;
/**
 * States pass at most 256 KiB of UTF-8 to each other (Step Functions service quotas): the keys and the totals in the
 * input, the results of the chunks and the totals in the output.
 */
const MAX_KEY_BYTES = 150_000;
const MAX_CHUNKS = 50;

export class Chunks {
  readonly all: ReplayChunk[] = [];
  private keys: string[] = [];
  private source: ReplaySource | undefined;
  private bytes = 0;
  private keyBytes = 0;

  /** @param maxChunks used if lower than 50 */
  constructor(private readonly maxChunks: number) {}

  /** Returns false if the step is full; the next step takes the object. */
  add(source: ReplaySource, { key, size }: ListedObject): boolean {
    const needed = Buffer.byteLength(JSON.stringify(key)) + 1;
    if (this.keyBytes + needed > MAX_KEY_BYTES) return false;
    const isFull = this.keys.length === MAX_OBJECTS || this.bytes + size > MAX_BYTES;
    if (this.keys.length === 0 || isFull || source !== this.source) {
      if (this.all.length === Math.min(this.maxChunks, MAX_CHUNKS)) return false;
      this.keys = [];
      this.bytes = 0;
      this.all.push({ source, keys: this.keys });
    }
    this.source = source;
    this.keys.push(key);
    this.bytes += size;
    this.keyBytes += needed;
    return true;
  }
}
