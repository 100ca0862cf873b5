/** A record as the router receives it, independent of the form of its event. */
export interface IncomingRecord {
  /** `shardId-000000000003` */
  readonly shard: string;
  /** Decimal digits, unique on its shard and rising. */
  readonly sequenceNumber: string;
  /** Arrival time as Kinesis stamped it, in milliseconds since the epoch; a redelivery keeps it. */
  readonly arrivedMillis: number;
  /** The stream partition key. */
  readonly partitionKey: string;
  readonly payload: Uint8Array;
  /** Place among the user records of an aggregated record. @default none, for a record that is not a part of another */
  readonly subSequence?: number;
  /** Place of the row in its record, if the payload is one row that was refused by itself. @default none, for a whole record */
  readonly row?: number;
}
