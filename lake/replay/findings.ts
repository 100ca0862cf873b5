/** Counts the answers of a replay: rows by table and hour, records that stay by reason, and skipped objects. */
import type { Hour } from "../hour";
import type { Reason } from "../reasons";
import type { ReplayAnswer } from "./event";
import { StayingKinds, type StayingRecords } from "./stayingKinds";
import { NO_TOTALS, type ReplayTotals } from "./totals";

/** The rows of one table and hour. */
export interface Landing {
  readonly table: string;
  readonly hour: Hour;
  rows: number;
  objects: number;
  /** The number of these objects that an earlier replay wrote. */
  present: number;
}

export class ReplayFindings {
  /** By note. */
  readonly leftOut = new Map<string, number>();
  private readonly landings = new Map<string, Landing>();
  private readonly kinds = new StayingKinds();
  private objects = 0;
  private records = 0;
  private landed = 0;

  add({ objects, landed, stays }: ReplayAnswer): void {
    this.records += stays.reduce((sum, { records }) => sum + records, landed);
    this.landed += landed;
    for (const { kind, table, hour, lines, state } of objects) {
      if (kind !== "raw") continue;
      const name = `${table}/${hour}`;
      const landing = this.landings.get(name) ?? { table, hour, rows: 0, objects: 0, present: 0 };
      landing.rows += lines;
      landing.objects += 1;
      if (state === "present") landing.present += 1;
      this.landings.set(name, landing);
    }
    for (const kind of stays) this.kinds.add(kind);
  }

  readObject(): void {
    this.objects += 1;
  }

  leaveOut(note: string): void {
    this.leftOut.set(note, (this.leftOut.get(note) ?? 0) + 1);
  }

  /** By table, then hour. */
  get landing(): Landing[] {
    return [...this.landings].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, landing]) => landing);
  }

  get stays(): StayingRecords[] {
    return this.kinds.all;
  }

  /** Hours whose tables get rows, in order. */
  get hours(): Hour[] {
    return [...new Set([...this.landings.values()].map(({ hour }) => hour))].sort();
  }

  get totals(): ReplayTotals {
    const stays: Partial<Record<Reason, number>> = {};
    for (const { reason, records } of this.stays) stays[reason] = (stays[reason] ?? 0) + records;
    const [firstHour, lastHour] = [this.hours[0], this.hours.at(-1)];
    const sum = (field: "rows" | "objects" | "present") =>
      this.landing.reduce((total, landing) => total + landing[field], 0);
    return {
      ...NO_TOTALS,
      objects: this.objects,
      records: this.records,
      landed: this.landed,
      rows: sum("rows"),
      created: sum("objects") - sum("present"),
      alreadyThere: sum("present"),
      stays,
      leftOut: Object.fromEntries(this.leftOut),
      ...(firstHour !== undefined && { firstHour }),
      ...(lastHour !== undefined && { lastHour }),
    };
  }
}
