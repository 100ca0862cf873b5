/** The lake's ledger: the report of each job run for a table's hour, and the hour's seal once its rows are counted. */
import { createHash } from "node:crypto";
import type { Column } from "../columns";
import { type Hour, hourOfKey, partitionPath } from "../hour";

/** The flatten job's report on one table's hour, written after the hour's Parquet objects. */
export interface JobReport {
  /** Keys of all raw objects that the job read. */
  readonly objects: readonly string[];
  /** Rows that the job wrote. */
  readonly rows: number;
  readonly columns: readonly Column[];
  /** Number of values that did not fit their column's declared type and became null. */
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

/** `ledger/<table>/dt=…/hour=…/sealed-<fingerprint>.json`: Parquet holds the rows of exactly these raw objects. */
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

/** The hour of a key that `jobReportKey` returns; undefined for any other key. */
export function hourOfReportKey(key: string): Hour | undefined {
  return key.endsWith("/job.json") ? hourOfKey(key) : undefined;
}

/**
 * Identifies a set of raw objects by 16 hexadecimal digits. Keys must be added in sorted order; none is kept in memory.
 */
export class Fingerprint {
  readonly #hash = createHash("sha256");
  #isBegun = false;

  add(rawKey: string): void {
    if (this.#isBegun) this.#hash.update("\n");
    this.#hash.update(rawKey);
    this.#isBegun = true;
  }

  /** Returns the digits; no key can be added afterwards. */
  text(): string {
    return this.#hash.digest("hex").slice(0, 16);
  }
}

/** The fingerprint of these keys, in any order. */
export function fingerprintOf(rawKeys: Iterable<string>): string {
  const fingerprint = new Fingerprint();
  for (const key of [...rawKeys].sort()) fingerprint.add(key);
  return fingerprint.text();
}

/**
 * The content of `job.json` while a run replaces the hour's Parquet, until the run writes its report. It invalidates
 * every older seal of the hour, even if the run fails.
 */
export const JOB_STARTED = '{"started":true}';

/** Reads a `job.json`; undefined if a run started to write and has not ended. `key` is for the error. */
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
