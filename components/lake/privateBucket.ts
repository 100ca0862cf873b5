/** Declares a bucket of the library: private, encrypted, versioned, TLS only, with a lifecycle. */
import * as s3 from "@pulumi/aws/s3";
import type * as aws from "@pulumi/aws/types/input";
import * as pulumi from "@pulumi/pulumi";
import { defaults } from "../../lake/defaults";
import { type Transform, transformed } from "../parts/transform";

export interface PrivateBucketOptions {
  readonly parent: pulumi.Resource;
  /** True lets the stack delete the bucket and its objects; false leaves it in the account. */
  readonly deletable: boolean;
  /** ARN of a customer's KMS key; without it, S3's own keys encrypt objects. */
  readonly encryptionKeyArn?: pulumi.Input<string>;
  /** In addition to the rules for old versions and abandoned uploads. */
  readonly lifecycleRules?: readonly aws.s3.BucketLifecycleConfigurationRule[];
  /** In addition to the statement that requires TLS. */
  readonly statements?: (bucketArn: pulumi.Output<string>) => readonly BucketStatement[];
  /** The bucket and the prefix that S3 writes access logs to. @default none */
  readonly accessLogs?: { readonly target: PrivateBucket; readonly prefix: string };
  readonly transform?: PrivateBucketTransform;
}

/** A statement of a bucket's policy. */
export type BucketStatement = Readonly<Record<string, pulumi.Input<unknown>>>;

export interface PrivateBucketTransform {
  bucket?: Transform<s3.BucketArgs>;
  encryption?: Transform<s3.BucketServerSideEncryptionConfigurationArgs>;
  lifecycle?: Transform<s3.BucketLifecycleConfigurationArgs>;
  logging?: Transform<s3.BucketLoggingArgs>;
  ownership?: Transform<s3.BucketOwnershipControlsArgs>;
  policy?: Transform<s3.BucketPolicyArgs>;
  publicAccess?: Transform<s3.BucketPublicAccessBlockArgs>;
  versioning?: Transform<s3.BucketVersioningArgs>;
}

/** The raw resources. */
export interface PrivateBucket {
  readonly bucket: s3.Bucket;
  readonly encryption: s3.BucketServerSideEncryptionConfiguration;
  readonly lifecycle: s3.BucketLifecycleConfiguration;
  /** Only if access is logged. */
  readonly logging?: s3.BucketLogging;
  readonly ownership: s3.BucketOwnershipControls;
  readonly policy: s3.BucketPolicy;
  readonly publicAccess: s3.BucketPublicAccessBlock;
  readonly versioning: s3.BucketVersioning;
}

/** @param name the logical name of the bucket, and the start of the other logical names */
export function privateBucket(name: string, options: PrivateBucketOptions): PrivateBucket {
  const { transform = {}, deletable } = options;
  const opts = () => ({ parent: options.parent, retainOnDelete: !deletable });
  const bucket = new s3.Bucket(
    ...transformed<s3.BucketArgs>(transform.bucket, name, { forceDestroy: deletable }, opts()),
  );
  const ownership = new s3.BucketOwnershipControls(
    ...transformed<s3.BucketOwnershipControlsArgs>(
      transform.ownership,
      `${name}-ownership`,
      { bucket: bucket.id, rule: { objectOwnership: "BucketOwnerEnforced" } },
      opts(),
    ),
  );
  const publicAccess = new s3.BucketPublicAccessBlock(
    ...transformed<s3.BucketPublicAccessBlockArgs>(
      transform.publicAccess,
      `${name}-public-access`,
      {
        bucket: bucket.id,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      opts(),
    ),
  );
  const encryption = new s3.BucketServerSideEncryptionConfiguration(
    ...transformed<s3.BucketServerSideEncryptionConfigurationArgs>(
      transform.encryption,
      `${name}-encryption`,
      { bucket: bucket.id, rules: [encryptionRule(options.encryptionKeyArn)] },
      opts(),
    ),
  );
  const versioning = new s3.BucketVersioning(
    ...transformed<s3.BucketVersioningArgs>(
      transform.versioning,
      `${name}-versioning`,
      { bucket: bucket.id, versioningConfiguration: { status: "Enabled" } },
      opts(),
    ),
  );
  const lifecycle = new s3.BucketLifecycleConfiguration(
    ...transformed<s3.BucketLifecycleConfigurationArgs>(
      transform.lifecycle,
      `${name}-lifecycle`,
      { bucket: bucket.id, rules: [...(options.lifecycleRules ?? []), ...housekeeping()] },
      // S3 refuses rules for old versions until versioning is on.
      { ...opts(), dependsOn: [versioning] },
    ),
  );
  const policy = new s3.BucketPolicy(
    ...transformed<s3.BucketPolicyArgs>(
      transform.policy,
      `${name}-policy`,
      { bucket: bucket.id, policy: policyOf(bucket.arn, options.statements?.(bucket.arn)) },
      // Both change the bucket's policy settings; S3 refuses concurrent changes.
      { ...opts(), dependsOn: [publicAccess] },
    ),
  );
  const logging = options.accessLogs && logged(name, bucket, options.accessLogs, transform.logging, opts());
  return { bucket, encryption, lifecycle, logging, ownership, policy, publicAccess, versioning };
}

function logged(
  name: string,
  bucket: s3.Bucket,
  { target, prefix }: NonNullable<PrivateBucketOptions["accessLogs"]>,
  transform: Transform<s3.BucketLoggingArgs> | undefined,
  opts: pulumi.CustomResourceOptions,
): s3.BucketLogging {
  return new s3.BucketLogging(
    ...transformed<s3.BucketLoggingArgs>(
      transform,
      `${name}-logging`,
      {
        bucket: bucket.id,
        targetBucket: target.bucket.id,
        targetPrefix: prefix,
        targetObjectKeyFormat: { partitionedPrefix: { partitionDateSource: "EventTime" } },
      },
      // S3 may write there only after the policy allows it.
      { ...opts, dependsOn: [target.policy] },
    ),
  );
}

/** A rule that deletes objects below a prefix after some days. */
export function expireAfter(id: string, days: number, prefix = ""): aws.s3.BucketLifecycleConfigurationRule {
  return { id, status: "Enabled", filter: { prefix }, expiration: { days } };
}

function encryptionRule(keyArn: pulumi.Input<string> | undefined) {
  if (keyArn === undefined) return { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } };
  return {
    applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: keyArn },
    // S3 uses one data key per bucket for a time, instead of one KMS call per object.
    bucketKeyEnabled: true,
  };
}

function housekeeping(): aws.s3.BucketLifecycleConfigurationRule[] {
  const { noncurrentVersions, abandonedUploads } = defaults.retentionDays;
  return [
    {
      id: "old-versions",
      status: "Enabled",
      filter: { prefix: "" },
      noncurrentVersionExpiration: { noncurrentDays: noncurrentVersions },
      abortIncompleteMultipartUpload: { daysAfterInitiation: abandonedUploads },
    },
    {
      id: "expired-delete-markers",
      status: "Enabled",
      filter: { prefix: "" },
      expiration: { expiredObjectDeleteMarker: true },
    },
  ];
}

/**
 * The bucket's own statements, and one that denies every request without TLS (S3.5 of AWS Foundational Security Best
 * Practices).
 */
function policyOf(
  bucketArn: pulumi.Output<string>,
  statements: readonly BucketStatement[] = [],
): pulumi.Output<string> {
  return pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      ...statements,
      {
        Sid: "TlsOnly",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [bucketArn, pulumi.interpolate`${bucketArn}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  });
}
