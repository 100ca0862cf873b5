/** Counts records that a replay still cannot use, similar ones together, so that an answer stays small. */
import { generalDetail, type Reason } from "../reasons";

/** Records with one reason, whose details differ in numbers only. */
export interface StayingRecords {
  readonly reason: Reason;
  /** Numbers are replaced by `…`; `other details` stands for all kinds after the first 200. */
  readonly detail: string;
  readonly records: number;
  /** The identity of one of them. */
  readonly example: string;
}

/** Each detail has at most some 300 characters, because `refuse` cuts details at 256. */
const MAX_KINDS = 200;

export class StayingKinds {
  private readonly kinds = new Map<string, StayingRecords>();

  get all(): StayingRecords[] {
    return [...this.kinds.values()];
  }

  add(staying: StayingRecords): void {
    const { reason, records, example } = staying;
    const plain = generalDetail(staying.detail);
    const isKnown = this.kinds.has(JSON.stringify([reason, plain]));
    const detail = isKnown || this.kinds.size < MAX_KINDS ? plain : "other details";
    const name = JSON.stringify([reason, detail]);
    const before = this.kinds.get(name);
    this.kinds.set(name, {
      reason,
      detail,
      records: records + (before?.records ?? 0),
      example: before?.example ?? example,
    });
  }
}
