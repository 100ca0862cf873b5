/** What a replay found, added up over its invocations. */
import type { ReplayAnswer } from "../../lake/replay/event";
import { StayingKinds } from "../../lake/replay/stayingRecords";
import { textTable } from "../terminal/textTable";
import { counted, counting } from "../terminal/wording";

interface Landing {
  rows: number;
  objects: number;
  present: number;
}

export function outcomeLine(records: number, landed: number, apply: boolean): string {
  return `${counting(records, "record")} through the router: ${counted(landed)} ${apply ? "landed" : "would land"}, ${counted(records - landed)} cannot be used still`;
}

export class Findings {
  /** Records that were sent through the router. */
  records = 0;
  landedRecords = 0;
  private readonly landing = new Map<string, Landing>();
  private readonly staying = new StayingKinds();
  /** What was left out, and why. */
  readonly notes = new Map<string, number>();

  add({ objects, landed, stays }: ReplayAnswer): void {
    this.records += stays.reduce((sum, { records }) => sum + records, landed);
    this.landedRecords += landed;
    for (const { kind, table, hour, lines, state } of objects) {
      if (kind !== "raw") continue;
      const name = JSON.stringify([table, hour]);
      const sum = this.landing.get(name) ?? { rows: 0, objects: 0, present: 0 };
      sum.rows += lines;
      sum.objects += 1;
      if (state === "present") sum.present += 1;
      this.landing.set(name, sum);
    }
    for (const kind of stays) this.staying.add(kind);
  }

  leaveOut(why: string, records = 1): void {
    this.notes.set(why, (this.notes.get(why) ?? 0) + records);
  }

  get hours(): string[] {
    return [...new Set([...this.landing.keys()].map((name) => (JSON.parse(name) as [string, string])[1]))].sort();
  }

  lines(apply: boolean): string[] {
    const lines = [outcomeLine(this.records, this.landedRecords, apply)];
    if (this.landing.size > 0) {
      const rows = [...this.landing].sort().map(([name, { rows, objects, present }]) => {
        const [table, hour] = JSON.parse(name) as [string, string];
        return [table, hour, counted(rows), counted(objects), counted(present)];
      });
      lines.push("", ...textTable(["table", "hour", "rows", "objects", "already there"], rows));
    }
    const staying = this.staying.all.sort((left, right) => right.records - left.records);
    if (staying.length > 0) {
      const rows = staying.map(({ records, reason, detail, example }) => [counted(records), reason, detail, example]);
      lines.push("", ...textTable(["stays", "reason", "detail", "for example"], rows, { columnWidth: 100 }));
    }
    for (const [why, records] of this.notes) lines.push("", `left out: ${counted(records)} × ${why}`);
    return lines;
  }
}
