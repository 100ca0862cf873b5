/** Collects lines as UTF-8 bytes, because one long string of millions of parts slows garbage collection. */

/** Characters that are encoded at once: enough for an efficient call, few enough for short-lived strings. */
const CHUNK_CHARACTERS = 8 * 1024;
const FIRST_BYTES = 4 * 1024;
const MAX_BYTES_PER_CHARACTER = 3;

export class LineBuffer {
  private bytes = Buffer.allocUnsafe(FIRST_BYTES);
  private used = 0;
  private pending = "";

  append(text: string): void {
    this.pending += text;
    if (this.pending.length >= CHUNK_CHARACTERS) this.flush();
  }

  /** Returns all bytes; nothing may be appended afterwards. */
  close(): Uint8Array {
    this.flush();
    return this.bytes.subarray(0, this.used);
  }

  private flush(): void {
    const needed = this.used + this.pending.length * MAX_BYTES_PER_CHARACTER;
    if (needed > this.bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.bytes.length * 2));
      this.bytes.copy(larger, 0, 0, this.used);
      this.bytes = larger;
    }
    this.used += this.bytes.write(this.pending, this.used, "utf8");
    this.pending = "";
  }
}
