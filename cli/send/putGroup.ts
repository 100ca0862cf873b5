/** Sends one PutRecords call, and retries only the records that the stream refused. */
import type { Clock } from "../../local/cloud/clock";
import { CommandError } from "../errors";
import type { OutgoingRecord } from "./outgoingRecord";

const FIRST_MILLIS = 100;
const MAX_MILLIS = 10_000;

/** The result of PutRecords for one record, in the order of the request. */
export interface PutResult {
  readonly ErrorCode?: string;
  readonly ErrorMessage?: string;
}

export type PutRecords = (
  records: { Data: Uint8Array; PartitionKey: string }[],
) => Promise<{ readonly Records?: readonly PutResult[] }>;

export interface Redrive {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Maximum attempts for each record, the first included. */
  readonly maxAttempts: number;
  readonly signal: AbortSignal;
}

/** Resolves to the number of retried records; throws when the last attempt leaves refused ones. */
export async function putGroup(put: PutRecords, group: readonly OutgoingRecord[], redrive: Redrive): Promise<number> {
  let rest = group;
  let again = 0;
  for (let attempt = 1; ; attempt++) {
    redrive.signal.throwIfAborted();
    const { Records: results = [] } = await put(
      rest.map((record) => ({ Data: record.payload, PartitionKey: record.partitionKey })),
    );
    if (results.length !== rest.length) {
      throw new CommandError(`PutRecords returned results for ${results.length} of ${rest.length} records`);
    }
    const refused = rest.filter((_, index) => results[index]?.ErrorCode !== undefined);
    if (refused.length === 0) return again;
    if (attempt === redrive.maxAttempts) {
      const reason = results.find((result) => result.ErrorCode !== undefined);
      throw new CommandError(
        `${refused.length} of ${group.length} records of a PutRecords call were refused ${attempt} times, ` +
          `the last time with ${reason?.ErrorCode}: ${reason?.ErrorMessage ?? "no message"}`,
      );
    }
    again += refused.length;
    rest = refused;
    await redrive.clock.sleep(backOffMillis(attempt, redrive.random), redrive.signal);
  }
}

/**
 * Doubles up to a maximum, and draws the wait at random, so that producers do not all return at once: "full jitter"
 * (https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/).
 *
 * @param attempt the attempt that failed, from 1
 * @param random uniform in [0, 1)
 */
export function backOffMillis(attempt: number, random: () => number): number {
  return Math.ceil(random() * Math.min(MAX_MILLIS, FIRST_MILLIS * 2 ** (attempt - 1)));
}
