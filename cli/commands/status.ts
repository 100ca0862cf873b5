/** `streamlake status`: one screen on a local run or a deployed stack, and an exit code for what is wrong with it. */
import { defaults } from "../../lake/defaults";
import { addHours, hourOf } from "../../lake/hour";
import { defineCommand } from "../command";
import { flag } from "../optionKinds";
import { ledgerState } from "../project/runs/ledgerState";
import type { Run } from "../project/runs/listRuns";
import { type LakeHour, lakeHours } from "../status/lakeHours";
import { alarmChecks, type Check, servedAlarmChecks, stackChecks } from "../status/stackChecks";
import { onAws } from "../target/awsProblem";
import { type LakePlace, lakeOfStack, lakesOfRun } from "../target/lakePlace";
import { type DeployedStack, readTarget, targetOptions } from "../target/target";
import { readHours, windowOptions } from "../target/window";
import type { Io } from "../terminal/io";
import { tableOn, textTable } from "../terminal/textTable";
import { counted, counting, createPaint, type Paint } from "../terminal/wording";

const NEEDS = "s3:ListBucket on the lake's bucket, and s3:GetObject below ledger/";

/** Beyond this the hourly step is late with an hour; its alarm `not-started` waits as long. */
const LATE_HOURS = 2;

const { hour, since, prefix } = windowOptions;

export const status = defineCommand({
  name: "status",
  summary: "Prints on one screen how a local run or a deployed stack is: its stream, mappings, hours and alarms.",
  options: {
    ...targetOptions,
    hour,
    since,
    prefix,
    json: flag("prints what was found as JSON"),
  },
  hasColors: true,
  notes: [
    "Exit code 0: all is well. 1: something needs a look; it is marked with !. 2: wrong usage. ? marks what is not known.",
    "",
    "  streamlake status",
    "",
    "The alarms of a run that is over are those of its end.",
    "The rows of a sealed hour are those that its ledger counted. Other rows, and unformatted records, are counted by the names of",
    "objects: what was delivered again in other pieces counts again. Objects of Firehose have no counts in their names: until their",
    "hour is sealed, its rows are left empty.",
    "With --deployed or --outputs (bucketName; the others are optional), it writes nothing. It takes the outputs",
    "streamName, deliveryStreamName, stateMachineArn and alarmTopicArn. It lists the objects of each table and hour, and reads the ledger's.",
    "An hour that is not sealed two hours after its end is late, if the lake has an hourly step (on AWS: stateMachineArn is there).",
    "Needs there: s3:ListBucket, s3:GetObject below ledger/, kinesis:DescribeStreamSummary, lambda:ListEventSourceMappings,",
    "states:ListExecutions, cloudwatch:DescribeAlarms. A service that may not be asked is left out, by name.",
    "",
    "  streamlake status --deployed --stack prod --since 24h",
  ],
  run: async ({ json, ...options }, io) => {
    const isDeployed = options.deployed || options.outputs !== undefined;
    const hours = readHours("status", options, isDeployed, io);
    const target = await readTarget(options, { command: "status", needed: ["bucketName"] }, io);
    const found =
      "run" in target
        ? await statusOfRun(target.run, hours, io)
        : await statusOfStack(target.deployed, options.prefix ?? "", hours, io);
    const late = found.hours.filter((one) => isLate(one, io.clock.now()));
    if (json) io.stdout.write(`${JSON.stringify({ ...found, late })}\n`);
    else io.stdout.write(`${lines(found, late, io).join("\n")}\n`);
    return found.checks.some(({ isWell }) => isWell === false) || late.length > 0 ? 1 : 0;
  },
});

interface Status {
  readonly title: string;
  readonly checks: readonly Check[];
  readonly hours: readonly LakeHour[];
}

type Hours = Parameters<typeof lakeHours>[1];

const RUN_STATES: Readonly<Record<Run["state"], string>> = {
  running: "is running",
  served: "is served",
  ended: "has ended",
  stopped: "was stopped before its results",
  failed: "failed before its results",
  killed: "was killed before its results",
};

/** A run flattens its hours when it ends or is flushed; an hour that it has not flattened by then is late as on AWS. */
async function statusOfRun(run: Run, hours: Hours, io: Io): Promise<Status> {
  const { id, stack, directory, marker, state } = run;
  const isWhole = state === "running" || state === "served" || state === "ended";
  const checks: Check[] = [{ what: "run", state: `${id} ${RUN_STATES[state]}`, isWell: isWhole }];
  const { outcome } = marker;
  if (outcome) {
    const ledger = ledgerState(run);
    const isOutdated = ledger === "outdated";
    checks.push({
      what: "ledger",
      state: `${counting(outcome.records, "record")}, ${ledger}${isOutdated ? ": records have arrived since it was read" : ""}`,
      isWell: isOutdated ? undefined : ledger === "balanced",
    });
  }
  if (state === "served" && marker.endpoint !== undefined)
    checks.push(...(await servedAlarmChecks(marker.endpoint, io)));
  else if (marker.alarms) checks.push(...alarmChecks(marker.alarms));
  const lakes = lakesOfRun({ directory } as Run);
  const isFlattened = ({ bucket, prefix }: LakePlace) => {
    const raw = `${bucket}/${prefix}${defaults.prefixes.raw}`;
    return outcome?.flattened?.some((place) => place === raw || place === bucket) ?? true;
  };
  const found = await Promise.all(lakes.map((lake) => lakeHours(lake, hours, io.clock.now(), isFlattened(lake))));
  return { title: `the stack "${stack}", run of ${marker.startedAt}`, checks, hours: found.flat() };
}

async function statusOfStack(stack: DeployedStack, prefix: string, hours: Hours, io: Io): Promise<Status> {
  const lake = lakeOfStack(stack, prefix, io);
  try {
    return await onAws({ command: "status", stack, needs: NEEDS }, async () => ({
      title: stack.title,
      checks: await stackChecks(stack, io),
      hours: await lakeHours(lake, hours, io.clock.now(), stack.outputs.stateMachineArn !== undefined),
    }));
  } finally {
    lake.close();
  }
}

function isLate({ hour: of, state }: LakeHour, nowMillis: number): boolean {
  return state !== undefined && state.stage !== "sealed" && of < addHours(hourOf(nowMillis), -LATE_HOURS);
}

function lines({ title, checks, hours }: Status, late: readonly LakeHour[], io: Io): string[] {
  const paint = createPaint(io);
  const width = Math.max(...checks.map(({ what }) => what.length));
  return [
    paint.strong(title),
    ...checks.map((check) => `${markOf(check, paint)} ${check.what.padEnd(width)}  ${check.state}`),
    "",
    ...(hours.length === 0 ? ["no object in these hours"] : hourTable(hours, late, io)),
  ];
}

function markOf({ isWell }: Check, paint: Paint): string {
  if (isWell === undefined) return "?";
  return isWell ? paint.good("✓") : paint.bad("!");
}

function hourTable(hours: readonly LakeHour[], late: readonly LakeHour[], io: Io): string[] {
  const rows = hours.map((one) => [
    late.includes(one) ? "!" : "",
    one.hour,
    one.table,
    one.rows === undefined ? "" : counted(one.rows),
    counted(one.unformatted),
    stageOf(one),
  ]);
  return textTable(["", "hour (UTC)", "table", "rows", "unformatted", "hourly step"], rows, tableOn(io));
}

function stageOf({ state }: LakeHour): string {
  if (state === undefined) return "";
  const { stage, sinceMillis, isOver } = state;
  const at = sinceMillis === undefined ? "" : ` at ${new Date(Math.floor(sinceMillis)).toISOString().slice(11, 16)}`;
  switch (stage) {
    case "sealed":
      return `sealed${at}`;
    case "late":
      return `sealed${at}, and rows landed since`;
    case "begun":
      return `a job run began${at}`;
    case "uncounted":
      return `a job run ended${at}, not counted`;
    case "pending":
      return isOver ? "not begun" : "the hour is not over";
  }
}
