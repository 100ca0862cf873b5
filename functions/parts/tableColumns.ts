/** Maintains the known columns of the lake's tables, and the narrower hours that must be flattened again. */
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
  /** Declared columns by table; other tables take their types from their hours. */
  readonly declared: Readonly<Record<string, readonly Column[]>>;
}

export interface UpdatedColumns extends TableColumns {
  /** True if the table's columns changed. */
  readonly hasChanged: boolean;
}

/** Up to 40 hours are reconciled at once, and few of them change their table's columns. */
const ATTEMPTS = 40;

/**
 * Merges the columns of hours that were just flattened. If a known column becomes wider, all hours of the table are
 * checked.
 *
 * @param hours hours with a new job report; empty to apply a declared schema alone
 */
export async function updateColumns(
  options: TableColumnsOptions,
  table: string,
  hours: readonly Hour[],
): Promise<UpdatedColumns> {
  const { store, prefixes } = options;
  const key = tableColumnsKey(prefixes.ledger, table);
  let tried: { readonly text: string; readonly hasChanged: boolean } | undefined;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const found = await store.getVersion(key);
    // The answer to a write can get lost: the SDK's second try then finds the first one's object, and fails.
    if (found && tried && Buffer.from(found.body).toString("utf8") === tried.text) {
      return { ...readTableColumns(key, found.body), hasChanged: tried.hasChanged };
    }
    const before = found && readTableColumns(key, found.body);
    const after = await columnsAfter(options, table, hours, before);
    const text = `${JSON.stringify(after satisfies TableColumns)}\n`;
    const hasChanged = JSON.stringify(before?.columns ?? []) !== JSON.stringify(after.columns);
    const isSame = before !== undefined && JSON.stringify(before.narrow) === JSON.stringify(after.narrow);
    if (!hasChanged && (isSame || before === undefined)) return { ...after, hasChanged };
    if (await store.putIfUnchanged(key, Buffer.from(text), found?.version)) return { ...after, hasChanged };
    tried = { text, hasChanged };
  }
  throw new Error(
    `lake: "${key}" changed ${ATTEMPTS} times while it was written; is another workflow on the same lake?`,
  );
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

/** The stored columns, without reading any hour's report. */
export async function knownColumns(
  { store, prefixes }: Pick<TableColumnsOptions, "store" | "prefixes">,
  table: string,
): Promise<TableColumns> {
  const key = tableColumnsKey(prefixes.ledger, table);
  const body = await store.get(key);
  return body ? readTableColumns(key, body) : { columns: [], narrow: [] };
}

/**
 * Returns at most `limit` of the hours, only those that still have every raw object of their last run; with fewer
 * objects, rows would be lost. Hours without raw objects are removed: they cannot be flattened again, and each check
 * costs two requests.
 */
export async function hoursWithRows(
  options: Pick<TableColumnsOptions, "store" | "prefixes">,
  table: string,
  hours: readonly Hour[],
  limit: number,
): Promise<Hour[]> {
  const found: Hour[] = [];
  const gone: Hour[] = [];
  for (let start = 0; start < hours.length && found.length < limit; start += CONCURRENT_REQUESTS) {
    const some = hours.slice(start, start + CONCURRENT_REQUESTS);
    const rows = await mapConcurrently(some, CONCURRENT_REQUESTS, (hour) => rowsOf(options, table, hour));
    for (const [index, hour] of some.entries()) {
      if (rows[index] === "all") found.push(hour);
      if (rows[index] === "none") gone.push(hour);
    }
  }
  if (gone.length > 0) await forgetNarrow(options, table, gone);
  return found.slice(0, limit);
}

async function rowsOf(
  { store, prefixes }: Pick<TableColumnsOptions, "store" | "prefixes">,
  table: string,
  hour: Hour,
): Promise<"all" | "some" | "none"> {
  const reportKey = jobReportKey(prefixes.ledger, table, hour);
  const report = await store.get(reportKey);
  const missing = new Set((report && readJobReport(reportKey, report)?.objects) ?? []);
  let raw = 0;
  for await (const { key } of store.list(`${prefixes.raw}${table}/${partitionPath(hour)}/`)) {
    missing.delete(key);
    raw += 1;
  }
  if (raw === 0) return "none";
  return missing.size === 0 ? "all" : "some";
}

async function forgetNarrow(
  { store, prefixes }: Pick<TableColumnsOptions, "store" | "prefixes">,
  table: string,
  gone: readonly Hour[],
): Promise<void> {
  const key = tableColumnsKey(prefixes.ledger, table);
  const found = await store.getVersion(key);
  if (!found) return;
  const { columns, narrow } = readTableColumns(key, found.body);
  const after: TableColumns = { columns, narrow: narrow.filter((hour) => !gone.includes(hour)) };
  // If another writer changed the object meanwhile, the next plan removes the hours.
  await store.putIfUnchanged(key, Buffer.from(`${JSON.stringify(after)}\n`), found.version);
}

async function reportedHours({ store, prefixes }: TableColumnsOptions, table: string): Promise<Hour[]> {
  const hours: Hour[] = [];
  for await (const { key } of store.list(`${prefixes.ledger}${table}/`)) {
    const hour = hourOfReportKey(key);
    if (hour !== undefined) hours.push(hour);
  }
  return hours;
}

/** The columns of each hour that has a report. Hours of equal columns share one list: a ledger may hold 9,600 hours. */
async function readReports(
  { store, prefixes }: TableColumnsOptions,
  table: string,
  hours: readonly Hour[],
): Promise<Map<Hour, Column[]>> {
  const shared = new Map<string, Column[]>();
  const reports = await mapConcurrently([...hours], CONCURRENT_REQUESTS, async (hour) => {
    const key = jobReportKey(prefixes.ledger, table, hour);
    const body = await store.get(key);
    const report = body && readJobReport(key, body);
    if (!report) return [];
    const columns = userColumns(report.columns);
    const text = JSON.stringify(columns);
    const same = shared.get(text) ?? columns;
    shared.set(text, same);
    return [[hour, same] as const];
  });
  return new Map(reports.flat());
}
