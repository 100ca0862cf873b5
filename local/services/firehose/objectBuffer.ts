/** Gathers the data of one object, compressed as it comes, so that large buffers take little memory. */
import { once } from "node:events";
import { createGzip, type Gzip } from "node:zlib";

export class ObjectBuffer {
  /** Before compression. */
  bytes = 0;
  records = 0;
  oldestMillis = Number.POSITIVE_INFINITY;
  private readonly chunks: Buffer[] = [];
  private readonly gzip: Gzip | undefined;

  /** @param sinceMillis the time at which its first data came */
  constructor(
    readonly sinceMillis: number,
    isCompressed: boolean,
  ) {
    if (!isCompressed) return;
    this.gzip = createGzip({ level: 1 });
    this.gzip.on("data", (chunk: Buffer) => this.chunks.push(chunk));
  }

  async add(data: Uint8Array, arrivedMillis: number): Promise<void> {
    this.bytes += data.length;
    this.records += 1;
    this.oldestMillis = Math.min(this.oldestMillis, arrivedMillis);
    if (!this.gzip) this.chunks.push(Buffer.from(data));
    else if (!this.gzip.write(data)) await once(this.gzip, "drain");
  }

  /** The object's body, each time; nothing may be added afterwards. */
  async close(): Promise<Buffer> {
    if (this.gzip && !this.gzip.readableEnded) {
      this.gzip.end();
      await once(this.gzip, "end");
    }
    return Buffer.concat(this.chunks);
  }
}
