/** Reads the object that Lambda's on-failure destination writes: the whole event that the function failed on. */

interface FailedEvent {
  readonly Records?: readonly {
    /** `shardId-000000000003:4965…` */
    readonly eventID: string;
    /** Ends with `stream/<name>`. */
    readonly eventSourceARN: string;
  }[];
}

export interface FailedBatch {
  /** The name of the function that failed; undefined in a document without it. */
  readonly functionName: string | undefined;
  /** Identities: `stream/shard/sequence number`. */
  readonly records: readonly string[];
}

/**
 * Reads a failed batch.
 *
 * `payload` is the event, as JSON text in S3 (https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html).
 */
export function readFailedBatch(text: string): FailedBatch {
  const { payload, requestContext } = JSON.parse(text) as {
    payload?: string | FailedEvent;
    requestContext?: { readonly functionArn?: string };
  };
  const event = typeof payload === "string" ? (JSON.parse(payload) as FailedEvent) : payload;
  if (!event?.Records) throw new Error(`a failed batch of ${text.length} characters holds no event`);
  const records = event.Records.map(({ eventID, eventSourceARN }) => {
    const stream = eventSourceARN.slice(eventSourceARN.lastIndexOf("/") + 1);
    return `${stream}/${eventID.replace(":", "/")}`;
  });
  return { functionName: /:function:([^:]+)/.exec(requestContext?.functionArn ?? "")?.[1], records };
}
