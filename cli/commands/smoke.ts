/** `streamlake smoke`: checks a deployed stack end to end with records of its own. */
import path from "node:path";
import { defineCommand } from "../command";
import { UsageError } from "../errors";
import { integer, share, text, url } from "../optionKinds";
import type { SmokeOutputs } from "../smoke/runSmoke";
import { outputsOfFile, outputsOfStack } from "../target/stackOutputs";

/** The sequence numbers of all records must fit into one query of Athena, 262,144 bytes. */
const MAX_RECORDS = 2000;

const SMOKE_OUTPUTS: readonly (keyof SmokeOutputs)[] = [
  "streamName",
  "bucketName",
  "databaseName",
  "workgroupName",
  "stateMachineArn",
];

export const smoke = defineCommand({
  name: "smoke",
  summary: "Checks a deployed stack end to end: sends records, runs the hourly step, and compares counts by SQL.",
  options: {
    stack: text("NAME", "the stack to check; its outputs are read with the Pulumi CLI"),
    outputs: text("FILE", "reads the outputs from this file instead, as pulumi stack output --json prints them"),
    records: integer("N", "the number of records to send", { initial: 200, min: 1, max: MAX_RECORDS }),
    malformed: share("SHARE", "the share of records that is malformed", 0.2),
    seed: integer("N", "the seed; the same seed sends the same records", { initial: 7, min: 0, max: 4_294_967_295 }),
    timeout: integer("SECONDS", "the maximum time for all steps", { initial: 3600, min: 1, max: 86_400 }),
    "endpoint-url": url("URL", "the endpoint of a local run, such as http://127.0.0.1:4566; AWS when absent"),
  },
  notes: [
    "With the output deliveryStreamName, give --malformed 0: Firehose keeps malformed records without their ids. Where it writes Parquet,",
    "the records' rows are looked for in the view <table>_delivered, and no hourly step is run.",
    "Deploys and deletes nothing; the records stay in the lake. The stack must enable JSON, NDJSON, CSV and the binary",
    "layout of sensors, as the shipped program does. Exit code 0: all counts agree. 1: a step failed. 2: wrong usage.",
    "",
    "  streamlake smoke --stack dev",
  ],
  run: async (options, io) => {
    const { stack, outputs: file, timeout } = options;
    if ((stack === undefined) === (file === undefined)) {
      throw new UsageError("streamlake smoke: give one of --stack and --outputs; see --help");
    }
    const source = { command: "smoke", needed: SMOKE_OUTPUTS };
    const found =
      stack !== undefined
        ? await outputsOfStack(stack, io.cwd, source)
        : outputsOfFile(path.resolve(io.cwd, String(file)), source);
    const { runSmoke } = require("../smoke/runSmoke") as typeof import("../smoke/runSmoke");
    const outputs = found as unknown as SmokeOutputs;
    await runSmoke({ ...options, outputs, endpointUrl: options["endpoint-url"], timeoutSeconds: timeout }, io);
    return 0;
  },
});
