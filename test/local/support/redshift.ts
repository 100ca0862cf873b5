/** A cloud with a Redshift Serverless workgroup over a bucket, for tests of SQL and of the Data API. */
import type { Principal } from "../../../local/cloud/iam/principal";
import { seededRandom } from "../../../local/cloud/random";
import { ec2Service } from "../../../local/services/ec2/service";
import { kinesisService } from "../../../local/services/kinesis/service";
import { kmsService } from "../../../local/services/kms/service";
import { redshiftDataService } from "../../../local/services/redshiftdata/service";
import { redshiftServerlessService } from "../../../local/services/redshiftserverless/service";
import { s3Service } from "../../../local/services/s3/service";
import { secretsManagerService } from "../../../local/services/secretsmanager/service";
import { type TestCloud, testCloud } from "./testCloud";

export const COPY_ROLE = "arn:aws:iam::123456789012:role/copy";
export const NAMESPACE = "aws:redshiftserverless/namespace:Namespace";
export const WORKGROUP = "aws:redshiftserverless/workgroup:Workgroup";

/** A value of a result: a Data API field without its type. */
type Value = string | number | boolean | null;

export interface Described {
  readonly Id: string;
  readonly Status: string;
  readonly Error?: string;
  readonly ResultRows: number;
  readonly SubStatements?: readonly Described[];
}

export interface Redshift extends TestCloud {
  readonly namespace: Record<string, unknown>;
  readonly workgroup: Record<string, unknown>;
  call<T>(operation: string, input: object, principal?: Principal): Promise<T>;
  /** Runs the statements as one transaction to their end. */
  batch(...statements: readonly string[]): Promise<Described>;
  /** Runs a statement to its end; throws its error. Resolves to the number of rows. */
  run(sql: string, parameters?: Readonly<Record<string, string>>): Promise<number>;
  /** The rows of a query. */
  rows(sql: string, parameters?: Readonly<Record<string, string>>): Promise<Value[][]>;
  put(key: string, body: string | Uint8Array): Promise<void>;
}

/** @param statements the policy of the namespace's role. @default it may read the bucket `lake` */
export async function makeRedshift(statements: readonly object[] = READS_LAKE): Promise<Redshift> {
  const local = await testCloud(
    s3Service,
    kmsService,
    kinesisService,
    secretsManagerService,
    ec2Service,
    redshiftServerlessService,
    // Ids that differ, for several statements of a test.
    (cloud) => redshiftDataService({ ...cloud, random: seededRandom(1) }),
  );
  await local.declare("aws:s3/bucket:Bucket", "lake", { bucket: "lake" });
  const trust = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "redshift.amazonaws.com" } };
  const role = await local.declare("aws:iam/role:Role", "copy", {
    name: "copy",
    assumeRolePolicy: JSON.stringify({ Version: "2012-10-17", Statement: [trust] }),
  });
  await local.declare("aws:iam/rolePolicy:RolePolicy", "copy", {
    role: role.id,
    policy: JSON.stringify({ Version: "2012-10-17", Statement: statements }),
  });
  const { outputs: namespace } = await local.declare(NAMESPACE, "shop", {
    namespaceName: "shop",
    iamRoles: [COPY_ROLE],
    defaultIamRoleArn: COPY_ROLE,
    manageAdminPassword: true,
  });
  const { outputs: workgroup } = await local.declare(WORKGROUP, "shop", {
    workgroupName: "shop",
    namespaceName: "shop",
  });
  const caller: Principal = { kind: "caller" };
  const call = <T>(operation: string, input: object, principal: Principal = caller) =>
    local.cloud.call(principal, "redshift-data", operation, input) as Promise<T>;

  async function ended(operation: string, input: object): Promise<Described> {
    const { Id } = await call<{ Id: string }>(operation, { WorkgroupName: "shop", Database: "dev", ...input });
    await local.cloud.service("redshift-data").idle?.();
    return call<Described>("DescribeStatement", { Id });
  }

  async function run(sql: string, parameters: Readonly<Record<string, string>> = {}): Promise<Described> {
    const given = Object.entries(parameters).map(([name, value]) => ({ name, value }));
    const described = await ended("ExecuteStatement", { Sql: sql, ...(given.length > 0 && { Parameters: given }) });
    if (described.Status !== "FINISHED") throw new Error(described.Error);
    return described;
  }

  return {
    ...local,
    namespace,
    workgroup,
    call,
    batch: (...statementsOfBatch) => ended("BatchExecuteStatement", { Sqls: statementsOfBatch }),
    run: async (sql, parameters) => (await run(sql, parameters)).ResultRows,
    async rows(sql, parameters) {
      const { Id } = await run(sql, parameters);
      const { Records } = await call<{ Records: Record<string, Value>[][] }>("GetStatementResult", { Id });
      return Records.map((fields) => fields.map((field) => (field.isNull ? null : (Object.values(field)[0] as Value))));
    },
    async put(key, body) {
      await local.cloud.call(caller, "s3", "PutObject", { Bucket: "lake", Key: key, Body: Buffer.from(body) });
    },
  };
}

const READS_LAKE = [
  { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::lake/*" },
  { Effect: "Allow", Action: "s3:ListBucket", Resource: "arn:aws:s3:::lake" },
];
