/** Declares a state machine with its role, the role's policies, and its log group. */
import * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as iam from "@pulumi/aws/iam";
import * as sfn from "@pulumi/aws/sfn";
import * as pulumi from "@pulumi/pulumi";
import type { Permission } from "../parts/permission";
import { policyDocument, trustPolicy } from "../parts/policy";
import { type Transform, transformed } from "../parts/transform";

export interface WorkflowMachineOptions {
  readonly parent: pulumi.Resource;
  /** The start of the log group's fixed name. If a rename replaced the log group, its logs would be lost. */
  readonly firstName: string;
  /** In Amazon States Language, as plain data. */
  readonly definition: pulumi.Input<object>;
  /** Permissions of its tasks. */
  readonly permissions: readonly Permission[];
  readonly logRetentionDays: number;
  /** True if an execution describes others of its machine, and of machines that it replaced. @default false */
  readonly describesExecutions?: boolean;
  /** What an execution does with its own machine: it starts another execution, or lists those that run. @default "start" */
  readonly ownAccess?: "start" | "list";
  readonly transform?: WorkflowMachineTransform;
}

export interface WorkflowMachineTransform {
  machine?: Transform<sfn.StateMachineArgs>;
  role?: Transform<iam.RoleArgs>;
  policy?: Transform<iam.RolePolicyArgs>;
  logs?: Transform<cloudwatch.LogGroupArgs>;
}

/** The raw resources. */
export interface WorkflowMachine {
  readonly machine: sfn.StateMachine;
  readonly role: iam.Role;
  readonly policy: iam.RolePolicy;
  /** Lets the machine start itself, and describe or list its executions. Separate, because it needs the machine's ARN. */
  readonly startPolicy: iam.RolePolicy;
  readonly logs: cloudwatch.LogGroup;
}

/** @param name the start of the logical names */
export function workflowMachine(name: string, options: WorkflowMachineOptions): WorkflowMachine {
  const { parent, transform = {} } = options;
  const logs = new cloudwatch.LogGroup(
    ...transformed<cloudwatch.LogGroupArgs>(
      transform.logs,
      `${name}-workflow-logs`,
      {
        // Log delivery is granted to this prefix once; other names fill up the account's resource policy (AWS documentation).
        name: `/aws/vendedlogs/states/${pulumi.getProject()}-${pulumi.getStack()}-${options.firstName}-workflow`,
        retentionInDays: options.logRetentionDays,
      },
      { parent },
    ),
  );
  const role = new iam.Role(
    ...transformed<iam.RoleArgs>(
      transform.role,
      `${name}-workflow-role`,
      { description: `Runs ${name}-workflow`, assumeRolePolicy: trustPolicy("states") },
      { parent },
    ),
  );
  const rolePolicy = (suffix: string, permissions: readonly Permission[]) =>
    new iam.RolePolicy(
      ...transformed<iam.RolePolicyArgs>(
        transform.policy,
        `${name}-workflow-${suffix}`,
        { role: role.id, policy: policyDocument(`workflow "${name}-workflow"`, permissions) },
        { parent },
      ),
    );
  const policy = rolePolicy("policy", [...options.permissions, logDelivery]);
  const machine = new sfn.StateMachine(
    ...transformed<sfn.StateMachineArgs>(
      transform.machine,
      `${name}-workflow`,
      {
        type: "STANDARD",
        roleArn: role.arn,
        definition: pulumi.all([options.definition, role.arn]).apply(([states, arn]) => inPartition(states, arn)),
        loggingConfiguration: {
          level: "ERROR",
          includeExecutionData: false,
          logDestination: pulumi.interpolate`${logs.arn}:*`,
        },
      },
      // Step Functions checks the role's log delivery when it creates the machine.
      { parent, dependsOn: [policy] },
    ),
  );
  const executions = machine.arn.apply((arn) => arn.replace(":stateMachine:", ":execution:"));
  const isListing = options.ownAccess === "list";
  const startPolicy = rolePolicy(isListing ? "list-policy" : "start-policy", [
    { actions: [isListing ? "states:ListExecutions" : "states:StartExecution"], resources: [machine.arn] },
    ...(options.describesExecutions
      ? [
          {
            actions: ["states:DescribeExecution"],
            resources: [
              pulumi.interpolate`${executions}:*`,
              // Executions of a machine that this one replaced: Pulumi adds random characters to the logical name.
              executions.apply((arn) => `${arn.slice(0, arn.lastIndexOf(":"))}:${options.firstName}-workflow-*:*`),
            ],
          },
        ]
      : []),
  ]);
  return { machine, role, policy, startPolicy, logs };
}

/** Definitions name service integrations as in the partition `aws`; in others the same integrations have that partition's ARNs. */
function inPartition(definition: object, roleArn: string): string {
  const [, partition] = roleArn.split(":");
  return JSON.stringify(definition, (key, value) =>
    key === "Resource" && typeof value === "string" ? value.replace(/^arn:aws:/, `arn:${partition}:`) : value,
  );
}

const logDelivery: Permission = {
  actions: [
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
  ],
  resources: ["*"],
  reason: "CloudWatch Logs has no resources for log delivery (Step Functions developer guide, logging)",
};
