/** Delivers records to the package of a function in a process of its own, once and in order, as its only mapping would. */
import { closeSync, openSync } from "node:fs";
import { CALLER } from "../../cloud/iam/principal";
import type { FunctionProcess } from "./functionProcess";
import type { LambdaFunction } from "./lambdaFunction";
import { readBatchResponse } from "./mapping/batchResponse";
import { EVENT_FRAME_BYTES, eventJson, eventRecordMeter, type StreamRecord } from "./mapping/kinesisEvent";

export interface PassOptions {
  readonly streamArn: string;
  /** Environment variables beside the function's own, or in their place. */
  readonly variables: Readonly<Record<string, string>>;
  /** The file for the process's output. */
  readonly logPath: string;
}

/** Less than an event's 6 MB, so that few records are in memory. */
const EVENT_BYTES = 2 * 1024 * 1024;
/** Deliveries of the same first record before the pass fails. */
const TRIES = 3;

export class FunctionPass {
  private readonly log: number;
  private process: FunctionProcess;
  private invocations = 0;

  constructor(
    private readonly target: LambdaFunction,
    private readonly options: PassOptions,
  ) {
    this.log = openSync(options.logPath, "a");
    this.process = this.start();
  }

  /**
   * @param records of one shard, in order
   * @throws Error if the function fails, or reports the same first record as failed again and again
   */
  async deliver(shard: string, records: readonly StreamRecord[]): Promise<void> {
    const { streamArn } = this.options;
    const source = { streamArn, roleArn: this.target.spec.roleArn, region: this.target.spec.region };
    const meter = eventRecordMeter(source, shard);
    let tries = 0;
    for (let from = 0; from < records.length; ) {
      let bytes = EVENT_FRAME_BYTES;
      let to = from;
      for (; to < records.length; to++) {
        const size = meter(records[to] as StreamRecord);
        if (to > from && bytes + size > EVENT_BYTES) break;
        bytes += size;
      }
      const batch = records.slice(from, to);
      const response = await this.invoke(eventJson(source, shard, batch, bytes));
      const failedFrom = readBatchResponse(
        response,
        batch.map(({ sequenceNumber }) => sequenceNumber),
      );
      tries = failedFrom === 0 ? tries + 1 : 0;
      if (tries === TRIES) {
        throw new Error(`the function reports ${shard}/${batch[0]?.sequenceNumber} as failed ${TRIES} times`);
      }
      from = failedFrom === undefined ? to : from + failedFrom;
    }
  }

  async stop(): Promise<void> {
    await this.process.kill();
    closeSync(this.log);
  }

  /**
   * An invocation that ends its process fails, and the next one has a new process, as in Lambda.
   *
   * @throws Error if the function fails
   */
  async invoke(event: Uint8Array): Promise<unknown> {
    if (!this.process.isAlive) this.process = this.start();
    const requestId = `pass-${++this.invocations}`;
    const end = await this.process.invoke(requestId, event, this.target.spec.timeoutMillis);
    if (end.functionError) throw new Error(`the function failed: ${end.payload}`);
    return JSON.parse(end.payload) as unknown;
  }

  private start(): FunctionProcess {
    return this.target.startApart(this.options.variables, CALLER, this.log);
  }
}
