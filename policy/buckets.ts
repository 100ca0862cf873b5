/** Buckets of a stack, and what else it declares for each: S3 keeps most settings in resources of their own. */
import type { BucketArgs, BucketPolicyArgs, BucketPublicAccessBlockArgs } from "@pulumi/aws/s3";
import type { Unwrap } from "@pulumi/pulumi";
import type { Stack, StackResource } from "./control";
import { refersTo } from "./relations";

/** Types of buckets, that of earlier versions of the provider too. */
export const BUCKETS = ["aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"];

export type FoundBucket = StackResource<Unwrap<BucketArgs>>;

/** The resources of a type, `"bucketLogging"`, that belong to a bucket. */
export function ofBucket<Args>(type: string, bucket: FoundBucket, stack: Stack): Unwrap<Args>[] {
  const name = `${type[0]?.toUpperCase()}${type.slice(1)}`;
  return stack
    .all<Args>(`aws:s3/${type}:${name}`, `aws:s3/${type}V2:${name}V2`)
    .filter(({ resource }) => refersTo(resource, "bucket", bucket.resource))
    .map(({ inputs }) => inputs);
}

/** Its policies, as text or objects. Reading one that a preview does not know throws. */
export function policiesOf(bucket: FoundBucket, stack: Stack): unknown[] {
  const own = bucket.inputs.policy;
  const declared = ofBucket<BucketPolicyArgs>("bucketPolicy", bucket, stack).map(({ policy }) => policy);
  return own === undefined ? declared : [own, ...declared];
}

export const BLOCKS = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"] as const;

/** Which of the four settings of Block Public Access are on. */
export function publicAccessBlocks(bucket: FoundBucket, stack: Stack): Set<(typeof BLOCKS)[number]> {
  const blocks = ofBucket<BucketPublicAccessBlockArgs>("bucketPublicAccessBlock", bucket, stack);
  return new Set(BLOCKS.filter((setting) => blocks.some((block) => block[setting] === true)));
}
