/** Declares the bucket that S3 writes the access logs of other buckets to. */
import * as pulumi from "@pulumi/pulumi";
import { expireAfter, type PrivateBucket, type PrivateBucketTransform, privateBucket } from "./privateBucket";

export interface AccessLogsOptions {
  readonly parent: pulumi.Resource;
  readonly deletable: boolean;
  /** The account of the buckets whose access is logged. */
  readonly accountId: pulumi.Input<string>;
  /** How long logs are kept, days. */
  readonly retentionDays: number;
  readonly transform?: PrivateBucketTransform;
}

/**
 * Encrypted with S3's own keys, because S3 delivers no logs to a bucket whose default is a KMS key that S3 may not use.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
 */
export function accessLogs(name: string, options: AccessLogsOptions): PrivateBucket {
  const { parent, deletable, accountId, transform } = options;
  return privateBucket(name, {
    parent,
    deletable,
    transform,
    lifecycleRules: [expireAfter("access-logs", options.retentionDays)],
    statements: (bucketArn) => [
      {
        Sid: "AccessLogs",
        Effect: "Allow",
        Principal: { Service: "logging.s3.amazonaws.com" },
        Action: "s3:PutObject",
        Resource: pulumi.interpolate`${bucketArn}/*`,
        Condition: { StringEquals: { "aws:SourceAccount": accountId } },
      },
    ],
  });
}
