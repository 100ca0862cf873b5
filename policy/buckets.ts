/** Finds a bucket's settings in a stack; S3 keeps most of them in separate resources. */
import type { BucketArgs, BucketPolicyArgs, BucketPublicAccessBlockArgs } from "@pulumi/aws/s3";
import type { Unwrap } from "@pulumi/pulumi";
import type { Stack, StackResource } from "./control";
import { refersTo } from "./relations";

/** The resource types of buckets, including that of earlier provider versions. */
export const BUCKETS = ["aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"];

export type FoundBucket = StackResource<Unwrap<BucketArgs>>;

/** The resources of a type, such as `"bucketLogging"`, that belong to a bucket. */
export function ofBucket<Args>(type: string, bucket: FoundBucket, stack: Stack): Unwrap<Args>[] {
  const name = `${type[0]?.toUpperCase()}${type.slice(1)}`;
  return stack
    .all<Args>(`aws:s3/${type}:${name}`, `aws:s3/${type}V2:${name}V2`)
    .filter(({ resource }) => refersTo(resource, "bucket", bucket.resource))
    .map(({ inputs }) => inputs);
}

/** A bucket's policies, as strings or objects. Throws for one that a preview does not know yet. */
export function policiesOf(bucket: FoundBucket, stack: Stack): unknown[] {
  const own = bucket.inputs.policy;
  const declared = ofBucket<BucketPolicyArgs>("bucketPolicy", bucket, stack).map(({ policy }) => policy);
  return own === undefined ? declared : [own, ...declared];
}

export const BLOCKS = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"] as const;

/** The settings of Block Public Access that are on. */
export function publicAccessBlocks(bucket: FoundBucket, stack: Stack): Set<(typeof BLOCKS)[number]> {
  const blocks = ofBucket<BucketPublicAccessBlockArgs>("bucketPublicAccessBlock", bucket, stack);
  return new Set(BLOCKS.filter((setting) => blocks.some((block) => block[setting] === true)));
}
