/** What every batch of the mapping must keep to, whatever the schedule: size, lanes, order per stream partition key. */
import { EVENT_FRAME_BYTES } from "../../../../local/services/lambda/mapping/kinesisEvent";
import type { MappingConfig } from "../../../../local/services/lambda/mapping/mappingConfig";
import type { Batch } from "../../../../local/services/lambda/mapping/mappingState";
import type { ModelStream } from "./modelStream";

/** How things stand when a batch is delivered. */
export interface Delivery {
  readonly config: MappingConfig;
  readonly stream: ModelStream;
  /** Records that succeeded or were given up, by `idOf`. */
  readonly finished: ReadonlySet<string>;
  readonly inFlight: ReadonlyMap<number, { readonly shard: string; readonly batch: Batch }>;
}

export function idOf(shard: string, record: { readonly sequenceNumber: string }): string {
  return `${shard}/${record.sequenceNumber}`;
}

export function checkBatch(shard: string, batch: Batch, { config, stream, finished, inFlight }: Delivery): string[] {
  const broken: string[] = [];
  const bytes = batch.records.reduce((sum, record) => sum + record.eventBytes, EVENT_FRAME_BYTES);
  if (batch.records.length > config.batchSize) broken.push(`a batch of ${batch.records.length}`);
  if (bytes > config.maxEventBytes) broken.push(`an event of ${bytes} bytes`);
  const others = [...inFlight.values()].filter((other) => other.shard === shard).length;
  if (others >= config.parallelizationFactor) broken.push(`${others + 1} batches of ${shard} at once`);

  const delivered = new Set<string>();
  for (const record of batch.records) {
    for (const earlier of stream.before(shard, record.sequenceNumber)) {
      if (earlier.partitionKey !== record.partitionKey) continue;
      const earlierId = idOf(earlier.shard, earlier);
      if (!delivered.has(earlierId) && !finished.has(earlierId)) {
        broken.push(`${idOf(shard, record)} before ${earlierId}`);
      }
    }
    delivered.add(idOf(shard, record));
  }
  return broken;
}
