/** Discards a batch: sends AWS's failure record to the on-failure destination and returns a summary. */

import { uuid } from "../../../cloud/random";
import { announceFailure, deliverFailure, type FailedBatch } from "./failureDelivery";
import { failureKey, failureRecord } from "./failureRecord";
import type { MappingDriverOptions } from "./mappingDriverOptions";
import type { MappingCommand } from "./mappingState";

export async function giveUpBatch(
  { cloud, principal, functionArn, settings, source, uuid: mapping }: MappingDriverOptions,
  { shard, batch, condition }: MappingCommand & { readonly type: "giveUp" },
): Promise<FailedBatch> {
  const now = cloud.clock.now();
  const requestId = uuid(cloud.random);
  const document = failureRecord({ shard, batch, condition, functionArn, source, requestId, now });
  const { failureBucket, failureTopic } = settings;
  const delivery =
    failureTopic === undefined
      ? await deliverFailure(cloud, principal, failureBucket, {
          key: failureKey(mapping, shard, now, uuid(cloud.random)),
          document,
        })
      : await announceFailure(cloud, principal, failureTopic, document);
  return {
    mapping,
    shard,
    firstSequenceNumber: batch.records[0]?.sequenceNumber ?? "",
    lastSequenceNumber: batch.records.at(-1)?.sequenceNumber ?? "",
    records: batch.records.length,
    condition,
    reason: batch.last?.reason ?? "never delivered to the function",
    ...delivery,
  };
}
