/** All configuration of the program, read and checked in one place; environments differ by it alone. */
import * as pulumi from "@pulumi/pulumi";
import type { LakeTable } from "../components/dataLakeArgs";
import { defaults } from "../lake/defaults";

/** What `Pulumi.<stack>.yaml` may say, under `streamlake:`. */
export interface StackConfig {
  /** Refuses to delete any resource until it is switched off. @default true */
  readonly protect: boolean;
  /** With it, destroying the stack deletes its data. @default false */
  readonly allowDataDeletion: boolean;
  /** Alarms, sent to a topic of the stack. @default true */
  readonly alarms: boolean;
  /** Logs who asked what of the lake's buckets. @default true */
  readonly accessLogs: boolean;
  /** Starts the hourly step every hour. @default true */
  readonly schedule: boolean;
  /** Refuses schemas that differ from `streamlake.schemas.json`. @default true */
  readonly checkSchemas: boolean;
  /** Tables of the lake, by name; with columns, or `{}`. @default `{ records: {} }` */
  readonly tables: Record<string, LakeTable>;
  /** How long the stream keeps records, hours. @default `defaults.stream.retentionHours` */
  readonly streamRetentionHours: number;
  /** How long the router gathers a batch, seconds. @default `defaults.router.batchWindowSeconds` */
  readonly batchWindowSeconds: number;
  /** How long raw rows are kept, days. @default none: for ever */
  readonly rawRetentionDays?: number;
  /** How long logs are kept, days. @default `defaults.function.logRetentionDays` */
  readonly logRetentionDays: number;
  /** What one query may scan, GiB. @default `defaults.athena.scanLimitGibibytes` */
  readonly scanLimitGibibytes: number;
}

const KEYS: readonly (keyof StackConfig)[] = [
  "protect",
  "allowDataDeletion",
  "alarms",
  "accessLogs",
  "schedule",
  "checkSchemas",
  "tables",
  "streamRetentionHours",
  "batchWindowSeconds",
  "rawRetentionDays",
  "logRetentionDays",
  "scanLimitGibibytes",
];

/**
 * @throws for a key that is not one of `StackConfig`, and for a value of the wrong kind; bounds are the components' to check
 */
export function readConfig(): StackConfig {
  refuseUnknownKeys();
  const config = new pulumi.Config("streamlake");
  const read: StackConfig = {
    protect: config.getBoolean("protect") ?? true,
    allowDataDeletion: config.getBoolean("allowDataDeletion") ?? false,
    alarms: config.getBoolean("alarms") ?? true,
    accessLogs: config.getBoolean("accessLogs") ?? true,
    schedule: config.getBoolean("schedule") ?? true,
    checkSchemas: config.getBoolean("checkSchemas") ?? true,
    tables: readTables(config.getObject<unknown>("tables")),
    streamRetentionHours: config.getNumber("streamRetentionHours") ?? defaults.stream.retentionHours,
    batchWindowSeconds: config.getNumber("batchWindowSeconds") ?? defaults.router.batchWindowSeconds,
    rawRetentionDays: config.getNumber("rawRetentionDays"),
    logRetentionDays: config.getNumber("logRetentionDays") ?? defaults.function.logRetentionDays,
    scanLimitGibibytes: config.getNumber("scanLimitGibibytes") ?? defaults.athena.scanLimitGibibytes,
  };
  if (read.protect && read.allowDataDeletion) {
    throw new Error(
      "config: streamlake:protect and streamlake:allowDataDeletion are both true; a protected stack deletes nothing, so set one of them to false.",
    );
  }
  return read;
}

function readTables(value: unknown = { [defaults.table]: {} }): Record<string, LakeTable> {
  const kind = (of: unknown) => (of === null ? "null" : Array.isArray(of) ? "an array" : `a ${typeof of}`);
  const isObject = (of: unknown) => typeof of === "object" && of !== null && !Array.isArray(of);
  if (!isObject(value)) {
    throw new Error(`config: streamlake:tables is ${kind(value)}; use names of tables with {} or { columns } each.`);
  }
  for (const [table, declared] of Object.entries(value as object)) {
    if (isObject(declared)) continue;
    throw new Error(`config: streamlake:tables: table "${table}" is ${kind(declared)}; use {} or { columns: […] }.`);
  }
  return value as Record<string, LakeTable>;
}

/** A misspelt key would leave its default in place without a word. */
function refuseUnknownKeys(): void {
  const known = new Set<string>(KEYS.map((key) => `streamlake:${key}`));
  for (const key of Object.keys(pulumi.runtime.allConfig())) {
    if (!key.startsWith("streamlake:") || known.has(key)) continue;
    throw new Error(`config: "${key}" is not an option; use one of ${[...known].join(", ")}.`);
  }
}
