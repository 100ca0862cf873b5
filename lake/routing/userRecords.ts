/** Unpacks the records that a producer's library (KPL) aggregated into one record of the stream. */
import { isAggregated, unaggregate } from "../../formats/aggregated";
import type { IncomingRecord } from "../record";

/**
 * Returns the user records of an aggregated record, each with its own stream partition key and its index as
 * `subSequence`; any other record is returned unchanged. User records land independently: some may become rows and
 * others be unformatted.
 */
export function userRecords(record: IncomingRecord): readonly IncomingRecord[] {
  // A record with a `subSequence` comes from `unformatted/` and was unpacked before.
  if (!isAggregated(record.payload) || record.subSequence !== undefined) return [record];
  const users = unaggregate(record.payload);
  if (!users) return [record];
  return users.map(({ partitionKey, payload }, subSequence) => ({ ...record, partitionKey, payload, subSequence }));
}
