/** An object on its way into the lake: lines gathered for one table, hour and shard, then closed under a key that names them. */
import type { Hour } from "./hour";
import { type ObjectRange, objectKey } from "./objectKey";
import type { Reason } from "./reasons";
import { compareSequence } from "./sequenceNumber";

/** An object as it is to be written. */
export interface LandingObject {
  readonly key: string;
  readonly kind: "raw" | "unformatted";
  readonly table: string;
  readonly hour: Hour;
  /** `range.first` is the lowest sequence number in it: where a batch must start again if this object is not written. */
  readonly range: ObjectRange;
  /** NDJSON, each line ended by a newline. */
  readonly text: string;
  /** Records by reason; empty in `raw/`. */
  readonly reasons: Readonly<Partial<Record<Reason, number>>>;
}

/** Gathers the lines of one object. */
export class ObjectDraft {
  private text = "";
  private count = 0;
  private first = "";
  private last = "";
  private readonly reasons: Partial<Record<Reason, number>> = {};

  /**
   * @param id whatever tells this draft from the others of its batch
   * @param prefix ends with `/`
   */
  constructor(
    readonly id: string,
    private readonly kind: "raw" | "unformatted",
    private readonly prefix: string,
    private readonly table: string,
    private readonly hour: Hour,
    private readonly shard: string,
  ) {}

  get characters(): number {
    return this.text.length;
  }

  /** Adds all lines of one record. */
  add(sequenceNumber: string, text: string, count: number, reason?: Reason): this {
    if (this.count === 0 || compareSequence(sequenceNumber, this.first) < 0) this.first = sequenceNumber;
    if (this.count === 0 || compareSequence(sequenceNumber, this.last) > 0) this.last = sequenceNumber;
    this.text += text;
    this.count += count;
    if (reason) this.reasons[reason] = (this.reasons[reason] ?? 0) + 1;
    return this;
  }

  close(): LandingObject {
    const { kind, table, hour, text, reasons } = this;
    const range = { shard: this.shard, first: this.first, last: this.last, count: this.count };
    return { key: objectKey(this.prefix, table, hour, range), kind, table, hour, range, text, reasons };
  }
}
