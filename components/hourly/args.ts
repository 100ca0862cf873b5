/** What the hourly step is told: when it runs, how far it looks back, and how much of Glue it uses. */
import type * as cloudwatch from "@pulumi/aws/cloudwatch";
import type * as sns from "@pulumi/aws/sns";
import type { CallbackFunctionTransform } from "../callbackFunction";
import type { DataLake } from "../dataLake";
import type { AlarmsArgs } from "../parts/alarm";
import type { Transform } from "../parts/transform";
import type { WorkflowMachineTransform } from "../workflow/machine";
import type { FlattenJobTransform } from "./flattenJob";
import type { HourlyScheduleTransform } from "./schedule";

/** The workers that Spark jobs may have; `G.025X` is for streaming jobs alone (Glue web API reference, Job). */
export type WorkerType = "G.1X" | "G.2X" | "G.4X" | "G.8X" | "G.12X" | "G.16X" | "R.1X" | "R.2X" | "R.4X" | "R.8X";

export interface HourlyEtlArgs {
  /** The lake whose raw rows become Parquet. */
  lake: DataLake;
  /** Minutes after each hour at which the hour before is processed, 1 to 59. @default `defaults.hourly.minute` (10) */
  minute?: number;
  /** False keeps the schedule from starting anything. @default true */
  enabled?: boolean;
  /** How far back hours are looked at for missed ones and late records, hours, 1 to 720. @default `defaults.hourly.lookbackHours` (168) */
  lookbackHours?: number;
  /** Hours flattened at once, 1 to 40. @default `defaults.hourly.concurrentJobs` (3) */
  concurrentJobs?: number;
  /** Workers of each job run, 2 to 299. @default `defaults.hourly.workers` (2) */
  workers?: number;
  /**
   * The kind of worker, as Glue names it; some are offered in a few Regions only (Glue developer guide, worker types).
   * @default `defaults.hourly.workerType` ("G.1X")
   */
  workerType?: WorkerType;
  /** Longest job run, minutes, 1 to 2880. @default `defaults.hourly.jobTimeoutMinutes` (60) */
  jobTimeoutMinutes?: number;
  /** Tries again of a failed step, 0 to 10, with growing waits between. @default `defaults.hourly.retryAttempts` (2) */
  retryAttempts?: number;
  /** Between two looks at a running crawler, seconds, 5 to 300. @default `defaults.hourly.crawlerPollSeconds` (30) */
  crawlerPollSeconds?: number;
  /** How long a crawler is waited for, minutes, 1 to 1440. @default `defaults.hourly.crawlerTimeoutMinutes` (60) */
  crawlerTimeoutMinutes?: number;
  /** Hours that are flattened between one crawl and the next, 1 to 100. @default `defaults.hourly.hoursPerPass` (48) */
  hoursPerPass?: number;
  /** Memory of the function that plans hours, MiB, 128 to 10240. @default `defaults.hourly.planMemoryMebibytes` (512) */
  planMemoryMebibytes?: number;
  /** Longest run of the function that plans hours, seconds, 3 to 900. @default `defaults.hourly.planTimeoutSeconds` (900) */
  planTimeoutSeconds?: number;
  /**
   * Memory of the function that counts and seals an hour, MiB, 128 to 10240. It holds the keys of an hour's raw objects and one
   * row id for each row of those that overlap. @default `defaults.hourly.reconcileMemoryMebibytes` (1024)
   */
  reconcileMemoryMebibytes?: number;
  /**
   * Longest run of the function that counts and seals an hour, seconds, 3 to 900.
   * @default `defaults.hourly.reconcileTimeoutSeconds` (900)
   */
  reconcileTimeoutSeconds?: number;
  /** How long logs are kept, days. @default `defaults.function.logRetentionDays` (30) */
  logRetentionDays?: number;
  /** Alarms on failed executions, on none being started, and on starts that never succeeded. @default none */
  alarms?: AlarmsArgs;
  /** Changes to the raw resources, just before they are declared. @default none */
  transform?: HourlyEtlTransform;
}

export interface HourlyEtlTransform {
  job?: FlattenJobTransform;
  plan?: CallbackFunctionTransform;
  reconcile?: CallbackFunctionTransform;
  failures?: Transform<sns.TopicArgs>;
  workflow?: WorkflowMachineTransform;
  schedule?: HourlyScheduleTransform;
  alarm?: Transform<cloudwatch.MetricAlarmArgs>;
}
