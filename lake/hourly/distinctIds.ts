/** Counts distinct ids in little memory: a set of their hashes of 64 bits. */
import { createHash } from "node:crypto";

const FIRST_SLOTS = 1 << 16;

/** Ten million ids take 256 MiB at most, and two of them have the same hash in one of 180,000 such sets. */
export class DistinctIds {
  size = 0;
  /** Two words for each slot; a slot of zeros is empty. */
  private words = new Uint32Array(2 * FIRST_SLOTS);

  add(id: string): void {
    const digest = createHash("md5").update(id, "latin1").digest();
    // The lowest bit is always set, so that no hash is that of an empty slot.
    if (!this.put(digest.readUInt32LE(0), digest.readUInt32LE(4) | 1)) return;
    this.size += 1;
    if (4 * this.size > this.words.length) this.grow();
  }

  private put(high: number, signed: number): boolean {
    const low = signed >>> 0;
    const { words } = this;
    const slots = words.length / 2;
    for (let slot = high & (slots - 1); ; slot = (slot + 1) & (slots - 1)) {
      const at = 2 * slot;
      if (words[at + 1] === 0) {
        words[at] = high;
        words[at + 1] = low;
        return true;
      }
      if (words[at] === high && words[at + 1] === low) return false;
    }
  }

  private grow(): void {
    const before = this.words;
    this.words = new Uint32Array(2 * before.length);
    for (let at = 0; at < before.length; at += 2) {
      if (before[at + 1] !== 0) this.put(before[at] as number, before[at + 1] as number);
    }
  }
}
