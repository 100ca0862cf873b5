/** All configuration of the program, read and checked in one place; environments differ by it alone. */
import * as pulumi from "@pulumi/pulumi";
import type { LakeTable } from "../components/lake/args";
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
  /** Declares a state machine that replays what could not be used. It costs nothing while it is not started. @default false */
  readonly replay: boolean;
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
  "replay",
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
  const read: StackConfig = {
    protect: booleanOf("protect") ?? true,
    allowDataDeletion: booleanOf("allowDataDeletion") ?? false,
    alarms: booleanOf("alarms") ?? true,
    accessLogs: booleanOf("accessLogs") ?? true,
    schedule: booleanOf("schedule") ?? true,
    replay: booleanOf("replay") ?? false,
    checkSchemas: booleanOf("checkSchemas") ?? true,
    tables: tablesOf("tables"),
    streamRetentionHours: numberOf("streamRetentionHours") ?? defaults.stream.retentionHours,
    batchWindowSeconds: numberOf("batchWindowSeconds") ?? defaults.router.batchWindowSeconds,
    rawRetentionDays: numberOf("rawRetentionDays"),
    logRetentionDays: numberOf("logRetentionDays") ?? defaults.function.logRetentionDays,
    scanLimitGibibytes: numberOf("scanLimitGibibytes") ?? defaults.athena.scanLimitGibibytes,
  };
  if (read.protect && read.allowDataDeletion) {
    throw new pulumi.RunError(
      "config: streamlake:protect and streamlake:allowDataDeletion are both true; a protected stack deletes nothing, so set one of them to false.",
    );
  }
  return read;
}

type Key = keyof StackConfig;

/** The text that Pulumi hands over, whatever its kind in the file. */
function textOf(key: Key): string | undefined {
  return new pulumi.Config("streamlake").get(key);
}

function booleanOf(key: Key): boolean | undefined {
  const text = textOf(key);
  if (text === undefined || text === "true" || text === "false")
    return text === undefined ? undefined : text === "true";
  throw wrong(key, JSON.stringify(text), "true or false");
}

function numberOf(key: Key): number | undefined {
  const text = textOf(key);
  const value = Number(text);
  if (text === undefined) return undefined;
  if (text.trim() !== "" && Number.isFinite(value)) return value;
  throw wrong(key, JSON.stringify(text), "a number");
}

function tablesOf(key: Key): Record<string, LakeTable> {
  const text = textOf(key);
  if (text === undefined) return { [defaults.table]: {} };
  const tables = json(text);
  if (!isObject(tables)) throw wrong(key, kindOf(tables), "names of tables with {} or { columns } each");
  for (const [table, declared] of Object.entries(tables)) {
    if (isObject(declared)) continue;
    throw new pulumi.RunError(
      `config: streamlake:${key}: table "${table}" is ${kindOf(declared)}; use {} or { columns: […] }.`,
    );
  }
  return tables as Record<string, LakeTable>;
}

/** A text that is no JSON stands for itself. */
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

function wrong(key: Key, value: string, right: string): pulumi.RunError {
  return new pulumi.RunError(`config: streamlake:${key} is ${value}; use ${right}.`);
}

/** A misspelt key would leave its default in place without a word. */
function refuseUnknownKeys(): void {
  const known = new Set<string>(KEYS.map((key) => `streamlake:${key}`));
  for (const key of Object.keys(pulumi.runtime.allConfig())) {
    if (!key.startsWith("streamlake:") || known.has(key)) continue;
    throw new pulumi.RunError(`config: "${key}" is not an option; use one of ${[...known].join(", ")}.`);
  }
}
