/** Declares the buckets of a lake, for objects, query results, failed batches and access logs, or takes existing ones. */
import type * as aws from "@pulumi/aws/types/input";
import type * as pulumi from "@pulumi/pulumi";
import { defaults } from "../../lake/defaults";
import { type Bucket, type BucketSource, bucketOf } from "../existing/bucket";
import { givenKey } from "../existing/key";
import { accountIdOf } from "../parts/arn";
import { mayDeleteData } from "../parts/config";
import type { LakePrefixes } from "./access";
import { accessLogs } from "./accessLogs";
import type { DataLakeArgs, DataLakeNodes, LakeRetentionDays } from "./args";
import { expireAfter, type PrivateBucket, type PrivateBucketOptions, privateBucket } from "./privateBucket";

export interface LakeBucketsOptions {
  readonly args: DataLakeArgs;
  readonly parent: pulumi.Resource;
  readonly lifecycleRules: readonly aws.s3.BucketLifecycleConfigurationRule[];
  readonly retentionDays: LakeRetentionDays;
  /** The ARN of the database, which is in the buckets' account, Region and partition. */
  readonly databaseArn: pulumi.Output<string>;
}

export interface LakeBuckets {
  readonly nodes: Pick<DataLakeNodes, "lake" | "results" | "failed" | "accessLogs">;
  readonly lake: Bucket;
  readonly failed: Bucket;
  /** None if the results of an existing workgroup lie elsewhere. */
  readonly results?: Bucket;
}

/** A bucket in use, with its resources if the lake declares it. */
interface Used {
  readonly node?: PrivateBucket;
  readonly bucket: Bucket;
}

export function lakeBuckets(name: string, options: LakeBucketsOptions): LakeBuckets {
  const { args, parent, retentionDays, databaseArn } = options;
  const { transform = {}, encryptionKeyArn } = args;
  const owned = { parent, deletable: mayDeleteData(args.deleteDataOnDestroy) };
  const logs = args.accessLogs
    ? accessLogs(`${name}-access-logs`, {
        ...owned,
        accountId: accountIdOf(databaseArn),
        retentionDays: retentionDays.accessLogs,
        transform: transform.accessLogs,
      })
    : undefined;
  const own = (role: string, rest: Pick<PrivateBucketOptions, "transform" | "lifecycleRules">): Used => {
    const target = logs && { target: logs, prefix: `${role}/` };
    const node = privateBucket(`${name}-${role}`, { ...owned, encryptionKeyArn, accessLogs: target, ...rest });
    return { node, bucket: { name: node.bucket.id, arn: node.bucket.arn, key: givenKey(encryptionKeyArn) } };
  };
  const existing = (option: string, source: BucketSource): Used => {
    const use = { who: `DataLake "${name}"`, option, neighbour: databaseArn, encryptionKeyArn };
    return { bucket: bucketOf(source, use) };
  };
  const lake = args.bucket
    ? existing("bucket", args.bucket)
    : own("lake", { transform: transform.lake, lifecycleRules: options.lifecycleRules });
  const resultsOf = () =>
    args.resultsBucket
      ? existing("resultsBucket", args.resultsBucket)
      : own("results", {
          transform: transform.results,
          lifecycleRules: [expireAfter("results", retentionDays.results)],
        });
  const results = args.workgroup ? undefined : resultsOf();
  const failed = args.failedBucket
    ? existing("failedBucket", args.failedBucket)
    : own("failed", {
        transform: transform.failed,
        lifecycleRules: [expireAfter("failed-batches", retentionDays.failedBatches)],
      });
  return {
    nodes: { lake: lake.node, results: results?.node, failed: failed.node, accessLogs: logs },
    lake: lake.bucket,
    results: results?.bucket,
    failed: failed.bucket,
  };
}

/** The rules that delete objects of the lake, in the order in which its bucket has them. */
export function lakeLifecycle(
  prefixes: LakePrefixes,
  days: LakeRetentionDays,
): aws.s3.BucketLifecycleConfigurationRule[] {
  return [
    ...expiry("raw", days.raw, prefixes.raw),
    ...expiry("unformatted", days.unformatted, prefixes.unformatted),
    ...expiry("parquet", days.parquet, prefixes.parquet),
    expireAfter("ledger", defaults.retentionDays.ledger, prefixes.ledger),
    expireAfter("alerts", defaults.retentionDays.alerts, prefixes.alerts),
  ];
}

function expiry(id: string, days: number | undefined, prefix: string) {
  return days === undefined ? [] : [expireAfter(id, days, prefix)];
}
