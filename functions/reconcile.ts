/** Seals an hour: merges its columns, and checks that Parquet holds each raw row exactly once. */

import type { Column } from "../lake/columns";
import { type Hour, partitionPath } from "../lake/hour";
import { countDistinctRows } from "../lake/hourly/distinctRows";
import { fingerprintOf, jobReportKey, readJobReport, sealKey } from "../lake/hourly/ledger";
import { parquetFooterBytes, parquetRows } from "../lake/hourly/parquetRows";
import { environmentVariable } from "./effects/environment";
import { type PublishCounts, publishCounts } from "./effects/functionMetrics";
import { type ObjectStore, type StoredObject, s3ObjectStore } from "./effects/objectStore";
import { CONCURRENT_REQUESTS, mapConcurrently } from "./parts/concurrency";
import { hourOfInput, tablesOfInput } from "./parts/hourInput";
import { updateColumns } from "./parts/tableColumns";

/** Plain data, so that a package can capture it. */
export interface ReconcileConfig {
  /** Each ends with `/`. */
  readonly prefixes: { readonly raw: string; readonly parquet: string; readonly ledger: string };
  /** Declared columns by table. @default {} */
  readonly declared?: Readonly<Record<string, readonly Column[]>>;
}

export interface ReconcileEffects {
  readonly store: Pick<ObjectStore, "get" | "getRange" | "getVersion" | "list" | "put" | "putIfUnchanged">;
  /**
   * Publishes the hour's `SealedTables`, its `BrokenTables`, whose counts differ, and the `RawRows` and `ParquetRows` of the
   * others. @default none are published
   */
  readonly publish?: PublishCounts;
}

export interface ReconciledTable {
  readonly table: string;
  /** Raw objects that the job read. */
  readonly objects: number;
  /** Distinct rows in them. */
  readonly rawRows: number;
  /** Rows in the hour's Parquet objects; always equal to `rawRows`. */
  readonly rows: number;
}

export interface ReconcileResult {
  readonly hour: Hour;
  readonly tables: ReconciledTable[];
  /** True if a table's columns changed, so that other hours may have to be flattened again. */
  readonly isWidened: boolean;
  /** True if the hour itself must be flattened again: its table was widened after the job read the columns. */
  readonly isNarrow: boolean;
}

export type ReconcileHandler = (input: unknown, context?: unknown) => Promise<ReconcileResult>;

/** Nearly all footers fit; a second request fetches a larger one. */
const FOOTER_GUESS_BYTES = 64 * 1024;

/**
 * Makes the handler; its input is `{ hour, tables: "orders,records" }`. Each table with equal counts is sealed, unless
 * the hour is narrower than the table and must be flattened again. If counts differ, the handler throws `LedgerBroken`
 * after the other tables are done. Objects that landed after the job listed the hour are late, not lost: the seal does
 * not cover them, so the next plan contains the hour again.
 *
 * @param effects defaults to S3, with `LAKE_BUCKET` from the environment
 */
export function createReconcile(
  config: ReconcileConfig,
  effects: ReconcileEffects = {
    store: s3ObjectStore(environmentVariable("LAKE_BUCKET")),
    publish: publishCounts,
  },
): ReconcileHandler {
  return async (input) => {
    const hour = hourOfInput("reconcile", input);
    const done: ReconciledTable[] = [];
    const broken: string[] = [];
    let isWidened = false;
    let isNarrow = false;
    let sealed = 0;
    for (const table of tablesOfInput("reconcile", input)) {
      // Before the seal, because a sealed hour is not processed again.
      const options = { store: effects.store, prefixes: config.prefixes, declared: config.declared ?? {} };
      const { hasChanged, narrow } = await updateColumns(options, table, [hour]);
      isWidened ||= hasChanged;
      const isTableNarrow = narrow.includes(hour);
      isNarrow ||= isTableNarrow;
      const counted = await reconcileTable(config, effects.store, { table, hour, isSealed: !isTableNarrow });
      if (typeof counted === "string") {
        broken.push(counted);
        continue;
      }
      done.push(counted);
      if (!isTableNarrow) sealed += 1;
    }
    const sum = (count: (table: ReconciledTable) => number) => done.reduce((total, each) => total + count(each), 0);
    effects.publish?.("reconciled", {
      SealedTables: sealed,
      BrokenTables: broken.length,
      RawRows: sum(({ rawRows }) => rawRows),
      ParquetRows: sum(({ rows }) => rows),
    });
    if (broken.length > 0) throw new LedgerBroken(broken);
    return { hour, tables: done, isWidened, isNarrow };
  };
}

/** Returns the counts of a table, or a description of the problem. */
async function reconcileTable(
  { prefixes }: ReconcileConfig,
  store: ReconcileEffects["store"],
  { table, hour, isSealed }: { readonly table: string; readonly hour: Hour; readonly isSealed: boolean },
): Promise<ReconciledTable | string> {
  const reportKey = jobReportKey(prefixes.ledger, table, hour);
  const body = await store.get(reportKey);
  if (!body) return `table "${table}", hour ${hour}: the job left no report "${reportKey}"`;
  const report = readJobReport(reportKey, body);
  if (!report) return `table "${table}", hour ${hour}: a run of the job did not end, or another goes on`;
  const { objects } = report;
  const [rawRows, rows] = await Promise.all([
    countDistinctRows(objects, (key) => existing(store, key)),
    countParquetRows(store, `${prefixes.parquet}${table}/${partitionPath(hour)}/`),
  ]);
  if (rawRows !== rows) {
    const what = rows < rawRows ? `${rawRows - rows} rows are lost` : `${rows - rawRows} rows are too many`;
    return `table "${table}", hour ${hour}: ${what} (raw ${rawRows} in ${objects.length} objects, Parquet ${rows})`;
  }
  const counted = { table, objects: objects.length, rawRows, rows };
  if (isSealed) {
    const key = sealKey(prefixes.ledger, { table, hour, fingerprint: fingerprintOf(objects) });
    await store.put(key, Buffer.from(`${JSON.stringify({ hour, ...counted })}\n`));
  }
  return counted;
}

/** Thrown if the numbers of raw and Parquet rows differ; the state machine matches its name. */
class LedgerBroken extends Error {
  override readonly name = "LedgerBroken";

  /** @param findings one sentence for each table whose hour does not add up */
  constructor(readonly findings: readonly string[]) {
    super(`reconcile: ${findings.join("; ")}`);
  }
}

async function existing(store: ReconcileEffects["store"], key: string): Promise<Uint8Array> {
  const body = await store.get(key);
  if (!body) throw new Error(`reconcile: the job read "${key}", which is there no more`);
  return body;
}

async function countParquetRows(store: ReconcileEffects["store"], prefix: string): Promise<number> {
  const objects: StoredObject[] = [];
  for await (const object of store.list(prefix)) if (object.key.endsWith(".parquet")) objects.push(object);
  const rows = await mapConcurrently(objects, CONCURRENT_REQUESTS, async ({ key, size }) => {
    try {
      let end = await store.getRange(key, Math.max(0, size - FOOTER_GUESS_BYTES), size);
      const needed = parquetFooterBytes(end);
      if (needed > end.length) end = await store.getRange(key, size - needed, size);
      return parquetRows(end);
    } catch (cause) {
      throw new Error(`reconcile: "${key}" (${size} bytes) does not read as Parquet`, { cause });
    }
  });
  return rows.reduce((sum, count) => sum + count, 0);
}
