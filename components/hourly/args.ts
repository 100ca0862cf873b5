/** The arguments of the hourly step and their checks: when it runs, how far it looks back, how much of Glue it uses. */
import type * as cloudwatch from "@pulumi/aws/cloudwatch";
import { defaults } from "../../lake/defaults";
import type { CallbackFunctionTransform } from "../callbackFunction";
import { functionNames } from "../callbackFunction";
import { type VpcArgs, vpcProblems } from "../function/vpc";
import type { Lake } from "../lake/lake";
import { lookbackProblem } from "../lake/lookback";
import type { AlarmsArgs } from "../parts/alarm";
import { choiceProblem, LOG_RETENTION_DAYS, refuseProblems, wholeNumberProblem } from "../parts/checks";
import { nameProblems } from "../parts/names";
import type { TagsArgs } from "../parts/tags";
import type { Transform } from "../parts/transform";
import { type FailureArgs, type FailureTransform, failureProblems } from "../workflow/failures";
import type { WorkflowMachineTransform } from "../workflow/machine";
import type { WorkflowScheduleTransform } from "../workflow/schedule";
import type { FlattenJobTransform } from "./flattenJob";

/** The worker types of Spark jobs; `G.025X` is for streaming jobs only (Glue web API reference, Job). */
export type WorkerType = "G.1X" | "G.2X" | "G.4X" | "G.8X" | "G.12X" | "G.16X" | "R.1X" | "R.2X" | "R.4X" | "R.8X";

export interface HourlyEtlArgs extends FailureArgs, TagsArgs {
  /** The lake whose raw rows become Parquet. */
  lake: Lake;
  /** Minutes after each hour at which the previous hour is processed, 1 to 59. @default `defaults.hourly.minute` (10) */
  minute?: number;
  /** False disables the schedule. @default true */
  enabled?: boolean;
  /** How far back it looks for missed hours and late records, hours, 1 to 720. @default `defaults.hourly.lookbackHours` (168) */
  lookbackHours?: number;
  /** Hours that are flattened concurrently, 1 to 40. @default `defaults.hourly.concurrentJobs` (3) */
  concurrentJobs?: number;
  /** Workers of each job run, 2 to 299. @default `defaults.hourly.workers` (2) */
  workers?: number;
  /**
   * The worker type, as Glue names it; some types are available in a few Regions only (Glue developer guide, worker
   * types).
   * @default `defaults.hourly.workerType` ("G.1X")
   */
  workerType?: WorkerType;
  /** Maximum run time of a job run, minutes, 1 to 2880. @default `defaults.hourly.jobTimeoutMinutes` (60) */
  jobTimeoutMinutes?: number;
  /** Retries of a failed step, 0 to 10, with growing waits. @default `defaults.hourly.retryAttempts` (2) */
  retryAttempts?: number;
  /**
   * Interval between two checks of a running crawler, seconds, 5 to 300. It is longer where `crawlerTimeoutMinutes` would
   * need more than 120 checks.
   * @default `defaults.hourly.crawlerPollSeconds` (30)
   */
  crawlerPollSeconds?: number;
  /** Maximum wait for a crawler, minutes, 1 to 1440. @default `defaults.hourly.crawlerTimeoutMinutes` (60) */
  crawlerTimeoutMinutes?: number;
  /**
   * Maximum number of hours that are flattened between one crawl and the next, 1 to 100. An execution's history limits
   * it to 51 hours with 2 `retryAttempts`, and to 40 hours with 10.
   * @default `defaults.hourly.hoursPerPass` (48)
   */
  hoursPerPass?: number;
  /** Memory of the function that plans hours, MiB, 128 to 10240. @default `defaults.hourly.planMemoryMebibytes` (512) */
  planMemoryMebibytes?: number;
  /** Maximum run time of the function that plans hours, seconds, 3 to 900. @default `defaults.hourly.planTimeoutSeconds` (900) */
  planTimeoutSeconds?: number;
  /**
   * Memory of the function that counts and seals an hour, MiB, 128 to 10240. The function holds the keys of an hour's
   * raw objects, and one row id for each row of those that overlap.
   * @default `defaults.hourly.reconcileMemoryMebibytes` (1024)
   */
  reconcileMemoryMebibytes?: number;
  /**
   * Maximum run time of the function that counts and seals an hour, seconds, 3 to 900.
   * @default `defaults.hourly.reconcileTimeoutSeconds` (900)
   */
  reconcileTimeoutSeconds?: number;
  /** The network of the two functions. @default none: Lambda's own network, with access to the internet */
  vpc?: VpcArgs;
  /** How long logs are kept, days. @default `defaults.function.logRetentionDays` (30) */
  logRetentionDays?: number;
  /** Alarms on failed executions, on missing executions, and on starts that never succeeded. @default none */
  alarms?: AlarmsArgs;
  /** Changes to the raw resources, just before they are declared. @default none */
  transform?: HourlyEtlTransform;
}

export interface HourlyEtlTransform extends FailureTransform {
  job?: FlattenJobTransform;
  plan?: CallbackFunctionTransform;
  reconcile?: CallbackFunctionTransform;
  workflow?: WorkflowMachineTransform;
  schedule?: WorkflowScheduleTransform;
  alarm?: Transform<cloudwatch.MetricAlarmArgs>;
}

const WORKER_TYPES: readonly WorkerType[] = [
  "G.1X",
  "G.2X",
  "G.4X",
  "G.8X",
  "G.12X",
  "G.16X",
  "R.1X",
  "R.2X",
  "R.4X",
  "R.8X",
];
/** Lambda's bounds (Lambda developer guide, quotas), and the minimum time in which the AWS SDK starts. */
const MEMORY = { min: 128, max: 10_240, unit: "MiB" };
const TIMEOUT = { min: 3, max: 900, unit: "seconds" };

/** @throws one error that names every problem */
export function checkHourlyEtl(name: string, args: HourlyEtlArgs): void {
  refuseProblems("HourlyEtl", name, [
    ...nameProblems(name, [
      ...functionNames("-plan"),
      ...functionNames("-reconcile"),
      ["IAM role", "-job-role"],
      ["state machine", "-workflow"],
      ["IAM role", "-workflow-role"],
      ["IAM role", "-schedule-role"],
      ["schedule", "-schedule"],
      ["SQS queue", "-failed-starts"],
      ["SNS topic", "-failures"],
    ]),
    ...vpcProblems(args.vpc),
    // At minute 0 records of the hour's last second may not have landed yet.
    wholeNumberProblem("minute", args.minute, { min: 1, max: 59, unit: "minutes after the hour" }),
    wholeNumberProblem("lookbackHours", args.lookbackHours, { min: 1, max: 720, unit: "hours" }),
    lookbackProblem(args.lake, args.lookbackHours ?? defaults.hourly.lookbackHours),
    wholeNumberProblem("concurrentJobs", args.concurrentJobs, { min: 1, max: 40, unit: "hours at once" }),
    wholeNumberProblem("workers", args.workers, { min: 2, max: 299, unit: "workers" }),
    choiceProblem("workerType", args.workerType, WORKER_TYPES),
    wholeNumberProblem("jobTimeoutMinutes", args.jobTimeoutMinutes, { min: 1, max: 2880, unit: "minutes" }),
    wholeNumberProblem("retryAttempts", args.retryAttempts, { min: 0, max: 10, unit: "tries" }),
    wholeNumberProblem("crawlerPollSeconds", args.crawlerPollSeconds, { min: 5, max: 300, unit: "seconds" }),
    wholeNumberProblem("crawlerTimeoutMinutes", args.crawlerTimeoutMinutes, { min: 1, max: 1440, unit: "minutes" }),
    wholeNumberProblem("hoursPerPass", args.hoursPerPass, { min: 1, max: 100, unit: "hours" }),
    wholeNumberProblem("planMemoryMebibytes", args.planMemoryMebibytes, MEMORY),
    wholeNumberProblem("planTimeoutSeconds", args.planTimeoutSeconds, TIMEOUT),
    wholeNumberProblem("reconcileMemoryMebibytes", args.reconcileMemoryMebibytes, MEMORY),
    wholeNumberProblem("reconcileTimeoutSeconds", args.reconcileTimeoutSeconds, TIMEOUT),
    choiceProblem("logRetentionDays", args.logRetentionDays, LOG_RETENTION_DAYS),
    ...failureProblems(args),
  ]);
}
