/** Gathers keys into chunks that one invocation replays, as many as one step may give. */
import type { ReplaySource } from "./target";

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

/** Few enough that one invocation is meant to replay them in its 15 minutes; one that is cut off is tried again. */
const MAX_OBJECTS = 20;
const MAX_BYTES = 32 * 1024 * 1024;
/**
 * What passes between states has at most 256 KiB of UTF-8 (Step Functions service quotas): the keys on the way in, what each
 * chunk came to, or why it failed, on the way out, and the totals with both.
 */
const MAX_KEY_BYTES = 150_000;
const MAX_CHUNKS = 50;

export class Chunks {
  readonly all: ReplayChunk[] = [];
  private keys: string[] = [];
  private source: ReplaySource | undefined;
  private bytes = 0;
  private keyBytes = 0;

  /** @param most chunks, where the step may give fewer than 50 */
  constructor(private readonly most: number) {}

  /** False where the step may give no more; the object is left for the next one. */
  add(source: ReplaySource, { key, size }: ListedObject): boolean {
    const needed = Buffer.byteLength(JSON.stringify(key)) + 1;
    if (this.keyBytes + needed > MAX_KEY_BYTES) return false;
    const isFull = this.keys.length === MAX_OBJECTS || this.bytes + size > MAX_BYTES;
    if (this.keys.length === 0 || isFull || source !== this.source) {
      if (this.all.length === Math.min(this.most, MAX_CHUNKS)) return false;
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
