/** Finds the batch that a mapping would deliver again and again without end, so that draining can say so. */
import type { MappingConfig } from "./mappingConfig";
import type { Mapping } from "./mappingState";

/** Failures of one batch after which draining gives up, where retries have no end. */
const ENDLESS_FAILURES = 5;

/** What is to be said of a batch that has failed again and again, where nothing ever ends its retries. */
export function endlessBatch(state: Mapping, config: MappingConfig, functionArn: string): string | undefined {
  if (config.retryAttempts >= 0 || config.maxRecordAgeMillis >= 0) return undefined;
  for (const shard of state.shards.values()) {
    for (const { batches } of shard.lanes) {
      const [batch] = batches;
      if (!batch || batch.failures < ENDLESS_FAILURES) continue;
      const first = batch.records[0]?.sequenceNumber;
      return `local/lambda: the event source mapping of ${functionArn}: the batch from ${shard.id} ${first} has failed ${batch.failures} times (${batch.last?.reason}), and its retries have no end; set maximumRetryAttempts or maximumRecordAgeInSeconds`;
    }
  }
  return undefined;
}
