/** Reads the object that Lambda's on-failure destination writes: the whole event that the function failed on. */

interface FailedEvent {
  readonly Records?: readonly {
    /** `shardId-000000000003:4965…` */
    readonly eventID: string;
    /** Ends with `stream/<name>`. */
    readonly eventSourceARN: string;
  }[];
}

/**
 * The identities, `stream/shard/sequence number`, of the records in a failed batch.
 *
 * `payload` is the event, as JSON text in S3 (https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html).
 */
export function recordsOfFailedBatch(text: string): string[] {
  const { payload } = JSON.parse(text) as { payload?: string | FailedEvent };
  const event = typeof payload === "string" ? (JSON.parse(payload) as FailedEvent) : payload;
  if (!event?.Records) throw new Error(`a failed batch of ${text.length} characters holds no event`);
  return event.Records.map(({ eventID, eventSourceARN }) => {
    const stream = eventSourceARN.slice(eventSourceARN.lastIndexOf("/") + 1);
    return `${stream}/${eventID.replace(":", "/")}`;
  });
}
