/** `streamlake replay`: sends records that could not be used through the current router again. */
import { defaults } from "../../lake/defaults";
import { isHour } from "../../lake/hour";
import { REASONS } from "../../lake/reasons";
import { REPLAY_SOURCES, type ReplayRequest } from "../../lake/replay/request";
import type { WorkStep } from "../../local/workStep";
import { defineCommand } from "../command";
import { CommandError, UsageError } from "../errors";
import { flag, list, names, text, url } from "../optionKinds";
import type { Values } from "../options";
import { readRun, runOptions } from "../project/runs/readRun";
import { type ReplayOrigin, replayFromHere } from "../replay/fromHere";
import type { ReopenedRun } from "../replay/reopenRun";
import { closingLines, findingsLines, totalsLines } from "../replay/report";
import { awsTarget } from "../replay/target";
import { clientOptions } from "../send/awsClients";
import { checkEndpoint } from "../send/checkEndpoint";
import { onAws } from "../target/awsProblem";
import { deployedOptions, deployedStack } from "../target/target";
import type { Io } from "../terminal/io";
import { fitting, headed } from "../terminal/textTable";
import { waitingFor } from "../terminal/waitingFor";

const OPTIONS = {
  source: names("LIST", "what to replay: unformatted records, failed batches", REPLAY_SOURCES),
  reason: names("LIST", "only records that lie in unformatted/ for these reasons", REASONS, []),
  table: list("NAME …", "only records that lie in unformatted/ under these tables"),
  from: text("HOUR", "the first arrival hour, as 2026-11-20T10 (UTC)", undefined),
  to: text("HOUR", "the last arrival hour", undefined),
  apply: flag("writes; without it, a dry run prints what would be written"),
  function: text("NAME", "the router's function on AWS or an endpoint (default: the last local run)", undefined),
  "failed-bucket": text("NAME", "with --function, the bucket of failed batches", undefined),
  workflow: text("ARN", "replays on this state machine: the stack's output replayStateMachineArn", undefined),
  ...deployedOptions,
  "endpoint-url": url(
    "URL",
    "with --function, --workflow or --deployed, as http://127.0.0.1:4566 of streamlake local --serve",
  ),
  ...runOptions,
};

const NEEDS = "states:StartExecution and states:DescribeExecution";

type ReplayOptions = Values<typeof OPTIONS>;

export const replay = defineCommand({
  name: "replay",
  summary: "Sends records that could not be used through the current router again. A dry run, unless --apply is given.",
  options: OPTIONS,
  hasColors: true,
  notes: [
    "  streamlake replay --reason format,schema --from 2026-11-20T08",
    "  streamlake replay --deployed --stack prod --from 2026-11-01T00    # on the output replayStateMachineArn",
    '  streamlake replay --workflow "$(pulumi stack output replayStateMachineArn)" --from 2026-11-01T00',
    "  streamlake replay --function router-router-function-3bfc33d --failed-bucket lake-failed-1f2e3d4 --apply",
  ],
  run: async (options, io) => {
    checkOptions(options);
    if (options.function !== undefined || options.workflow !== undefined) {
      await checkEndpoint(clientOptions(options.workflow ? "SFN" : "LAMBDA", io.env, options["endpoint-url"]).endpoint);
    }
    const stack = await deployedStack(options, { command: "replay", needed: ["replayStateMachineArn"] }, io);
    if (stack) {
      const arn = stack.outputs.replayStateMachineArn as string;
      await onAws({ command: "replay", stack, needs: NEEDS }, () => startWorkflow(options, io, arn));
      return 0;
    }
    if (options.workflow !== undefined) {
      await startWorkflow(options, io, options.workflow);
      return 0;
    }
    if (options.function !== undefined) {
      const failed = options["failed-bucket"];
      const origin = { functionName: options.function, failedBuckets: failed === undefined ? [] : [failed] };
      await replayHere(options, io, origin, options["endpoint-url"]);
      return 0;
    }
    const run = readRun("replay", options, io);
    const { reopenRun } = require("../replay/reopenRun") as typeof import("../replay/reopenRun");
    const reopened = await reopenRun(run, io);
    try {
      const hours = await replayHere(options, io, reopened, reopened.cloud.endpoint);
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
      "streamlake replay: --function replays from this machine, --workflow on Step Functions; give one of them",
    );
  }
  if (options.function === undefined && options["failed-bucket"] !== undefined) {
    throw new UsageError("streamlake replay: --failed-bucket needs --function");
  }
  const onStack = options.deployed ? "--deployed" : options.outputs !== undefined ? "--outputs" : undefined;
  const onAwsItself = options.function ?? options.workflow;
  if (onStack !== undefined && onAwsItself !== undefined) {
    const other = options.function === undefined ? "--workflow" : "--function";
    throw new UsageError(`streamlake replay: ${other} and ${onStack} both name a target on AWS; give only one`);
  }
  if (options["endpoint-url"] !== undefined && onAwsItself === undefined && onStack === undefined) {
    throw new UsageError("streamlake replay: --endpoint-url needs --function, --workflow, --deployed or --outputs");
  }
}

/** @throws CommandError if the replay failed in part, after its totals are printed */
async function startWorkflow(options: ReplayOptions, io: Io, arn: string): Promise<void> {
  const { replayByWorkflow } = require("../replay/workflow") as typeof import("../replay/workflow");
  const request = requestOf(options);
  const { totals, failure } = await replayByWorkflow(arn, request, options["endpoint-url"], io);
  print([...totalsLines(totals, request.dryRun), "", ...closingLines(request.dryRun, totals)], io);
  if (failure !== undefined) throw new CommandError(failure);
}

/** Resolves to the hours whose tables get rows. */
async function replayHere(options: ReplayOptions, io: Io, origin: ReplayOrigin, endpointUrl: string | undefined) {
  const target = awsTarget({ functionName: origin.functionName, env: io.env, endpointUrl, signal: io.signal });
  const request = requestOf(options);
  const { dryRun } = request;
  let step: WorkStep = { what: "asking the router" };
  const onStep = (next: WorkStep) => {
    step = next;
  };
  try {
    const replaying = () => replayFromHere(target, request, origin, onStep);
    const findings = await waitingFor(() => step, io, replaying);
    // After a local run the command itself starts the hourly step.
    const isLocal = options.function === undefined;
    const closing = closingLines(dryRun, isLocal ? {} : findings.totals);
    print(
      [
        ...findingsLines(findings, dryRun, { ...headed(io), ...(io.stdout.isTTY && fitting(io.stdout)) }),
        "",
        ...closing,
      ],
      io,
    );
    return findings.hours;
  } finally {
    target.close();
  }
}

function requestOf({ source: sources, reason: reasons, table: tables, from, to, apply }: ReplayOptions): ReplayRequest {
  return { dryRun: !apply, sources, reasons, tables, ...(from && { from }), ...(to && { to }) };
}

function print(lines: readonly string[], io: Io): void {
  io.stdout.write(`${lines.join("\n")}\n`);
}

/** Runs the hourly step over the reopened run, so that SQL queries see the rows. */
async function runHours({ cloud }: ReopenedRun, hours: readonly string[], io: Io): Promise<void> {
  const { addHours, hourOf, startOf } = require("../../lake/hour") as typeof import("../../lake/hour");
  const next = startOf(addHours(hourOf(io.clock.now()), 1)) + defaults.hourly.minute * 60_000;
  const fired = await cloud.fireSchedules(new Date(next));
  const failed = fired.filter(({ status }) => status !== "SUCCEEDED");
  io.stdout.write(
    failed.length === 0
      ? `the hourly step processed ${hours.join(", ")}\n`
      : `the hourly step failed: ${failed.map(({ name, error }) => `${name} ${error ?? ""}`).join("; ")}\n`,
  );
}
