/** `streamlake trace`: follows a record, an object or a text from the stream to the table. */
import { defineCommand } from "../command";
import { CommandError, UsageError } from "../errors";
import { flag } from "../optionKinds";
import { onAws } from "../target/awsProblem";
import { lakeOfStack } from "../target/lakePlace";
import { countOnStack } from "../target/queryStack";
import { type DeployedStack, readTarget, targetOptions } from "../target/target";
import { leftOutText, readWindow, type Window, windowOptions, windowText } from "../target/window";
import type { Io } from "../terminal/io";
import { hourFailure } from "../trace/hourFailure";
import { inStackStream } from "../trace/inStream";
import { sourcesOfRun } from "../trace/runSources";
import { subjectOf } from "../trace/subject";
import { trace as follow, type Trace, type TraceSources } from "../trace/trace";
import { effortText, traceLines } from "../trace/traceText";

const NEEDS =
  "kinesis:GetShardIterator and kinesis:GetRecords on the stream, s3:ListBucket on the lake's bucket, s3:GetObject below raw/, unformatted/ and ledger/";

export const trace = defineCommand({
  name: "trace",
  summary:
    "Follows a record, an object or a text: stream, arrival, format, objects or reason, state of the hour, rows, query.",
  argument: "RECORD|KEY|TEXT",
  options: {
    ...targetOptions,
    ...windowOptions,
    json: flag("prints the findings as JSON"),
  },
  notes: [
    "RECORD is shardId-…/SEQUENCENUMBER, or an _id of a row. KEY is the key of an object in raw/ or unformatted/, also with s3://BUCKET/.",
    "Any other argument is a text, which is looked for in stream partition keys, rows and the bytes of unformatted records; bytes",
    "that a producer has packed are not unpacked. Parquet that Firehose writes is asked by the view <table>_delivered for a RECORD,",
    "and is not searched for a text. At most 10 records are shown. Exit code 0: found. 1: not found. 2: wrong usage.",
    "",
    "  streamlake trace shardId-000000000000/49590338271490256608559692538361571095921575989136588898",
    "  streamlake trace order-4711 --since 6h",
    "",
    "With --deployed or --outputs (bucketName, streamName, databaseName, workgroupName), it writes nothing. A record is read from the",
    "stream, which names its hour: one of the five reads a second of its shard. It lists the objects of each table and hour, and reads",
    "those that may have the subject: for a text all of them, up to --max-mebibytes. Athena counts the rows of each sealed hour, and",
    "those of a RECORD in Firehose's Parquet, at its minimum charge or that of the hour's Parquet. For other hours the last 10 failed",
    "executions of stateMachineArn are read.",
    "Needs there: kinesis:GetShardIterator, kinesis:GetRecords, s3:ListBucket, s3:GetObject (DataLake.readAccess(), and ledger/),",
    "states:ListExecutions, states:DescribeExecution, the permissions of streamlake query, and kms:Decrypt on customers' keys.",
    "",
    "  streamlake trace --deployed --stack prod order-4711 --hour 2026-11-20T10",
  ],
  run: async ({ json, ...options }, io, argument = "") => {
    if (argument === "") throw new UsageError("streamlake trace: the text is empty; see --help");
    const subject = subjectOf(argument);
    const isDeployed = options.deployed || options.outputs !== undefined;
    const window = readWindow("trace", options, isDeployed, io);
    const needed = ["bucketName", "streamName", "databaseName", "workgroupName"];
    const target = await readTarget(options, { command: "trace", needed }, io);
    const traceIn = (sources: TraceSources) => follow(subject, sources, window, io.clock.now());
    const found =
      "run" in target
        ? await traceIn(sourcesOfRun(target.run.directory, io))
        : await traceStack(target.deployed, options.prefix ?? "", traceIn, io);
    io.stdout.write(
      json
        ? `${JSON.stringify(jsonOf(found))}\n`
        : traceLines(found)
            .map((line) => `${line}\n`)
            .join(""),
    );
    io.stderr.write(`${effortText(found)}\n`);
    const left = leftOutText(found.left);
    if (left !== undefined) io.stderr.write(`streamlake trace: ${left}\n`);
    if (found.findings.length > 0 || found.views.some(({ rows = 0 }) => rows > 0)) return 0;
    throw new CommandError(`streamlake trace: ${notFound(found, argument, window)}`);
  },
});

async function traceStack(
  stack: DeployedStack,
  prefix: string,
  traceIn: (sources: TraceSources) => Promise<Trace>,
  io: Io,
): Promise<Trace> {
  const lake = lakeOfStack(stack, prefix, io);
  const sources: TraceSources = {
    lakes: [lake],
    stream: (subject) => inStackStream(stack, subject, io),
    count: (sql) => countOnStack(stack, sql, io),
    failure: (hour) => hourFailure(stack, hour, io),
  };
  try {
    return await onAws({ command: "trace", stack, needs: NEEDS }, () => traceIn(sources));
  } finally {
    lake.close();
  }
}

function notFound({ subject, stream, hours, views }: Trace, argument: string, { maxBytes }: Window): string {
  const names = views.map(({ view }) => view).join(", ");
  const where = hours === undefined ? "the run" : windowText({ hours, maxBytes });
  if (stream && views.length > 0) {
    return `the record is in the stream, in no object of ${where}, and in no row of ${names}: the delivery stream has not written it yet, or it is in failed-deliveries/ (see: docs/runbook.md)`;
  }
  if (stream) {
    return `the record is in the stream, and in no object of ${where}: the router has not written it yet, or it is in a failed batch (see: streamlake replay --help)`;
  }
  if (subject.kind === "text" && views.length > 0) {
    return `"${argument}" is in no object that was read of ${where}; rows that Firehose writes as Parquet are not searched for text: select them from ${names} by streamlake query`;
  }
  const wider = hours === undefined ? "" : "; --since looks further back";
  return `"${argument}" is in no object of ${where}${wider}`;
}

function jsonOf({ findings, left, ...found }: Trace): object {
  return {
    ...found,
    findings: findings.map(({ object, ...finding }) => ({
      ...finding,
      bucket: object.place.bucket,
      key: object.key,
      table: object.table,
      hour: object.hour,
    })),
    left: left.length,
  };
}
