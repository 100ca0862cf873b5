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
  /\/([a-z0-9_]+)\/dt=[^/]+\/hour=[^/]+\/([A-Za-z0-9_.-]+)-(\d+)-(\d+)-(\d+)(?:-r[0-9a-f]{16})?\.ndjson\.gz$/;

/**
 * `raw/<table>/dt=2026-11-20/hour=10/<shard>-<first>-<last>-<count>.ndjson.gz`. The key names the whole range: a key
 * with only the first sequence number loses rows if a redelivered batch has other bounds (see docs/decisions).
 *
 * @param prefix ends with `/`
 */
export function objectKey(prefix: string, table: string, hour: Hour, range: ObjectRange): string {
  return `${prefix}${table}/${partitionPath(hour)}/${range.shard}-${range.first}-${range.last}-${range.count}.ndjson.gz`;
}

/** The reverse of `objectKey` and of `replayKey`, which adds digits of the content; undefined for any other key. */
export function parseObjectKey(key: string): LandedObject | undefined {
  const found = LANDED.exec(`/${key}`);
  const hour = hourOfKey(key);
  if (!found || hour === undefined) return undefined;
  const [, table, shard, first, last, count] = found as unknown as [string, string, string, string, string, string];
  return { key, table, hour, shard, first, last, count: Number(count) };
}
