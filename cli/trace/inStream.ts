/** Looks a record up in its stream, by the shard log of a local run or by Kinesis. */
import { createReadStream, existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { type _Record, GetRecordsCommand, GetShardIteratorCommand, KinesisClient } from "@aws-sdk/client-kinesis";
import type { DeployedStack } from "../target/target";
import type { Io } from "../terminal/io";
import type { Subject } from "./subject";

export interface StreamRecord {
  readonly stream: string;
  /** Milliseconds since the epoch. */
  readonly arrivedMillis: number;
  readonly partitionKey: string;
  readonly bytes: number;
}

type RecordSubject = Extract<Subject, { kind: "record" }>;

/** Undefined if the run has no such record. */
export async function inRunStream(directory: string, subject: RecordSubject): Promise<StreamRecord | undefined> {
  const root = path.join(directory, "kinesis");
  for (const stream of existsSync(root) ? readdirSync(root) : []) {
    const file = path.join(root, stream, `${shardOf(subject)}.ndjson`);
    if (!existsSync(file)) continue;
    for await (const line of createInterface({ input: createReadStream(file) })) {
      if (!line.startsWith(`{"SequenceNumber":"${subject.sequenceNumber}"`)) continue;
      const { ApproximateArrivalTimestamp, PartitionKey, Data } = JSON.parse(line);
      const arrivedMillis = Math.round(ApproximateArrivalTimestamp * 1000);
      return { stream, arrivedMillis, partitionKey: PartitionKey, bytes: Buffer.from(Data, "base64").length };
    }
  }
  return undefined;
}

/** An answer without records may come before the record (Kinesis developer guide, "GetRecords returns an empty array"). */
const MAX_READS = 5;
const MILLIS_BETWEEN_READS = 250;

/**
 * Uses up one of the five reads that a shard allows each second (Kinesis API reference, GetRecords), rarely more.
 *
 * @returns undefined if the stream no longer has the record, or never had it
 */
export async function inStackStream(
  stack: DeployedStack,
  subject: RecordSubject,
  io: Io,
): Promise<StreamRecord | undefined> {
  const { streamName: stream = "" } = stack.outputs;
  const client = new KinesisClient(stack.client("KINESIS"));
  const sending = { abortSignal: io.signal };
  try {
    const start = new GetShardIteratorCommand({
      StreamName: stream,
      ShardId: shardOf(subject),
      ShardIteratorType: "AT_SEQUENCE_NUMBER",
      StartingSequenceNumber: subject.sequenceNumber,
    });
    let iterator = (await client.send(start, sending)).ShardIterator;
    for (let reads = 1; iterator !== undefined; reads++) {
      const page = await client.send(new GetRecordsCommand({ ShardIterator: iterator, Limit: 1 }), sending);
      const [record] = page.Records ?? [];
      if (record) return record.SequenceNumber === subject.sequenceNumber ? storedRecord(stream, record) : undefined;
      if (reads === MAX_READS || !page.MillisBehindLatest) return undefined;
      iterator = page.NextShardIterator;
      await io.clock.sleep(MILLIS_BETWEEN_READS, io.signal);
    }
    return undefined;
  } catch (error) {
    // The stream keeps no such number, or another stream has the shard (Kinesis API reference, GetShardIterator).
    if (!(error instanceof Error)) throw error;
    if (/AccessDenied/.test(error.name)) {
      io.stderr.write(
        `streamlake trace: the stream may not be read, so the hours are those of --since (${error.message})\n`,
      );
      return undefined;
    }
    if (/^(InvalidArgumentException|ResourceNotFoundException)$/.test(error.name)) return undefined;
    throw error;
  } finally {
    client.destroy();
  }
}

function storedRecord(stream: string, { ApproximateArrivalTimestamp, PartitionKey = "", Data }: _Record): StreamRecord {
  const arrivedMillis = ApproximateArrivalTimestamp?.getTime() ?? Number.NaN;
  return { stream, arrivedMillis, partitionKey: PartitionKey, bytes: Data?.length ?? 0 };
}

/** The shard without the source of a router. */
function shardOf({ shard }: RecordSubject): string {
  return shard.slice(shard.lastIndexOf(".") + 1);
}
