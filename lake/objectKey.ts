/** Object keys of landed data: a pure function of the records in the object, so that redelivery is harmless. */
import { type Hour, hourOfKey, partitionPath } from "./hour";

/** The contents of an object: a shard, the first and last sequence number of its records, and its number of lines. */
export interface ObjectRange {
  readonly shard: string;
  readonly first: string;
  readonly last: string;
  /** Lines in the object: rows in `raw/`, records in `unformatted/`. */
  readonly count: number;
}

export interface LandedObject extends ObjectRange {
  readonly key: string;
  readonly table: string;
  readonly hour: Hour;
}

const LANDED =
  /\/([a-z0-9_]+)\/dt=[^/]+\/hour=[^/]+\/([A-Za-z0-9_.-]+)-(\d+)-(\d+)-(\d+)(?:-[dr][0-9a-f]{16})?\.ndjson\.gz$/;

/**
 * `raw/<table>/dt=2026-11-20/hour=10/<shard>-<first>-<last>-<count>-d<digest>.ndjson.gz`. The key names the whole range: a key
 * with only the first sequence number loses rows if a redelivered batch has other bounds (see docs/decisions). One version of a
 * program makes the same object of the same range; another one, or a mapping with another parallelization factor or filter,
 * may select other rows between the same records, and as many.
 *
 * @param prefix ends with `/`
 * @param digest of the lines' ids, 16 hexadecimal digits
 */
export function objectKey(prefix: string, table: string, hour: Hour, range: ObjectRange, digest?: string): string {
  const { shard, first, last, count } = range;
  const ids = digest === undefined ? "" : `-d${digest}`;
  return `${prefix}${table}/${partitionPath(hour)}/${shard}-${first}-${last}-${count}${ids}.ndjson.gz`;
}

/**
 * The reverse of `objectKey`, also without a digest as former versions made keys, and of `replayKey`, which has digits of the
 * content instead; undefined for any other key.
 */
export function parseObjectKey(key: string): LandedObject | undefined {
  const found = LANDED.exec(`/${key}`);
  const hour = hourOfKey(key);
  if (!found || hour === undefined) return undefined;
  const [, table, shard, first, last, count] = found as unknown as [string, string, string, string, string, string];
  return { key, table, hour, shard, first, last, count: Number(count) };
}
