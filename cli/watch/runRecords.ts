/** Reads the records of a kept run from the logs of its streams, or a sample of them. */
import { createReadStream } from "node:fs";
import path from "node:path";
import { seededRandom } from "../../local/cloud/random";
import { filesBelow } from "../../local/duckdb/files";
import { type KinesisEvent, kinesisEvent } from "../../local/kinesisTestEvent";
import { lineHeads } from "../../local/ledger/lineHeads";
import { CommandError } from "../errors";

export type EventRecords = KinesisEvent["Records"];

export interface RunRecords {
  /** Records in the run. */
  readonly total: number;
  /** Records that were taken; less than `total` for a sample. */
  readonly taken: number;
  /** By the physical name of their stream, as Lambda receives them. */
  readonly byStream: Readonly<Record<string, EventRecords>>;
}

/** A line of a log, in the wire format of GetRecords. */
interface StoredRecord {
  readonly SequenceNumber: string;
  /** Seconds since the epoch, with milliseconds. */
  readonly ApproximateArrivalTimestamp: number;
  readonly PartitionKey: string;
  /** Base64. */
  readonly Data: string;
}

const CHUNK_BYTES = 1024 * 1024;
const LOG = ".ndjson";
/** A run with large records is sampled below the maximum number, so that the routing of a change stays fast. */
const MEAN_LINE_BYTES = 1600;
const LINE_END = "}".charCodeAt(0);

/**
 * Takes all records, or, beyond the limits, one at random of every so many, so that the sample covers the whole run.
 *
 * @param directory of the run
 * @param seed chooses the sample
 */
export async function readRunRecords(directory: string, maxRecords: number, seed: number): Promise<RunRecords> {
  const logs = filesBelow(path.join(directory, "kinesis"), LOG);
  let [total, bytes] = [0, 0];
  for (const log of logs) {
    for await (const lines of linesOf(log)) {
      total += lines.length;
      for (const line of lines) bytes += line.length;
    }
  }
  const random = seededRandom(seed);
  const stride = Math.max(1, Math.ceil(total / maxRecords), Math.ceil(bytes / (maxRecords * MEAN_LINE_BYTES)));
  let [at, chosen, taken] = [0, 0, 0];
  const byStream: Record<string, EventRecords[number][]> = {};
  for (const log of logs) {
    const records: StoredRecord[] = [];
    for await (const lines of linesOf(log)) {
      for (const line of lines) {
        if (at % stride === 0) chosen = at + Math.floor(random() * stride);
        if (at++ === chosen) records.push(recordOf(line, log));
      }
    }
    const stream = path.basename(path.dirname(log));
    byStream[stream] ??= [];
    for (const record of eventRecords(records, path.basename(log, LOG))) byStream[stream].push(record);
    taken += records.length;
  }
  return { total, taken, byStream };
}

/** A run that still serves may write the last line just now; it ends with `}` once it is whole. */
async function* linesOf(log: string): AsyncGenerator<Buffer[]> {
  const chunks = createReadStream(log, { highWaterMark: CHUNK_BYTES });
  for await (const lines of lineHeads(chunks, Number.POSITIVE_INFINITY)) {
    yield lines.filter((line) => line.at(-1) === LINE_END);
  }
}

function recordOf(line: Buffer, log: string): StoredRecord {
  try {
    return JSON.parse(line.toString("utf8")) as StoredRecord;
  } catch (error) {
    throw new CommandError(`streamlake watch: ${log} has a line that is no record`, { cause: error });
  }
}

function eventRecords(records: readonly StoredRecord[], shard: string): EventRecords {
  const sent = records.map(({ Data, PartitionKey, SequenceNumber, ApproximateArrivalTimestamp }) => ({
    data: Buffer.from(Data, "base64"),
    partitionKey: PartitionKey,
    sequenceNumber: SequenceNumber,
    arrived: new Date(Math.round(ApproximateArrivalTimestamp * 1000)),
  }));
  return kinesisEvent(sent, { shard }).Records;
}
