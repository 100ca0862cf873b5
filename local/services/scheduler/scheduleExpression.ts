/** Parses schedule expressions: `cron(…)` and `rate(…)`, in UTC. */
import { parseCron } from "./cronExpression";

const UNITS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** The schedule's first time after an instant, both in milliseconds since the epoch; undefined if there is none. */
export type NextTime = (after: number) => number | undefined;

/**
 * @param created creation time of the schedule, in milliseconds since the epoch; the start of a rate
 * @throws Error for an expression that Scheduler refuses or that is not simulated
 */
export function parseScheduleExpression(expression: string, created: number): NextTime {
  const found = /^(cron|rate|at)\((.*)\)$/.exec(expression);
  if (found?.[1] === "cron") return parseCron(found[2] as string);
  if (found?.[1] === "rate") return parseRate(found[2] as string, created);
  if (found?.[1] === "at")
    throw new Error(`"${expression}": one-time schedules are not simulated; see docs/fidelity.md`);
  throw new Error(`"${expression}" is not a schedule expression; use cron(10 * * * ? *) or rate(1 hour)`);
}

function parseRate(text: string, created: number): NextTime {
  const found = /^([1-9]\d*) (minute|hour|day)(s?)$/.exec(text);
  if (!found || (found[1] === "1") !== (found[3] === "")) {
    throw new Error(`rate(${text}) is not a rate; use the form rate(1 hour), rate(5 minutes) or rate(2 days)`);
  }
  const period = Number(found[1]) * (UNITS[found[2] as string] as number);
  return (after) => created + Math.max(0, Math.floor((after - created) / period) + 1) * period;
}
