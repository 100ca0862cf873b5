/** Prefixes and keys of objects that Firehose delivers into a lake; Firehose chooses the names, at random. */
import { defaults } from "../defaults";
import { type Hour, hourOfKey } from "../hour";
import { deliveredNames } from "../tableName";

/** Ends the names of delivered objects, which then read as gzip, and never as the keys of routers. */
export const DELIVERED_EXTENSION = ".delivered.ndjson.gz";

export interface DeliveredObject {
  readonly key: string;
  readonly table: string;
  /** The hour in which its records arrived. */
  readonly hour: Hour;
}

const DELIVERED = /\/([a-z0-9_]+)\/dt=[^/]+\/hour=[^/]+\/[^/]+\.delivered\.ndjson\.gz$/;
const NOW = "dt=!{timestamp:yyyy-MM-dd}/hour=!{timestamp:HH}/";

/** The partition keys of a record's rows, which the prefix of delivered objects contains. */
export interface DeliveryPartition {
  readonly dt: string;
  readonly hour: string;
  /** Only if a hook chooses tables. */
  readonly table?: string;
}

/**
 * Firehose's expression for the prefix of rows: that of routers. The function returns the keys, because the timestamp of
 * Firehose's own expression is that of the oldest record in an object: rows, and duplicates of them, could lie in two hours.
 * https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html
 *
 * @param raw ends with `/`
 * @param table undefined if a hook chooses tables
 */
export function deliveryPrefix(raw: string, table: string | undefined): string {
  const key = (name: keyof DeliveryPartition) => `!{partitionKeyFromLambda:${name}}`;
  return `${raw}${table ?? key("table")}/dt=${key("dt")}/hour=${key("hour")}/`;
}

/** The prefix of the tables in a declared prefix, and the table; without one, a hook chooses it. */
export function tablesOfPrefix(prefix: string): { readonly root: string; readonly table?: string } {
  const [, root, table = ""] = /^((?:[^!]*\/)?)([^/]+)\/dt=/.exec(prefix) ?? [];
  if (root === undefined) return { root: folderOfPrefix(prefix) };
  return /^[a-z0-9_]+$/.test(table) ? { root, table } : { root };
}

/** The part of a prefix before its first expression, up to a folder's end. */
export function folderOfPrefix(prefix: string): string {
  return prefix.replace(/!\{.*$/s, "").replace(/[^/]*$/, "");
}

/** Firehose's expression for the prefix of the records that it cannot transform or deliver; the time is UTC. */
export function failedDeliveryPrefix(unformatted: string, name: string): string {
  return `${failedDeliveryFolder(unformatted, name)}!{firehose:error-output-type}/${NOW}`;
}

/** The folder of these records, beside that of unformatted ones: `team/failed-deliveries/orders/`. */
export function failedDeliveryFolder(unformatted: string, name: string): string {
  const parent = unformatted.slice(0, unformatted.lastIndexOf("/", unformatted.length - 2) + 1);
  return `${parent}${defaults.prefixes.failedDeliveries}${name}/`;
}

const CONVERTED = new RegExp(`/([a-z0-9_]*${deliveredNames("").files})/dt=[^/]+/hour=[^/]+/[^/]+\\.parquet$`);

/** Parquet that Firehose writes; undefined for the key of any other object. */
export function parseConvertedKey(key: string): DeliveredObject | undefined {
  const table = CONVERTED.exec(`/${key}`)?.[1];
  const hour = hourOfKey(key);
  return table === undefined || hour === undefined ? undefined : { key, table, hour };
}

/** Undefined for the key of any other object. */
export function parseDeliveredKey(key: string): DeliveredObject | undefined {
  const table = DELIVERED.exec(`/${key}`)?.[1];
  const hour = hourOfKey(key);
  return table === undefined || hour === undefined ? undefined : { key, table, hour };
}
