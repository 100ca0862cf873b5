/** Drives a deployed stack from records to SQL, and compares the counts of every step. */
import { AthenaClient } from "@aws-sdk/client-athena";
import { S3Client } from "@aws-sdk/client-s3";
import { SFNClient } from "@aws-sdk/client-sfn";
import { defaults } from "../../lake/defaults";
import { CommandError } from "../errors";
import { GENERATED_FORMATS } from "../generate/recordMakers";
import { clientOptions } from "../send/awsClients";
import { checkEndpoint } from "../send/checkEndpoint";
import { kinesisClient } from "../send/kinesisClient";
import type { Io } from "../terminal/io";
import { createProgress } from "../terminal/progress";
import { counted, counting } from "../terminal/wording";
import { awaitInView, deliveredViews } from "./awaitInView";
import { awaitLanded, type Landed } from "./awaitLanded";
import { type CountOptions, countRows } from "./countRows";
import { runHour } from "./runHour";
import { sendTracked, type TrackedRecords } from "./sendTracked";

export interface SmokeOutputs {
  readonly streamName: string;
  readonly bucketName: string;
  readonly databaseName: string;
  readonly workgroupName: string;
  readonly stateMachineArn: string;
  /** A delivery stream of Firehose, if the stack has one. */
  readonly deliveryStreamName?: string;
}

export interface SmokeOptions {
  readonly outputs: SmokeOutputs;
  readonly endpointUrl: string | undefined;
  readonly records: number;
  /** The share of malformed records. */
  readonly malformed: number;
  readonly seed: number;
  /** For all steps together. */
  readonly timeoutSeconds: number;
}

/** The table of unformatted records in every lake. */
const UNFORMATTED = "unformatted";

/** Resolves when every count agrees; throws a `CommandError` at the first step that fails. */
export async function runSmoke(options: SmokeOptions, io: Io): Promise<void> {
  const { outputs, endpointUrl, timeoutSeconds } = options;
  await checkEndpoint(clientOptions("KINESIS", io.env, endpointUrl).endpoint);
  const sinceMillis = io.clock.now();
  const deadlineMillis = sinceMillis + timeoutSeconds * 1000;
  const runId = `smoke-${sinceMillis.toString(36)}`;
  const clients = {
    kinesis: kinesisClient(io.env, endpointUrl),
    s3: new S3Client(clientOptions("S3", io.env, endpointUrl)),
    sfn: new SFNClient(clientOptions("SFN", io.env, endpointUrl)),
    athena: new AthenaClient(clientOptions("ATHENA", io.env, endpointUrl)),
  };
  const progress = createProgress(io.stdout, io.clock);
  const ok = (step: string, text: string) => progress.done(`ok  ${step.padEnd(8)}  ${text}`);
  try {
    const { databaseName: database, workgroupName: workgroup } = outputs;
    const deliveredBy = outputs.deliveryStreamName;
    if (deliveredBy !== undefined && options.malformed > 0) {
      throw new CommandError(
        `streamlake smoke: Firehose (${deliveredBy}) keeps malformed records in failed-deliveries/ without their ids, so that they cannot be found; give --malformed 0`,
      );
    }
    const views =
      deliveredBy === undefined ? [] : await deliveredViews({ client: clients.athena, database, workgroup }, io);
    const sending = { ...options, formats: GENERATED_FORMATS, client: clients.kinesis, stream: outputs.streamName };
    const sent = await sendTracked({ ...sending, runId }, io);
    ok("sent", `${counting(sent.size, "record")} to ${outputs.streamName}, stream partition keys ${runId}/…`);

    if (views.length > 0) {
      const sought = { client: clients.athena, database, workgroup, sent, sinceMillis, deadlineMillis };
      const { rows, view } = await awaitInView(sought, views, io);
      refuseMismatch(`the view ${view}`, "different rows", rows.rows, rows.ids);
      ok("view", `${view} has ${counting(rows.rows, "row")} of ${counting(sent.size, "record")}, each once`);
      return;
    }
    const landed = await awaitLanded(
      {
        client: clients.s3,
        bucket: outputs.bucketName,
        sent,
        sinceMillis,
        deadlineMillis,
        onProgress: (count) => progress.update(`${counted(count)} of ${counting(sent.size, "record")} landed`),
      },
      io,
    );
    checkLanded(sent, landed);
    const rows = rowsOf(landed);
    ok(
      "landed",
      `${counted(landed.landed.size)} as ${counting(rows, "row")}, ${counted(landed.unformatted.size)} unformatted`,
    );

    for (const hour of [...landed.hours].sort()) {
      progress.update(`running the hourly state machine for ${hour}`);
      const { stateMachineArn } = outputs;
      const executionArn = await runHour({ client: clients.sfn, stateMachineArn, hour, runId, deadlineMillis }, io);
      ok("hour", `${hour} by ${executionArn}`);
    }

    const athena = { client: clients.athena, database, workgroup, hours: landed.hours };
    for (const [table, ids] of landed.rows) {
      await checkTable({ ...athena, records: recordsOf(ids) }, table, ids.size, io);
      ok("table", `${table} has the same ${counting(ids.size, "row")}, each once`);
    }
    if (landed.unformatted.size > 0) {
      const { ids } = await countRows({ ...athena, records: landed.unformatted }, UNFORMATTED, "id", io);
      refuseMismatch(`the table ${UNFORMATTED}`, "records", landed.unformatted.size, ids);
      ok("table", `${UNFORMATTED} has the same ${counting(ids, "record")}`);
    }
    ok(
      "ledger",
      `${counting(sent.size, "record")} in = ${counted(landed.landed.size)} with rows + ` +
        `${counted(landed.unformatted.size)} unformatted; ${counting(rows, "row")} in ${defaults.prefixes.raw} = ${counted(rows)} in tables`,
    );
  } finally {
    progress.clear();
    for (const client of Object.values(clients)) client.destroy();
  }
}

/** Malformed records, and no others, must be unformatted. */
function checkLanded(sent: TrackedRecords, { landed, unformatted }: Landed): void {
  for (const [record, isMalformed] of sent) {
    if (landed.has(record) && unformatted.has(record)) {
      throw new CommandError(`streamlake smoke: record ${record} is in raw/ and in unformatted/`);
    }
    if (isMalformed === unformatted.has(record)) continue;
    const problem = isMalformed ? "is malformed and has rows" : "is valid and unformatted";
    throw new CommandError(
      `streamlake smoke: record ${record} ${problem}; the stack must enable the formats ${GENERATED_FORMATS.join(", ")}`,
    );
  }
}

async function checkTable(options: CountOptions, table: string, expected: number, io: Io): Promise<void> {
  const { rows, ids } = await countRows(options, table, "_id", io);
  refuseMismatch(`the table ${table}`, "rows", expected, rows);
  refuseMismatch(`the table ${table}`, "different rows", expected, ids);
}

function refuseMismatch(place: string, what: string, expected: number, found: number): void {
  if (found === expected) return;
  throw new CommandError(
    `streamlake smoke: ${place} has ${counted(found)} ${what} of this run; expected ${counted(expected)}`,
  );
}

function rowsOf({ rows }: Landed): number {
  return [...rows.values()].reduce((sum, ids) => sum + ids.size, 0);
}

/** The records of rows: `shardId-000000000000/4959…` of `shardId-000000000000/4959…/0.17`, also with a source. */
function recordsOf(ids: Iterable<string>): Set<string> {
  return new Set(
    [...ids].map((id) =>
      id
        .replace(/^[a-z0-9_-]+\./, "")
        .split("/", 2)
        .join("/"),
    ),
  );
}
