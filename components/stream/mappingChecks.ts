/** Checks of an event source mapping's settings, before anything is declared. */
import type { FormatsConfig } from "../../lake/formats";
import { choiceProblem, wholeNumberProblem } from "../parts/checks";
import type { StreamMappingArgs } from "./mappingArgs";

/** @param formats those that the function decodes: a filter on data drops what is not JSON */
export function streamMappingProblems(args: StreamMappingArgs, formats: FormatsConfig): (string | undefined)[] {
  return [...settingProblems(args), ...filterProblems(args.filters ?? [], formats)];
}

function settingProblems(args: StreamMappingArgs): (string | undefined)[] {
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

function ageProblem({ maxRecordAgeHours, stream }: StreamMappingArgs): string | undefined {
  if (maxRecordAgeHours === undefined || maxRecordAgeHours < stream.retentionHours) return undefined;
  return `maxRecordAgeHours is ${maxRecordAgeHours}, but the stream keeps records for ${stream.retentionHours} hours; use less, or failed records are gone before they are kept.`;
}

function startProblem({ startingPosition, startingTimestamp }: StreamMappingArgs): string | undefined {
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
