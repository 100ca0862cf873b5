/** An object to write to the lake: its key, and the lines of one table, hour and shard. */
import type { Hour } from "../hour";
import type { ObjectRange } from "../objectKey";
import type { RefusalCount } from "../reasons";

export class LandingObject {
  constructor(
    readonly key: string,
    readonly kind: "raw" | "unformatted",
    readonly table: string,
    readonly hour: Hour,
    /** If the write fails, the batch must start again at `range.first`, the object's lowest sequence number. */
    readonly range: ObjectRange,
    /** NDJSON in UTF-8; each line ends with a newline. */
    readonly body: Uint8Array,
    /** Records by reason and format; empty in `raw/`. */
    readonly refused: readonly RefusalCount[],
  ) {}

  /** The body as a string. */
  get text(): string {
    return Buffer.from(this.body.buffer, this.body.byteOffset, this.body.byteLength).toString("utf8");
  }
}
