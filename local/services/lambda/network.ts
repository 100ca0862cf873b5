/** The permissions by which Lambda connects a function to a VPC; the network itself is declared only. */
import type { Principal } from "../../cloud/iam/principal";
import { type CloudContext, ServiceError } from "../../cloud/service";

/** On network interfaces. */
const MANAGING = [
  "CreateNetworkInterface",
  "DeleteNetworkInterface",
  "AssignPrivateIpAddresses",
  "UnassignPrivateIpAddresses",
];
/** On all resources: these actions take no resource. */
const DESCRIBING = ["DescribeNetworkInterfaces", "DescribeSubnets"];

/**
 * Refuses a role that may not manage network interfaces, as AWS does.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
 */
export function checkNetworkAccess(cloud: CloudContext, principal: Principal, logicalName: string): void {
  const networkInterface = `arn:aws:ec2:${cloud.region}:${cloud.accountId}:network-interface/*`;
  const needed = [
    ...MANAGING.map((action) => ({ action, resource: networkInterface })),
    ...DESCRIBING.map((action) => ({ action, resource: "*" })),
  ];
  for (const { action, resource } of needed) {
    try {
      cloud.authorize(principal, [{ action: `ec2:${action}`, resource }]);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      throw new ServiceError(
        "InvalidParameterValueException",
        `local/lambda: function "${logicalName}": the provided execution role does not have permissions to call ${action} on EC2`,
      );
    }
  }
}
