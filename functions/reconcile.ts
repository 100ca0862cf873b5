/** Seals an hour: its columns are known, and each row of its raw objects is in Parquet once; else the hour fails. */

import type { Column } from "../lake/columns";
import { type Hour, partitionPath } from "../lake/hour";
import { countDistinctRows } from "../lake/hourly/distinctRows";
import { fingerprintOf, jobReportKey, readJobReport, sealKey } from "../lake/hourly/ledger";
import { parquetFooterBytes, parquetRows } from "../lake/hourly/parquetRows";
import { environmentVariable } from "./effects/environment";
import { type ObjectStore, type StoredObject, s3ObjectStore } from "./effects/objectStore";
import { CONCURRENT_REQUESTS, mapConcurrently } from "./parts/concurrency";
import { hourOfInput, tablesOfInput } from "./parts/hourInput";
import { updateColumns } from "./parts/tableColumns";

/** Plain data, so that it can be captured in a package. */
export interface ReconcileConfig {
  /** Each ends with `/`. */
  readonly prefixes: { readonly raw: string; readonly parquet: string; readonly ledger: string };
  /** Declared columns by table. @default {} */
  readonly declared?: Readonly<Record<string, readonly Column[]>>;
}

export interface ReconcileEffects {
  readonly store: Pick<ObjectStore, "get" | "getRange" | "getVersion" | "list" | "put" | "putIfUnchanged">;
}

export interface ReconciledTable {
  readonly table: string;
  /** Raw objects that the job read. */
  readonly objects: number;
  /** Distinct rows in them. */
  readonly rawRows: number;
  /** Rows in the hour's Parquet objects; the same number. */
  readonly rows: number;
}

export interface ReconcileResult {
  readonly hour: Hour;
  readonly tables: ReconciledTable[];
  /** Whether a table's columns changed, so that other hours may have to be flattened again. */
  readonly isWidened: boolean;
  /** Whether the hour itself must be flattened again: its table was widened after its job read the columns. */
  readonly isNarrow: boolean;
}

export type ReconcileHandler = (input: unknown, context?: unknown) => Promise<ReconcileResult>;

/** Most footers fit; where one does not, a second request fetches the rest. */
const FOOTER_GUESS_BYTES = 64 * 1024;

/**
 * Makes the handler; its input is `{ hour, tables: "orders,records" }`. Each table that adds up is sealed; if one does not,
 * the handler throws `LedgerBroken` after the others are done. Objects that landed after the job listed the hour are late,
 * not lost: they leave the hour without a seal for all its objects, so that the next plan takes it up again.
 *
 * @param effects defaults to S3, with `LAKE_BUCKET` from the environment
 */
export function createReconcile(
  config: ReconcileConfig,
  effects: ReconcileEffects = { store: s3ObjectStore(environmentVariable("LAKE_BUCKET")) },
): ReconcileHandler {
  return async (input) => {
    const hour = hourOfInput("reconcile", input);
    const done: ReconciledTable[] = [];
    const broken: string[] = [];
    let isWidened = false;
    let isNarrow = false;
    for (const table of tablesOfInput("reconcile", input)) {
      // Before the seal: a sealed hour is not looked at again.
      const options = { store: effects.store, prefixes: config.prefixes, declared: config.declared ?? {} };
      const { hasChanged, narrow } = await updateColumns(options, table, [hour]);
      isWidened ||= hasChanged;
      isNarrow ||= narrow.includes(hour);
      const counted = await reconcileTable(config, effects.store, table, hour);
      if (typeof counted === "string") broken.push(counted);
      else done.push(counted);
    }
    if (broken.length > 0) throw new LedgerBroken(broken);
    return { hour, tables: done, isWidened, isNarrow };
  };
}

/** The counts of a table whose hour adds up, or what is wrong with it. */
async function reconcileTable(
  { prefixes }: ReconcileConfig,
  store: ReconcileEffects["store"],
  table: string,
  hour: Hour,
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
  const key = sealKey(prefixes.ledger, { table, hour, fingerprint: fingerprintOf(objects) });
  await store.put(key, Buffer.from(`${JSON.stringify({ hour, ...counted })}\n`));
  return counted;
}

/** Thrown if rows in and rows out differ; Step Functions reads its name. */
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
