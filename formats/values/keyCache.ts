/** Caches names between records, so that a repeated name is compared instead of decoded. */

/** A power of two, because the slot is a bit mask of the hash. */
const SLOTS = 2_048;
const LONGEST = 40;

/** Keeps at most 2,048 names of at most 40 bytes: the latest name of each slot. */
export class KeyCache {
  private readonly texts: (string | undefined)[] = new Array(SLOTS).fill(undefined);
  private readonly lengths = new Uint8Array(SLOTS);
  private readonly bytes = new Uint8Array(SLOTS * LONGEST);

  /** The slot of a name; negative if the name is too long to be kept. */
  slot(bytes: Uint8Array, start: number, length: number): number {
    if (length > LONGEST) return -1;
    let hash = length;
    for (let at = start; at < start + length; at++) hash = (Math.imul(hash, 31) + (bytes[at] as number)) | 0;
    return (hash ^ (hash >>> 11)) & (SLOTS - 1);
  }

  at(slot: number, bytes: Uint8Array, start: number, length: number): string | undefined {
    if (this.lengths[slot] !== length) return undefined;
    const kept = this.bytes;
    for (let index = 0, from = slot * LONGEST; index < length; index++) {
      if (kept[from + index] !== bytes[start + index]) return undefined;
    }
    return this.texts[slot];
  }

  keep(slot: number, bytes: Uint8Array, start: number, length: number, text: string): void {
    this.lengths[slot] = length;
    this.bytes.set(bytes.subarray(start, start + length), slot * LONGEST);
    this.texts[slot] = text;
  }
}
