/** Interprets a function's response to a batch if the mapping reports batch item failures. */

/** The index of the first record to redeliver; 0 for the whole batch, undefined if the whole batch succeeded. */
type FailedFrom = number | undefined;

/**
 * The lowest reported sequence number is the checkpoint; all records from it on are redelivered. An empty or null
 * response or list is success; an identifier that is empty, null, misnamed or not of this batch fails the whole batch.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
 */
export function readBatchResponse(response: unknown, sequenceNumbers: readonly string[]): FailedFrom {
  if (response === null || response === undefined || response === "") return undefined;
  if (typeof response !== "object") return 0;
  const failures: unknown = (response as { batchItemFailures?: unknown }).batchItemFailures;
  if (failures === null || failures === undefined) return undefined;
  if (!Array.isArray(failures)) return 0;
  if (failures.length === 0) return undefined;
  const indexes = new Map(sequenceNumbers.map((sequenceNumber, index) => [sequenceNumber, index]));
  let lowest: FailedFrom;
  for (const failure of failures as unknown[]) {
    const identifier = (failure as { itemIdentifier?: unknown } | null)?.itemIdentifier;
    const index = typeof identifier === "string" ? indexes.get(identifier) : undefined;
    if (index === undefined) return 0;
    if (lowest === undefined || index < lowest) lowest = index;
  }
  return lowest;
}
