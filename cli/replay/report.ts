/** The lines that a replay prints: counts, tables, left-out objects, and the hours for the hourly step. */
import { defaults } from "../../lake/defaults";
import { addHours, type Hour } from "../../lake/hour";
import type { ReplayFindings } from "../../lake/replay/findings";
import type { ReplayTotals } from "../../lake/replay/totals";
import { type TextTableOptions, textTable } from "../terminal/textTable";
import { counted, counting } from "../terminal/wording";

/** A replay from this machine: every table, hour and kind of staying record. */
export function findingsLines(findings: ReplayFindings, dryRun: boolean, table: TextTableOptions): string[] {
  const lines = [outcomeLine(findings.totals, dryRun)];
  const { landing, stays, leftOut } = findings;
  if (landing.length > 0) {
    const rows = landing.map((landed) => [
      landed.table,
      landed.hour,
      counted(landed.rows),
      counted(landed.objects),
      counted(landed.present),
    ]);
    lines.push("", ...textTable(["table", "hour", "rows", "objects", "already there"], rows, table));
  }
  if (stays.length > 0) {
    const rows = [...stays]
      .sort((left, right) => right.records - left.records)
      .map(({ records, reason, detail, example }) => [counted(records), reason, detail, example]);
    lines.push("", ...textTable(["stays", "reason", "detail", "for example"], rows, { columnWidth: 100, ...table }));
  }
  for (const [note, count] of leftOut) lines.push("", `left out: ${counted(count)} × ${note}`);
  return lines;
}

/** A replay on Step Functions: totals only. */
export function totalsLines(totals: ReplayTotals, dryRun: boolean): string[] {
  const { objects, rows, created, alreadyThere, firstHour, lastHour, stays, leftOut, failedObjects } = totals;
  const lines = [outcomeLine(totals, dryRun), "", `${counted(objects)} objects read`];
  if (firstHour !== undefined) {
    const there = alreadyThere > 0 ? `, ${counted(alreadyThere)} already there` : "";
    lines.push(`${counted(rows)} rows in ${counted(created)} objects${there}, hours ${firstHour} to ${lastHour}`);
  }
  for (const [reason, count] of Object.entries(stays)) lines.push(`stays: ${counted(count)} × ${reason}`);
  for (const [note, count] of Object.entries(leftOut)) lines.push(`left out: ${counted(count)} × ${note}`);
  if (failedObjects > 0) lines.push(`failed: ${counting(failedObjects, "object")}`);
  return lines;
}

/** The last lines: how to apply a dry run, or how the hourly step gets to the hours with new rows. */
export function closingLines(
  dryRun: boolean,
  { firstHour, lastHour }: Pick<ReplayTotals, "firstHour" | "lastHour">,
): string[] {
  if (dryRun) return ["nothing was written; use --apply to write"];
  if (firstHour === undefined || lastHour === undefined) return [];
  const lookback = defaults.hourly.lookbackHours;
  return [
    "the next hourly step processes these hours",
    `(start it by hand for hours that lie ${lookback} hours back or more; each start looks back ${lookback} hours, so these cover all)`,
    ...handStarts(firstHour, lastHour, lookback).map((hour) => `  {"hour":"${hour}"}`),
  ];
}

/**
 * The hours with which to start the hourly step by hand. Each start looks back from its own hour, so the last hour comes
 * first, then one start for each look-back before it, until the first hour is covered.
 *
 * @param lookbackHours includes the hour of the start, as in `HourlyEtlArgs`
 */
function handStarts(firstHour: Hour, lastHour: Hour, lookbackHours: number): Hour[] {
  const starts: Hour[] = [];
  for (let hour = lastHour; hour >= firstHour; hour = addHours(hour, -lookbackHours)) starts.push(hour);
  return starts;
}

function outcomeLine({ records, landed }: ReplayTotals, dryRun: boolean): string {
  const landing = `${counted(landed)} ${dryRun ? "would land" : "landed"}`;
  return `${counting(records, "record")} through the router: ${landing}, ${counted(records - landed)} still cannot be used`;
}
