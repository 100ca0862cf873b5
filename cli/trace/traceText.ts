/** Describes a trace for people. */
import { isoOf } from "../../lake/hour";
import { brief } from "../terminal/brief";
import { byteCount, counted, counting } from "../terminal/wording";
import { type Finding, MAX_RECORDS } from "./findings";
import type { HourFailure } from "./hourFailure";
import type { TableHour } from "./inTables";
import type { ViewRows } from "./inViews";
import type { Trace } from "./trace";

export function traceLines(trace: Trace): string[] {
  const { stream, findings, tables, views, isCut } = trace;
  const lines: string[] = [];
  const streamOnly = stream && findings.length === 0;
  if (streamOnly && trace.subject.kind === "record") {
    const { shard, sequenceNumber } = trace.subject;
    lines.push(
      ...block(`record   ${shard}/${sequenceNumber}`, [
        ["stream", `${stream.stream}, stream partition key ${stream.partitionKey}, ${counting(stream.bytes, "byte")}`],
        ["arrived", isoOf(stream.arrivedMillis)],
      ]),
    );
  }
  const byRecord = new Map<string, Finding[]>();
  for (const finding of findings) {
    const name = `${finding.area} ${finding.record}`;
    byRecord.set(name, [...(byRecord.get(name) ?? []), finding]);
  }
  for (const ofRecord of byRecord.values()) lines.push(...recordLines(ofRecord));
  for (const table of tables) lines.push(...tableLines(table));
  for (const view of views) lines.push(...viewLines(view));
  if (isCut) lines.push(`only the first ${MAX_RECORDS} records are shown`, "");
  return lines;
}

/** Titles of a block are as wide as the longest, "arrived". */
function block(title: string, rows: readonly (readonly [string, string])[]): string[] {
  return [title, ...rows.map(([name, text]) => `  ${name.padEnd(7)}  ${text}`), ""];
}

/** @param findings of one record, one for each object that has it */
function recordLines(findings: readonly Finding[]): string[] {
  const [{ area, record, arrived, stream, partitionKey, ...rest }] = findings as [Finding];
  const landed = findings.map(({ object, rowIds, bytes = 0 }) => {
    const what =
      area === "raw" ? `${counting(rowIds.length, "row")} ${rangeOf(rowIds)}` : `${counting(bytes, "byte")} `;
    return ["landed", `${what}in s3://${object.place.bucket}/${object.key}`] as const;
  });
  const rows =
    area === "raw"
      ? [["format", `${rest.format}`] as const, ...landed]
      : [
          ["reason", `${rest.reason}: ${rest.detail}`] as const,
          ...landed,
          ["bytes", `streamlake inspect --record ${record}`] as const,
        ];
  return block(`record   ${record}`, [
    ["stream", `${stream}, stream partition key ${partitionKey}`],
    ["arrived", arrived],
    ...rows,
  ]);
}

/** The rows' positions in their record. */
function rangeOf(rowIds: readonly string[]): string {
  const positions = rowIds.map((id) => id.slice(id.lastIndexOf(".") + 1));
  const [first, last] = [positions[0], positions.at(-1)];
  return first === last ? `(${first}) ` : `(${first} to ${last}) `;
}

function tableLines({ table, hour, state, sql, rows, error, failure }: TableHour): string[] {
  const title = `hour     ${hour} of ${state ? table : "unformatted records"}`;
  return block(title, [
    ["state", state ? stateText({ table, state }) : "answers SQL at once"],
    ...(failure === undefined ? [] : ([["failed", failureText(failure)]] as const)),
    ...(rows === undefined ? [] : ([["rows", `${counting(rows, "row")} in the table ${table}`]] as const)),
    ...(error === undefined ? [] : ([["error", error]] as const)),
    ["query", sql],
  ]);
}

function viewLines({ view, firstHour, lastHour, sql, rows, error }: ViewRows): string[] {
  const hours = firstHour === lastHour ? firstHour : `${firstHour} to ${lastHour}`;
  return block(`view     ${view}, Parquet of Firehose, ${hours}`, [
    ...(rows === undefined ? [] : ([["rows", counting(rows, "row")]] as const)),
    ...(error === undefined ? [] : ([["error", error]] as const)),
    ...(rows === undefined && error === undefined ? ([["rows", "not searched: SQL finds them"]] as const) : []),
    ["query", sql],
  ]);
}

function failureText({ atMillis, execution, step, error, cause }: HourFailure): string {
  const reason = [step, error, cause === undefined ? undefined : brief(cause)].filter((part) => part !== undefined);
  return `${isoOf(atMillis)} in ${execution}: ${reason.join(": ")}`;
}

/** How far the hourly step is with an hour of a table. */
export function stateText({ table, state }: { table: string; state: NonNullable<TableHour["state"]> }): string {
  const { stage, sinceMillis, isOver } = state;
  const since = sinceMillis === undefined ? "" : isoOf(Math.floor(sinceMillis));
  const fresh = `the view ${table}_live has the rows now, if the table declares its columns`;
  switch (stage) {
    case "sealed":
      return `sealed at ${since}: the table has every row`;
    case "late":
      return `sealed at ${since}, and objects have landed since; the next run of the hourly step takes them; ${fresh}`;
    case "begun":
      return `a job run began at ${since} and has not ended: it is running, or it failed; ${fresh}`;
    case "uncounted":
      return `a job run ended at ${since}, and its rows are not counted yet, or the counts differ: see the executions of the state machine`;
    case "pending":
      return isOver
        ? `pending: no run of the hourly step has begun with it; ${fresh}`
        : `pending: the hour is not over; ${fresh}`;
  }
}

/** What was listed and read, for stderr. */
export function effortText({ listed, read }: Trace): string {
  return `listed ${counting(listed, "object")}, read ${counted(read.objects)} (${byteCount(read.bytes)})`;
}
