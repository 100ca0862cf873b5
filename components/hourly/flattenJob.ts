/** Declares the Glue job that turns an hour's raw rows into Parquet: its script, its role and the job itself. */
import * as path from "node:path";
import * as glue from "@pulumi/aws/glue";
import * as iam from "@pulumi/aws/iam";
import * as s3 from "@pulumi/aws/s3";
import * as pulumi from "@pulumi/pulumi";
import { flattenAccess } from "../lake/access";
import type { Lake } from "../lake/lake";
import { declaredColumns } from "../lake/tables";
import { arnPrefix } from "../parts/arn";
import type { Permission } from "../parts/permission";
import { policyDocument, trustPolicy } from "../parts/policy";
import { type Transform, transformed } from "../parts/transform";

export interface FlattenJobOptions {
  readonly parent: pulumi.Resource;
  readonly lake: Lake;
  readonly workers: number;
  readonly workerType: string;
  readonly timeoutMinutes: number;
  readonly concurrentRuns: number;
  readonly transform?: FlattenJobTransform;
}

export interface FlattenJobTransform {
  script?: Transform<s3.BucketObjectv2Args>;
  job?: Transform<glue.JobArgs>;
  role?: Transform<iam.RoleArgs>;
  policy?: Transform<iam.RolePolicyArgs>;
}

/** The raw resources. */
export interface FlattenJob {
  readonly script: s3.BucketObjectv2;
  readonly job: glue.Job;
  readonly role: iam.Role;
  readonly policy: iam.RolePolicy;
}

/** @param name the start of the logical names */
export function flattenJob(name: string, options: FlattenJobOptions): FlattenJob {
  const { lake, parent, transform = {} } = options;
  const script = new s3.BucketObjectv2(
    ...transformed<s3.BucketObjectv2Args>(
      transform.script,
      `${name}-script`,
      {
        bucket: lake.bucketName,
        key: `${lake.prefixes.jobs}flatten_hour.py`,
        source: new pulumi.asset.FileAsset(scriptFile()),
      },
      { parent },
    ),
  );
  const role = new iam.Role(
    ...transformed<iam.RoleArgs>(
      transform.role,
      `${name}-job-role`,
      { description: `Runs ${name}-job`, assumeRolePolicy: trustPolicy("glue") },
      { parent },
    ),
  );
  const permissions = [...flattenAccess(lake.resources), jobLogs(lake)];
  const policy = new iam.RolePolicy(
    ...transformed<iam.RolePolicyArgs>(
      transform.policy,
      `${name}-job-policy`,
      { role: role.id, policy: policyDocument(`job "${name}-job"`, permissions) },
      { parent },
    ),
  );
  const job = new glue.Job(
    ...transformed<glue.JobArgs>(transform.job, `${name}-job`, jobArgs(options, role, script), {
      parent,
      dependsOn: [policy],
    }),
  );
  return { script, job, role, policy };
}

function jobArgs(options: FlattenJobOptions, role: iam.Role, script: s3.BucketObjectv2): glue.JobArgs {
  const { lake } = options;
  return {
    description: "Flattens the raw rows of one hour into Parquet",
    roleArn: role.arn,
    glueVersion: "5.0",
    command: {
      name: "glueetl",
      pythonVersion: "3",
      scriptLocation: pulumi.interpolate`s3://${lake.bucketName}/${script.key}`,
    },
    workerType: options.workerType,
    numberOfWorkers: options.workers,
    timeout: options.timeoutMinutes,
    // The workflow retries instead, so that an hour's failure is reported once and in one place.
    maxRetries: 0,
    executionProperty: { maxConcurrentRuns: options.concurrentRuns },
    defaultArguments: {
      "--job-language": "python",
      "--job-bookmark-option": "job-bookmark-disable",
      "--BUCKET": lake.bucketName,
      "--RAW_PREFIX": lake.prefixes.raw,
      "--PARQUET_PREFIX": lake.prefixes.parquet,
      "--LEDGER_PREFIX": lake.prefixes.ledger,
      "--COLUMNS": JSON.stringify(declaredColumns(lake.tables)),
    },
  };
}

/** Glue writes the logs of all jobs to these groups of the account, and creates missing ones. */
function jobLogs(lake: Lake): Permission {
  const logs = arnPrefix(lake.resources.databaseArn, "logs");
  return {
    actions: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
    resources: [
      pulumi.interpolate`${logs}log-group:/aws-glue/jobs/*`,
      pulumi.interpolate`${logs}log-group:/aws-glue/jobs/*:*`,
    ],
  };
}

/** The library's own script: beside the sources in a checkout, beside `dist/` in the package. */
function scriptFile(): string {
  const root = path.join(__dirname, "../..");
  return path.join(path.basename(root) === "dist" ? path.dirname(root) : root, "jobs", "flatten_hour.py");
}
