/** The first step of the hourly workflow: which hours need work, found by listing keys alone. */
import { type Hour, hoursBetween, partitionOf } from "../lake/hour";
import { firstHourOf, planHours } from "../lake/planHours";
import { isTableName } from "../lake/tableName";
import { CONCURRENT_REQUESTS, mapConcurrently } from "./concurrency";
import { environmentVariable } from "./effects/environment";
import { type ObjectStore, s3ObjectStore } from "./effects/objectStore";
import { hourOfInput } from "./hourInput";

/** Plain data, so that it can be captured in a package. */
export interface PlanHoursConfig {
  /** The tables that are processed. Defaults to all that have rows. */
  readonly tables?: readonly string[];
  /** Each ends with `/`. */
  readonly prefixes: { readonly raw: string; readonly ledger: string };
  /** How many hours are looked at, the one asked for included. */
  readonly lookbackHours: number;
}

export interface PlanHoursEffects {
  readonly store: Pick<ObjectStore, "list" | "listFolders">;
}

export interface PlanHoursResult {
  /** Oldest first. `tables` is one text, since it becomes an argument of the job: `"orders,records"`. */
  readonly hours: { readonly hour: Hour; readonly tables: string }[];
}

export type PlanHoursHandler = (input: unknown, context?: unknown) => Promise<PlanHoursResult>;

/**
 * Makes the handler; its input is `{ hour: "2026-11-20T10" }`, the last closed hour.
 *
 * @param effects defaults to S3, with `LAKE_BUCKET` from the environment
 */
export function createPlanHours(
  config: PlanHoursConfig,
  effects: PlanHoursEffects = { store: s3ObjectStore(environmentVariable("LAKE_BUCKET")) },
): PlanHoursHandler {
  const { store } = effects;
  return async (input) => {
    const lastHour = hourOfInput("planHours", input);
    const days = daysBetween(firstHourOf(lastHour, config.lookbackHours), lastHour);
    const tables = config.tables ?? (await tablesBelow(store, config.prefixes.raw));
    const [rawKeys, ledgerKeys] = await Promise.all([
      keysOf(store, config.prefixes.raw, tables, days),
      keysOf(store, config.prefixes.ledger, tables, days),
    ]);
    const hours = planHours(lastHour, config.lookbackHours, { rawKeys, ledgerKeys });
    return { hours: hours.map(({ hour, tables }) => ({ hour, tables: tables.join(",") })) };
  };
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

/** Keys of these days, listed a day and a table at a time, so that what the lake has kept for years costs nothing. */
async function keysOf(
  store: PlanHoursEffects["store"],
  prefix: string,
  tables: readonly string[],
  days: readonly string[],
): Promise<string[]> {
  const folders = tables.flatMap((table) => days.map((day) => `${prefix}${table}/dt=${day}/`));
  const found = await mapConcurrently(folders, CONCURRENT_REQUESTS, async (folder) => {
    const keys: string[] = [];
    for await (const object of store.list(folder)) keys.push(object.key);
    return keys;
  });
  return found.flat();
}
