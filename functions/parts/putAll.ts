/** Puts records into a stream until each is taken, time is over, or the stream refuses for good. */
import {
  type RecordStream,
  type RefusedRecord,
  type StreamRecord,
  statusOf,
  type TakenRecord,
} from "../effects/recordStream";
import { mapConcurrently } from "./concurrency";

export type PutResult = TakenRecord | RefusedRecord;

export interface PutEffects {
  readonly stream: RecordStream;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly sleep: (millis: number) => Promise<unknown>;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

export interface PutResults {
  /** For each record, in their order. */
  readonly results: readonly PutResult[];
  /** True after a refusal that no attempt passes, as of a missing permission. */
  readonly isLasting: boolean;
}

/** Limits of a PutRecords call; the bytes include stream partition keys (Kinesis API reference). */
const CALL = { records: 500, bytes: 5 * 1024 * 1024 } as const;
const CALLS_UNDER_WAY = 4;
const CALL_MILLIS = 5_000;
const FIRST_WAIT_MILLIS = 50;
const MAX_WAIT_MILLIS = 2_000;

/** Codes that another attempt may pass, beside errors of status 5xx and of the connection. */
const PASSING = /Throttl|ThroughputExceeded|LimitExceeded|InternalFailure|ServiceUnavailable/;

/**
 * Sends only those records again that were not taken. A call that times out may have been taken, so a record can be in the
 * stream twice.
 *
 * @param deadline no call lasts longer, milliseconds since the epoch
 */
export async function putAll(
  records: readonly StreamRecord[],
  deadline: number,
  effects: PutEffects,
): Promise<PutResults> {
  // Set by the first refusal that no attempt passes; other calls would be refused too.
  const shared: { refusal?: string } = {};
  const results = await mapConcurrently(calls(records), CALLS_UNDER_WAY, (call) =>
    putCall(call, deadline, effects, shared),
  );
  const [only = []] = results;
  return { results: results.length > 1 ? results.flat() : only, isLasting: shared.refusal !== undefined };
}

const UNANSWERED: RefusedRecord = { refusal: "TimeoutError" };

async function putCall(
  records: readonly StreamRecord[],
  deadline: number,
  { stream, now, sleep, random }: PutEffects,
  shared: { refusal?: string },
): Promise<PutResult[]> {
  const results: PutResult[] = records.map(() => UNANSWERED);
  let waiting = records.map((_, index) => index);
  for (let attempt = 0; waiting.length > 0 && shared.refusal === undefined; attempt++) {
    const millis = Math.min(CALL_MILLIS, deadline - now());
    if (millis <= 0) break;
    const sent = attempt === 0 ? records : waiting.map((index) => records[index] as StreamRecord);
    const answers = await putOnce(stream, sent, millis);
    // Nearly always.
    if (sent === records && !answers.some((answer) => "refusal" in answer)) return answers;
    for (const [at, index] of waiting.entries()) results[index] = answers[at] as PutResult;
    waiting = waiting.filter((index) => "refusal" in (results[index] as PutResult));
    const lasting = answers.find((answer) => "lasting" in answer);
    if (lasting) shared.refusal = (lasting as RefusedRecord).refusal;
    else if (waiting.length > 0) {
      // "Full jitter": https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
      const wait = random() * Math.min(MAX_WAIT_MILLIS, FIRST_WAIT_MILLIS * 2 ** attempt);
      await sleep(Math.max(0, Math.min(wait, deadline - now())));
    }
  }
  return results.map((result) => ("refusal" in result ? { refusal: shared.refusal ?? result.refusal } : result));
}

/** A failed call is a refusal of each of its records; `lasting` if no attempt can pass. */
async function putOnce(
  stream: RecordStream,
  records: readonly StreamRecord[],
  millis: number,
): Promise<(PutResult | (RefusedRecord & { readonly lasting: true }))[]> {
  try {
    return await stream.put(records, millis);
  } catch (error) {
    const refusal = error instanceof Error ? error.name : typeof error;
    const status = statusOf(error);
    const mayPass = status === undefined || status >= 500 || PASSING.test(refusal);
    return records.map(() => (mayPass ? { refusal } : { refusal, lasting: true }));
  }
}

function calls(records: readonly StreamRecord[]): StreamRecord[][] {
  const all: StreamRecord[][] = [];
  let bytes = 0;
  for (const record of records) {
    const size = record.payload.length + Buffer.byteLength(record.partitionKey);
    const last = all.at(-1);
    if (last && last.length < CALL.records && bytes + size <= CALL.bytes) {
      last.push(record);
      bytes += size;
    } else {
      all.push([record]);
      bytes = size;
    }
  }
  return all;
}
