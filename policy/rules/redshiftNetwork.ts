/** Redshift clusters: public access, VPC routing and security groups. */
import type { SecurityGroupArgs, SecurityGroupRuleArgs } from "@pulumi/aws/ec2";
import type { ClusterArgs } from "@pulumi/aws/redshift";
import type { SecurityGroupIngressRuleArgs } from "@pulumi/aws/vpc";
import type { PolicyResource } from "@pulumi/policy";
import { on, resourceControl, type Stack, stackControl } from "../control";
import { refersTo } from "../relations";
import { CLUSTER } from "./redshift";

const DEFAULT_PORT = 5439;

export const redshiftNetworkControls = [
  resourceControl(
    {
      id: "Redshift.1",
      title: "Amazon Redshift clusters should prohibit public access",
      severity: "critical",
      remedy: "Omit publiclyAccessible, or set it to false.",
    },
    on<ClusterArgs>(CLUSTER, ({ publiclyAccessible }) =>
      publiclyAccessible === true ? "can be reached from the internet." : undefined,
    ),
  ),
  resourceControl(
    {
      id: "Redshift.7",
      title: "Redshift clusters should use enhanced VPC routing",
      severity: "medium",
      remedy: "Set enhancedVpcRouting to true.",
    },
    on<ClusterArgs>(CLUSTER, ({ enhancedVpcRouting }) =>
      enhancedVpcRouting === true ? undefined : "routes COPY and UNLOAD outside the VPC.",
    ),
  ),
  stackControl<ClusterArgs>(
    {
      id: "Redshift.15",
      title: "Redshift security groups should allow ingress on the cluster port only from restricted origins",
      severity: "high",
      remedy: "List the addresses or security groups of the clients.",
    },
    [CLUSTER],
    ({ resource, inputs }, stack) => {
      const port = inputs.port ?? DEFAULT_PORT;
      const groups = stack
        .all<SecurityGroupArgs>("aws:ec2/securityGroup:SecurityGroup")
        .filter((group) => refersTo(resource, "vpcSecurityGroupIds", group.resource));
      const open = groups.find((group) =>
        [...inlineRules(group), ...ownRules(group.resource, stack)].some(admits(port)),
      );
      return open ? `security group ${open.resource.name} opens port ${port} to the internet.` : undefined;
    },
  ),
];

interface Ingress {
  readonly from?: number;
  readonly to?: number;
  /** "-1" for all protocols and ports. */
  readonly protocol: string;
  readonly origins: readonly string[];
}

function admits(port: number): (rule: Ingress) => boolean {
  return ({ from = 0, to = 65_535, protocol, origins }) => {
    const isPort = protocol === "-1" || protocol === "all" || (from <= port && port <= to);
    return isPort && origins.some((origin) => origin === "0.0.0.0/0" || origin === "::/0");
  };
}

function inlineRules(group: { inputs: { ingress?: readonly InlineRule[] } }): Ingress[] {
  return (group.inputs.ingress ?? []).map(ingressOf);
}

/** The rules of a security group that are separate resources. */
function ownRules(group: PolicyResource, stack: Stack): Ingress[] {
  const ofGroup = ({ resource }: { resource: PolicyResource }) => refersTo(resource, "securityGroupId", group);
  const rules = stack
    .all<SecurityGroupRuleArgs>("aws:ec2/securityGroupRule:SecurityGroupRule")
    .filter((rule) => ofGroup(rule) && rule.inputs.type === "ingress")
    .map(({ inputs }) => ingressOf(inputs));
  const single = stack
    .all<SecurityGroupIngressRuleArgs>("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    .filter(ofGroup)
    .map(({ inputs: { fromPort, toPort, ipProtocol, cidrIpv4, cidrIpv6 } }) => ({
      from: fromPort,
      to: toPort,
      protocol: ipProtocol,
      origins: [cidrIpv4, cidrIpv6].filter((origin) => origin !== undefined),
    }));
  return [...rules, ...single];
}

interface InlineRule {
  readonly fromPort: number;
  readonly toPort: number;
  readonly protocol: string;
  readonly cidrBlocks?: readonly string[];
  readonly ipv6CidrBlocks?: readonly string[];
}

function ingressOf({ fromPort, toPort, protocol, cidrBlocks = [], ipv6CidrBlocks = [] }: InlineRule): Ingress {
  return { from: fromPort, to: toPort, protocol, origins: [...cidrBlocks, ...ipv6CidrBlocks] };
}
