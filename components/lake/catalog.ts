/** Declares the database and the workgroup of a lake, or takes existing ones. */
import * as athena from "@pulumi/aws/athena";
import * as glue from "@pulumi/aws/glue";
import * as pulumi from "@pulumi/pulumi";
import { defaults } from "../../lake/defaults";
import type { Bucket } from "../existing/bucket";
import {
  type Database,
  databaseOf,
  type Workgroup,
  type WorkgroupResource,
  workgroupOf,
  workgroupWarnings,
} from "../existing/catalog";
import { transformed } from "../parts/transform";
import type { DataLakeArgs } from "./args";

/** A database, with its resource if the lake declares it. */
export interface LakeDatabase extends Database {
  readonly node?: glue.CatalogDatabase;
}

/** @param first the lake's first name, which is part of the name of a database that it declares */
export function lakeDatabase(name: string, first: string, args: DataLakeArgs, parent: pulumi.Resource): LakeDatabase {
  if (args.database) return databaseOf(args.database);
  const node = new glue.CatalogDatabase(
    ...transformed<glue.CatalogDatabaseArgs>(
      args.transform?.database,
      `${name}-database`,
      // Fixed, because every query would have to quote the hyphens of a generated name.
      { name: args.databaseName ?? databaseNameOf(first), description: `Tables of ${name}` },
      { parent },
    ),
  );
  return { node, arn: node.arn, name: node.name };
}

function databaseNameOf(name: string): string {
  return `${pulumi.getProject()}_${pulumi.getStack()}_${name}`.toLowerCase().replace(/[^a-z0-9_]/g, "_");
}

/** A workgroup, with its resource if the lake declares it. */
export interface LakeWorkgroup extends Workgroup {
  readonly node?: athena.Workgroup;
}

export interface LakeWorkgroupOptions {
  readonly args: DataLakeArgs;
  readonly parent: pulumi.Resource;
  /** The bucket of query results; none with an existing workgroup. */
  readonly results: Bucket | undefined;
  readonly database: Database;
}

export function lakeWorkgroup(name: string, options: LakeWorkgroupOptions): LakeWorkgroup {
  const { args, parent, results, database } = options;
  if (args.workgroup) {
    warnOfSettings(name, args.workgroup);
    return workgroupOf(`DataLake "${name}"`, args.workgroup, database.arn);
  }
  if (!results) throw new Error(`DataLake "${name}" has no bucket of query results.`);
  const resultsPrefix = args.resultsBucket ? `${args.prefix ?? ""}${RESULTS_PREFIX}` : "";
  const gibibytes = args.scanLimitGibibytes ?? defaults.athena.scanLimitGibibytes;
  const node = new athena.Workgroup(
    ...transformed<athena.WorkgroupArgs>(
      args.transform?.workgroup,
      `${name}-workgroup`,
      {
        description: `Queries over ${name}`,
        // Without it, query history would prevent deletion of the workgroup; results are in a bucket of their own.
        forceDestroy: true,
        configuration: {
          enforceWorkgroupConfiguration: true,
          publishCloudwatchMetricsEnabled: true,
          bytesScannedCutoffPerQuery: gibibytes * 1024 ** 3,
          engineVersion: { selectedEngineVersion: "Athena engine version 3" },
          resultConfiguration: {
            outputLocation: pulumi.interpolate`s3://${results.name}/${resultsPrefix}`,
            encryptionConfiguration: results.key
              ? { encryptionOption: "SSE_KMS", kmsKeyArn: results.key.arn }
              : { encryptionOption: "SSE_S3" },
          },
        },
      },
      { parent },
    ),
  );
  return {
    node,
    name: node.name,
    arn: node.arn,
    resultsArn: results.arn,
    resultsPrefix: pulumi.output(resultsPrefix),
    resultsKey: results.key,
  };
}

/** The prefix of query results in an existing bucket, after the lake's own prefix. */
const RESULTS_PREFIX = "athena-results/";

/** Warns of settings of an existing workgroup, as far as a preview knows them. */
function warnOfSettings(name: string, workgroup: NonNullable<DataLakeArgs["workgroup"]>): void {
  if (!("configuration" in workgroup)) return;
  pulumi.output((workgroup as WorkgroupResource).configuration).apply((settings) => {
    for (const warning of workgroupWarnings(settings)) {
      void pulumi.log.warn(`DataLake "${name}": its workgroup ${warning}.`);
    }
  });
}
