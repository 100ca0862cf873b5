/** Checks of the hourly step's arguments, before anything is declared. */
import { defaults } from "../../lake/defaults";
import { choiceProblem, LOG_RETENTION_DAYS, refuseProblems, wholeNumberProblem } from "../parts/checks";
import type { HourlyEtlArgs, WorkerType } from "./args";

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
/** Lambda's bounds (Lambda developer guide, quotas), and the least in which the AWS SDK starts. */
const MEMORY = { min: 128, max: 10_240, unit: "MiB" };
const TIMEOUT = { min: 3, max: 900, unit: "seconds" };

/** @throws one error that names every problem */
export function checkHourlyEtl(name: string, args: HourlyEtlArgs): void {
  refuseProblems("HourlyEtl", name, [
    // At minute 0 records of the hour's last second may not have landed yet.
    wholeNumberProblem("minute", args.minute, { min: 1, max: 59, unit: "minutes after the hour" }),
    wholeNumberProblem("lookbackHours", args.lookbackHours, { min: 1, max: 720, unit: "hours" }),
    rawProblem(args),
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
  ]);
}

/** An hour of which some raw objects are gone would be flattened again without them. A start is tried again for a day. */
function rawProblem({ lake, lookbackHours = defaults.hourly.lookbackHours }: HourlyEtlArgs): string | undefined {
  const { raw: days } = lake.retentionDays;
  if (days === undefined || days * 24 >= lookbackHours + 24) return undefined;
  const needed = Math.ceil(lookbackHours / 24) + 1;
  return `lookbackHours is ${lookbackHours}, but the lake keeps raw rows for ${days} days; keep them for at least ${needed}, or look back less.`;
}
