/** The configuration of the program under `streamlake:`; environments differ only in `Pulumi.<stack>.yaml`. */
import * as pulumi from "@pulumi/pulumi";
import type { IngestApiArgs } from "../components/ingestApi/args";
import type { LakeTable } from "../components/lake/args";
import {
  booleanKey,
  COMPONENT_KEYS,
  type ConfigKey,
  type ConfigValues,
  numberKey,
  readKey,
  wrongValue,
} from "../components/parts/config";
import type { ServingTableArgs } from "../components/serving/args";
import { defaults } from "../lake/defaults";
import { optionalComponent } from "./optionalComponent";

type ApiConfig = Pick<
  IngestApiArgs,
  "authorization" | "jwt" | "partitionKey" | "rowsPerRecord" | "requestsPerSecond" | "burstRequests"
>;
type ViewConfig = Pick<ServingTableArgs, "key" | "fold" | "timeToLiveDays">;

const KEYS = {
  /** Refuses to delete any resource until it is switched off. @default true */
  protect: booleanKey(true),
  ...COMPONENT_KEYS,
  /** Declares alarms, which notify a topic of the stack. @default true */
  alarms: booleanKey(true),
  /** E-mail addresses for alarms, `["on-call@example.com"]`; they need `alarms`. @default [] */
  alarmEmails: addressesOf as ConfigKey<string[]>,
  /** Logs the requests to the lake's buckets. @default true */
  accessLogs: booleanKey(true),
  /** E-mail addresses for failed hours and replays, `["on-call@example.com"]`. @default [] */
  failureEmails: addressesOf as ConfigKey<string[]>,
  /** Starts the hourly step every hour. @default true */
  schedule: booleanKey(true),
  /** Declares a state machine that replays unusable records. It costs nothing until it is started. @default false */
  replay: booleanKey(false),
  /** Lands rows by Firehose instead of the router, with a backup of each record. A replay needs the router. @default false */
  delivery: booleanKey(false),
  /** A CloudWatch dashboard of all components. */
  dashboard: booleanKey(false),
  /**
   * Declares a Redshift warehouse of the lake's declared tables, in a VPC that exists: `{ vpcId, subnetIds }`, and of its other
   * arguments `baseCapacity` and `everyMinutes`. @default none
   */
  warehouse: warehouseOf as ConfigKey<WarehouseConfig | undefined>,
  /**
   * Declares an HTTP API in front of the stream, with the arguments of `IngestApi`: `true`, or an object with authorization, jwt,
   * partitionKey, rowsPerRecord, requestsPerSecond and burstRequests. Its URL is the output `apiUrl`. @default false
   */
  ingestApi: optionalComponent<ApiConfig>({
    authorization: "string",
    jwt: { issuer: "string", audiences: "list of strings", scopes: "list of strings" },
    partitionKey: { header: "string", pointer: "string", column: "string" },
    rowsPerRecord: "number",
    requestsPerSecond: "number",
    burstRequests: "number",
  }),
  /**
   * Declares a DynamoDB table with an item for each key, with the arguments of `ServingTable`: `true`, or an object with key, fold and
   * timeToLiveDays. Its name is the output `viewTableName`; with `ingestApi`, `GET /items/<key>` answers with items. @default false
   */
  servingTable: optionalComponent<ViewConfig>({ key: "string", fold: "object", timeToLiveDays: "number" }),
  /** The lake's tables by name, each with its columns or `{}`. @default `{ records: {} }` */
  tables: tablesOf as ConfigKey<Record<string, LakeTable>>,
  /** How long the stream keeps records, hours. @default `defaults.stream.retentionHours` (168) */
  streamRetentionHours: numberKey<number>(defaults.stream.retentionHours),
  /** How long the router collects a batch, seconds. @default `defaults.router.batchWindowSeconds` (60) */
  batchWindowSeconds: numberKey<number>(defaults.router.batchWindowSeconds),
  /** How long raw rows are kept, days. @default none: for ever */
  rawRetentionDays: numberKey<undefined>(undefined),
  /** How long logs are kept, days. @default `defaults.function.logRetentionDays` (30) */
  logRetentionDays: numberKey<number>(defaults.function.logRetentionDays),
  /** The maximum that one query may scan, GiB. @default `defaults.athena.scanLimitGibibytes` (100) */
  scanLimitGibibytes: numberKey<number>(defaults.athena.scanLimitGibibytes),
  /** Runs of `streamlake local` whose files stay; only that command reads it. @default `defaults.local.keepRuns` (5) */
  keepRuns: numberKey<number>(defaults.local.keepRuns),
};

/** The network of the warehouse, and how much it may work. */
export interface WarehouseConfig {
  readonly vpcId: string;
  readonly subnetIds: string[];
  readonly baseCapacity?: number;
  readonly everyMinutes?: number;
}

export type StackConfig = ConfigValues<typeof KEYS>;

/**
 * @throws for an unknown key, for a value of the wrong kind, and for a protected stack that may delete data. The components
 *   check bounds.
 */
export function readConfig(): StackConfig {
  refuseUnknownKeys();
  const keys = Object.keys(KEYS) as (keyof StackConfig)[];
  const read = Object.fromEntries(keys.map((key) => [key, readKey(KEYS, key)])) as StackConfig;
  if (read.protect && read.allowDataDeletion) {
    throw new pulumi.RunError(
      "config: streamlake:protect and streamlake:allowDataDeletion are both true; a protected stack deletes nothing, so set one of them to false.",
    );
  }
  if (read.alarmEmails.length > 0 && !read.alarms) {
    throw new pulumi.RunError(
      "config: streamlake:alarmEmails has addresses, but streamlake:alarms is false, so no alarm would write to them; set it to true, or remove the addresses.",
    );
  }
  if (read.replay && read.delivery) {
    throw new pulumi.RunError(
      "config: streamlake:replay and streamlake:delivery are both true; a replay routes records by the router, which delivery replaces, so set one of them to false.",
    );
  }
  return read;
}

function tablesOf(key: string, text: string | undefined): Record<string, LakeTable> {
  if (text === undefined) return { [defaults.table]: {} };
  const tables = json(text);
  if (!isObject(tables)) throw wrongValue(key, kindOf(tables), "names of tables with {} or { columns } each");
  for (const [table, declared] of Object.entries(tables)) {
    if (isObject(declared)) continue;
    throw new pulumi.RunError(
      `config: streamlake:${key}: table "${table}" is ${kindOf(declared)}; use {} or { columns: […] }.`,
    );
  }
  return tables as Record<string, LakeTable>;
}

const WAREHOUSE = '{ vpcId: "vpc-…", subnetIds: ["subnet-…", …] }, with baseCapacity and everyMinutes if you like';

function warehouseOf(key: string, text: string | undefined): WarehouseConfig | undefined {
  if (text === undefined) return undefined;
  const given = json(text);
  if (!isObject(given)) throw wrongValue(key, kindOf(given), WAREHOUSE);
  const { vpcId, subnetIds, baseCapacity, everyMinutes, ...others } = given as Record<string, unknown>;
  const [other] = Object.keys(others);
  if (other !== undefined) throw wrongValue(`${key}.${other}`, "not an option", WAREHOUSE);
  if (typeof vpcId !== "string")
    throw wrongValue(`${key}.vpcId`, vpcId === undefined ? "missing" : kindOf(vpcId), WAREHOUSE);
  if (!(Array.isArray(subnetIds) && subnetIds.every((id) => typeof id === "string"))) {
    throw wrongValue(`${key}.subnetIds`, kindOf(subnetIds), WAREHOUSE);
  }
  for (const [option, value] of Object.entries({ baseCapacity, everyMinutes })) {
    if (value !== undefined && typeof value !== "number")
      throw wrongValue(`${key}.${option}`, kindOf(value), "a number");
  }
  return given as WarehouseConfig;
}

function addressesOf(key: string, text: string | undefined): string[] {
  if (text === undefined) return [];
  const addresses = json(text);
  if (Array.isArray(addresses) && addresses.every((address) => typeof address === "string")) return addresses;
  throw wrongValue(
    key,
    kindOf(addresses),
    `a list of addresses, set by: pulumi config set --path 'streamlake:${key}[0]' YOU@EXAMPLE.COM`,
  );
}

/** Returns a string that is not JSON unchanged. */
function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "an array" : `a ${typeof value}`;
}

/** Without this check, a misspelt key would leave the default in place silently. */
function refuseUnknownKeys(): void {
  const known = new Set<string>(Object.keys(KEYS).map((key) => `streamlake:${key}`));
  for (const key of Object.keys(pulumi.runtime.allConfig())) {
    if (!key.startsWith("streamlake:") || known.has(key)) continue;
    throw new pulumi.RunError(`config: "${key}" is not an option; use one of ${[...known].join(", ")}.`);
  }
}
