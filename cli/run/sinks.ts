/** Finds the sinks of a program beside its lake, and its HTTP entries, and reads the ledger of each. */

import { readFileSync } from "node:fs";
import path from "node:path";
import { filesBelow } from "../../local/duckdb/files";
import { readFailedBatch } from "../../local/ledger/failedBatch";
import { keepAcknowledgements, readIngestLedger } from "../../local/ledger/sinks/ingestLedger";
import type { SinkLedger } from "../../local/ledger/sinks/sinkLedger";
import { readViewLedger } from "../../local/ledger/sinks/viewLedger";
import type { ApiGatewayService } from "../../local/services/apigatewayv2/service";
import type { KinesisService } from "../../local/services/kinesis/service";
import type { S3Service } from "../../local/services/s3/service";
import type { LocalResource } from "../../local/startLocal";
import { counting } from "../terminal/wording";
import { interruptible } from "./interruptible";
import { mappedFunctions } from "./routes";
import type { RunContext } from "./steps";

/** A serving table: a function on a stream with `VIEW_TABLE` in its environment. */
interface View {
  readonly kind: "view";
  readonly name: string;
  readonly table: string;
  readonly functionArn: string;
  readonly functionName: string;
  readonly streamArn: string;
  readonly failedBucket: string | undefined;
}

/** An HTTP entry: a function behind an HTTP API with `STREAM_NAME` in its environment. */
interface Entry {
  readonly kind: "entry";
  readonly name: string;
  readonly api: string;
  readonly functionArn: string;
  readonly stream: string;
}

export type Sink = View | Entry;

const FUNCTION = "aws:lambda/function:Function";
const TABLE = "aws:dynamodb/table:Table";
const API = "aws:apigatewayv2/api:Api";
const INTEGRATION = "aws:apigatewayv2/integration:Integration";

/** In order of their names. */
export function sinksOf(resources: readonly LocalResource[]): Sink[] {
  const ofType = (type: string) => resources.filter((resource) => resource.type === type);
  const views = mappedFunctions(resources).flatMap(({ target, streamArn, failedBucket }): View[] => {
    const table = variablesOf(target).VIEW_TABLE;
    const declared = ofType(TABLE).find(({ outputs }) => outputs.name === table);
    if (table === undefined || !declared) return [];
    const [functionArn, functionName] = [String(target.outputs.arn), String(target.outputs.name)];
    return [{ kind: "view", name: ownerOf(declared), table, functionArn, functionName, streamArn, failedBucket }];
  });
  const entries = ofType(INTEGRATION).flatMap(({ inputs }): Entry[] => {
    const called = [inputs.integrationUri];
    const target = ofType(FUNCTION).find(
      ({ outputs }) => called.includes(outputs.arn) || called.includes(outputs.invokeArn),
    );
    const api = ofType(API).find(({ id }) => id === inputs.apiId);
    const stream = target && variablesOf(target).STREAM_NAME;
    if (!api || stream === undefined) return [];
    return [{ kind: "entry", name: ownerOf(api), api: api.id, functionArn: String(target?.outputs.arn), stream }];
  });
  return [...views, ...entries].sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** From now on, keeps what the HTTP entries acknowledge. */
export function watchEntries({ cloud, dataDir }: RunContext, sinks: readonly Sink[]): void {
  const entries = sinks.filter((sink) => sink.kind === "entry").map(({ functionArn }) => functionArn);
  if (entries.length > 0) keepAcknowledgements(cloud.service("apigateway") as ApiGatewayService, entries, dataDir);
}

/** The ledger of each sink by its component's name. */
export async function sinkLedgers(context: RunContext, sinks: readonly Sink[]): Promise<Record<string, SinkLedger>> {
  const { io, progress } = context;
  const ledgers: Record<string, SinkLedger> = {};
  for (const sink of sinks) {
    let records = 0;
    const reading = interruptible(
      ledgerOf(context, sink, (count) => {
        records += count;
      }),
      io.signal,
    );
    const step = () => `ledger of ${sink.name}${records > 0 ? `: ${counting(records, "record")}` : ""}`;
    ledgers[sink.name] = await progress.during(reading, step);
  }
  return ledgers;
}

function ledgerOf({ cloud, dataDir }: RunContext, sink: Sink, onRecords: (count: number) => void): Promise<SinkLedger> {
  if (sink.kind === "entry") {
    const logs = (cloud.service("kinesis") as KinesisService).shardLogs(sink.stream);
    return readIngestLedger({ ...sink, logs }, dataDir);
  }
  const s3 = cloud.service("s3") as S3Service;
  const { failedBucket, functionName, streamArn } = sink;
  const failed =
    failedBucket === undefined ? new Set<string>() : failedRecords(s3.bucketDir(failedBucket), functionName);
  const stream = streamArn.slice(streamArn.lastIndexOf("/") + 1);
  return readViewLedger(cloud, { ...sink, stream, failed }, dataDir, onRecords);
}

/** The records in the batches that this function failed on. */
function failedRecords(bucketDir: string, functionName: string): Set<string> {
  const failed = new Set<string>();
  for (const file of filesBelow(path.join(bucketDir, "aws", "lambda"))) {
    const batch = readFailedBatch(readFileSync(file, "utf8"));
    if (batch.functionName === functionName) for (const record of batch.records) failed.add(record);
  }
  return failed;
}

function variablesOf({ inputs }: LocalResource): Readonly<Record<string, string>> {
  const { variables = {} } = Object(inputs.environment) as { variables?: Record<string, string> };
  return variables;
}

/** The name of the resource's component; its own without one. */
function ownerOf({ name, parent }: LocalResource): string {
  return parent === undefined || parent.includes("pulumi:pulumi:Stack::")
    ? name
    : parent.slice(parent.lastIndexOf("::") + 2);
}
