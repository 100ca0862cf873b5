/** The document that Lambda writes to an on-failure destination in S3: the reason, the batch, and the whole event. */
import { EVENT_FRAME_BYTES, type EventSource, eventJson } from "./kinesisEvent";
import type { Batch, BufferedRecord, FailureCondition } from "./mappingState";

interface FailureDetails {
  readonly shard: string;
  readonly batch: Batch;
  readonly condition: FailureCondition;
  readonly functionArn: string;
  readonly source: EventSource;
  /** The request id to report if the function was never called. */
  readonly requestId: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * Makes the document. `responseContext` is absent if the function was never called; its `functionError` is null after a
 * partial response. Source: https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
 */
export function failureRecord({
  shard,
  batch,
  condition,
  functionArn,
  source,
  requestId,
  now,
}: FailureDetails): object {
  const [first, last] = [batch.records[0], batch.records.at(-1)] as [BufferedRecord, BufferedRecord];
  return {
    requestContext: {
      requestId: batch.last?.requestId ?? requestId,
      functionArn,
      condition,
      approximateInvokeCount: batch.invocations,
    },
    ...(batch.last && {
      responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: batch.last.functionError },
    }),
    version: "1.0",
    timestamp: new Date(now).toISOString(),
    KinesisBatchInfo: {
      shardId: shard,
      startSequenceNumber: first.sequenceNumber,
      endSequenceNumber: last.sequenceNumber,
      approximateArrivalOfFirstRecord: new Date(first.arrivedMillis).toISOString(),
      approximateArrivalOfLastRecord: new Date(last.arrivedMillis).toISOString(),
      batchSize: batch.records.length,
      streamArn: source.streamArn,
    },
    payload: eventJson(source, shard, batch.records, EVENT_FRAME_BYTES + batch.bytes).toString(),
  };
}

/** `aws/lambda/<mapping UUID>/<shard>/2026/11/20/2026-11-20T10.04.09-<random UUID>` */
export function failureKey(mappingUuid: string, shard: string, now: number, randomUuid: string): string {
  const stamp = new Date(now).toISOString().slice(0, 19);
  return `aws/lambda/${mappingUuid}/${shard}/${stamp.slice(0, 10).replaceAll("-", "/")}/${stamp.replaceAll(":", ".")}-${randomUuid}`;
}
