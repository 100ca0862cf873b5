/** Takes a batch that was given up to the mapping's on-failure destination, with the permissions of the function's role. */
import type { Principal } from "../../../cloud/iam/principal";
import { type CloudContext, ServiceError } from "../../../cloud/service";
import type { FailureCondition } from "./mappingState";

/** A batch that was given up, and where its records are now. */
export interface FailedBatch {
  readonly mapping: string;
  readonly shard: string;
  readonly firstSequenceNumber: string;
  readonly lastSequenceNumber: string;
  readonly records: number;
  readonly condition: FailureCondition;
  /** What the function's last error was: its type and message. */
  readonly reason: string;
  /** `s3://bucket/key`, or the topic's ARN; undefined where the records are lost, and then `undelivered` says why. */
  readonly destination?: string;
  readonly undelivered?: string;
}

/** Puts the document to the bucket. AWS drops the batch when that fails; so does this, and says so. */
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

/** Tells the topic which records they were; the records themselves go to buckets only (Lambda developer guide). */
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
