/** The resources that `declare` answers for: their ARNs are those of AWS. */
import * as iam from "@pulumi/aws/iam";
import * as kms from "@pulumi/aws/kms";
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
