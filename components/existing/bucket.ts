/** Takes an S3 bucket of any owner, and refuses one that the components could not use. */
import * as pulumi from "@pulumi/pulumi";
import { arnBeside, arnParts } from "../parts/arn";
import { type CustomerKey, givenKey, keyArnProblem } from "./key";

/** The attributes of an `aws.s3.Bucket`, whether it is declared, imported, or looked up by `get` or `getBucketOutput`. */
export interface BucketResource {
  /** The name. */
  readonly id: pulumi.Input<string>;
  readonly arn: pulumi.Input<string>;
  readonly bucketRegion?: pulumi.Input<string | undefined>;
  readonly region?: pulumi.Input<string | undefined>;
  readonly serverSideEncryptionConfiguration?: pulumi.Input<BucketEncryption | undefined>;
}

interface BucketEncryption {
  readonly rule?: { readonly applyServerSideEncryptionByDefault?: { readonly kmsMasterKeyId?: string } };
}

/** A bucket that another program or team owns. */
export interface ExistingBucket {
  /** Name of the bucket. */
  readonly bucketName: pulumi.Input<string>;
  /** ARN of the customer's KMS key that encrypts new objects by default. @default the `encryptionKeyArn` of the component */
  readonly encryptionKeyArn?: pulumi.Input<string>;
  /** The bucket's Region, so that a bucket of another Region is refused before anything uses it. @default not checked */
  readonly region?: pulumi.Input<string>;
}

/** A bucket of `@pulumi/aws`, or by its name. */
export type BucketSource = BucketResource | ExistingBucket;

/** A bucket as components use it. */
export interface Bucket {
  readonly name: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  readonly key?: CustomerKey;
}

export interface BucketUse {
  /** The component, for errors: `DataLake "lake"`. */
  readonly who: string;
  /** The argument that gives the bucket. */
  readonly option: string;
  /** The ARN of a resource in the partition and Region that the bucket must be in. */
  readonly neighbour: pulumi.Input<string>;
  /** The component's `encryptionKeyArn`. */
  readonly encryptionKeyArn?: pulumi.Input<string>;
}

/** @throws within the outputs for a bucket in another Region, and for an encrypted one whose key is not given */
export function bucketOf(source: BucketSource, use: BucketUse): Bucket {
  const { id, arn, region, encryptionKeyArn, encryption } = attributesOf(source);
  const key = givenKey(encryptionKeyArn ?? use.encryptionKeyArn);
  const name = pulumi.all([id, region, encryption, use.neighbour]).apply(([bucket, actual, rules, neighbour]) => {
    const problem = regionProblem(bucket, actual, neighbour) ?? keyProblem(bucket, rules, key);
    if (problem !== undefined) throw new pulumi.RunError(`${use.who}: ${use.option}: ${problem}`);
    return bucket;
  });
  const checkedArn = name.apply((bucket) => pulumi.output(arn ?? arnBeside(use.neighbour, `s3:::${bucket}`)));
  return { name, arn: checkedArn, key };
}

function attributesOf(source: BucketSource) {
  if (isResource(source)) {
    const { id, arn, bucketRegion, region, serverSideEncryptionConfiguration: encryption } = source;
    const actual = pulumi.all([bucketRegion, region]).apply(([own, managed]) => own ?? managed);
    return { id, arn, region: actual, encryptionKeyArn: undefined, encryption };
  }
  const { bucketName, region, encryptionKeyArn } = source;
  return { id: bucketName, arn: undefined, region, encryptionKeyArn, encryption: undefined };
}

/** An output of a look-up has every property, each an output. */
function isResource(source: BucketSource): source is BucketResource {
  return pulumi.Output.isInstance(source) || "arn" in source;
}

/** The functions write through S3's endpoint of their own Region, which redirects for buckets of others. */
function regionProblem(bucket: string, actual: string | undefined, neighbour: string): string | undefined {
  const { region } = arnParts(neighbour);
  if (actual === undefined || actual === region) return undefined;
  return `the bucket "${bucket}" is in ${actual}, but the lake is in ${region}; give a bucket in ${region}.`;
}

function keyProblem(
  bucket: string,
  encryption: BucketEncryption | undefined,
  key: CustomerKey | undefined,
): string | undefined {
  const keyId = encryption?.rule?.applyServerSideEncryptionByDefault?.kmsMasterKeyId;
  if (key !== undefined || !keyId || /(^|:)alias\/aws\//.test(keyId)) return undefined;
  return `the bucket "${bucket}" encrypts with the key ${keyId}; give encryptionKeyArn, or nothing may write to it.`;
}

/** The problem of an argument that is no bucket. */
export function bucketProblem(option: string, source: BucketSource | undefined): string | undefined {
  if (source === undefined || pulumi.Output.isInstance(source)) return undefined;
  const { arn, bucketName, encryptionKeyArn } = source as Partial<BucketResource & ExistingBucket>;
  if (arn !== undefined) return undefined;
  if (bucketName === undefined)
    return `${option} is not a bucket; give an aws.s3.Bucket, or { bucketName } of one that exists.`;
  return keyArnProblem(`${option}.encryptionKeyArn`, encryptionKeyArn);
}
