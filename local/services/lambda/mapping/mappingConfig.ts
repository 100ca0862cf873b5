/** The settings of one event source mapping, in the units of the state machine. */

/** The start of reading on a shard without a checkpoint. */
export type StartingPosition =
  | { readonly type: "TRIM_HORIZON" }
  | { readonly type: "LATEST" }
  | { readonly type: "AT_TIMESTAMP"; readonly timestamp: number };

export interface MappingConfig {
  /** Maximum number of records in one event, 1 to 10,000. */
  readonly batchSize: number;
  /** Maximum time that a batch gathers records after its first. */
  readonly windowMillis: number;
  /** Maximum size of an event's JSON. */
  readonly maxEventBytes: number;
  /** Maximum number of concurrent batches of one shard, 1 to 10; records of one stream partition key stay in order. */
  readonly parallelizationFactor: number;
  /** True to split a failed batch in two. */
  readonly bisect: boolean;
  /** Retries after the first attempt; -1 for no limit. */
  readonly retryAttempts: number;
  /** Older records are discarded; -1 for no limit. */
  readonly maxRecordAgeMillis: number;
  /** True if the function's response may name failed records (`ReportBatchItemFailures`). */
  readonly reportsItemFailures: boolean;
  readonly startingPosition: StartingPosition;
  /** Delivers every record that succeeded a second time, in batches that this seed cuts. @default once */
  readonly redeliverySeed?: number;
}

/**
 * Lambda's limit for the event of a synchronous invocation.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export const MAX_EVENT_BYTES = 6 * 1024 * 1024;

/** The back-off between retries doubles from the first to the longest. AWS does not document its own values. */
const BACK_OFF = { firstMillis: 250, longestMillis: 30_000 } as const;

/** Draining waits for retries up to this number, or up to this age of the records. */
const DRAINED = { retryAttempts: 100, ageMillis: 600_000 } as const;

/** True if a batch that keeps failing is discarded soon enough for draining to wait for it. */
export function endsSoon({ retryAttempts, maxRecordAgeMillis }: MappingConfig): boolean {
  const isWithin = (setting: number, most: number) => setting >= 0 && setting <= most;
  return isWithin(retryAttempts, DRAINED.retryAttempts) || isWithin(maxRecordAgeMillis, DRAINED.ageMillis);
}

/** The wait after this number of consecutive failed tries. */
export function backOffMillis(tries: number): number {
  return Math.min(BACK_OFF.longestMillis, BACK_OFF.firstMillis * 2 ** Math.max(0, tries - 1));
}
