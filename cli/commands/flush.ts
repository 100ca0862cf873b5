/** `streamlake flush`: runs the hourly step for the current hour, and prints what it did. */
import path from "node:path";
import { defineCommand } from "../command";
import { CommandError, UsageError } from "../errors";
import { flushLines } from "../flush/flushText";
import { flag, stackName, text, url } from "../optionKinds";
import { listRuns } from "../project/runs/listRuns";
import { onAws } from "../target/awsProblem";
import { type DeployedStack, deployedOptions, deployedStack } from "../target/target";
import { duration } from "../terminal/wording";

const NEEDS = "states:StartExecution, states:DescribeExecution, states:GetExecutionHistory";

export const flush = defineCommand({
  name: "flush",
  summary: "Runs the hourly step now, up to the current hour, and prints the hours, tables and rows that it flattened.",
  options: {
    stack: stackName("the stack whose run is served, any when absent; with --deployed, the deployed stack"),
    ...deployedOptions,
    dir: text("DIR", "the directory with the files of local runs", ".streamlake"),
    workflow: text(
      "ARN",
      "starts this state machine instead, as the output stateMachineArn of a deployed stack names it",
    ),
    "endpoint-url": url(
      "URL",
      "the endpoint of a local run, such as http://127.0.0.1:4566; the served run's when absent",
    ),
    json: flag("prints the result as JSON"),
  },
  notes: [
    "A local cloud must be served (streamlake local --serve). It first delivers what its streams hold.",
    "On AWS, records that routers have not written yet stay for the next hour's run; the batch window is a minute by default.",
    `Needs there: ${NEEDS}.`,
    "",
    "  streamlake flush",
    "  streamlake flush --deployed --stack dev",
    "  streamlake flush --workflow $(pulumi stack output stateMachineArn)",
  ],
  run: async (options, io) => {
    const { stack, dir, workflow, deployed, outputs } = options;
    if (workflow !== undefined && (deployed || outputs !== undefined)) {
      const other = deployed ? "--deployed" : "--outputs";
      throw new UsageError(`streamlake flush: --workflow and ${other} both name a stack on AWS; give only one`);
    }
    if (workflow !== undefined && stack !== undefined) {
      throw new UsageError(
        "streamlake flush: --workflow starts a state machine, and --stack names a local run; give only one",
      );
    }
    if (workflow !== undefined && !/^arn:[^:]+:states:[^:]+:\d{12}:stateMachine:[^:]+$/.test(workflow)) {
      throw new UsageError(`streamlake flush: --workflow must be the ARN of a state machine, not "${workflow}"`);
    }
    const startedAt = io.clock.now();
    const { flushServed, flushWorkflow } = require("../flush/flush") as typeof import("../flush/flush");
    const endpointUrl = options["endpoint-url"];
    const onStack = await deployedStack(options, { command: "flush", needed: ["stateMachineArn"] }, io);
    const flushStack = (of: DeployedStack) =>
      onAws({ command: "flush", stack: of, needs: NEEDS }, () =>
        flushWorkflow(of.outputs.stateMachineArn as string, endpointUrl, io),
      );
    const done = onStack
      ? await flushStack(onStack)
      : workflow !== undefined
        ? await flushWorkflow(workflow, endpointUrl, io)
        : await flushServed(endpointUrl ?? servedEndpoint(path.resolve(io.cwd, dir), stack), io);
    if (options.json) {
      io.stdout.write(`${JSON.stringify(done)}\n`);
      return 0;
    }
    const lines = flushLines(done.flushed);
    if (done.isBehind)
      lines.push("a function has not taken all records within 10 s; the others are left for the next flush");
    io.stdout.write(`${[...lines, `took ${duration(io.clock.now() - startedAt)}`].join("\n")}\n`);
    return 0;
  },
});

/** The endpoint at which a run of `stack`, or of any stack, serves its cloud. */
function servedEndpoint(baseDir: string, stack: string | undefined): string {
  const runs = listRuns(baseDir, stack).flatMap(({ state, marker: { endpoint }, id }) =>
    state === "served" && endpoint !== undefined ? [{ endpoint, id }] : [],
  );
  const [run, other] = runs;
  if (run && !other) return run.endpoint;
  const of = stack === undefined ? "" : ` of the stack "${stack}"`;
  if (!run) {
    throw new CommandError(
      `streamlake flush: no run${of} in ${baseDir} is served; serve one with: streamlake local --serve`,
    );
  }
  const served = runs.map(({ id, endpoint }) => `${id} at ${endpoint}`).join(", ");
  throw new CommandError(`streamlake flush: ${runs.length} runs${of} are served (${served}); add --endpoint-url`);
}
