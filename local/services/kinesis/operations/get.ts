/** GetShardIterator and GetRecords. */
import type { Operation } from "../../../cloud/service";
import { checkAge, readIterator, writeIterator } from "../iterator";
import { encryptionAccess } from "../kmsAccess";
import { placeOf } from "../sequenceNumber";
import type { LogPosition, StoredRecord } from "../shardLog";
import type { Shard, Stream } from "../stream";
import { constraint, invalid, type StreamReference, type Streams } from "../streams";
import { shardDescription } from "./describe";

type IteratorInput = StreamReference & {
  readonly ShardId: string;
  readonly ShardIteratorType: string;
  readonly StartingSequenceNumber?: string;
  /** Seconds since the epoch on the wire. */
  readonly Timestamp?: number | Date;
};

interface RecordsInput {
  readonly ShardIterator: string;
  readonly Limit?: number;
}

interface GetRecordsOutput {
  readonly Records: readonly StoredRecord[];
  /** Absent at the end of a shard that was split or merged. */
  readonly NextShardIterator?: string;
  readonly MillisBehindLatest: number;
  readonly ChildShards?: readonly unknown[];
}

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html */
const MAX_RECORDS = 10_000;
const MAX_DATA_BYTES = 10 * 1024 * 1024;
const MILLIS_PER_HOUR = 3_600_000;

export function getOperations(streams: Streams): Record<string, Operation<never>> {
  const now = () => streams.cloud.clock.now();
  const issue = (stream: Stream, shard: Shard, position: LogPosition) =>
    writeIterator({ streamName: stream.settings.name, shardId: shard.id, ...position, issuedMillis: now() });

  const getShardIterator: Operation<IteratorInput> = {
    access: (input) => [{ action: "kinesis:GetShardIterator", resource: streams.arnOf(input) }],
    run(input) {
      const stream = streams.get(input);
      const shard = streams.shard(stream, input.ShardId);
      return { ShardIterator: issue(stream, shard, startOf(streams, stream, shard, input)) };
    },
  };

  const getRecords: Operation<RecordsInput> = {
    access(input) {
      const reference = { StreamName: readIterator(input.ShardIterator).streamName };
      return [
        { action: "kinesis:GetRecords", resource: streams.arnOf(reference) },
        ...encryptionAccess(streams, reference, "kms:Decrypt"),
      ];
    },
    run(input): GetRecordsOutput {
      const iterator = readIterator(input.ShardIterator);
      const stream = streams.get({ StreamName: iterator.streamName });
      const shard = streams.shard(stream, iterator.shardId);
      checkAge(iterator, now());
      if (iterator.place > shard.log.end.place || iterator.offset > shard.log.end.offset)
        throw invalid("Invalid ShardIterator.");
      const limit = input.Limit ?? MAX_RECORDS;
      if (!Number.isInteger(limit) || limit < 1) throw constraint("limit", "have value greater than or equal to 1");
      if (limit > MAX_RECORDS) throw constraint("limit", `have value less than or equal to ${MAX_RECORDS}`);
      const { records, next } = shard.log.read(retained(stream, shard, iterator, now()), limit, MAX_DATA_BYTES);
      const last = records.at(-1);
      const isAtEnd = next.place === shard.log.end.place;
      const behind = isAtEnd || !last ? 0 : Math.max(0, now() - Math.round(last.ApproximateArrivalTimestamp * 1000));
      // The age of the last record of the call; 0 if the reader is at the end of the shard.
      stream.publish("GetRecords.IteratorAgeMilliseconds", behind, "Milliseconds");
      stream.publish("GetRecords.Records", records.length, "Count");
      stream.publish("GetRecords.Success", 1, "Count");
      if (isAtEnd && shard.closed) {
        const children = stream.childrenOf(shard).map(childDescription);
        return { Records: records, MillisBehindLatest: behind, ChildShards: children };
      }
      return { Records: records, NextShardIterator: issue(stream, shard, next), MillisBehindLatest: behind };
    },
  };

  return { GetShardIterator: getShardIterator as Operation<never>, GetRecords: getRecords as Operation<never> };
}

function startOf(streams: Streams, stream: Stream, shard: Shard, input: IteratorInput): LogPosition {
  switch (input.ShardIteratorType) {
    case "TRIM_HORIZON":
      return retained(stream, shard, shard.log.start, streams.cloud.clock.now());
    case "LATEST":
      return shard.log.end;
    case "AT_SEQUENCE_NUMBER":
      return shard.log.at(Math.max(1, startingPlace(streams, stream, shard, input)));
    case "AFTER_SEQUENCE_NUMBER":
      return shard.log.at(startingPlace(streams, stream, shard, input) + 1);
    case "AT_TIMESTAMP": {
      const { Timestamp: timestamp } = input;
      if (timestamp === undefined)
        throw invalid("Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP.");
      const millis = timestamp instanceof Date ? timestamp.getTime() : Math.round(Number(timestamp) * 1000);
      if (!Number.isFinite(millis)) throw constraint("timestamp", "be a time");
      return shard.log.arrivedSince(millis);
    }
    default:
      throw constraint(
        "shardIteratorType",
        "satisfy enum value set: [AFTER_SEQUENCE_NUMBER, LATEST, AT_TIMESTAMP, AT_SEQUENCE_NUMBER, TRIM_HORIZON]",
      );
  }
}

function startingPlace(streams: Streams, stream: Stream, shard: Shard, input: IteratorInput): number {
  const { ShardIteratorType: type, StartingSequenceNumber: text } = input;
  if (text === undefined) {
    throw invalid(
      `Must either specify (1) AT_SEQUENCE_NUMBER and StartingSequenceNumber or (2) AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or (3) TRIM_HORIZON and no StartingSequenceNumber or (4) LATEST and no StartingSequenceNumber. Request specified ${type} and no StartingSequenceNumber.`,
    );
  }
  const place = placeOf(shard, String(text));
  if (place !== undefined && place <= shard.log.count) return place;
  throw invalid(
    `StartingSequenceNumber ${text} used in GetShardIterator on shard ${shard.id} in stream ${stream.settings.name} under account ${streams.cloud.accountId} is invalid.`,
  );
}

/** Skips records older than the stream's retention; reading continues at the oldest retained record. */
function retained(stream: Stream, shard: Shard, position: LogPosition, now: number): LogPosition {
  const oldest = now - stream.settings.retentionHours * MILLIS_PER_HOUR;
  if (shard.log.oldestMillis === undefined || shard.log.oldestMillis >= oldest)
    return { place: position.place, offset: position.offset };
  const horizon = shard.log.arrivedSince(oldest);
  return position.place >= horizon.place ? { place: position.place, offset: position.offset } : horizon;
}

function childDescription(shard: Shard): object {
  const { ShardId, HashKeyRange } = shardDescription(shard);
  return { ShardId, ParentShards: [shard.parent, shard.adjacentParent].filter((id) => id !== undefined), HashKeyRange };
}
