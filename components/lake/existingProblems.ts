/** Checks the existing resources that a lake is given, and refuses arguments that would change what their owners decide. */
import * as pulumi from "@pulumi/pulumi";
import { replayedPrefix } from "../../lake/replay/keys";
import { bucketProblem } from "../existing/bucket";
import { databaseProblem, workgroupProblem } from "../existing/catalog";
import { keyArnProblem } from "../existing/key";
import { type DataLakeArgs, prefixesOf } from "./args";

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

/** The lakes that use a resource; a program declares a resource once, so two lakes with the same one are of the same program. */
const lakesOn = new WeakMap<object, readonly DataLakeArgs[]>();
/** By the connection of a program to its engine: the identities of resources by their names, which other programs may give, too. */
const namedIn = new WeakMap<object, Map<string, object>>();

function sharedProblems(args: DataLakeArgs): (string | undefined)[] {
  const { bucket, database } = args;
  return [
    lakesWith(database, args).length > 0
      ? "database is also that of another lake; each has a table unformatted, so give another."
      : undefined,
    ...lakesWith(bucket, args).map((other) => placeProblem(args, other)),
  ];
}

/** The other lakes of a resource, so far. */
function lakesWith(source: unknown, args: DataLakeArgs): readonly DataLakeArgs[] {
  const identity = pulumi.Resource.isInstance(source) ? source : identityByName(source);
  if (identity === undefined) return [];
  const others = lakesOn.get(identity) ?? [];
  lakesOn.set(identity, [...others, args]);
  return others;
}

/** Undefined for a name that is an output: it is not known yet. */
function identityByName(source: unknown): object | undefined {
  const { bucketName, databaseArn } = Object(source) as { bucketName?: unknown; databaseArn?: unknown };
  const name = bucketName ?? databaseArn;
  const program = pulumi.runtime.getMonitor();
  if (typeof name !== "string" || program === undefined) return undefined;
  const named = namedIn.get(program) ?? new Map<string, object>();
  namedIn.set(program, named);
  const identity = named.get(name) ?? {};
  named.set(name, identity);
  return identity;
}

/** A lake whose objects lie among those of another would take their keys for its own. */
function placeProblem(args: DataLakeArgs, other: DataLakeArgs): string | undefined {
  const { prefix = "" } = args;
  const way = `give each lake its own prefix, as prefix: "orders/".`;
  if (prefix === (other.prefix ?? "")) {
    return `bucket is also that of another lake, whose prefix "${prefix}" is the same; ${way}`;
  }
  const places = placesOf(other);
  for (const [role, own] of placesOf(args)) {
    const [theirRole, theirs] = places.find(([, place]) => own.startsWith(place) || place.startsWith(own)) ?? [];
    if (theirRole !== undefined) {
      return `bucket is also that of another lake, whose prefix ${theirRole} "${theirs}" is not apart from prefix ${role} "${own}"; ${way}`;
    }
  }
  return undefined;
}

function placesOf(args: DataLakeArgs): [role: string, prefix: string][] {
  const prefixes = prefixesOf(args);
  return Object.entries({ ...prefixes, replayed: replayedPrefix(prefixes.unformatted) });
}
