/** Decides which execution of the hourly workflow flattens hours, and finds the hours that need it. */
import type { Column } from "../lake/columns";
import { type Hour, hoursBetween, isHour, partitionOf } from "../lake/hour";
import { isPlannedWith } from "../lake/hourly/lease";
import { firstHourOf, type LedgerObject, type PlannedHour, unsealedHours, withHours } from "../lake/hourly/planHours";
import { isTableName } from "../lake/tableName";
import { environmentVariable } from "./effects/environment";
import { type PublishCounts, publishCounts } from "./effects/functionMetrics";
import { type ObjectStore, s3ObjectStore } from "./effects/objectStore";
import { CONCURRENT_REQUESTS, mapConcurrently } from "./parts/concurrency";
import { hourOfInput } from "./parts/hourInput";
import { beginPlan, claimLease, expectCrawl, releaseLease } from "./parts/hourLease";
import { hoursWithRows, knownColumns, updateColumns } from "./parts/tableColumns";

/** Plain data, so that a package can capture it. */
export interface PlanHoursConfig {
  /** The tables to process. @default all that have rows */
  readonly tables?: readonly string[];
  /** Each ends with `/`. */
  readonly prefixes: { readonly raw: string; readonly ledger: string };
  /** The workflow's name, which is also the lease's. */
  readonly workflow: string;
  /** Number of hours to list, including the requested one. */
  readonly lookbackHours: number;
  /** Maximum number of hours in one plan; others wait for the next plan. */
  readonly hoursPerPass: number;
  /** True if a crawler catalogs the tables without a declared schema. */
  readonly hasCrawler: boolean;
  /** Declared columns by table. @default {} */
  readonly declared?: Readonly<Record<string, readonly Column[]>>;
}

export interface PlanHoursEffects {
  readonly store: Pick<ObjectStore, "get" | "getVersion" | "list" | "listFolders" | "putIfUnchanged">;
  /**
   * Publishes `HoursOpen`, the hours to work on; `HoursLate`, the unsealed ones before the last two closed ones; and `CrawlDue`, 1 if a
   * crawl was tried, failed, and none has succeeded since. @default none are published
   */
  readonly publish?: PublishCounts;
}

export interface ClaimResult {
  /** True if the execution holds the lease now. */
  readonly isHeld: boolean;
  /** ARN of the execution that holds the lease. */
  readonly holder: string;
  /** True if the holder plans the hour; otherwise the execution must wait until the lease is free. */
  readonly isLeft: boolean;
}

export interface PlanResult {
  /** Oldest first. `tables` is one string, because it becomes an argument of the job: `"orders,records"`. */
  readonly hours: { readonly hour: Hour; readonly tables: string }[];
  /** True if hours are left for another plan. */
  readonly isMore: boolean;
  /** True if the crawler must run, before or after these hours. */
  readonly isCrawlDue: boolean;
  /** How often other executions have requested hours, this plan's included; `planned` of the next call. */
  readonly requests: number;
}

export interface ReleaseResult {
  /** False if another execution requested hours, which must be planned first. */
  readonly isReleased: boolean;
}

export type PlanHoursHandler = (input: unknown, context?: unknown) => Promise<ClaimResult | PlanResult | ReleaseResult>;

/**
 * Makes the handler. Its inputs, each with `execution` (an ARN):
 *
 * - `{ step: "claim", hour: "2026-11-20T10", replaces? }` takes the lease, or requests the hour from its holder;
 * - `{ step: "plan", skip: ["2026-11-20T09"], hasCrawled }` finds the hours to flatten, except those of `skip`;
 * - `{ step: "release", planned, hasCrawled, hasCrawlFailed, isForced }` releases the lease, if there were no requests beyond those planned.
 *
 * @param effects defaults to S3, with `LAKE_BUCKET` from the environment
 */
export function createPlanHours(
  config: PlanHoursConfig,
  effects: PlanHoursEffects = {
    store: s3ObjectStore(environmentVariable("LAKE_BUCKET")),
    publish: publishCounts,
  },
): PlanHoursHandler {
  const { store } = effects;
  const { prefixes, workflow } = config;
  const lease = { store, prefixes, workflow };
  return async (input) => {
    const fields = (input ?? {}) as Record<string, unknown>;
    const { step, execution, replaces, skip, planned, hasCrawled, hasCrawlFailed, isForced } = fields;
    if (typeof execution !== "string") {
      throw new Error(`planHours: the input needs "execution", an ARN; got ${JSON.stringify(execution)}`);
    }
    switch (step) {
      case "claim": {
        const hour = hourOfInput("planHours", input);
        const { lookbackHours } = config;
        const claim = { execution, hour, lookbackHours, ...(isText(replaces) && { replaces }) };
        const { holder, through } = await claimLease(lease, claim);
        return { isHeld: holder === execution, holder: holder ?? execution, isLeft: isPlannedWith(through, claim) };
      }
      case "plan":
        return plan(config, effects, { execution, skip: hoursOf(skip), hasCrawled: hasCrawled === true });
      case "release": {
        const release = { execution, planned: countOf(planned), isForced: isForced === true };
        const crawl = { hasSucceeded: hasCrawled === true, hasFailed: hasCrawlFailed === true };
        return { isReleased: await releaseLease(lease, release, crawl) };
      }
      default:
        throw new Error(`planHours: step is ${JSON.stringify(step)}; use "claim", "plan" or "release"`);
    }
  };
}

/** The hour that closed last, and the one before, whose last records may have landed after its plan. */
const HOURS_IN_TIME = 2;

interface PlanInput {
  readonly execution: string;
  readonly skip: readonly Hour[];
  readonly hasCrawled: boolean;
}

async function plan(
  config: PlanHoursConfig,
  { store, publish }: PlanHoursEffects,
  { execution, skip, hasCrawled }: PlanInput,
): Promise<PlanResult> {
  const { prefixes, workflow, declared = {}, hoursPerPass } = config;
  const lease = { store, prefixes, workflow };
  const { through, requests, isCrawlDue: isDue, hasCrawlFailed } = await beginPlan(lease, execution, hasCrawled);
  const { open, unsealed } = await openHours(config, store, through, skip);
  const hours = open.slice(0, hoursPerPass);
  publish?.("planned", {
    HoursOpen: open.length,
    HoursLate: unsealed.filter(({ hour }) => hour < firstHourOf(through, HOURS_IN_TIME)).length,
    ...(config.hasCrawler && { CrawlDue: isDue && hasCrawlFailed ? 1 : 0 }),
  });
  const isExpected =
    config.hasCrawler && hours.some(({ tables }) => tables.some((table) => !Object.hasOwn(declared, table)));
  if (isExpected && !isDue) await expectCrawl(lease, execution);
  return {
    hours: hours.map(({ hour, tables }) => ({ hour, tables: tables.join(",") })),
    isMore: open.length > hours.length,
    isCrawlDue: config.hasCrawler && (isDue || isExpected),
    requests,
  };
}

interface OpenHours {
  /** Hours without a seal, and hours whose columns are narrower than the table's. */
  readonly open: readonly PlannedHour[];
  readonly unsealed: readonly PlannedHour[];
}

async function openHours(
  config: PlanHoursConfig,
  store: PlanHoursEffects["store"],
  lastHour: Hour,
  skip: readonly Hour[],
): Promise<OpenHours> {
  const passed = new Set(skip);
  const tables = config.tables ?? (await tablesBelow(store, config.prefixes.raw));
  const days = daysBetween(firstHourOf(lastHour, config.lookbackHours), lastHour);
  const folders = tables.flatMap((table) => days.map((day) => ({ table, day })));
  const listed = await mapConcurrently(folders, CONCURRENT_REQUESTS, async ({ table, day }) => ({
    table,
    hours: await unsealedOf(config, store, `${table}/dt=${day}/`, lastHour),
  }));
  const narrow = await mapConcurrently([...tables], CONCURRENT_REQUESTS, async (table) => ({
    table,
    hours: await narrowHours(config, store, table, passed),
  }));
  const plannedOf = (found: typeof listed, before: PlannedHour[]) =>
    found.reduce(
      (planned, { table, hours }) =>
        withHours(
          planned,
          table,
          hours.filter((hour) => !passed.has(hour)),
        ),
      before,
    );
  const unsealed = plannedOf(listed, []);
  return { open: plannedOf(narrow, unsealed), unsealed };
}

/**
 * The unsealed hours of one table's day. Raw keys are streamed: only the day's ledger and the result are kept in
 * memory.
 */
async function unsealedOf(
  { prefixes, lookbackHours }: PlanHoursConfig,
  store: PlanHoursEffects["store"],
  folder: string,
  lastHour: Hour,
): Promise<Hour[]> {
  const ledger: LedgerObject[] = [];
  for await (const object of store.list(`${prefixes.ledger}${folder}`)) ledger.push(object);
  const open: Hour[] = [];
  for await (const hour of unsealedHours(keysOf(store, `${prefixes.raw}${folder}`), ledger)) {
    if (hour >= firstHourOf(lastHour, lookbackHours) && hour <= lastHour) open.push(hour);
  }
  return open;
}

async function* keysOf(store: PlanHoursEffects["store"], prefix: string): AsyncGenerator<string> {
  for await (const { key } of store.list(prefix)) yield key;
}

/**
 * Hours of a table that are narrower than a later hour or a newly declared schema, oldest first; one more than a pass
 * takes.
 */
async function narrowHours(
  { prefixes, declared = {}, hoursPerPass }: PlanHoursConfig,
  store: PlanHoursEffects["store"],
  table: string,
  passed: ReadonlySet<Hour>,
): Promise<Hour[]> {
  const options = { store, prefixes, declared };
  const { narrow } = Object.hasOwn(declared, table)
    ? await updateColumns(options, table, [])
    : await knownColumns(options, table);
  return hoursWithRows(
    options,
    table,
    narrow.filter((hour) => !passed.has(hour)),
    hoursPerPass + 1,
  );
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function hoursOf(skip: unknown): Hour[] {
  if (Array.isArray(skip) && skip.every((hour) => isText(hour) && isHour(hour))) return skip as Hour[];
  throw new Error(`planHours: the input needs "skip", a list of hours; got ${typeof skip}`);
}

function countOf(planned: unknown): number {
  if (Number.isInteger(planned)) return planned as number;
  throw new Error(
    `planHours: the input needs "planned", the "requests" of the last plan; got ${JSON.stringify(planned)}`,
  );
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
