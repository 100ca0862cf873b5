/** An object on its way into the lake: the lines of one table, hour and shard, under a key that names them. */
import type { Hour } from "../hour";
import type { ObjectRange } from "../objectKey";
import type { RefusalCount } from "../reasons";

/** An object as it is to be written. */
export class LandingObject {
  constructor(
    readonly key: string,
    readonly kind: "raw" | "unformatted",
    readonly table: string,
    readonly hour: Hour,
    /** `range.first` is the lowest sequence number in it: where a batch must start again if this object is not written. */
    readonly range: ObjectRange,
    /** NDJSON in UTF-8, each line ended by a newline. */
    readonly body: Uint8Array,
    /** Records by reason and format; empty in `raw/`. */
    readonly refused: readonly RefusalCount[],
  ) {}

  /** The body as text, for whoever looks into it. */
  get text(): string {
    return Buffer.from(this.body.buffer, this.body.byteOffset, this.body.byteLength).toString("utf8");
  }
}
