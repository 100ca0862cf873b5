/** Delivers records to a handler in batches, and redelivers what it leaves, as Lambda's event source mapping does. */
import type { KinesisEvent } from "../kinesisTestEvent";

type EventRecord = KinesisEvent["Records"][number];

/** A batch that the handler failed on. */
export interface FailedDelivery {
  readonly records: readonly EventRecord[];
  readonly error: unknown;
}

/** Resolves to the batches that the handler fails on or makes no progress with. */
export async function deliver(
  records: readonly EventRecord[],
  handler: (event: { Records: readonly EventRecord[] }) => Promise<unknown>,
): Promise<FailedDelivery[]> {
  const failed: FailedDelivery[] = [];
  for (const batch of batchesOf(records)) {
    let left: readonly EventRecord[] = batch;
    while (left.length > 0) {
      try {
        left = leftOf(left, await handler({ Records: left }));
      } catch (error) {
        failed.push({ records: left, error });
        break;
      }
    }
  }
  return failed;
}

function leftOf(records: readonly EventRecord[], answer: unknown): readonly EventRecord[] {
  const { batchItemFailures = [] } = answer as { batchItemFailures?: readonly { itemIdentifier: string }[] };
  const [first] = batchItemFailures;
  if (!first) return [];
  const from = records.findIndex(({ kinesis }) => kinesis.sequenceNumber === first.itemIdentifier);
  if (from > 0) return records.slice(from);
  throw new Error(`the handler returned the sequence number ${first.itemIdentifier}, and made no progress`);
}

/** Bounds of an event (Lambda developer guide, event source mappings for Kinesis). */
const MAX_RECORDS = 10_000;
const MAX_DATA_CHARACTERS = 6 * 1024 * 1024;

function* batchesOf(records: readonly EventRecord[]): Generator<readonly EventRecord[]> {
  let batch: EventRecord[] = [];
  let characters = 0;
  for (const record of records) {
    const { length } = record.kinesis.data;
    if (batch.length === MAX_RECORDS || (batch.length > 0 && characters + length > MAX_DATA_CHARACTERS)) {
      yield batch;
      batch = [];
      characters = 0;
    }
    batch.push(record);
    characters += length;
  }
  if (batch.length > 0) yield batch;
}
