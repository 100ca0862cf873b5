/** Looks a record up in the views of Parquet that Firehose writes, whose objects a trace does not read. */
import { type Hour, partitionOf } from "../../lake/hour";
import { deliveredViewOf } from "../../lake/tableName";
import { convertedHours } from "../target/convertedHours";
import type { LakePlace } from "../target/lakePlace";
import type { CountRows } from "./inTables";
import type { Subject } from "./subject";

/** A view with Parquet in the hours that were looked at. */
export interface ViewRows {
  readonly bucket: string;
  /** `sales_delivered` */
  readonly view: string;
  readonly firstHour: Hour;
  readonly lastHour: Hour;
  /** Selects the rows of the record; for other subjects, the rows of the hours. */
  readonly sql: string;
  /** Rows of the record; absent for other subjects, which are not searched. */
  readonly rows?: number;
  /** The reason why the query failed. */
  readonly error?: string;
}

/** @param hours all when undefined */
export async function inViews(
  lakes: readonly LakePlace[],
  subject: Subject,
  hours: readonly Hour[] | undefined,
  count: CountRows,
): Promise<ViewRows[]> {
  if (subject.kind === "object") return [];
  const found: ViewRows[] = [];
  for (const lake of lakes) {
    const byView = new Map<string, Hour[]>();
    for (const { table, hour } of await convertedHours(lake, hours)) {
      const view = deliveredViewOf(table);
      if (view !== undefined) byView.set(view, [...(byView.get(view) ?? []), hour]);
    }
    for (const [view, ofView] of byView) {
      const sorted = ofView.sort();
      const [firstHour, lastHour] = [sorted[0] as Hour, sorted.at(-1) as Hour];
      const conditions = [within(firstHour, lastHour), ...(subject.kind === "record" ? [isOfRecord(subject.id)] : [])];
      const where = `FROM "${view}" WHERE ${conditions.join(" AND ")}`;
      const counted = subject.kind === "record" ? await count(`SELECT count(*) ${where}`) : {};
      found.push({
        bucket: lake.bucket,
        view,
        firstHour,
        lastHour,
        sql: `SELECT * ${where}`,
        ...(counted.count !== undefined && { rows: counted.count }),
        ...(counted.error !== undefined && { error: counted.error }),
      });
    }
  }
  return found;
}

function within(firstHour: Hour, lastHour: Hour): string {
  const [first, last] = [partitionOf(firstHour), partitionOf(lastHour)];
  if (firstHour === lastHour) return `"dt" = '${first.dt}' AND "hour" = '${first.hour}'`;
  return first.dt === last.dt ? `"dt" = '${first.dt}'` : `"dt" BETWEEN '${first.dt}' AND '${last.dt}'`;
}

/** @param id of a record, a user record (`/0`) or a row (`/0.17`); a source before it may be left out */
function isOfRecord(id: string): string {
  const below = /\/\d+\.\d+$/.test(id) ? "" : /\/\d+\/\d+$/.test(id) ? ".%" : "/%";
  return `"_id" LIKE '%${id}${below}'`;
}
