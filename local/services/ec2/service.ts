/** EC2: the declared network, which has ids and zones; nothing is sent through it. */
import { createHash } from "node:crypto";
import type { CloudContext, DeclaredResource, ResourceSimulation, Service } from "../../cloud/service";

export interface Ec2Service extends Service {
  readonly name: "ec2";
  /** The availability zone of a declared subnet; undefined for another one. */
  zoneOf(subnetId: string): string | undefined;
}

type Inputs = DeclaredResource["inputs"];

/** A resource type with its inputs, those that replace it, and the outputs that are not inputs. */
interface NetworkType {
  /** Of ids: `vpc-0a1b…`. */
  readonly prefix: string;
  readonly inputs: string;
  readonly replaceOn: string;
  outputs?(id: string, inputs: Inputs, name: string): Record<string, unknown>;
}

const TYPES: Readonly<Record<string, NetworkType>> = {
  "aws:ec2/vpc:Vpc": {
    prefix: "vpc",
    inputs: "assignGeneratedIpv6CidrBlock cidrBlock enableDnsHostnames enableDnsSupport instanceTenancy tags",
    replaceOn: "cidrBlock instanceTenancy",
    outputs: (id) => ({
      mainRouteTableId: hashed("rtb", `${id} main`),
      defaultRouteTableId: hashed("rtb", `${id} main`),
      defaultSecurityGroupId: hashed("sg", `${id} default`),
      defaultNetworkAclId: hashed("acl", `${id} default`),
    }),
  },
  "aws:ec2/subnet:Subnet": {
    prefix: "subnet",
    inputs:
      "assignIpv6AddressOnCreation availabilityZone availabilityZoneId cidrBlock ipv6CidrBlock mapPublicIpOnLaunch tags vpcId",
    replaceOn: "availabilityZone availabilityZoneId cidrBlock vpcId",
  },
  "aws:ec2/routeTable:RouteTable": { prefix: "rtb", inputs: "propagatingVgws routes tags vpcId", replaceOn: "vpcId" },
  "aws:ec2/routeTableAssociation:RouteTableAssociation": {
    prefix: "rtbassoc",
    inputs: "gatewayId routeTableId subnetId",
    replaceOn: "gatewayId subnetId",
  },
  "aws:ec2/route:Route": {
    prefix: "r",
    inputs: `destinationCidrBlock destinationIpv6CidrBlock destinationPrefixListId egressOnlyGatewayId gatewayId natGatewayId
      networkInterfaceId routeTableId transitGatewayId vpcEndpointId vpcPeeringConnectionId`,
    replaceOn: "destinationCidrBlock destinationIpv6CidrBlock destinationPrefixListId routeTableId",
  },
  "aws:ec2/internetGateway:InternetGateway": { prefix: "igw", inputs: "tags vpcId", replaceOn: "" },
  "aws:ec2/natGateway:NatGateway": {
    prefix: "nat",
    inputs: "allocationId connectivityType privateIp subnetId tags",
    replaceOn: "allocationId connectivityType privateIp subnetId",
  },
  "aws:ec2/eip:Eip": {
    prefix: "eipalloc",
    inputs: "domain networkBorderGroup publicIpv4Pool tags vpc",
    replaceOn: "domain networkBorderGroup publicIpv4Pool",
    // An address of a range for documentation (RFC 5737).
    outputs: (id) => ({ allocationId: id, publicIp: "192.0.2.1" }),
  },
  "aws:ec2/vpcEndpoint:VpcEndpoint": {
    prefix: "vpce",
    inputs: `autoAccept dnsOptions ipAddressType policy privateDnsEnabled routeTableIds securityGroupIds serviceName
      subnetIds tags vpcEndpointType vpcId`,
    replaceOn: "serviceName vpcEndpointType vpcId",
    outputs: (id) => ({ dnsEntries: [], networkInterfaceIds: [], prefixListId: hashed("pl", id), state: "available" }),
  },
  "aws:ec2/securityGroup:SecurityGroup": {
    prefix: "sg",
    inputs: "description egress ingress name namePrefix revokeRulesOnDelete tags vpcId",
    replaceOn: "description name namePrefix vpcId",
    outputs: (_, inputs, name) => ({ name: String(inputs.name ?? name) }),
  },
  "aws:ec2/securityGroupRule:SecurityGroupRule": {
    prefix: "sgrule",
    inputs:
      "cidrBlocks description fromPort ipv6CidrBlocks prefixListIds protocol securityGroupId self sourceSecurityGroupId toPort type",
    replaceOn:
      "cidrBlocks fromPort ipv6CidrBlocks prefixListIds protocol securityGroupId self sourceSecurityGroupId toPort type",
  },
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": {
    prefix: "sgr",
    inputs:
      "cidrIpv4 cidrIpv6 description fromPort ipProtocol prefixListId referencedSecurityGroupId securityGroupId tags toPort",
    replaceOn: "securityGroupId",
  },
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": {
    prefix: "sgr",
    inputs:
      "cidrIpv4 cidrIpv6 description fromPort ipProtocol prefixListId referencedSecurityGroupId securityGroupId tags toPort",
    replaceOn: "securityGroupId",
  },
};

/** The letters of the zones that a Region has in local. */
const ZONE_LETTERS = ["a", "b", "c"];

/** The zones of a Region in local, as `getAvailabilityZones` names them. */
function availabilityZones(region: string): string[] {
  return ZONE_LETTERS.map((letter) => `${region}${letter}`);
}

export function ec2Service(cloud: CloudContext): Ec2Service {
  const zones = new Map<string, string>();

  function outputsOf(type: string, spec: NetworkType, id: string, name: string, inputs: Inputs) {
    const kind = (type.split(":").at(-1) as string).replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).slice(1);
    const zone = type.endsWith(":Subnet") ? zoneOfInputs(inputs) : undefined;
    if (zone !== undefined) zones.set(id, zone);
    return {
      arn: `arn:aws:ec2:${cloud.region}:${cloud.accountId}:${kind}/${id}`,
      ownerId: cloud.accountId,
      ...(zone !== undefined && { availabilityZone: zone }),
      ...spec.outputs?.(id, inputs, name),
    };
  }

  function zoneOfInputs({ availabilityZone }: Inputs): string {
    const known = availabilityZones(cloud.region);
    const zone = availabilityZone === undefined ? (known[0] as string) : String(availabilityZone);
    if (known.includes(zone)) return zone;
    throw new Error(`availabilityZone "${zone}" is not simulated; use ${known.join(", ")}`);
  }

  function simulation(type: string, spec: NetworkType): ResourceSimulation {
    return {
      simulated: spec.prefix === "subnet" ? ["availabilityZone"] : [],
      withoutEffect: spec.inputs
        .split(/\s+/)
        .filter((input) => spec.prefix !== "subnet" || input !== "availabilityZone"),
      replaceOn: spec.replaceOn.split(/\s+/).filter((input) => input !== ""),
      create: async ({ name, inputs }) => {
        // The file of look-ups names an existing resource by its id.
        const isId = new RegExp(`^${spec.prefix}-[0-9a-f]+$`).test(name);
        const id = isId ? name : hashed(spec.prefix, `${type}\n${name}\n${cloud.random()}`);
        return { id, outputs: outputsOf(type, spec, id, name, inputs) };
      },
      update: async (id, { name, inputs }) => ({ outputs: outputsOf(type, spec, id, name, inputs) }),
      delete: async (id) => void zones.delete(id),
    };
  }

  return {
    name: "ec2",
    zoneOf: (subnetId) => zones.get(subnetId),
    resources: Object.fromEntries(Object.entries(TYPES).map(([type, spec]) => [type, simulation(type, spec)])),
    operations: {},
  };
}

/** `vpc-0` and 16 hex digits. */
function hashed(prefix: string, seed: string): string {
  return `${prefix}-0${createHash("sha256").update(seed).digest("hex").slice(0, 16)}`;
}
