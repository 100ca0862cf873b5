/** Declares the database of a warehouse: namespace, workgroup, security group, and the role by which COPY reads. */
import * as ec2 from "@pulumi/aws/ec2";
import * as iam from "@pulumi/aws/iam";
import * as redshiftserverless from "@pulumi/aws/redshiftserverless";
import * as pulumi from "@pulumi/pulumi";
import { defaults } from "../../lake/defaults";
import { givenKey, keyAccess } from "../existing/key";
import type { Stream } from "../existing/stream";
import type { PrivateBucket } from "../lake/privateBucket";
import { mayDeleteData } from "../parts/config";
import type { Permission } from "../parts/permission";
import { policyDocument, trustPolicy } from "../parts/policy";
import { transformed } from "../parts/transform";
import type { WarehouseArgs } from "./args";

export interface WarehouseDatabaseOptions {
  readonly parent: pulumi.Resource;
  readonly args: WarehouseArgs;
  /** The start of physical names: if a rename replaced the namespace, its rows would be lost. */
  readonly firstName: string;
  /** The bucket of loads. */
  readonly loads: PrivateBucket;
  /** By the names of their views. */
  readonly streams: Readonly<Record<string, Stream>>;
}

/** The raw resources. */
export interface WarehouseDatabase {
  readonly namespace: redshiftserverless.Namespace;
  readonly workgroup: redshiftserverless.Workgroup;
  readonly securityGroup: ec2.SecurityGroup;
  /** Reads what a load has written for COPY, and the streams of views, and nothing else. */
  readonly copyRole: iam.Role;
  readonly copyPolicy: iam.RolePolicy;
}

const PORT = 5439;
const HTTPS = 443;
const MAX_NAME = 64;

/**
 * All parameters that AWS has defaults for, with TLS required: the provider reports those that are not declared as changes.
 * https://github.com/hashicorp/terraform-provider-aws/issues/33692
 */
const PARAMETERS: Readonly<Record<string, string>> = {
  auto_mv: "true",
  datestyle: "ISO, MDY",
  enable_case_sensitive_identifier: "false",
  enable_user_activity_logging: "true",
  max_query_execution_time: "14400",
  query_group: "default",
  require_ssl: "true",
  search_path: "$user, public",
  use_fips_ssl: "false",
};

export function warehouseDatabase(name: string, options: WarehouseDatabaseOptions): WarehouseDatabase {
  const { args, parent, loads, streams } = options;
  const { transform, encryptionKeyArn } = args;
  const deletable = mayDeleteData(args.deleteDataOnDestroy);
  const physicalName = physicalNameOf(options.firstName);
  const copyRole = new iam.Role(
    ...transformed<iam.RoleArgs>(
      transform?.copyRole,
      `${name}-copy-role`,
      {
        description: `Reads what ${name} loads`,
        // https://docs.aws.amazon.com/redshift/latest/mgmt/serverless-security.html
        assumeRolePolicy: trustPolicy("redshift", "redshift-serverless"),
      },
      { parent },
    ),
  );
  const copyPolicy = new iam.RolePolicy(
    ...transformed<iam.RolePolicyArgs>(
      transform?.copyPolicy,
      `${name}-copy-policy`,
      {
        role: copyRole.id,
        policy: policyDocument(`Warehouse "${name}"`, [
          ...copyAccess(loads, encryptionKeyArn),
          ...streamsAccess(Object.values(streams)),
        ]),
      },
      { parent },
    ),
  );
  const securityGroup = new ec2.SecurityGroup(
    ...transformed<ec2.SecurityGroupArgs>(
      transform?.securityGroup,
      `${name}-security-group`,
      {
        description: `The workgroup of ${name}`,
        vpcId: args.vpcId,
        ingress:
          args.clientSecurityGroupIds === undefined
            ? []
            : [
                {
                  description: "Clients",
                  protocol: "tcp",
                  fromPort: PORT,
                  toPort: PORT,
                  securityGroups: args.clientSecurityGroupIds,
                },
              ],
        // With enhanced VPC routing, COPY reaches S3 by the VPC's own routes.
        egress: [
          {
            description: "S3 and other services of AWS",
            protocol: "tcp",
            fromPort: HTTPS,
            toPort: HTTPS,
            cidrBlocks: ["0.0.0.0/0"],
          },
        ],
      },
      { parent },
    ),
  );
  const namespace = new redshiftserverless.Namespace(
    ...transformed<redshiftserverless.NamespaceArgs>(
      transform?.namespace,
      `${name}-namespace`,
      {
        namespaceName: physicalName,
        dbName: args.databaseName ?? defaults.warehouse.databaseName,
        adminUsername: args.adminUsername ?? defaults.warehouse.adminUsername,
        manageAdminPassword: true,
        adminPasswordSecretKmsKeyId: encryptionKeyArn,
        kmsKeyId: encryptionKeyArn,
        iamRoles: [copyRole.arn],
        defaultIamRoleArn: copyRole.arn,
        logExports: ["connectionlog", "useractivitylog", "userlog"],
      },
      { parent, retainOnDelete: !deletable, dependsOn: [copyPolicy] },
    ),
  );
  const workgroup = new redshiftserverless.Workgroup(
    ...transformed<redshiftserverless.WorkgroupArgs>(
      transform?.workgroup,
      `${name}-workgroup`,
      {
        workgroupName: physicalName,
        namespaceName: namespace.namespaceName,
        baseCapacity: args.baseCapacity ?? defaults.warehouse.baseCapacity,
        maxCapacity: args.maxCapacity,
        enhancedVpcRouting: true,
        publiclyAccessible: false,
        port: PORT,
        subnetIds: args.subnetIds,
        securityGroupIds: [securityGroup.id],
        configParameters: Object.entries(PARAMETERS).map(([parameterKey, parameterValue]) => ({
          parameterKey,
          parameterValue,
        })),
      },
      // A parameter that AWS adds would be a change in every update, or one that the provider refuses:
      // https://github.com/hashicorp/terraform-provider-aws/issues/49939
      { parent, retainOnDelete: !deletable, ignoreChanges: ["configParameters"] },
    ),
  );
  return { namespace, workgroup, securityGroup, copyRole, copyPolicy };
}

/**
 * COPY lists and reads the objects of its manifest.
 * https://docs.aws.amazon.com/redshift/latest/dg/copy-usage_notes-access-permissions.html
 */
function copyAccess({ bucket }: PrivateBucket, keyArn: pulumi.Input<string> | undefined): Permission[] {
  return [
    { actions: ["s3:GetObject"], resources: [pulumi.interpolate`${bucket.arn}/loads/*`] },
    { actions: ["s3:GetBucketLocation", "s3:ListBucket"], resources: [bucket.arn] },
    ...keyAccess([givenKey(keyArn), "kms:Decrypt"]),
  ];
}

/** https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-streaming-ingestion-getting-started.html */
function streamsAccess(streams: readonly Stream[]): Permission[] {
  if (streams.length === 0) return [];
  const reason = "the list of streams has no ARN (Service Authorization Reference, Amazon Kinesis Data Streams)";
  return [
    ...streams.flatMap((stream) => stream.readAccess()),
    { actions: ["kinesis:ListStreams"], resources: ["*"], reason },
  ];
}

/** 3 to 64 lower-case letters, digits and "-": https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/API_CreateNamespace.html */
function physicalNameOf(firstName: string): string {
  const name = `${pulumi.getProject()}-${pulumi.getStack()}-${firstName}`.toLowerCase().replace(/[^a-z0-9-]+/g, "-");
  if (name.length <= MAX_NAME) return name;
  throw new pulumi.RunError(
    `Warehouse "${firstName}": its namespace would be named "${name}", which has ${name.length} characters; AWS takes ${MAX_NAME}: use shorter names of project, stack or component.`,
  );
}
