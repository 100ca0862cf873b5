/** Sends a discarded batch to the mapping's on-failure destination, with the permissions of the function's role. */
import type { Principal } from "../../../cloud/iam/principal";
import { type CloudContext, ServiceError } from "../../../cloud/service";
import type { FailureCondition } from "./mappingState";

/** A discarded batch, and the place of its records. */
export interface FailedBatch {
  readonly mapping: string;
  readonly shard: string;
  readonly firstSequenceNumber: string;
  readonly lastSequenceNumber: string;
  readonly records: number;
  readonly condition: FailureCondition;
  /** Type and message of the function's last error. */
  readonly reason: string;
  /** `s3://bucket/key`, or the topic's ARN; undefined if the records are lost, for the reason in `undelivered`. */
  readonly destination?: string;
  readonly undelivered?: string;
}

/** Puts the document in the bucket. If that fails, the batch is lost, as on AWS, and the result contains the reason. */
export async function deliverFailure(
  cloud: CloudContext,
  principal: Principal,
  bucket: string | undefined,
  { key, document }: { readonly key: string; readonly document: object },
): Promise<Pick<FailedBatch, "destination" | "undelivered">> {
  if (bucket === undefined) return { undelivered: "the mapping has no on-failure destination" };
  try {
    cloud.authorize(principal, [{ action: "s3:ListBucket", resource: `arn:aws:s3:::${bucket}` }]);
    const Body = Buffer.from(JSON.stringify(document));
    await cloud.call(principal, "s3", "PutObject", { Bucket: bucket, Key: key, Body });
    return { destination: `s3://${bucket}/${key}` };
  } catch (error) {
    if (error instanceof ServiceError) return { undelivered: error.message };
    throw error;
  }
}

/**
 * Publishes the batch's metadata to the topic; Lambda sends records themselves only to buckets (Lambda developer
 * guide).
 */
export async function announceFailure(
  cloud: CloudContext,
  principal: Principal,
  topicArn: string,
  { payload: _, ...metadata }: { readonly payload?: unknown },
): Promise<Pick<FailedBatch, "destination" | "undelivered">> {
  try {
    await cloud.call(principal, "sns", "Publish", { TopicArn: topicArn, Message: JSON.stringify(metadata) });
    return { destination: topicArn };
  } catch (error) {
    if (error instanceof ServiceError) return { undelivered: error.message };
    throw error;
  }
}
