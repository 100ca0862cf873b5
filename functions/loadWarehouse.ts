/** Finds the raw objects that a warehouse has not loaded, writes their rows for COPY, and returns the statements that load them. */
import type { Column } from "../lake/columns";
import { type Hour, hourOf, hoursBetween, partitionOf } from "../lake/hour";
import { fingerprintOf } from "../lake/hourly/ledger";
import { firstHourOf } from "../lake/hourly/planHours";
import {
  isLoaded,
  LAST_SEEN_KEY,
  type LastSeen,
  type LoadedSets,
  loadedSets,
  type RawHour,
  type RawObject,
  rawHours,
  readLastSeen,
  readSet,
  type SetRow,
  setKey,
  tablesDigest,
} from "../lake/warehouse/loadedObjects";
import { type LoadLine, loadLines } from "../lake/warehouse/loadLine";
import { type Load, type LoadedHour, loadedQuery, loadStatements } from "../lake/warehouse/loadStatements";
import { environmentVariable } from "./effects/environment";
import { type PublishCounts, publishCounts } from "./effects/functionMetrics";
import { type ObjectStore, s3ObjectStore } from "./effects/objectStore";
import { dataApiDatabase, type WarehouseDatabase } from "./effects/warehouseDatabase";
import { makeStreamViews, makeTables } from "./warehouse/declareDatabase";
import { LoadedRows } from "./warehouse/loadedRows";
import {
  failuresOf,
  type LoadFailure,
  type Readers,
  readObject,
  recent,
  stillUnreadable,
  type UnreadableObject,
} from "./warehouse/rawObjects";

/** Plain data, so that a package can capture it. */
export interface LoadWarehouseConfig {
  readonly database: string;
  /** Declared columns by table. */
  readonly tables: Readonly<Record<string, readonly Column[]>>;
  /** Ends with `/`. */
  readonly rawPrefix: string;
  /** Number of hours in which new objects are searched, the present one included. */
  readonly lookbackHours: number;
  /** Maximum size of a load's raw objects, compressed, MiB. */
  readonly loadMebibytes: number;
}

export interface LoadWarehouseEffects {
  /** The lake's bucket. */
  readonly lake: Pick<ObjectStore, "get" | "list">;
  /** The warehouse's own bucket. */
  readonly loads: Pick<ObjectStore, "get" | "put">;
  readonly loadsBucket: string;
  readonly database: WarehouseDatabase;
  readonly schema: string;
  /** The namespace's id; a new namespace has loaded nothing. */
  readonly namespace: string;
  /** ARN of the role by which the namespace reads `loads`, and streams. */
  readonly roleArn: string;
  /** Names of streams, by the names of their materialized views. */
  readonly streams: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. */
  now(): number;
  /**
   * Publishes `LoadLagSeconds`, the age of the oldest object that is not loaded, and `LoadedRows`, the rows of the planned
   * loads. @default none are published
   */
  readonly publish?: PublishCounts;
}

export interface PlannedLoad {
  readonly table: string;
  readonly id: string;
  readonly rows: number;
  /** One transaction. */
  readonly statements: readonly string[];
}

export interface LoadPlan {
  /** At most one for each table; none once everything is loaded. */
  readonly loads: readonly PlannedLoad[];
  /** Tables with objects that do not read, and views that could not be made; all other objects are loaded. */
  readonly failures: readonly LoadFailure[];
}

const MAX_ROWS = 1_000_000;
const MAX_OBJECTS = 2_000;
/** A state machine passes at most 256 KiB from one state to the next (Step Functions quotas). */
const MAX_STATEMENTS_LENGTH = 150_000;
/** Of the function's 15 minutes; what is planned until then is loaded first. */
const MAX_PLAN_MILLIS = 300_000;

/**
 * Makes the handler, which takes no input.
 *
 * The warehouse's table of loads decides what is loaded, because its rows and the loaded rows commit together. A load that
 * runs twice, or beside another one, merges the same rows again.
 *
 * @param effects defaults to S3 and the Redshift Data API, from the environment
 */
export function createLoadWarehouse(
  config: LoadWarehouseConfig,
  effects: LoadWarehouseEffects = environmentEffects(config),
): () => Promise<LoadPlan> {
  const digest = tablesDigest(config.tables, effects.streams);
  const readers: Readers = Object.fromEntries(
    Object.entries(config.tables).map(([table, all]) => [table, loadLines(all)]),
  );
  return async () => {
    const { namespace, loads: store } = effects;
    const nowMillis = effects.now();
    const first = firstHourOf(hourOf(nowMillis), config.lookbackHours);
    const seen = readLastSeen(await store.get(LAST_SEEN_KEY), { namespace, tables: digest, nowMillis });
    if (seen && !(await hasNewObjects(config, effects, seen.loaded))) {
      const unreadable = await stillUnreadable(effects.lake, readers, recent(seen.unreadable, first));
      if (unreadable) {
        effects.publish?.("planned", { LoadLagSeconds: 0, LoadedRows: 0 });
        return { loads: [], failures: failuresOf(unreadable) };
      }
    }

    const { database, schema } = effects;
    const hasLoads = await makeTables({ schema, tables: config.tables }, database);
    const failures = await makeStreamViews({ ...effects, database: config.database }, database);
    const loaded = hasLoads ? loadedSets(await database.query(loadedQuery(schema, first))) : {};
    const { loads, covered, unreadable, oldestMillis } = await planLoads(config, effects, loaded, readers);
    effects.publish?.("planned", {
      LoadLagSeconds: Math.round((nowMillis - Math.min(oldestMillis, nowMillis)) / 1000),
      LoadedRows: loads.reduce((sum, { rows }) => sum + rows, 0),
    });
    const lastSeen: LastSeen = {
      namespace,
      tables: digest,
      readMillis: nowMillis,
      loaded: loadedSets(covered, loaded),
      unreadable: unreadable.map(({ table, key }) => ({ table, key })),
    };
    // Without it, the next plan reads the warehouse anew, and tries to make the views.
    if (failures.length === 0) await store.put(LAST_SEEN_KEY, Buffer.from(JSON.stringify(lastSeen)));
    return { loads, failures: [...failures, ...failuresOf(unreadable)] };
  };
}

function environmentEffects({ database }: LoadWarehouseConfig): LoadWarehouseEffects {
  const loadsBucket = environmentVariable("LOADS_BUCKET");
  return {
    lake: s3ObjectStore(environmentVariable("LAKE_BUCKET")),
    loads: s3ObjectStore(loadsBucket),
    loadsBucket,
    database: dataApiDatabase({
      workgroupName: environmentVariable("WORKGROUP"),
      database,
      secretArn: environmentVariable("ADMIN_SECRET_ARN"),
    }),
    schema: environmentVariable("SCHEMA"),
    namespace: environmentVariable("NAMESPACE_ID"),
    roleArn: environmentVariable("COPY_ROLE_ARN"),
    streams: JSON.parse(process.env.STREAM_VIEWS ?? "{}"),
    now: () => Date.now(),
    publish: publishCounts,
  };
}

async function hasNewObjects(
  config: LoadWarehouseConfig,
  effects: LoadWarehouseEffects,
  loaded: LoadedSets,
): Promise<boolean> {
  for (const table of Object.keys(config.tables)) {
    for await (const hour of hoursOf(config, effects, table)) if (!isLoaded(loaded, table, hour)) return true;
  }
  return false;
}

async function planLoads(
  config: LoadWarehouseConfig,
  effects: LoadWarehouseEffects,
  loaded: LoadedSets,
  readers: Readers,
): Promise<{ loads: PlannedLoad[]; covered: SetRow[]; unreadable: UnreadableObject[]; oldestMillis: number }> {
  let oldestMillis = Number.POSITIVE_INFINITY;
  const loads: PlannedLoad[] = [];
  const covered: SetRow[] = [];
  const unreadable: UnreadableObject[] = [];
  const started = effects.now();
  let length = 0;
  for (const [table, read] of Object.entries(readers)) {
    if (effects.now() - started > MAX_PLAN_MILLIS) break;
    const prepared = await prepareLoad(config, effects, loaded, { table, read });
    covered.push(...prepared.covered);
    unreadable.push(...prepared.unreadable);
    oldestMillis = Math.min(oldestMillis, prepared.oldestMillis);
    const { load } = prepared;
    if (!load) continue;
    const added = load.statements.join("").length;
    if (loads.length > 0 && length + added > MAX_STATEMENTS_LENGTH) break;
    length += added;
    loads.push(load);
  }
  return { loads, covered, unreadable, oldestMillis };
}

interface PreparedLoad {
  readonly load?: PlannedLoad;
  /** Time of the last write of the oldest object that is not loaded; infinite if there is none. */
  readonly oldestMillis: number;
  /**
   * Hours with nothing to load, though no committed set is exactly theirs: overlapping loads have committed several, an
   * object is deleted, or one does not read.
   */
  readonly covered: readonly SetRow[];
  readonly unreadable: readonly UnreadableObject[];
}

/** Writes the rows of a table's new objects, oldest hours first, and the sets that will be loaded with them. */
async function prepareLoad(
  config: LoadWarehouseConfig,
  effects: LoadWarehouseEffects,
  loaded: LoadedSets,
  { table, read }: { table: string; read: (line: string) => LoadLine },
): Promise<PreparedLoad> {
  const rows = new LoadedRows();
  const taken: string[] = [];
  const covered: SetRow[] = [];
  const unreadable: UnreadableObject[] = [];
  const hours: { hour: Hour; before: ReadonlySet<string>; added: string[] }[] = [];
  let bytes = 0;
  let oldestMillis = Number.POSITIVE_INFINITY;
  const isFull = () => bytes >= config.loadMebibytes * 2 ** 20 || taken.length >= MAX_OBJECTS || rows.count >= MAX_ROWS;
  for await (const hour of hoursOf(config, effects, table)) {
    if (isFull()) break;
    if (isLoaded(loaded, table, hour)) continue;
    const before = await loadedObjects(effects, table, hour.hour, loaded[table]?.[hour.hour] ?? []);
    const added: string[] = [];
    for (const { key, size, modifiedMillis } of hour.objects) {
      if (isFull()) break;
      if (before.has(key)) continue;
      const object = await readObject(effects.lake, key, read);
      if ("cause" in object) {
        unreadable.push({ table, key, cause: object.cause });
        continue;
      }
      for (const line of object.lines) rows.add(line);
      added.push(key);
      taken.push(key);
      oldestMillis = Math.min(oldestMillis, modifiedMillis);
      bytes += size;
    }
    if (added.length > 0) hours.push({ hour: hour.hour, before, added });
    else covered.push([table, hour.hour, hour.fingerprint]);
  }
  if (taken.length === 0) return { covered, unreadable, oldestMillis };

  const id = fingerprintOf(taken);
  const folder = `loads/${table}/${id}/`;
  await rows.write(effects.loads, folder);
  const entries = rows.parts(folder).map((key) => ({ url: `s3://${effects.loadsBucket}/${key}`, mandatory: true }));
  await effects.loads.put(`${folder}manifest.json`, Buffer.from(JSON.stringify({ entries })));
  const sets: LoadedHour[] = [];
  for (const { hour, before, added } of hours) {
    const all = [...before, ...added].sort();
    const objects = fingerprintOf(all);
    await effects.loads.put(setKey(table, hour, objects), Buffer.from(JSON.stringify(all)));
    sets.push({ hour, objects, objectCount: added.length });
  }
  const load: Load = { table, id, hours: sets, rows: rows.count, changedValues: rows.changedValues };
  const statements = loadStatements(load, {
    schema: effects.schema,
    columns: config.tables[table] ?? [],
    manifest: `s3://${effects.loadsBucket}/${folder}manifest.json`,
    roleArn: effects.roleArn,
  });
  return { load: { table, id, rows: rows.count, statements }, covered, unreadable, oldestMillis };
}

/** The union of the hour's loaded sets. A set that is gone counts as not loaded: its rows are merged again. */
async function loadedObjects(
  { loads }: LoadWarehouseEffects,
  table: string,
  hour: Hour,
  fingerprints: readonly string[],
): Promise<ReadonlySet<string>> {
  const keys = new Set<string>();
  for (const fingerprint of fingerprints) {
    const key = setKey(table, hour, fingerprint);
    const body = await loads.get(key);
    for (const each of body ? readSet(key, body) : []) keys.add(each);
  }
  return keys;
}

/** The raw objects of a table, by hour, oldest first. */
async function* hoursOf(
  { rawPrefix, lookbackHours }: LoadWarehouseConfig,
  { lake, now }: LoadWarehouseEffects,
  table: string,
): AsyncGenerator<RawHour> {
  const last = hourOf(now());
  const first = firstHourOf(last, lookbackHours);
  for (const day of new Set(hoursBetween(first, last).map((hour) => partitionOf(hour).dt))) {
    const listed: AsyncIterable<RawObject> = lake.list(`${rawPrefix}${table}/dt=${day}/`);
    for await (const hour of rawHours(listed)) if (hour.hour >= first) yield hour;
  }
}
