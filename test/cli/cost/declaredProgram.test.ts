import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { declaredProgram } from "../../../cli/cost/declaredProgram";
import type { Lookups } from "../../../local/program/lookups";

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), "cost-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** The program's text, with the resources of `@pulumi/pulumi` alone: evaluation must not need `@pulumi/aws`. */
function programOf(name: string, text: string) {
  const main = path.join(directory, `${name}.js`);
  const pulumi = JSON.stringify(require.resolve("@pulumi/pulumi"));
  writeFileSync(
    main,
    `const pulumi = require(${pulumi});\nclass Part extends pulumi.ComponentResource {}\nmodule.exports = async () => {${text}};`,
  );
  return (lookups: Lookups = {}) =>
    declaredProgram({ name: "shop", main, config: { "aws:region": "eu-west-1" } }, "prod", lookups);
}

test("each resource has its outermost component, and ARNs of the stack's region", async () => {
  const program = programOf(
    "components",
    `
    const outer = new Part("streamlake:index:HourlyEtl", "etl");
    const inner = new Part("app:index:Inner", "inner", {}, { parent: outer });
    const stream = new pulumi.CustomResource("aws:kinesis/stream:Stream", "orders", { arn: undefined }, { parent: inner });
    new pulumi.CustomResource("aws:sns/topic:Topic", "own", { about: stream.arn });
    `,
  );
  const found = await program();
  expect([...found].sort((one, other) => (one.name < other.name ? -1 : 1))).toEqual([
    {
      type: "aws:kinesis/stream:Stream",
      name: "orders",
      inputs: {},
      arn: "arn:aws:kinesis:eu-west-1:123456789012:stream/orders",
      component: "HourlyEtl etl",
    },
    {
      type: "aws:sns/topic:Topic",
      name: "own",
      inputs: { about: "arn:aws:kinesis:eu-west-1:123456789012:stream/orders" },
      arn: "arn:aws:sns:eu-west-1:123456789012:own",
      component: "program",
    },
  ]);
});

test("a look-up is answered by the file of look-ups, or refused with the entry to add", async () => {
  const program = programOf(
    "lookups",
    `
    const vpc = pulumi.runtime.invoke("aws:ec2/getVpc:getVpc", { tags: { Name: "main" } });
    new pulumi.CustomResource("aws:ec2/subnet:Subnet", "subnet", { vpcId: pulumi.output(vpc).apply(({ id }) => id) });
    `,
  );
  await expect(program()).rejects.toThrow(
    'local: no look-up answers the function aws:ec2/getVpc:getVpc; answer it in streamlake.lookups.json: {"functions":{"aws:ec2/getVpc:getVpc":[{"args":{"tags":{"Name":"main"}},"result":{}}]}}',
  );
  const found = await program({ functions: { "aws:ec2/getVpc:getVpc": [{ result: { id: "vpc-1" } }] } });
  expect(found.map(({ inputs }) => inputs)).toEqual([{ vpcId: "vpc-1" }]);
});
