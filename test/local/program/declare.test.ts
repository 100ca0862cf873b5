/** The resources that `declare` answers for: their ARNs are those of AWS. */

import * as ec2 from "@pulumi/aws/ec2";
import { getAvailabilityZonesOutput } from "@pulumi/aws/getAvailabilityZones";
import * as iam from "@pulumi/aws/iam";
import * as kms from "@pulumi/aws/kms";
import * as pulumi from "@pulumi/pulumi";
import { SchemaRegistry, StreamIngest } from "streamlake";
import { declare } from "streamlake/testing";

test("a registry and its schemas have Glue's ARNs", async () => {
  const program = () => {
    const { nodes } = new SchemaRegistry("shop", { schemas: { orders: { format: "avro", definition: '"long"' } } });
    return [nodes.registry.arn, nodes.schemas.orders?.arn];
  };
  expect((await declare(program)).outputs).toEqual([
    "arn:aws:glue:us-east-1:123456789012:registry/project-stack-shop",
    "arn:aws:glue:us-east-1:123456789012:schema/project-stack-shop/orders",
  ]);
});

test("keys, their aliases and managed policies have the ARNs of KMS and IAM", async () => {
  const program = () => {
    const key = new kms.Key("shop");
    const alias = new kms.Alias("shop-alias", { name: "alias/shop", targetKeyId: key.id });
    return [key.arn, alias.arn, new iam.Policy("read", { policy: "{}" }).arn];
  };
  expect((await declare(program)).outputs).toEqual([
    "arn:aws:kms:us-east-1:123456789012:key/shop",
    "arn:aws:kms:us-east-1:123456789012:alias/shop",
    "arn:aws:iam::123456789012:policy/read",
  ]);
});

const regions: [string, string][] = [
  ["eu-west-1", "arn:aws:kinesis:eu-west-1:123456789012:stream/in-stream"],
  ["cn-north-1", "arn:aws-cn:kinesis:cn-north-1:123456789012:stream/in-stream"],
  ["us-gov-west-1", "arn:aws-us-gov:kinesis:us-gov-west-1:123456789012:stream/in-stream"],
];

test.each(regions)("in %s a stream is %s", async (region, arn) => {
  const config = { "aws:region": region };
  expect((await declare(() => new StreamIngest("in").streamArn, { config })).outputs).toBe(arn);
});

test.each([false, true])("getAvailabilityZones has three zones of the Region (preview: %s)", async (preview) => {
  const config = { "aws:region": "eu-west-1" };
  const { outputs } = await declare(() => getAvailabilityZonesOutput({ state: "available" }).names, {
    config,
    preview,
  });
  expect(outputs).toEqual(["eu-west-1a", "eu-west-1b", "eu-west-1c"]);
});

const ami = () => ec2.getAmiOutput({ owners: ["self"] }).id;

test.each<[name: string, program: () => unknown]>([
  ["in an output", ami],
  ["in an input", () => new ec2.LaunchTemplate("shop", { imageId: ami() })],
  ["that the program awaits", async () => (await ec2.getAmi({ owners: ["self"] })).id.toUpperCase()],
])("a look-up without an answer %s fails by name, and does not hang", async (_name, program) => {
  await expect(declare(program)).rejects.toThrow(
    "the program asks the provider for aws:ec2/getAmi:getAmi; a look-up has no answer in a unit test",
  );
  expect((await declare(() => "the next program runs")).outputs).toBe("the next program runs");
});

const network = () => new pulumi.StackReference("acme/network/prod");

test.each<[name: string, program: () => unknown]>([
  ["an output", () => network().getOutput("vpcId")],
  ["a required output", () => network().requireOutput("vpcId")],
  ["an input", () => new ec2.Subnet("shop", { vpcId: network().getOutput("vpcId") })],
  ["a required input", () => new ec2.Subnet("shop", { vpcId: network().requireOutput("vpcId") })],
  ["a value that the program awaits", async () => (await network().getOutputDetails("vpcId")).value],
])("another stack that %s is read from fails by name, and does not hang", async (_name, program) => {
  await expect(declare(program)).rejects.toThrow(
    'the program reads the stack "acme/network/prod"; a look-up has no answer in a unit test',
  );
  expect((await declare(() => "the next program runs")).outputs).toBe("the next program runs");
});
