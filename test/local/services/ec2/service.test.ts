/** A declared network: ids, zones and references, as a VPC of three isolated subnets uses them. */
import { ec2Service } from "../../../../local/services/ec2/service";
import { type TestCloud, testCloud } from "../../support/testCloud";

let local: TestCloud;

beforeEach(async () => {
  local = await testCloud(ec2Service);
});
afterEach(() => local.close());

const declare = (type: string, name: string, inputs: Record<string, unknown>) =>
  local.declare(`aws:ec2/${type}`, name, inputs);

test("resources of a network have ids and ARNs in the form of AWS", async () => {
  const vpc = await declare("vpc:Vpc", "net", { cidrBlock: "10.0.0.0/16" });
  expect(vpc.id).toMatch(/^vpc-0[0-9a-f]{16}$/);
  expect(vpc.outputs).toMatchObject({
    arn: `arn:aws:ec2:eu-central-1:123456789012:vpc/${vpc.id}`,
    ownerId: "123456789012",
    mainRouteTableId: expect.stringMatching(/^rtb-0[0-9a-f]{16}$/),
  });
  const group = await declare("securityGroup:SecurityGroup", "tasks", { vpcId: vpc.id });
  expect(group.outputs).toMatchObject({
    arn: `arn:aws:ec2:eu-central-1:123456789012:security-group/${group.id}`,
    name: "tasks",
  });
  const endpoint = await declare("vpcEndpoint:VpcEndpoint", "s3", {
    vpcId: vpc.id,
    serviceName: "com.amazonaws.eu-central-1.s3",
  });
  expect(endpoint.id).toMatch(/^vpce-0/);
});

test("a subnet is in the zone that it declares, else in the first one", async () => {
  const first = await declare("subnet:Subnet", "a", { vpcId: "vpc-1", cidrBlock: "10.0.0.0/24" });
  expect(first.outputs.availabilityZone).toBe("eu-central-1a");
  const last = await declare("subnet:Subnet", "c", { vpcId: "vpc-1", availabilityZone: "eu-central-1c" });
  expect(last.outputs.availabilityZone).toBe("eu-central-1c");
  await expect(declare("subnet:Subnet", "d", { vpcId: "vpc-1", availabilityZone: "eu-central-1f" })).rejects.toThrow(
    'availabilityZone "eu-central-1f" is not simulated; use eu-central-1a, eu-central-1b, eu-central-1c',
  );
});

test("a network that exists keeps its id", async () => {
  expect((await declare("vpc:Vpc", "vpc-0a1b", {})).id).toBe("vpc-0a1b");
});
