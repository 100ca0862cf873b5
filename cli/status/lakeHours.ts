/** Counts what landed in each hour of a lake by its seal or the names of its objects, and how far the hourly step is with it. */
import { type Hour, hourOf } from "../../lake/hour";
import type { HourState } from "../../lake/hourly/hourState";
import { convertedHours } from "../target/convertedHours";
import type { LakePlace } from "../target/lakePlace";
import { landedObjects } from "../target/landedObjects";
import { tableHourState } from "../target/tableHourState";

export interface LakeHour {
  readonly bucket: string;
  readonly table: string;
  readonly hour: Hour;
  /**
   * Rows of the table in a sealed hour. Before, rows of the objects in `raw/`: rows that were delivered again in other pieces
   * count again, and without a seal the number is absent if Firehose delivered objects, whose names have no counts. Parquet that
   * Firehose writes has no seal.
   */
  readonly rows?: number;
  /** Records of the objects in `unformatted/`, likewise. */
  readonly unformatted: number;
  /** Absent without an hourly step, and for an hour without rows, which that has nothing to do with. */
  readonly state?: HourState & { readonly isOver: boolean };
}

/**
 * The newest hour comes first, then by bucket and table.
 *
 * @param hours all when undefined
 * @param isFlattened true if an hourly step works on the lake
 */
export async function lakeHours(
  place: LakePlace,
  hours: readonly Hour[] | undefined,
  nowMillis: number,
  isFlattened: boolean,
): Promise<LakeHour[]> {
  // NaN for a number that the names of objects do not have.
  const counts = new Map<string, { table: string; hour: Hour; raw: number; unformatted: number }>();
  for (const area of ["raw", "unformatted"] as const) {
    for (const { table, hour, count } of await landedObjects(place, area, hours)) {
      const name = `${hour}/${table}`;
      const counted = counts.get(name) ?? { table, hour, raw: 0, unformatted: 0 };
      counted[area] += count ?? Number.NaN;
      counts.set(name, counted);
    }
  }
  const found: LakeHour[] = (await convertedHours(place, hours)).map(({ table, hour }) => ({
    bucket: place.bucket,
    table,
    hour,
    unformatted: 0,
  }));
  for (const { table, hour, raw, unformatted } of counts.values()) {
    const isOver = hour < hourOf(nowMillis);
    const state = isFlattened && raw !== 0 && { ...(await tableHourState(place, table, hour)), isOver };
    const rows = state ? (state.rows ?? raw) : raw;
    found.push({
      bucket: place.bucket,
      table,
      hour,
      ...(!Number.isNaN(rows) && { rows }),
      unformatted,
      ...(state && { state }),
    });
  }
  return found.sort((left, right) =>
    left.hour === right.hour ? (left.table < right.table ? -1 : 1) : left.hour < right.hour ? 1 : -1,
  );
}
