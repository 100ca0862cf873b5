/** The settings of one event source mapping, in the units the machine works in. */

/** Where reading starts on a shard that has no checkpoint yet. */
export type StartingPosition =
  | { readonly type: "TRIM_HORIZON" }
  | { readonly type: "LATEST" }
  | { readonly type: "AT_TIMESTAMP"; readonly timestamp: number };

export interface MappingConfig {
  /** Records in one event at most, 1 to 10,000. */
  readonly batchSize: number;
  /** How long a batch may gather records after its first. */
  readonly windowMillis: number;
  /** Bytes of event JSON at most. */
  readonly maxEventBytes: number;
  /** Batches of one shard under way at once, 1 to 10; records of one stream partition key stay in order. */
  readonly parallelizationFactor: number;
  /** Whether a batch that failed is split in two. */
  readonly bisect: boolean;
  /** Retries after the first attempt; -1 without end. */
  readonly retryAttempts: number;
  /** Older records are discarded; -1 never. */
  readonly maxRecordAgeMillis: number;
  /** Whether the function's response may name the records that failed (`ReportBatchItemFailures`). */
  readonly reportsItemFailures: boolean;
  readonly startingPosition: StartingPosition;
}

/**
 * Lambda's limit for the event of a synchronous invocation.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export const MAX_EVENT_BYTES = 6 * 1024 * 1024;

/** What the back-off between retries doubles from, and where it stops. AWS does not document its own figures. */
const BACK_OFF = { firstMillis: 250, longestMillis: 30_000 } as const;

/** The wait after so many tries that did not succeed. */
export function backOffMillis(tries: number): number {
  return Math.min(BACK_OFF.longestMillis, BACK_OFF.firstMillis * 2 ** Math.max(0, tries - 1));
}
