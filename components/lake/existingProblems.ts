/** Checks the existing resources that a lake is given, and refuses arguments that would change what their owners decide. */
import * as pulumi from "@pulumi/pulumi";
import { bucketProblem } from "../existing/bucket";
import { databaseProblem, workgroupProblem } from "../existing/catalog";
import { keyArnProblem } from "../existing/key";
import type { DataLakeArgs } from "./args";

export function existingProblems(args: DataLakeArgs): (string | undefined)[] {
  const { bucket, resultsBucket, failedBucket, database, workgroup } = args;
  return [
    bucketProblem("bucket", bucket),
    bucketProblem("resultsBucket", resultsBucket),
    bucketProblem("failedBucket", failedBucket),
    databaseProblem(database),
    workgroupProblem(workgroup),
    keyArnProblem("encryptionKeyArn", args.encryptionKeyArn),
    ...ownersProblems(args),
    ...sharedProblems(args),
  ];
}

/** Each argument that would have no effect, because it is for a resource that the lake does not declare. */
function ownersProblems(args: DataLakeArgs): (string | undefined)[] {
  const { bucket, resultsBucket, failedBucket, database, workgroup, transform = {}, retentionDays = {} } = args;
  const owners = (given: unknown, existing: unknown, option: string, whose: string) =>
    given !== undefined && existing !== undefined
      ? `${option} is for a resource that the lake declares, and its ${whose} exists; leave ${option} out.`
      : undefined;
  return [
    owners(transform.lake, bucket, "transform.lake", "bucket"),
    owners(transform.results, resultsBucket ?? workgroup, "transform.results", "place of query results"),
    owners(retentionDays.results, resultsBucket ?? workgroup, "retentionDays.results", "place of query results"),
    owners(resultsBucket, workgroup, "resultsBucket", "workgroup"),
    owners(transform.failed, failedBucket, "transform.failed", "bucket of failed batches"),
    owners(retentionDays.failedBatches, failedBucket, "retentionDays.failedBatches", "bucket of failed batches"),
    owners(transform.database, database, "transform.database", "database"),
    owners(args.databaseName, database, "databaseName", "database"),
    owners(transform.workgroup, workgroup, "transform.workgroup", "workgroup"),
    owners(args.scanLimitGibibytes, workgroup, "scanLimitGibibytes", "workgroup"),
    args.accessLogs && bucket && failedBucket && (resultsBucket ?? workgroup)
      ? "accessLogs is true, but the lake declares no bucket; its owner logs the requests to an existing one."
      : undefined,
  ];
}

/** The prefixes of the lakes that use a resource. */
const prefixesOn = new WeakMap<pulumi.Resource, readonly string[]>();

/** A program declares a resource once, so two lakes with the same one are of the same program. */
function sharedProblems({ bucket, database, prefix = "" }: DataLakeArgs): (string | undefined)[] {
  return [
    sharedProblem(
      database,
      "",
      "database is also that of another lake; each has a table unformatted, so give another.",
    ),
    sharedProblem(
      bucket,
      prefix,
      `bucket is also that of another lake, whose prefix "${prefix}" is the same; give each lake its own prefix, as prefix: "orders/".`,
    ),
  ];
}

function sharedProblem(source: unknown, prefix: string, problem: string): string | undefined {
  if (!pulumi.Resource.isInstance(source)) return undefined;
  const others = prefixesOn.get(source) ?? [];
  prefixesOn.set(source, [...others, prefix]);
  return others.includes(prefix) ? problem : undefined;
}
