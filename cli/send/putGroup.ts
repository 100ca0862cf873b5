/** One PutRecords call and its redrives: a call may take some records and refuse others, and only those go again. */
import type { Clock } from "../../local/cloud/clock";
import { CommandError } from "../errors";
import { backOffMillis } from "./backOff";
import type { OutgoingRecord } from "./outgoingRecord";

/** What PutRecords answers about one record, in the order of the request. */
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
  /** Attempts for each record, the first included. */
  readonly maxAttempts: number;
  readonly signal: AbortSignal;
}

/** Resolves to the number of records that had to go again; throws when some were refused to the end. */
export async function putGroup(put: PutRecords, group: readonly OutgoingRecord[], redrive: Redrive): Promise<number> {
  let rest = group;
  let again = 0;
  for (let attempt = 1; ; attempt++) {
    redrive.signal.throwIfAborted();
    const { Records: results = [] } = await put(
      rest.map((record) => ({ Data: record.payload, PartitionKey: record.partitionKey })),
    );
    if (results.length !== rest.length) {
      throw new CommandError(`PutRecords answered for ${results.length} of ${rest.length} records`);
    }
    const refused = rest.filter((_, index) => results[index]?.ErrorCode !== undefined);
    if (refused.length === 0) return again;
    if (attempt === redrive.maxAttempts) {
      const reason = results.find((result) => result.ErrorCode !== undefined);
      throw new CommandError(
        `${refused.length} of ${group.length} records of a PutRecords call were refused ${attempt} times, ` +
          `at last with ${reason?.ErrorCode}: ${reason?.ErrorMessage ?? "no message"}`,
      );
    }
    again += refused.length;
    rest = refused;
    await redrive.clock.sleep(backOffMillis(attempt, redrive.random), redrive.signal);
  }
}
