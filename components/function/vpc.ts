/** The network of functions in a VPC, and the permissions that Lambda needs to connect them. */
import type * as pulumi from "@pulumi/pulumi";
import type { Permission } from "../parts/permission";

export interface VpcArgs {
  /**
   * Private subnets, at least one, better one in each of several zones. Functions in a VPC have no access to the
   * internet: they reach AWS through the VPC's endpoints, or a NAT gateway (docs/networks.md).
   */
  subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** Security groups, at least one; outbound HTTPS must be allowed. */
  securityGroupIds: pulumi.Input<pulumi.Input<string>[]>;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html, "Required IAM permissions" */
export function vpcAccess(vpc: VpcArgs | undefined): Permission[] {
  if (!vpc) return [];
  return [
    {
      actions: [
        "ec2:AssignPrivateIpAddresses",
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSubnets",
        "ec2:UnassignPrivateIpAddresses",
      ],
      resources: ["*"],
      reason: "the network interfaces do not exist yet, and the actions that describe them take no resource",
    },
  ];
}

export function vpcProblems(vpc: VpcArgs | undefined): (string | undefined)[] {
  if (!vpc) return [];
  return [emptyProblem("subnetIds", vpc.subnetIds), emptyProblem("securityGroupIds", vpc.securityGroupIds)];
}

function emptyProblem(option: keyof VpcArgs, ids: VpcArgs[keyof VpcArgs] | undefined): string | undefined {
  if (ids !== undefined && !(Array.isArray(ids) && ids.length === 0)) return undefined;
  return `vpc.${option} is empty; give at least one.`;
}
