/** The step of the hourly workflow that says which hours need work: found by listing keys, and from what was just flattened. */
import type { Column } from "../lake/columns";
import { type Hour, hoursBetween, partitionOf } from "../lake/hour";
import { firstHourOf, type PlannedHour, planHours, withHours } from "../lake/hourly/planHours";
import { isTableName } from "../lake/tableName";
import { environmentVariable } from "./effects/environment";
import { type ObjectStore, type StoredObject, s3ObjectStore } from "./effects/objectStore";
import { CONCURRENT_REQUESTS, mapConcurrently } from "./parts/concurrency";
import { hourOfInput, tablesOfInput } from "./parts/hourInput";
import { hoursWithRows, knownColumns, type TableColumnsOptions, updateColumns } from "./parts/tableColumns";

/** Plain data, so that it can be captured in a package. */
export interface PlanHoursConfig {
  /** The tables that are processed. Defaults to all that have rows. */
  readonly tables?: readonly string[];
  /** Each ends with `/`. */
  readonly prefixes: { readonly raw: string; readonly ledger: string };
  /** How many hours are looked at, the one asked for included. */
  readonly lookbackHours: number;
  /** Declared columns by table. @default {} */
  readonly declared?: Readonly<Record<string, readonly Column[]>>;
}

export interface PlanHoursEffects {
  readonly store: Pick<ObjectStore, "get" | "getVersion" | "list" | "listFolders" | "putIfUnchanged">;
}

export interface PlanHoursResult {
  /** Oldest first. `tables` is one text, since it becomes an argument of the job: `"orders,records"`. */
  readonly hours: { readonly hour: Hour; readonly tables: string }[];
}

export type PlanHoursHandler = (input: unknown, context?: unknown) => Promise<PlanHoursResult>;

/** Hours to be written again in one plan; an execution's history ends at 25,000 events. The others wait for the next plan. */
const MAX_REWRITTEN = 400;

/**
 * Makes the handler. Its input is `{ hour: "2026-11-20T10" }`, the last closed hour; or `{ flattened: [{ hour, tables }] }`,
 * hours that were just flattened: then the answer is the hours that must be flattened again, because a column's type
 * is wider now.
 *
 * @param effects defaults to S3, with `LAKE_BUCKET` from the environment
 */
export function createPlanHours(
  config: PlanHoursConfig,
  effects: PlanHoursEffects = { store: s3ObjectStore(environmentVariable("LAKE_BUCKET")) },
): PlanHoursHandler {
  const { store } = effects;
  const options = { store, prefixes: config.prefixes, declared: config.declared ?? {} };
  return async (input) => {
    const planned = isAfterFlatten(input)
      ? await planAgain(options, input.flattened)
      : await planUnsealed(config, options, store, hourOfInput("planHours", input));
    return { hours: planned.map(({ hour, tables }) => ({ hour, tables: tables.join(",") })) };
  };
}

async function planUnsealed(
  config: PlanHoursConfig,
  options: TableColumnsOptions,
  store: PlanHoursEffects["store"],
  lastHour: Hour,
): Promise<PlannedHour[]> {
  const days = daysBetween(firstHourOf(lastHour, config.lookbackHours), lastHour);
  const tables = config.tables ?? (await tablesBelow(store, config.prefixes.raw));
  const [raw, ledger, narrow] = await Promise.all([
    objectsOf(store, config.prefixes.raw, tables, days),
    objectsOf(store, config.prefixes.ledger, tables, days),
    mapConcurrently([...tables], CONCURRENT_REQUESTS, (table) => narrowHours(options, table)),
  ]);
  const planned = planHours(lastHour, config.lookbackHours, { rawKeys: raw.map(({ key }) => key), ledger });
  return tables.reduce((all, table, index) => withHours(all, table, narrow[index] ?? []), planned);
}

/** Hours of a table that an earlier execution left narrow, or that a newly declared schema makes so. */
async function narrowHours(options: TableColumnsOptions, table: string): Promise<Hour[]> {
  const { narrow } = Object.hasOwn(options.declared, table)
    ? await updateColumns(options, table, [])
    : await knownColumns(options, table);
  return (await hoursWithRows(options, table, narrow)).slice(0, MAX_REWRITTEN);
}

/** Ends: where no column has changed there is nothing to do again, and a column changes a few times at most. */
async function planAgain(options: TableColumnsOptions, flattened: readonly unknown[]): Promise<PlannedHour[]> {
  const hours = new Map<string, Hour[]>();
  for (const input of flattened) {
    const hour = hourOfInput("planHours", input);
    for (const table of tablesOfInput("planHours", input)) hours.set(table, [...(hours.get(table) ?? []), hour]);
  }
  let planned: PlannedHour[] = [];
  for (const [table, done] of hours) {
    const { hasChanged, narrow } = await updateColumns(options, table, done);
    if (!hasChanged) continue;
    planned = withHours(planned, table, (await hoursWithRows(options, table, narrow)).slice(0, MAX_REWRITTEN));
  }
  return planned;
}

function isAfterFlatten(input: unknown): input is { flattened: readonly unknown[] } {
  return Array.isArray((input as { flattened?: unknown } | null)?.flattened);
}

function daysBetween(first: Hour, last: Hour): string[] {
  return [...new Set(hoursBetween(first, last).map((hour) => partitionOf(hour).dt))];
}

async function tablesBelow(store: PlanHoursEffects["store"], prefix: string): Promise<string[]> {
  const tables: string[] = [];
  for await (const folder of store.listFolders(prefix)) {
    const table = folder.slice(prefix.length, -1);
    if (isTableName(table)) tables.push(table);
  }
  return tables;
}

/** Objects of these days, listed a day and a table at a time, so that what the lake has kept for years costs nothing. */
async function objectsOf(
  store: PlanHoursEffects["store"],
  prefix: string,
  tables: readonly string[],
  days: readonly string[],
): Promise<StoredObject[]> {
  const folders = tables.flatMap((table) => days.map((day) => `${prefix}${table}/dt=${day}/`));
  const found = await mapConcurrently(folders, CONCURRENT_REQUESTS, async (folder) => {
    const objects: StoredObject[] = [];
    for await (const object of store.list(folder)) objects.push(object);
    return objects;
  });
  return found.flat();
}
