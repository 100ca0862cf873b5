/** Reads and checks the input of the hourly workflow's functions. */
import { type Hour, isHour } from "../../lake/hour";
import { isTableName } from "../../lake/tableName";

/** The `hour` of an input. @throws Error for any other value */
export function hourOfInput(who: string, input: unknown): Hour {
  const hour = (input as { hour?: unknown } | null)?.hour;
  if (typeof hour === "string" && isHour(hour)) return hour;
  throw new Error(`${who}: the input needs "hour", a UTC hour such as "2026-11-20T10"; got ${JSON.stringify(hour)}`);
}

/** The `tables` of an input, `"orders,records"`. */
export function tablesOfInput(who: string, input: unknown): string[] {
  const tables = (input as { tables?: unknown } | null)?.tables;
  const names = typeof tables === "string" ? tables.split(",") : [];
  if (names.length > 0 && names.every(isTableName)) return names;
  throw new Error(`${who}: the input needs "tables", such as "orders,records"; got ${JSON.stringify(tables)}`);
}
