/** Checks arguments at construction; each problem is one sentence that names the wrong value and the valid ones. */
import * as pulumi from "@pulumi/pulumi";

/**
 * Throws one error with every problem, headed by the component: `FormatRouter "clicks": batchSize …`. The engine shows
 * only the message of a `RunError`; a stack trace of the library would not help the author of the arguments.
 */
export function refuseProblems(component: string, name: string, problems: readonly (string | undefined)[]): void {
  const found = problems.filter((problem) => problem !== undefined);
  if (found.length > 0) throw new pulumi.RunError(`${component} "${name}": ${found.join(" ")}`);
}

/** The problem of a whole number outside its bounds; undefined if the number is valid or not given. */
export function wholeNumberProblem(
  option: string,
  value: number | undefined,
  bounds: { readonly min: number; readonly max: number; readonly unit?: string },
): string | undefined {
  if (value === undefined) return undefined;
  if (Number.isInteger(value) && value >= bounds.min && value <= bounds.max) return undefined;
  const unit = bounds.unit ? ` ${bounds.unit}` : "";
  return `${option} is ${value}; use a whole number from ${bounds.min} to ${bounds.max}${unit}.`;
}

/** The problem of a value that is none of the allowed ones. */
export function choiceProblem(option: string, value: unknown, choices: readonly unknown[]): string | undefined {
  if (value === undefined || choices.includes(value)) return undefined;
  return `${option} is ${JSON.stringify(value)}; use one of ${choices.map((choice) => JSON.stringify(choice)).join(", ")}.`;
}

/** True for a calendar day, `2026-11-21`. */
export function isDay(text: string): boolean {
  return (
    /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text)
  );
}

/** Days for which CloudWatch Logs can keep events (PutRetentionPolicy). */
export const LOG_RETENTION_DAYS: readonly number[] = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
