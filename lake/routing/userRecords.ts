/** The records that producers wrote, where a library packed many of them into one record of the stream. */
import { isAggregated, unaggregate } from "../../formats/aggregated";
import type { IncomingRecord } from "../record";

/**
 * The user records of an aggregated record, each with its own stream partition key and its place as `subSequence`; of any
 * other, itself. Each lands on its own: some may be rows while others are unformatted.
 */
export function userRecords(record: IncomingRecord): readonly IncomingRecord[] {
  // One that is read back from `unformatted/` has been unpacked before.
  if (!isAggregated(record.payload) || record.subSequence !== undefined) return [record];
  const users = unaggregate(record.payload);
  if (!users) return [record];
  return users.map(({ partitionKey, payload }, subSequence) => ({ ...record, partitionKey, payload, subSequence }));
}
