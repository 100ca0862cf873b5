/** Buckets, their settings, and objects of the program. */
import { readFile } from "node:fs/promises";
import {
  type BucketLifecycleConfiguration,
  type BucketVersioningStatus,
  CreateBucketCommand,
  type ObjectOwnership,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketLoggingCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  type ServerSideEncryption,
} from "@aws-sdk/client-s3";
import { type Deployer, pascal } from "./deployer";

export const s3Deployers: Readonly<Record<string, Deployer>> = {
  "aws:s3/bucket:Bucket": async ({ s3 }, name) => {
    await s3.send(new CreateBucketCommand({ Bucket: name }));
    return { id: name, outputs: { bucket: name, arn: `arn:aws:s3:::${name}` } };
  },
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": async (
    { s3 },
    _name,
    { bucket, rules },
  ) => {
    type Rule = { applyServerSideEncryptionByDefault: { sseAlgorithm: ServerSideEncryption; kmsMasterKeyId?: string } };
    const Rules = (rules as Rule[]).map(({ applyServerSideEncryptionByDefault: { sseAlgorithm, kmsMasterKeyId } }) => ({
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm: sseAlgorithm, KMSMasterKeyID: kmsMasterKeyId },
    }));
    await s3.send(new PutBucketEncryptionCommand({ Bucket: bucket, ServerSideEncryptionConfiguration: { Rules } }));
    return { id: bucket, outputs: {} };
  },
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": async ({ s3 }, _name, { bucket, rules }) => {
    const Rules = (rules as { id: string }[]).map(({ id, ...rule }) => ({ ID: id, ...pascal<object>(rule) }));
    const LifecycleConfiguration = { Rules } as BucketLifecycleConfiguration;
    await s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket: bucket, LifecycleConfiguration }));
    return { id: bucket, outputs: {} };
  },
  "aws:s3/bucketLogging:BucketLogging": async ({ s3 }, _name, { bucket, targetBucket, targetPrefix }) => {
    const LoggingEnabled = { TargetBucket: targetBucket, TargetPrefix: targetPrefix };
    await s3.send(new PutBucketLoggingCommand({ Bucket: bucket, BucketLoggingStatus: { LoggingEnabled } }));
    return { id: bucket, outputs: {} };
  },
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": async ({ s3 }, _name, { bucket, rule }) => {
    const Rules = [{ ObjectOwnership: rule.objectOwnership as ObjectOwnership }];
    await s3.send(new PutBucketOwnershipControlsCommand({ Bucket: bucket, OwnershipControls: { Rules } }));
    return { id: bucket, outputs: {} };
  },
  "aws:s3/bucketPolicy:BucketPolicy": async ({ s3 }, _name, { bucket, policy }) => {
    await s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: policy }));
    return { id: bucket, outputs: {} };
  },
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": async ({ s3 }, _name, { bucket, ...block }) => {
    await s3.send(
      new PutPublicAccessBlockCommand({ Bucket: bucket, PublicAccessBlockConfiguration: pascal<object>(block) }),
    );
    return { id: bucket, outputs: {} };
  },
  "aws:s3/bucketVersioning:BucketVersioning": async ({ s3 }, _name, { bucket, versioningConfiguration }) => {
    const Status = versioningConfiguration.status as BucketVersioningStatus;
    await s3.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status } }));
    return { id: bucket, outputs: {} };
  },
  "aws:s3/bucketObjectv2:BucketObjectv2": async ({ s3 }, _name, { bucket, key, source }) => {
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: await readFile(await source.path) }));
    return { id: key, outputs: {} };
  },
};
