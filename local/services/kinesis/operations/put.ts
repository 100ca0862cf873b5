/** PutRecord and PutRecords. Payloads stay base64 from the request to the log: checked, never decoded. */
import { type Access, type Operation, ServiceError } from "../../../cloud/service";
import { explicitHash, hashOf } from "../hashKey";
import { encryptionAccess } from "../kmsAccess";
import type { NewRecord, Shard, Stream } from "../stream";
import { constraint, invalid, type StreamReference, type Streams } from "../streams";

interface PutEntry {
  /** Base64 on the wire; bytes from callers in this process. */
  readonly Data: string | Uint8Array;
  readonly PartitionKey: string;
  readonly ExplicitHashKey?: string;
}

type PutRecordInput = StreamReference & PutEntry;
type PutRecordsInput = StreamReference & { readonly Records: readonly PutEntry[] };

interface Outcome {
  ShardId?: string;
  SequenceNumber?: string;
  ErrorCode?: string;
  ErrorMessage?: string;
}

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html */
const MAX_RECORDS = 500;
const MAX_REQUEST_BYTES = 10 * 1024 * 1024;
const MAX_PARTITION_KEY_CHARACTERS = 256;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
const THROTTLED = "ProvisionedThroughputExceededException";

export function putOperations(streams: Streams): Record<string, Operation<never>> {
  const accessTo = (action: string, input: StreamReference): Access[] => [
    { action, resource: streams.arnOf(input) },
    ...encryptionAccess(streams, input, "kms:GenerateDataKey"),
  ];

  const putRecords: Operation<PutRecordsInput> = {
    access: (input) => accessTo("kinesis:PutRecords", input),
    run(input) {
      const { Records: entries } = input;
      if (!Array.isArray(entries) || entries.length === 0)
        throw constraint("records", "have length greater than or equal to 1");
      if (entries.length > MAX_RECORDS) throw constraint("records", `have length less than or equal to ${MAX_RECORDS}`);
      const stream = streams.get(input);
      const outcomes = put(streams, stream, entries, (index) => `records.${index + 1}.member.`);
      const failed = outcomes.filter(({ ErrorCode }) => ErrorCode !== undefined).length;
      const { publish } = stream;
      publish("PutRecords.Success", failed < outcomes.length ? 1 : 0, "Count");
      publish("PutRecords.TotalRecords", outcomes.length, "Count");
      publish("PutRecords.SuccessfulRecords", outcomes.length - failed, "Count");
      publish("PutRecords.ThrottledRecords", failed, "Count");
      return {
        FailedRecordCount: failed,
        Records: outcomes,
        EncryptionType: stream.settings.encryption,
      };
    },
  };

  const putRecord: Operation<PutRecordInput> = {
    access: (input) => accessTo("kinesis:PutRecord", input),
    run(input) {
      const stream = streams.get(input);
      const [outcome] = put(streams, stream, [input], () => "") as [Outcome];
      stream.publish("PutRecord.Success", outcome.ErrorCode ? 0 : 1, "Count");
      if (outcome.ErrorCode) throw new ServiceError(outcome.ErrorCode, outcome.ErrorMessage ?? "");
      return { ...outcome, EncryptionType: stream.settings.encryption };
    },
  };

  return { PutRecords: putRecords as Operation<never>, PutRecord: putRecord as Operation<never> };
}

function put(
  streams: Streams,
  stream: Stream,
  entries: readonly PutEntry[],
  member: (index: number) => string,
): Outcome[] {
  const checked = check(stream, entries, member);
  const outcomes: Outcome[] = [];
  const byShard = new Map<Shard, { records: NewRecord[]; outcomes: Outcome[] }>();
  let [bytes, throttled] = [0, 0];
  for (const { record, hash, dataBytes } of checked) {
    const shard = stream.shardFor(hash);
    const outcome: Outcome = {};
    outcomes.push(outcome);
    if (streams.isFaulty()) {
      outcome.ErrorCode = THROTTLED;
      outcome.ErrorMessage = `Rate exceeded for shard ${shard.id} in stream ${stream.settings.name} under account ${streams.cloud.accountId}.`;
      throttled += 1;
      continue;
    }
    bytes += dataBytes;
    const group = byShard.get(shard) ?? { records: [], outcomes: [] };
    byShard.set(shard, group);
    group.records.push(record);
    group.outcomes.push(outcome);
  }
  const now = streams.cloud.clock.now();
  for (const [shard, group] of byShard) {
    stream.append(shard, group.records, now).forEach((sequenceNumber, index) => {
      const outcome = group.outcomes[index] as Outcome;
      outcome.ShardId = shard.id;
      outcome.SequenceNumber = sequenceNumber;
    });
    streams.tell(stream, shard, group.records.length);
  }
  stream.publish("IncomingRecords", outcomes.length - throttled, "Count");
  stream.publish("IncomingBytes", bytes, "Bytes");
  stream.publish("WriteProvisionedThroughputExceeded", throttled, "Count");
  return outcomes;
}

/** One bad record refuses the whole call, as on AWS: only throttling and internal failures are per record. */
function check(
  stream: Stream,
  entries: readonly PutEntry[],
  member: (index: number) => string,
): { record: NewRecord; hash: bigint; dataBytes: number }[] {
  const { maxRecordBytes } = stream.settings;
  let total = 0;
  const checked = entries.map((entry, index) => {
    const { PartitionKey: partitionKey, ExplicitHashKey: explicit } = entry;
    if (typeof partitionKey !== "string" || partitionKey === "") {
      throw constraint(`${member(index)}partitionKey`, "have length greater than or equal to 1");
    }
    if (partitionKey.length > MAX_PARTITION_KEY_CHARACTERS) {
      throw constraint(
        `${member(index)}partitionKey`,
        `have length less than or equal to ${MAX_PARTITION_KEY_CHARACTERS}`,
      );
    }
    const data = base64Of(entry.Data, `${member(index)}data`);
    const dataBytes = (data.length / 4) * 3 - (data.endsWith("==") ? 2 : data.endsWith("=") ? 1 : 0);
    const bytes = dataBytes + Buffer.byteLength(partitionKey);
    if (bytes > maxRecordBytes)
      throw constraint(`${member(index)}data`, `have length less than or equal to ${maxRecordBytes}`);
    total += bytes;
    const hash = explicit === undefined ? hashOf(partitionKey) : explicitHash(String(explicit));
    if (hash === undefined) {
      throw invalid("Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1].");
    }
    return { record: { partitionKey, data }, hash, dataBytes };
  });
  if (total > MAX_REQUEST_BYTES) throw invalid("Records size exceeds 10 MB limit");
  return checked;
}

function base64Of(data: unknown, member: string): string {
  if (data instanceof Uint8Array) return Buffer.from(data).toString("base64");
  if (typeof data === "string" && data.length % 4 === 0 && BASE64.test(data)) return data;
  throw new ServiceError("SerializationException", `the value at '${member}' is not base64`);
}
