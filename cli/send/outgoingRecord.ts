/** A record to be sent to a stream, with the format that it was made in. */

export interface OutgoingRecord {
  readonly payload: Uint8Array;
  /** The stream partition key, 1 to 256 characters; records with the same key go to the same shard. */
  readonly partitionKey: string;
  /** The format of the record, or the kind of malformation. */
  readonly made: { readonly format: string } | { readonly malformed: string };
}
