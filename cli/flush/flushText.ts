/** Describes a flush for people: hours, tables and rows. */
import { counted, counting } from "../terminal/wording";
import type { FlushedHour } from "./runHourNow";

/** One line: `1 hour: 1,808 rows in records`. */
export function flushSummary(flushed: readonly FlushedHour[]): string {
  if (flushed.length === 0) return "nothing to do: every row that landed is in its table";
  const tables = new Map<string, number>();
  for (const { table, rows } of flushed) tables.set(table, (tables.get(table) ?? 0) + rows);
  const hours = new Set(flushed.map(({ hour }) => hour)).size;
  const parts = [...tables].map(([table, rows]) => `${counting(rows, "row")} in ${table}`);
  return `${counting(hours, "hour")}: ${parts.join(", ")}`;
}

/** The summary, and a line for each hour if there are several. */
export function flushLines(flushed: readonly FlushedHour[]): string[] {
  const hours = [...new Set(flushed.map(({ hour }) => hour))];
  if (hours.length < 2) return [`${flushSummary(flushed)}${hours[0] === undefined ? "" : ` (${hours[0]})`}`];
  const rowsOf = (hour: string) =>
    flushed.filter((one) => one.hour === hour).map(({ table, rows }) => `${table} ${counted(rows)}`);
  return [flushSummary(flushed), ...hours.map((hour) => `  ${hour}  ${rowsOf(hour).join(", ")}`)];
}
