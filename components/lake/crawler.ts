/** Declares the Glue crawler that catalogs the tables without a declared schema, and its role. */
import * as glue from "@pulumi/aws/glue";
import * as iam from "@pulumi/aws/iam";
import * as pulumi from "@pulumi/pulumi";
import { arnPrefix } from "../parts/arn";
import type { Permission } from "../parts/permission";
import { policyDocument, trustPolicy } from "../parts/policy";
import { type Transform, transformed } from "../parts/transform";
import { type LakeResources, parquetAccess } from "./access";

export interface LakeCrawlerOptions {
  readonly parent: pulumi.Resource;
  readonly lake: LakeResources;
  readonly bucketName: pulumi.Input<string>;
  /** Tables below the prefix of Parquet that are already in the catalog. */
  readonly declaredTables: readonly string[];
  readonly transform?: LakeCrawlerTransform;
}

export interface LakeCrawlerTransform {
  crawler?: Transform<glue.CrawlerArgs>;
  role?: Transform<iam.RoleArgs>;
  policy?: Transform<iam.RolePolicyArgs>;
}

/** The raw resources. */
export interface LakeCrawler {
  readonly crawler: glue.Crawler;
  readonly role: iam.Role;
  readonly policy: iam.RolePolicy;
}

/** @param name the logical name of the crawler */
export function lakeCrawler(name: string, options: LakeCrawlerOptions): LakeCrawler {
  const { transform = {}, parent } = options;
  const role = new iam.Role(
    ...transformed<iam.RoleArgs>(
      transform.role,
      `${name}-role`,
      { description: `Runs ${name}`, assumeRolePolicy: trustPolicy("glue") },
      { parent },
    ),
  );
  const permissions = [...parquetAccess(options.lake), catalogAccess(options.lake), crawlerLogs(options.lake)];
  const policy = new iam.RolePolicy(
    ...transformed<iam.RolePolicyArgs>(
      transform.policy,
      `${name}-policy`,
      { role: role.id, policy: policyDocument(`crawler "${name}"`, permissions) },
      { parent },
    ),
  );
  const crawler = new glue.Crawler(
    ...transformed<glue.CrawlerArgs>(transform.crawler, name, crawlerArgs(options, role), {
      parent,
      dependsOn: [policy],
    }),
  );
  return { crawler, role, policy };
}

function crawlerArgs(options: LakeCrawlerOptions, role: iam.Role): glue.CrawlerArgs {
  const { lake } = options;
  const prefix = lake.prefixes.parquet;
  return {
    description: "Catalogs the tables whose schema is not declared",
    databaseName: lake.databaseName,
    role: role.arn,
    s3Targets: [
      {
        path: pulumi.interpolate`s3://${options.bucketName}/${prefix}`,
        // Hadoop writes a marker beside each folder it makes.
        exclusions: [...options.declaredTables.map((table) => `${table}/**`), "**_$folder$"],
        // All objects of an hour have the same columns, so the crawler reads one object per folder.
        sampleSize: 1,
      },
    ],
    // The crawler keeps a table whose objects are gone; only people delete tables.
    schemaChangePolicy: { updateBehavior: "UPDATE_IN_DATABASE", deleteBehavior: "LOG" },
    // A crawl limited to new folders adds no table and no column (Glue developer guide, incremental crawls).
    recrawlPolicy: { recrawlBehavior: "CRAWL_EVERYTHING" },
    configuration: JSON.stringify({
      Version: 1,
      // On by default; the lake's queries filter by day, and the role would need two more permissions.
      CreatePartitionIndex: false,
      CrawlerOutput: { Partitions: { AddOrUpdateBehavior: "InheritFromTable" } },
      // Level 1 is the bucket: each folder right below the prefix is one table.
      Grouping: {
        TableGroupingPolicy: "CombineCompatibleSchemas",
        TableLevelConfiguration: prefix.split("/").length + 1,
      },
    }),
  };
}

/**
 * The catalog actions of a crawl, on this database only (the part of AWSGlueServiceRole that it needs). A crawl looks for
 * its tables among all tables of the database.
 */
function catalogAccess(lake: LakeResources): Permission {
  const catalog = arnPrefix(lake.databaseArn, "glue");
  const tables = pulumi.interpolate`${catalog}table/${lake.databaseName}/*`;
  return {
    actions: [
      "glue:BatchCreatePartition",
      "glue:BatchGetPartition",
      "glue:BatchUpdatePartition",
      "glue:CreatePartition",
      "glue:CreateTable",
      "glue:GetDatabase",
      "glue:GetPartition",
      "glue:GetPartitions",
      "glue:GetTable",
      "glue:GetTables",
      "glue:UpdatePartition",
      "glue:UpdateTable",
    ],
    resources: [pulumi.interpolate`${catalog}catalog`, lake.databaseArn, tables],
  };
}

/** All crawlers of an account share one log group; the first one creates it. */
function crawlerLogs(lake: LakeResources): Permission {
  const logs = arnPrefix(lake.databaseArn, "logs");
  return {
    actions: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
    resources: [
      pulumi.interpolate`${logs}log-group:/aws-glue/crawlers`,
      pulumi.interpolate`${logs}log-group:/aws-glue/crawlers:*`,
    ],
  };
}
