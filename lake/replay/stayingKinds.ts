/** Counts records that a replay still cannot use, grouped by reason and detail, so that an answer stays small. */
import { generalDetail, type Reason } from "../reasons";

/** Records with the same reason, whose details differ only in numbers. */
export interface StayingRecords {
  readonly reason: Reason;
  /** Numbers are replaced by `…`; all kinds after the first 200 are counted as `other details`. */
  readonly detail: string;
  readonly records: number;
  /** The identity of one of them. */
  readonly example: string;
}

/** A detail has about 300 characters at most, because `refuse` cuts details at 256. */
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
