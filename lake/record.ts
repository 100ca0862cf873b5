/** A record as the router receives it, independent of the form of its event. */
export interface IncomingRecord {
  /** `shardId-000000000003`; with a source, `orders.shardId-000000000003` */
  readonly shard: string;
  /** Decimal digits, unique and increasing within the shard. */
  readonly sequenceNumber: string;
  /** Arrival time that Kinesis stamped, in milliseconds since the epoch; a redelivery keeps it. */
  readonly arrivedMillis: number;
  /** The stream partition key. */
  readonly partitionKey: string;
  readonly payload: Uint8Array;
  /** Index among the user records of an aggregated record. @default none, for a record that is not part of another */
  readonly subSequence?: number;
  /** Index of the row in its record, if the payload is a single refused row. @default none, for a whole record */
  readonly row?: number;
}
