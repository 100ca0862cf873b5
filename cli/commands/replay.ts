/** `streamlake replay`: records that could not be used, through the current router again; nothing is written unless asked for. */
import path from "node:path";
import { defaults } from "../../lake/defaults";
import { isHour } from "../../lake/hour";
import { REASONS } from "../../lake/reasons";
import { REPLAY_SOURCES, type ReplayTarget, WITHOUT_REASON } from "../../lake/replay/target";
import type { ReplayTotals } from "../../lake/replay/totals";
import { defineCommand } from "../command";
import { CommandError, UsageError } from "../errors";
import { flag, list, names, text, url } from "../optionKinds";
import type { Values } from "../options";
import { replayFailedBatches } from "../replay/failedBatches";
import { Findings } from "../replay/findings";
import { handStarts } from "../replay/handStarts";
import type { ReopenedRun } from "../replay/lastRun";
import { awsTarget } from "../replay/target";
import { replayUnformatted } from "../replay/unformatted";
import type { Io } from "../terminal/io";

const OPTIONS = {
  source: names("LIST", "what to replay: unformatted records, failed batches", REPLAY_SOURCES),
  reason: names("LIST", "only records that are unformatted for these reasons", REASONS, []),
  table: list("NAME …", "only records that are unformatted under these tables"),
  from: text("HOUR", "the first arrival hour, as 2026-11-20T10 (UTC)", undefined),
  to: text("HOUR", "the last arrival hour", undefined),
  apply: flag("does it; without it, only says what would be done"),
  function: text("NAME", "the router's function on AWS or an endpoint; the last local run when absent", undefined),
  "failed-bucket": text("NAME", "with --function, the bucket of failed batches", undefined),
  workflow: text("ARN", "has this state machine do it: the stack's output replayStateMachineArn", undefined),
  "endpoint-url": url("URL", "with --function or --workflow, as http://127.0.0.1:4566 of streamlake local --serve"),
  stack: text("NAME", "the local run of this stack; the last run when absent", undefined),
  dir: text("DIR", "where local runs keep their files", ".streamlake"),
};

type ReplayOptions = Values<typeof OPTIONS>;

export const replay = defineCommand({
  name: "replay",
  summary: "Sends what could not be used through the current router again. A dry run, unless --apply is given.",
  options: OPTIONS,
  notes: [
    "  streamlake replay --reason format,schema --from 2026-11-20T08",
    '  streamlake replay --workflow "$(pulumi stack output replayStateMachineArn)" --from 2026-11-01T00',
    "  streamlake replay --function router-router-function-3bfc33d --failed-bucket lake-failed-1f2e3d4 --apply",
  ],
  run: async (options, io) => {
    checkOptions(options);
    if (options.workflow !== undefined) {
      await startWorkflow(options, io, options.workflow);
      return 0;
    }
    if (options.function !== undefined) {
      const failed = options["failed-bucket"];
      await run(options, io, options.function, failed === undefined ? [] : [failed], options["endpoint-url"]);
      return 0;
    }
    const { reopenLastRun } = require("../replay/lastRun") as typeof import("../replay/lastRun");
    const reopened = await reopenLastRun(path.resolve(io.cwd, options.dir), options.stack, io);
    try {
      const hours = await run(options, io, reopened.functionName, reopened.failedBuckets, reopened.cloud.endpoint);
      if (options.apply && hours.length > 0) await runHours(reopened, hours, io);
    } finally {
      await reopened.close();
    }
    return 0;
  },
});

function checkOptions(options: ReplayOptions): void {
  for (const name of ["from", "to"] as const) {
    const hour = options[name];
    if (hour !== undefined && !isHour(hour)) {
      throw new UsageError(`streamlake replay: --${name} must be an hour, as 2026-11-20T10 (UTC), not "${hour}"`);
    }
  }
  if (options.function !== undefined && options.workflow !== undefined) {
    throw new UsageError(
      "streamlake replay: --function replays from this machine, --workflow does not; give one of them",
    );
  }
  if (options.function === undefined && options["failed-bucket"] !== undefined) {
    throw new UsageError("streamlake replay: --failed-bucket needs --function");
  }
  if (options["endpoint-url"] !== undefined && options.function === undefined && options.workflow === undefined) {
    throw new UsageError("streamlake replay: --endpoint-url needs --function or --workflow");
  }
}

async function startWorkflow(options: ReplayOptions, io: Io, arn: string): Promise<void> {
  const { replayByWorkflow, totalsLines } = require("../replay/workflow") as typeof import("../replay/workflow");
  const { source: sources, reason: reasons, table: tables, from, to, apply } = options;
  const order = { dryRun: !apply, sources, reasons, tables, ...(from && { from }), ...(to && { to }) };
  const { totals, failure } = await replayByWorkflow(arn, order, options["endpoint-url"], io);
  const closing = closingLines(apply, totals);
  io.stdout.write(`${[...totalsLines(totals, apply), "", ...closing].join("\n")}\n`);
  if (failure !== undefined) throw new CommandError(failure);
}

/** @param hours the first and the last of those whose tables got rows */
function closingLines(apply: boolean, { firstHour, lastHour }: Pick<ReplayTotals, "firstHour" | "lastHour">): string[] {
  if (!apply) return ["nothing was written; --apply does it"];
  if (firstHour === undefined || lastHour === undefined) return [];
  const lookback = defaults.hourly.lookbackHours;
  const starts = handStarts(firstHour, lastHour, lookback).map((hour) => `  {"hour":"${hour}"}`);
  return [
    "the next hourly step takes these hours up",
    `(hours that lie ${lookback} hours back or more are started by hand; each start looks back ${lookback} hours, so these cover all)`,
    ...starts,
  ];
}

/** Resolves to the hours whose tables get rows. */
async function run(
  options: ReplayOptions,
  io: Io,
  functionName: string,
  failedBuckets: readonly string[],
  endpointUrl: string | undefined,
): Promise<string[]> {
  const target = awsTarget({ functionName, env: io.env, endpointUrl, signal: io.signal });
  try {
    const findings = await replayAll(target, options, functionName, failedBuckets);
    const { apply } = options;
    const { hours } = findings;
    // Of a local run the command itself starts the hourly step.
    const told = options.function === undefined && apply ? {} : { firstHour: hours[0], lastHour: hours.at(-1) };
    io.stdout.write(`${[...findings.lines(apply), "", ...closingLines(apply, told)].join("\n")}\n`);
    return hours;
  } finally {
    target.close();
  }
}

async function replayAll(
  target: ReplayTarget,
  options: ReplayOptions,
  functionName: string,
  failedBuckets: readonly string[],
): Promise<Findings> {
  const { source, reason, table, from, to, apply } = options;
  const choice = { reasons: reason, tables: table, apply, ...(from && { from }), ...(to && { to }) };
  const findings = new Findings();
  const router = await target.invoke([], { apply: false, from: "unformatted" });
  // Failed batches first: what they leave in unformatted/ was tried just now.
  if (source.includes("failed")) {
    if (reason.length > 0 || table.length > 0) findings.leaveOut(WITHOUT_REASON);
    else if (failedBuckets.length === 0) findings.leaveOut("failed batches: give their --failed-bucket");
    else
      for (const bucket of failedBuckets)
        await replayFailedBatches(target, router, bucket, functionName, choice, findings);
  }
  if (source.includes("unformatted")) await replayUnformatted(target, router, choice, findings);
  return findings;
}

/** The hourly step over the reopened run, so that SQL sees the rows. */
async function runHours({ cloud }: ReopenedRun, hours: readonly string[], io: Io): Promise<void> {
  const { addHours, hourOf, startOf } = require("../../lake/hour") as typeof import("../../lake/hour");
  const next = startOf(addHours(hourOf(io.clock.now()), 1)) + defaults.hourly.minute * 60_000;
  const fired = await cloud.fireSchedules(new Date(next));
  const failed = fired.filter(({ status }) => status !== "SUCCEEDED");
  io.stdout.write(
    failed.length === 0
      ? `the hourly step took up ${hours.join(", ")}\n`
      : `the hourly step failed: ${failed.map(({ name, error }) => `${name} ${error ?? ""}`).join("; ")}\n`,
  );
}
