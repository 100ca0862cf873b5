/** Keeps what the lake knows of its tables' columns, and which hours must be flattened again because others are wider. */
import type { Column } from "../../lake/columns";
import { type Hour, partitionPath } from "../../lake/hour";
import { hourOfReportKey, jobReportKey, readJobReport } from "../../lake/hourly/ledger";
import {
  fitsTable,
  readTableColumns,
  type TableColumns,
  tableColumnsKey,
  userColumns,
  widerColumns,
} from "../../lake/hourly/widening";
import type { ObjectStore } from "../effects/objectStore";
import { CONCURRENT_REQUESTS, mapConcurrently } from "./concurrency";

export interface TableColumnsOptions {
  readonly store: Pick<ObjectStore, "get" | "getVersion" | "list" | "putIfUnchanged">;
  /** Each ends with `/`. */
  readonly prefixes: { readonly raw: string; readonly ledger: string };
  /** Declared columns by table; the types of other tables are those of their hours. */
  readonly declared: Readonly<Record<string, readonly Column[]>>;
}

export interface UpdatedColumns extends TableColumns {
  /** Whether the table's columns are others than before. */
  readonly hasChanged: boolean;
}

/** Two workflows at once change the same table rarely, and never more often than this in a row. */
const ATTEMPTS = 10;

/**
 * Takes in the hours that were just flattened. Where a column that was there before is wider now, every hour of the table is looked at.
 *
 * @param hours those whose job report is new; none to take in a declared schema alone
 */
export async function updateColumns(
  options: TableColumnsOptions,
  table: string,
  hours: readonly Hour[],
): Promise<UpdatedColumns> {
  const { store, prefixes } = options;
  const key = tableColumnsKey(prefixes.ledger, table);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const found = await store.getVersion(key);
    const before = found && readTableColumns(key, found.body);
    const after = await columnsAfter(options, table, hours, before);
    const text = `${JSON.stringify(after satisfies TableColumns)}\n`;
    const hasChanged = JSON.stringify(before?.columns ?? []) !== JSON.stringify(after.columns);
    const isSame = before !== undefined && JSON.stringify(before.narrow) === JSON.stringify(after.narrow);
    if (!hasChanged && (isSame || before === undefined)) return { ...after, hasChanged };
    if (await store.putIfUnchanged(key, Buffer.from(text), found?.version)) return { ...after, hasChanged };
  }
  throw new Error(`planHours: "${key}" is changed by others all the time; is another workflow on the same lake?`);
}

async function columnsAfter(
  options: TableColumnsOptions,
  table: string,
  hours: readonly Hour[],
  before: TableColumns | undefined,
): Promise<TableColumns> {
  const declared = Object.hasOwn(options.declared, table) ? options.declared[table] : undefined;
  const known = declared ? userColumns(declared) : (before?.columns ?? []);
  const isNew = before === undefined || !fitsTable(before.columns, known);
  let reports = await readReports(options, table, isNew ? await reportedHours(options, table) : hours);
  let columns = known;
  if (!declared) {
    columns = [...reports.values()].reduce<Column[]>((all, hour) => widerColumns(all, hour), [...known]);
    const isWider = !isNew && !fitsTable(before.columns, columns);
    if (isWider) reports = await readReports(options, table, await reportedHours(options, table));
  }
  const stillNarrow = (before?.narrow ?? []).filter((hour) => !reports.has(hour));
  const narrow = [...reports].filter(([, hour]) => !fitsTable(hour, columns)).map(([hour]) => hour);
  return { columns, narrow: [...stillNarrow, ...narrow].sort() };
}

/** What is known so far, without looking at any hour. */
export async function knownColumns(
  { store, prefixes }: Pick<TableColumnsOptions, "store" | "prefixes">,
  table: string,
): Promise<TableColumns> {
  const key = tableColumnsKey(prefixes.ledger, table);
  const body = await store.get(key);
  return body ? readTableColumns(key, body) : { columns: [], narrow: [] };
}

/** Those of the hours that still have every raw object that they were flattened from; from fewer, rows would go missing. */
export async function hoursWithRows(
  { store, prefixes }: Pick<TableColumnsOptions, "store" | "prefixes">,
  table: string,
  hours: readonly Hour[],
): Promise<Hour[]> {
  const found = await mapConcurrently([...hours], CONCURRENT_REQUESTS, async (hour) => {
    const raw = new Set<string>();
    for await (const { key } of store.list(`${prefixes.raw}${table}/${partitionPath(hour)}/`)) raw.add(key);
    const reportKey = jobReportKey(prefixes.ledger, table, hour);
    const report = await store.get(reportKey);
    const flattened = (report && readJobReport(reportKey, report)?.objects) ?? [];
    return raw.size > 0 && flattened.every((key) => raw.has(key)) ? [hour] : [];
  });
  return found.flat();
}

async function reportedHours({ store, prefixes }: TableColumnsOptions, table: string): Promise<Hour[]> {
  const hours: Hour[] = [];
  for await (const { key } of store.list(`${prefixes.ledger}${table}/`)) {
    const hour = hourOfReportKey(key);
    if (hour !== undefined) hours.push(hour);
  }
  return hours;
}

/** The columns of each hour that has a report. */
async function readReports(
  { store, prefixes }: TableColumnsOptions,
  table: string,
  hours: readonly Hour[],
): Promise<Map<Hour, Column[]>> {
  const reports = await mapConcurrently([...hours], CONCURRENT_REQUESTS, async (hour) => {
    const key = jobReportKey(prefixes.ledger, table, hour);
    const body = await store.get(key);
    const report = body && readJobReport(key, body);
    return report ? [[hour, userColumns(report.columns)] as const] : [];
  });
  return new Map(reports.flat());
}
