/** Tells for each table and hour of the findings how far the hourly step is, and which query shows the rows. */
import { type Hour, hourOf, partitionOf } from "../../lake/hour";
import type { HourState } from "../../lake/hourly/hourState";
import { UNFORMATTED_TABLE } from "../../lake/tableName";
import { tableHourState } from "../target/tableHourState";
import type { Finding } from "./findings";
import type { HourFailure } from "./hourFailure";

/** The number that a query returned, or the reason why it failed. */
interface Counted {
  readonly count?: number;
  readonly error?: string;
}

export type CountRows = (sql: string) => Promise<Counted>;

export interface TableHour {
  readonly bucket: string;
  readonly table: string;
  readonly hour: Hour;
  /** Absent for unformatted records, which SQL reads where they landed. */
  readonly state?: HourState & { readonly isOver: boolean };
  /** Shows the findings' rows or records. */
  readonly sql: string;
  /** Rows that the query's table has; only of sealed hours. */
  readonly rows?: number;
  /** The reason why the query failed. */
  readonly error?: string;
  /** The last failure of the hourly step on the hour, if the hour is not sealed. */
  readonly failure?: HourFailure;
}

export interface TableSources {
  readonly count: CountRows;
  failure(hour: Hour): Promise<HourFailure | undefined>;
}

export async function inTables(
  findings: readonly Finding[],
  nowMillis: number,
  { count, failure: failureOf }: TableSources,
): Promise<TableHour[]> {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const { area, object } = finding;
    const name = JSON.stringify([area, object.place.bucket, object.place.prefix, object.table, object.hour]);
    groups.set(name, [...(groups.get(name) ?? []), finding]);
  }
  const hours: TableHour[] = [];
  for (const group of groups.values()) {
    const [{ area, object }] = group as [Finding];
    const { place, table, hour } = object;
    const sql = sqlOf(group);
    if (area === "unformatted") {
      hours.push({ bucket: place.bucket, table, hour, sql });
      continue;
    }
    const state = { ...(await tableHourState(place, table, hour)), isOver: hour < hourOf(nowMillis) };
    const counted: Partial<Counted> = state.stage === "sealed" ? await count(countOf(sql)) : {};
    const failure = state.stage === "sealed" ? undefined : await failureOf(hour);
    hours.push({
      bucket: place.bucket,
      table,
      hour,
      state,
      ...(failure && { failure }),
      sql,
      ...(counted.count !== undefined && { rows: counted.count }),
      ...(counted.error !== undefined && { error: counted.error }),
    });
  }
  return hours;
}

/** The whole record, or the rows that a text was found in. */
function sqlOf(findings: readonly Finding[]): string {
  const [{ area, object }] = findings as [Finding];
  const { dt, hour } = partitionOf(object.hour);
  const [table, column] = area === "raw" ? [object.table, "_id"] : [UNFORMATTED_TABLE, "id"];
  const all = findings.flatMap(({ record, rowIds }) => (area === "raw" ? rowIds : [record]));
  const ids = [...new Set(all)];
  return `SELECT * FROM "${table}" WHERE "dt" = '${dt}' AND "hour" = '${hour}' AND ${oneOf(column, ids)}`;
}

/** Longer lists are replaced by the records' sequence numbers: SQL has at most 262,144 bytes (Athena quotas). */
const MAX_IDS = 20;

function oneOf(column: string, ids: readonly string[]): string {
  const quoted = (values: readonly string[]) => values.map((value) => `'${value}'`).join(", ");
  if (ids.length <= MAX_IDS) return `"${column}" IN (${quoted(ids)})`;
  const numbers = [...new Set(ids.map((id) => id.split("/")[1] ?? ""))];
  return `split_part("${column}", '/', 2) IN (${quoted(numbers)})`;
}

function countOf(sql: string): string {
  return sql.replace("SELECT *", "SELECT count(*)");
}
