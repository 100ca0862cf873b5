/** The cost of schedules, state machines, Glue jobs and crawlers. */

import { counted } from "../../terminal/wording";
import type { ProgramResource } from "../declaredProgram";
import { DAYS_A_MONTH, HOURS_A_MONTH, type Model, numberOf, type Part, type Program, physicalName } from "../model";
import { costOf } from "../prices";

const MACHINE = "aws:sfn/stateMachine:StateMachine";
const SCHEDULE = "aws:scheduler/schedule:Schedule";
/** https://docs.aws.amazon.com/glue/latest/dg/add-job.html, "Worker type" */
const WORKER_DPUS: Readonly<Record<string, number>> = {
  "G.025X": 0.25,
  Standard: 1,
  "G.1X": 1,
  "G.2X": 2,
  "G.4X": 4,
  "G.8X": 8,
};
/** Minimum charges (https://aws.amazon.com/glue/pricing/); the example of a crawler on that page has two DPUs. */
const LEAST_JOB_MINUTES = 1;
const LEAST_CRAWL_MINUTES = 10;
const CRAWLER_DPUS = 2;

export const schedule: Model = (resource) => {
  const starts = startsAMonth(resource);
  if (starts === undefined)
    return [
      { part: "starts", prices: ["schedule"], open: `the starts of ${resource.inputs.scheduleExpression} a month` },
    ];
  return [
    {
      part: "starts",
      fixedUsd: costOf("schedule", starts),
      prices: ["schedule"],
      basis: `${counted(Math.round(starts))} starts`,
    },
  ];
};

export const stateMachine: Model = (resource, program, { transitions, activeHours }) => {
  if (resource.inputs.type === "EXPRESS")
    return [{ part: "express executions", prices: [], open: "requests and durations; not in the table of prices" }];
  const part = "state transitions";
  const starts = scheduledStarts(resource, program);
  if (starts === undefined)
    return [{ part, prices: ["transition"], open: "nobody knows when it is started; no schedule does it" }];
  if (starts > HOURS_A_MONTH)
    return [{ part, prices: ["transition"], open: `the transitions of each of ${counted(starts)} starts a month` }];
  if (transitions === undefined)
    return [
      {
        part,
        prices: ["transition"],
        open: "transitions of an hour; a local run counts them, then give --transitions",
      },
    ];
  const count = (starts * transitions * activeHours) / 24;
  return [
    {
      part,
      fixedUsd: costOf("transition", count),
      prices: ["transition"],
      basis: `${Math.round(count)} transitions`,
      atLeast: true,
    },
  ];
};

export const glueJob: Model = (resource, program, { jobMinutes, activeHours }) => {
  const { workerType, numberOfWorkers, maxCapacity } = resource.inputs;
  const part = `runs of ${resource.name}`;
  const runs = runsAMonth(resource, program, activeHours);
  const dpus = numberOf(maxCapacity, numberOf(numberOfWorkers, 10) * (WORKER_DPUS[String(workerType)] ?? Number.NaN));
  if (runs === undefined || Number.isNaN(dpus)) {
    return [
      {
        part,
        prices: ["glueDpu"],
        open: runs === undefined ? "no schedule starts it" : `the DPUs of the worker type ${workerType}`,
      },
    ];
  }
  const minutes = Math.max(LEAST_JOB_MINUTES, jobMinutes ?? 0);
  return [dpuPart(part, runs, minutes, dpus, jobMinutes === undefined ? ", the minimum; give --job-minutes" : "")];
};

export const crawler: Model = (resource, program, { activeHours }) => {
  const part = `crawls of ${resource.name}`;
  const runs = runsAMonth(resource, program, activeHours);
  if (runs === undefined) return [{ part, prices: ["glueDpu"], open: "no schedule starts it" }];
  return [dpuPart(part, runs, LEAST_CRAWL_MINUTES, CRAWLER_DPUS, ", the minimum")];
};

function dpuPart(part: string, runs: number, minutes: number, dpus: number, more: string): Part {
  const fixedUsd = costOf("glueDpu", (runs * dpus * minutes) / 60);
  const basis = `${Math.round(runs)} runs of ${minutes} min with ${dpus} DPU${dpus === 1 ? "" : "s"}${more}`;
  return { part, fixedUsd, prices: ["glueDpu"], basis, ...(more === "" ? {} : { atLeast: true }) };
}

/** One run for each hour with data of a scheduled state machine that names it, or that names no other of its type's owner. */
function runsAMonth(resource: ProgramResource, program: Program, activeHours: number): number | undefined {
  const named = `"${physicalName(resource)}"`;
  const machines = program
    .all(MACHINE)
    .filter(({ inputs }) => String(inputs.definition).replaceAll("\\", "").includes(named));
  const starts = machines.map((machine) => scheduledStarts(machine, program)).filter((count) => count !== undefined);
  if (starts.length === 0) return undefined;
  return starts.reduce((sum, count) => sum + (Math.min(count, HOURS_A_MONTH) * activeHours) / 24, 0);
}

/** The starts of a state machine by schedules; undefined without a schedule whose starts are known. */
function scheduledStarts({ arn }: ProgramResource, program: Program): number | undefined {
  const counts = program
    .all(SCHEDULE)
    .filter(({ inputs }) => JSON.stringify(inputs.target).replaceAll("\\", "").includes(`"${arn}"`))
    .map(startsAMonth)
    .filter((count) => count !== undefined);
  return counts.length === 0 ? undefined : counts.reduce((sum, count) => sum + count, 0);
}

/** The starts of a schedule in a month; undefined for an expression with days, months or years. */
export function startsAMonth({ inputs }: Pick<ProgramResource, "inputs">): number | undefined {
  if (inputs.state === "DISABLED") return 0;
  const expression = String(inputs.scheduleExpression);
  const [, every, unit = ""] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  const perHour = { minute: 60, hour: 1, day: 1 / 24 }[unit];
  if (perHour !== undefined) return (HOURS_A_MONTH * perHour) / Number(every);
  const [, minutes = "", hours = ""] = /^cron\((\S+) (\S+) [*?] \* [*?] \*\)$/.exec(expression) ?? [];
  const [inHour, inDay] = [valuesIn(minutes, 60), valuesIn(hours, 24)];
  return inHour === undefined || inDay === undefined ? undefined : inHour * inDay * DAYS_A_MONTH;
}

/** The number of values that a field of a cron expression matches. */
function valuesIn(field: string, size: number): number | undefined {
  if (field === "*") return size;
  const [, step] = /^(?:\*|0)\/(\d+)$/.exec(field) ?? [];
  if (step !== undefined) return Math.ceil(size / Number(step));
  return /^\d+(,\d+)*$/.test(field) ? field.split(",").length : undefined;
}
