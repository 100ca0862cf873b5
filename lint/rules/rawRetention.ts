/** Holds the lifecycle of raw rows to the look-back of the hourly step. */
import { type Declaration, listOf, numberOf, objectOf, type Program } from "../program";
import type { Contradiction, Rule } from "../rule";
import { BUCKET } from "./types";

const HOURLY = "streamlake:index:HourlyEtl";
const JOB = "aws:glue/job:Job";
const LIFECYCLES = [
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
  "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2",
];
/** Starts are retried for a day. */
const RETRY_HOURS = 24;

/** `HourlyEtl` refuses a lake of its own with this problem; here it is the lifecycle of a bucket that exists, or a transform. */
export const rawRetention: Rule = {
  id: "raw-retention",
  title: "Raw rows should be kept for as long as the hourly step looks back",
  find: (program) =>
    program.all(JOB).flatMap((job) => {
      const lookback = program.within(job, HOURLY)?.inputs.lookbackHours;
      const raw = objectOf(job.inputs.defaultArguments)["--RAW_PREFIX"];
      if (typeof lookback !== "number" || typeof raw !== "string") return [];
      return LIFECYCLES.flatMap((type) => program.all(type))
        .filter((lifecycle) => isOfJob(lifecycle, job, program))
        .flatMap((lifecycle) => expiring(lifecycle, raw, lookback));
    }),
};

function isOfJob(lifecycle: Declaration, job: Declaration, program: Program): boolean {
  const bucket = objectOf(job.inputs.defaultArguments)["--BUCKET"];
  if (typeof bucket === "string" && lifecycle.inputs.bucket === bucket) return true;
  const own = program.usedOne(lifecycle, "bucket", BUCKET);
  return own !== undefined && program.usedOne(job, "defaultArguments", BUCKET) === own;
}

function expiring(lifecycle: Declaration, raw: string, lookbackHours: number): Contradiction[] {
  return listOf(lifecycle.inputs.rules).flatMap((rule) => {
    const { id, status, expiration } = rule;
    const days = numberOf(objectOf(expiration).days, Number.NaN);
    const prefix = prefixOf(rule);
    if (status !== "Enabled" || days === undefined || prefix === undefined || !raw.startsWith(prefix)) return [];
    if (!(days * 24 < lookbackHours + RETRY_HOURS)) return [];
    return {
      resource: lifecycle,
      problem: `the rule ${String(id)} deletes raw rows after ${days} days, but the hourly step looks ${lookbackHours} hours back, and a day for starts that are retried.`,
      wayOut: `Keep them for at least ${Math.ceil((lookbackHours + RETRY_HOURS) / 24)} days, or set a smaller lookbackHours.`,
    };
  });
}

/** The prefix of a rule that applies to all objects below it; undefined for one with further conditions. */
function prefixOf({ filter, prefix }: Readonly<Record<string, unknown>>): string | undefined {
  if (filter === undefined || filter === null) return prefix === undefined ? "" : stringOf(prefix);
  const given = objectOf(filter);
  const names = Object.keys(given).filter((name) => given[name] !== undefined);
  if (names.length === 0 && typeof filter === "object") return "";
  return names.length === 1 && names[0] === "prefix" ? stringOf(given.prefix) : undefined;
}

function stringOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
