/** Shard iterators: opaque tokens of a stream, a shard and a position, valid for five minutes. */
import { ServiceError } from "../../cloud/service";
import type { LogPosition } from "./shardLog";
import { invalid } from "./streams";

export interface ShardIterator extends LogPosition {
  readonly streamName: string;
  readonly shardId: string;
  readonly issuedMillis: number;
}

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetShardIterator.html */
const LIFETIME_MILLIS = 300_000;

export function writeIterator({ streamName, shardId, place, offset, issuedMillis }: ShardIterator): string {
  return Buffer.from(JSON.stringify([streamName, shardId, place, offset, issuedMillis])).toString("base64url");
}

export function readIterator(token: unknown): ShardIterator {
  const fields = parse(token);
  if (!Array.isArray(fields) || fields.length !== 5) throw invalid("Invalid ShardIterator.");
  const [streamName, shardId, place, offset, issuedMillis] = fields;
  const isValid =
    typeof streamName === "string" &&
    typeof shardId === "string" &&
    [place, offset, issuedMillis].every((value) => Number.isSafeInteger(value) && value >= 0);
  if (!isValid) throw invalid("Invalid ShardIterator.");
  return { streamName, shardId, place, offset, issuedMillis };
}

export function checkAge(iterator: ShardIterator, now: number): void {
  if (now - iterator.issuedMillis <= LIFETIME_MILLIS) return;
  throw new ServiceError(
    "ExpiredIteratorException",
    `Iterator expired. The iterator was created at time ${new Date(iterator.issuedMillis).toUTCString()} while right now it is ${new Date(now).toUTCString()} which is further in the future than the tolerated delay of ${LIFETIME_MILLIS} milliseconds.`,
  );
}

function parse(token: unknown): unknown {
  try {
    return JSON.parse(Buffer.from(String(token), "base64url").toString("utf8"));
  } catch {
    throw invalid("Invalid ShardIterator.");
  }
}
