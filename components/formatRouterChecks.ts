/** Checks of a router's arguments, before anything is declared. */
import { checkFormats, DEFAULT_FORMATS, type FormatsConfig } from "../lake/formats";
import { choiceProblem, refuseProblems, wholeNumberProblem } from "./checks";
import type { FormatRouterArgs } from "./formatRouterArgs";

/** @throws one error that names every problem */
export function checkFormatRouter(name: string, args: FormatRouterArgs): void {
  const formats = args.formats ?? DEFAULT_FORMATS;
  refuseProblems("FormatRouter", name, [
    ...checkFormats(formats).map((problem) => `formats: ${problem}.`),
    tableProblem(args),
    ...hookProblems(args),
    ...mappingProblems(args),
    ...filterProblems(args.filters ?? [], formats),
    wholeNumberProblem("concurrentWrites", args.concurrentWrites, { min: 1, max: 100, unit: "writes" }),
  ]);
}

function tableProblem({ table, lake }: FormatRouterArgs): string | undefined {
  if (table === undefined || Object.hasOwn(lake.tables, table)) return undefined;
  return `table "${table}" is not a table of its lake; use one of ${Object.keys(lake.tables).join(", ")}.`;
}

function hookProblems({ hooks = {} }: FormatRouterArgs): (string | undefined)[] {
  return Object.entries(hooks).map(([hook, callback]) => {
    if (!["transform", "accept", "table"].includes(hook)) {
      return `hooks has "${hook}"; the hooks are transform, accept and table.`;
    }
    if (callback === undefined || typeof callback === "function") return undefined;
    return `hook ${hook} is ${typeof callback}; use an inline callback.`;
  });
}

function mappingProblems(args: FormatRouterArgs): (string | undefined)[] {
  return [
    wholeNumberProblem("batchSize", args.batchSize, { min: 1, max: 10_000, unit: "records" }),
    wholeNumberProblem("batchWindowSeconds", args.batchWindowSeconds, { min: 0, max: 300, unit: "seconds" }),
    wholeNumberProblem("parallelizationFactor", args.parallelizationFactor, { min: 1, max: 10, unit: "batches" }),
    wholeNumberProblem("retryAttempts", args.retryAttempts, { min: 0, max: 10_000, unit: "tries" }),
    wholeNumberProblem("maxRecordAgeHours", args.maxRecordAgeHours, { min: 1, max: 168, unit: "hours" }),
    ageProblem(args),
    choiceProblem("startingPosition", args.startingPosition, ["TRIM_HORIZON", "LATEST", "AT_TIMESTAMP"]),
    startProblem(args),
  ];
}

function ageProblem({ maxRecordAgeHours, stream }: FormatRouterArgs): string | undefined {
  if (maxRecordAgeHours === undefined || maxRecordAgeHours < stream.retentionHours) return undefined;
  return `maxRecordAgeHours is ${maxRecordAgeHours}, but the stream keeps records for ${stream.retentionHours} hours; use less, or failed records are gone before they are kept.`;
}

function startProblem({ startingPosition, startingTimestamp }: FormatRouterArgs): string | undefined {
  if (startingPosition === "AT_TIMESTAMP") {
    if (startingTimestamp !== undefined && !Number.isNaN(Date.parse(startingTimestamp))) return undefined;
    return `startingTimestamp is ${JSON.stringify(startingTimestamp)}; "AT_TIMESTAMP" needs a time as 2026-11-20T10:00:00Z.`;
  }
  if (startingTimestamp === undefined) return undefined;
  return `startingTimestamp is there without startingPosition "AT_TIMESTAMP".`;
}

function filterProblems(filters: readonly string[], formats: FormatsConfig): (string | undefined)[] {
  const others = Object.entries(formats).flatMap(([format, options]) =>
    options === undefined || format === "json" || format === "limits" ? [] : [format],
  );
  return [
    filters.length > 5 ? `filters has ${filters.length} patterns; a mapping takes at most 5.` : undefined,
    ...filters.map((pattern, index) => {
      const parsed = parsePattern(pattern);
      if (parsed === undefined) return `filter ${index + 1} is not a JSON object.`;
      if (!("data" in parsed) || others.length === 0) return undefined;
      return `filter ${index + 1} is on data, which drops every record that is not JSON, but ${others.join(", ")} is enabled; use the hook accept, or json as the only format.`;
    }),
  ];
}

function parsePattern(pattern: string): object | undefined {
  try {
    const parsed: unknown = JSON.parse(pattern);
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined; // JSON.parse throws SyntaxError only; the caller says which filter it was
  }
}
