/** A record on its way to a stream, and what the producer knows of it. */

export interface OutgoingRecord {
  readonly payload: Uint8Array;
  /** The stream partition key: records with the same one keep to one shard. 1 to 256 characters. */
  readonly partitionKey: string;
  /** The format it was written in, or, for one made malformed on purpose, in which way. */
  readonly made: { readonly format: string } | { readonly malformed: string };
}
