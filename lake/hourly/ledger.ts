/** The lake's ledger: what the hourly step read and wrote for a table's hour, and the seal once its rows were counted. */
import { createHash } from "node:crypto";
import type { Column } from "../columns";
import { type Hour, hourOfKey, partitionPath } from "../hour";

/** What the flatten job says of one table's hour, written after its Parquet objects. */
export interface JobReport {
  /** Keys of the raw objects that it read, all of them. */
  readonly objects: readonly string[];
  /** Rows it wrote. */
  readonly rows: number;
  readonly columns: readonly Column[];
  /** Values that did not fit the declared type of their column and became null. */
  readonly failedCasts: number;
}

export interface Seal {
  readonly table: string;
  readonly hour: Hour;
  readonly fingerprint: string;
}

const SEAL = /\/([a-z0-9_]+)\/dt=[^/]+\/hour=[^/]+\/sealed-([0-9a-f]{16})\.json$/;

/** `ledger/<table>/dt=…/hour=…/job.json` */
export function jobReportKey(prefix: string, table: string, hour: Hour): string {
  return `${prefix}${table}/${partitionPath(hour)}/job.json`;
}

/** `ledger/<table>/dt=…/hour=…/sealed-<fingerprint>.json`: these raw objects, and no others, are in Parquet row by row. */
export function sealKey(prefix: string, seal: Seal): string {
  return `${prefix}${seal.table}/${partitionPath(seal.hour)}/sealed-${seal.fingerprint}.json`;
}

/** The reverse of `sealKey`; undefined for any other key. */
export function parseSealKey(key: string): Seal | undefined {
  const found = SEAL.exec(`/${key}`);
  const hour = hourOfKey(key);
  if (!found?.[1] || !found[2] || hour === undefined) return undefined;
  return { table: found[1], hour, fingerprint: found[2] };
}

/** The hour of a key that `jobReportKey` gives; undefined for any other key. */
export function hourOfReportKey(key: string): Hour | undefined {
  return key.endsWith("/job.json") ? hourOfKey(key) : undefined;
}

/** Stands for a set of raw objects: 16 hexadecimal digits. Keys are added in their order, and none is kept. */
export class Fingerprint {
  readonly #hash = createHash("sha256");
  #isBegun = false;

  add(rawKey: string): void {
    if (this.#isBegun) this.#hash.update("\n");
    this.#hash.update(rawKey);
    this.#isBegun = true;
  }

  /** Ends it: no key can be added after this. */
  text(): string {
    return this.#hash.digest("hex").slice(0, 16);
  }
}

/** The fingerprint of these keys, whatever their order. */
export function fingerprintOf(rawKeys: Iterable<string>): string {
  const fingerprint = new Fingerprint();
  for (const key of [...rawKeys].sort()) fingerprint.add(key);
  return fingerprint.text();
}

/**
 * What lies at the report's key from before a run replaces the hour's Parquet until its report: a seal that is older counts
 * no more, whatever becomes of the run.
 */
export const JOB_STARTED = '{"started":true}';

/** Reads a `job.json`; undefined where a run began to write and did not end. `key` is for the error. */
export function readJobReport(key: string, body: Uint8Array): JobReport | undefined {
  const report = JSON.parse(Buffer.from(body).toString("utf8")) as (Partial<JobReport> & { started?: unknown }) | null;
  if (report?.started === true) return undefined;
  const { objects, rows } = report ?? {};
  const hasKeys = Array.isArray(objects) && objects.every((object) => typeof object === "string");
  if (!hasKeys || !Number.isInteger(rows)) {
    throw new Error(`lake: "${key}" is not a job report; it needs "objects" (keys) and "rows" (a whole number)`);
  }
  return report as JobReport;
}
