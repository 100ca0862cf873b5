/** Reads the ledger of each sink of a run. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { filesBelow } from "../../local/duckdb/files";
import { readFailedBatch } from "../../local/ledger/failedBatch";
import type { SinkLedger } from "../../local/ledger/sinks/sinkLedger";
import type { ApiGatewayService } from "../../local/services/apigatewayv2/service";
import type { KinesisService } from "../../local/services/kinesis/service";
import type { S3Service } from "../../local/services/s3/service";
import { CommandError } from "../errors";
import { counting } from "../terminal/wording";
import { interruptible } from "./interruptible";
import { oneLine } from "./report";
import { type Sink, streamOf } from "./sinks";
import type { RunContext } from "./steps";
import { runOnWarehouse } from "./warehouse";

/** From now on, keeps what the HTTP entries acknowledge. */
export function watchEntries({ cloud, dataDir }: RunContext, sinks: readonly Sink[]): void {
  const entries = sinks.filter((sink) => sink.kind === "entry").map(({ functionArn }) => functionArn);
  if (entries.length === 0) return;
  const { keepAcknowledgements } = entryLedgers();
  keepAcknowledgements(cloud.service("apigateway") as ApiGatewayService, entries, dataDir);
}

/** The ledger of each sink by its component's name; where sinks share it, its kind follows, and its stream. */
export async function sinkLedgers(context: RunContext, sinks: readonly Sink[]): Promise<Record<string, SinkLedger>> {
  const { io, progress } = context;
  const ledgers: (readonly [string, SinkLedger])[] = [];
  for (const sink of sinks) {
    let records = 0;
    const reading = interruptible(
      ledgerOf(context, sink, (count) => {
        records += count;
      }),
      io.signal,
    );
    const step = () => `ledger of ${sink.name}${records > 0 ? `: ${counting(records, "record")}` : ""}`;
    const read = progress.during(reading, step).catch((error: Error) => {
      io.signal.throwIfAborted();
      return unread(sink, error);
    });
    ledgers.push([sink.name, await read]);
  }
  return byUniqueName(ledgers);
}

/** The other ledgers and the report stay; a sink that was not compared is not balanced. */
function unread(sink: Sink, { message }: Error): SinkLedger {
  return {
    ...IDENTITY[sink.kind](sink as never),
    counts: {},
    balanced: false,
    findings: [],
    unchecked: [{ what: `ledgers that cannot be read: ${oneLine(message)}`, count: 1, examples: [sink.name] }],
  };
}

const IDENTITY: {
  [K in Sink["kind"]]: (sink: Sink & { kind: K }) => Pick<SinkLedger, "kind" | "resource" | "stream">;
} = {
  view: ({ table, streamArn }) => ({ kind: "ServingTable", resource: table, stream: streamOf(streamArn) }),
  entry: ({ api, stream }) => ({ kind: "IngestApi", resource: api, stream }),
  delivery: ({ sources: { deliveryStream, stream } }) => ({ kind: "DeliveryStream", resource: deliveryStream, stream }),
  warehouse: ({ target }) => ({ kind: "Warehouse", resource: target.workgroup }),
};

/** Pulumi allows one name for components of several types, and of several parents. */
function byUniqueName(ledgers: readonly (readonly [string, SinkLedger])[]): Record<string, SinkLedger> {
  const forms = (name: string, { kind, stream, resource }: SinkLedger): string[] => [
    name,
    `${name} (${kind})`,
    `${name} (${kind}, ${stream ?? resource})`,
    `${name} (${kind}, ${stream ?? resource}, ${resource})`,
  ];
  const uses = new Map<string, number>();
  for (const form of ledgers.flatMap((ledger) => [...new Set(forms(...ledger))])) {
    uses.set(form, (uses.get(form) ?? 0) + 1);
  }
  const named: Record<string, SinkLedger> = {};
  for (const [name, ledger] of ledgers) {
    const all = forms(name, ledger);
    const form = all.find((one) => uses.get(one) === 1) ?? String(all.at(-1));
    let unique = form;
    for (let number = 2; Object.hasOwn(named, unique); number++) unique = `${form} ${number}`;
    named[unique] = ledger;
  }
  return named;
}

const entryLedgers = () =>
  require("../../local/ledger/sinks/ingestLedger") as typeof import("../../local/ledger/sinks/ingestLedger");

/** Loads the code of a sink's kind only for a program that has one. */
function ledgerOf(
  { cloud, dataDir, io }: RunContext,
  sink: Sink,
  onRecords: (count: number) => void,
): Promise<SinkLedger> {
  if (sink.kind === "entry") {
    const logs = (cloud.service("kinesis") as KinesisService).shardLogs(sink.stream);
    const { readIngestLedger } = entryLedgers();
    return readIngestLedger({ ...sink, logs }, dataDir);
  }
  if (sink.kind === "warehouse") {
    const call = (operation: string, input: object) => cloud.call("redshift-data", operation, input);
    const rows = async (sql: string) => {
      const result = await runOnWarehouse(call, sql, sink.target, io);
      if (result.error !== undefined) throw new CommandError(`the warehouse refuses ${sql}: ${result.error}`);
      return result.rows;
    };
    const lakeDir = (cloud.service("s3") as S3Service).bucketDir(sink.bucket);
    const { readWarehouseLedger } =
      require("../../local/ledger/sinks/warehouseLedger") as typeof import("../../local/ledger/sinks/warehouseLedger");
    return readWarehouseLedger({ ...sink, workgroup: sink.target.workgroup, lakeDir, rows }, dataDir);
  }
  if (sink.kind === "delivery") {
    const { readDeliveryLedger } =
      require("../../local/ledger/sinks/deliveryLedger") as typeof import("../../local/ledger/sinks/deliveryLedger");
    return readDeliveryLedger(cloud, sink.sources, { dataDir, nowMillis: io.clock.now(), onRecords });
  }
  const { readViewLedger } =
    require("../../local/ledger/sinks/viewLedger") as typeof import("../../local/ledger/sinks/viewLedger");
  const s3 = cloud.service("s3") as S3Service;
  const { failedBucket, functionName, streamArn } = sink;
  const failed =
    failedBucket === undefined ? new Set<string>() : failedRecords(s3.bucketDir(failedBucket), functionName);
  return readViewLedger(cloud, { ...sink, stream: streamOf(streamArn), failed }, dataDir, onRecords);
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
