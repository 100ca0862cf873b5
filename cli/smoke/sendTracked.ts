/** Sends generated records, and keeps the identity that the stream gave to each. */
import { type KinesisClient, PutRecordsCommand } from "@aws-sdk/client-kinesis";
import { type GenerateOptions, generateRecords } from "../generate/generateRecords";
import { groups } from "../send/groups";
import type { OutgoingRecord } from "../send/outgoingRecord";
import { sendRecords } from "../send/sendRecords";
import type { Io } from "../terminal/io";

/** By record, `shardId-000000000000/4959…`: true for one that was malformed on purpose. */
export type TrackedRecords = ReadonlyMap<string, boolean>;

export interface TrackedOptions extends GenerateOptions {
  readonly client: KinesisClient;
  readonly stream: string;
  /** The stream partition keys begin with it, so that records of this run can be found in the lake. */
  readonly runId: string;
}

const PUT_ATTEMPTS = 10;

export async function sendTracked(options: TrackedOptions, io: Io): Promise<TrackedRecords> {
  const { client, stream, runId } = options;
  const malformed = new Map<string, boolean>();
  const tracked = new Map<string, boolean>();
  await sendRecords(
    groups(withRunId(options, runId, malformed)),
    async (records) => {
      const command = new PutRecordsCommand({ StreamName: stream, Records: records });
      const answer = await client.send(command, { abortSignal: io.signal });
      for (const [index, { ShardId, SequenceNumber, ErrorCode }] of (answer.Records ?? []).entries()) {
        const key = records[index]?.PartitionKey ?? "";
        if (ErrorCode === undefined) tracked.set(`${ShardId}/${SequenceNumber}`, malformed.get(key) ?? false);
      }
      return answer;
    },
    { clock: io.clock, random: io.random, signal: io.signal, maxAttempts: PUT_ATTEMPTS, callsUnderWay: 1 },
  );
  return tracked;
}

function* withRunId(
  options: GenerateOptions,
  runId: string,
  malformed: Map<string, boolean>,
): Generator<OutgoingRecord, void> {
  let index = 0;
  for (const record of generateRecords(options)) {
    const partitionKey = `${runId}/${index++}`;
    malformed.set(partitionKey, "malformed" in record.made);
    yield { ...record, partitionKey };
  }
}
