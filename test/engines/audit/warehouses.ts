/** Translates Redshift Serverless, and the network that it needs. */
import type { Inputs, Translate, Values } from "./translation";
import { defined, pascal, same } from "./translation";

const NAMESPACE = [
  "adminUsername",
  "adminPasswordSecretKmsKeyId",
  "dbName",
  "defaultIamRoleArn",
  "iamRoles",
  "kmsKeyId",
];
const WORKGROUP = ["workgroupName", "namespaceName", "baseCapacity", "maxCapacity", "enhancedVpcRouting", "port"];

interface Rule {
  readonly description: string;
  readonly protocol: string;
  readonly fromPort: number;
  readonly toPort: number;
  readonly cidrBlocks?: readonly string[];
  readonly securityGroups?: readonly string[];
}

/** The service's names begin with small letters, CloudFormation's with capitals. */
function serverless(type: string, operation: string, input: Inputs, names: readonly string[]) {
  const parameters: Values = Object.fromEntries(names.map((name) => [name, input.take(name)]));
  return {
    type: `AWS::RedshiftServerless::${type}`,
    properties: pascal(parameters) as Values,
    calls: [["redshift-serverless", operation, parameters]] as const,
  };
}

function permissions(rules: readonly Rule[]): Values[] {
  return rules.map(({ description, protocol, fromPort, toPort, cidrBlocks = [], securityGroups = [] }) => ({
    IpProtocol: protocol,
    FromPort: fromPort,
    ToPort: toPort,
    ...(cidrBlocks.length > 0 && { IpRanges: cidrBlocks.map((CidrIp) => ({ CidrIp, Description: description })) }),
    ...(securityGroups.length > 0 && {
      UserIdGroupPairs: securityGroups.map((GroupId) => ({ GroupId, Description: description })),
    }),
  }));
}

function properties(rules: readonly Rule[], peer: string): Values[] {
  return rules.flatMap(({ description, protocol, fromPort, toPort, cidrBlocks = [], securityGroups = [] }) => {
    const rule = { Description: description, IpProtocol: protocol, FromPort: fromPort, ToPort: toPort };
    return [
      ...cidrBlocks.map((CidrIp) => ({ ...rule, CidrIp })),
      ...securityGroups.map((group) => ({ ...rule, [peer]: group })),
    ];
  });
}

export const WAREHOUSES: Readonly<Record<string, Translate>> = {
  "aws:redshiftserverless/namespace:Namespace": (input) =>
    serverless("Namespace", "CreateNamespace", input, [
      ...NAMESPACE,
      "logExports",
      "manageAdminPassword",
      "namespaceName",
    ]),
  "aws:redshiftserverless/workgroup:Workgroup": (input) =>
    serverless("Workgroup", "CreateWorkgroup", input, [
      ...WORKGROUP,
      "configParameters",
      "publiclyAccessible",
      "securityGroupIds",
      "subnetIds",
    ]),
  "aws:ec2/securityGroup:SecurityGroup": (input, name) => {
    const GroupDescription = input.take("description");
    const VpcId = input.take("vpcId");
    const [ingress = [], egress = []] = [input.take<Rule[]>("ingress"), input.take<Rule[]>("egress")];
    const GroupId = "sg-0a1b2c3d";
    return {
      type: "AWS::EC2::SecurityGroup",
      properties: {
        GroupDescription,
        VpcId,
        SecurityGroupIngress: properties(ingress, "SourceSecurityGroupId"),
        SecurityGroupEgress: properties(egress, "DestinationSecurityGroupId"),
      },
      calls: [
        ["ec2", "CreateSecurityGroup", { GroupName: name, Description: GroupDescription, VpcId }],
        ["ec2", "AuthorizeSecurityGroupIngress", { GroupId, IpPermissions: permissions(ingress) }],
        ["ec2", "AuthorizeSecurityGroupEgress", { GroupId, IpPermissions: permissions(egress) }],
      ],
    };
  },
  "aws:ec2/vpc:Vpc": (input) => {
    const { CidrBlock, EnableDnsHostnames, EnableDnsSupport, InstanceTenancy } = input.pascal(
      "cidrBlock",
      "enableDnsHostnames",
      "enableDnsSupport",
      "instanceTenancy",
    );
    // CloudFormation has no such property; false is EC2's default.
    const { AssignGeneratedIpv6CidrBlock } = input.pascal("assignGeneratedIpv6CidrBlock");
    return {
      type: "AWS::EC2::VPC",
      properties: { CidrBlock, EnableDnsHostnames, EnableDnsSupport, InstanceTenancy },
      calls: [
        ["ec2", "CreateVpc", { CidrBlock, InstanceTenancy, AmazonProvidedIpv6CidrBlock: AssignGeneratedIpv6CidrBlock }],
        ["ec2", "ModifyVpcAttribute", { VpcId: "vpc-0a1b2c3d", EnableDnsHostnames: { Value: EnableDnsHostnames } }],
      ],
    };
  },
  "aws:ec2/subnet:Subnet": (input) => {
    const parameters = input.pascal("vpcId", "cidrBlock", "availabilityZone");
    const { MapPublicIpOnLaunch, AssignIpv6AddressOnCreation } = input.pascal(
      "mapPublicIpOnLaunch",
      "assignIpv6AddressOnCreation",
    );
    const SubnetId = "subnet-0a1b2c3d";
    return {
      type: "AWS::EC2::Subnet",
      properties: defined({ ...parameters, MapPublicIpOnLaunch, AssignIpv6AddressOnCreation }),
      calls: [
        ["ec2", "CreateSubnet", parameters],
        ...Object.entries(defined({ MapPublicIpOnLaunch, AssignIpv6AddressOnCreation })).map(
          ([name, Value]) => ["ec2", "ModifySubnetAttribute", { SubnetId, [name]: { Value } }] as const,
        ),
      ],
    };
  },
  "aws:ec2/internetGateway:InternetGateway": (input) => ({
    type: "AWS::EC2::InternetGateway",
    properties: {},
    calls: [
      ["ec2", "CreateInternetGateway", {}],
      ["ec2", "AttachInternetGateway", { InternetGatewayId: "igw-0a1b2c3d", VpcId: input.take("vpcId") }],
    ],
  }),
  "aws:ec2/routeTable:RouteTable": (input) =>
    same("AWS::EC2::RouteTable", "ec2", "CreateRouteTable", input.pascal("vpcId")),
  "aws:ec2/routeTableAssociation:RouteTableAssociation": (input) =>
    same(
      "AWS::EC2::SubnetRouteTableAssociation",
      "ec2",
      "AssociateRouteTable",
      input.pascal("routeTableId", "subnetId"),
    ),
  "aws:ec2/vpcEndpoint:VpcEndpoint": (input) =>
    same("AWS::EC2::VPCEndpoint", "ec2", "CreateVpcEndpoint", {
      ...input.pascal("vpcId", "serviceName", "vpcEndpointType", "routeTableIds"),
      ...input.pascal("privateDnsEnabled", "subnetIds", "securityGroupIds"),
    }),
};
