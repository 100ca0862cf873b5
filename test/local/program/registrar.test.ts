/** Programs that declare resources beside the pipeline: which are simulated, only declared or refused, and why. */
import * as aws from "@pulumi/aws";
import * as acm from "@pulumi/aws/acm";
import * as dynamodb from "@pulumi/aws/dynamodb";
import * as ec2 from "@pulumi/aws/ec2";
import * as iam from "@pulumi/aws/iam";
import * as kinesis from "@pulumi/aws/kinesis";
import * as s3 from "@pulumi/aws/s3";
import * as scheduler from "@pulumi/aws/scheduler";
import * as sns from "@pulumi/aws/sns";
import * as ssm from "@pulumi/aws/ssm";
import * as pulumi from "@pulumi/pulumi";
import { start, stopAll } from "../support/start";

afterEach(stopAll);

/** Stands for a component of the library: its resources are the pipeline's. */
class Ours extends pulumi.ComponentResource {
  constructor(name: string, declare: (parent: pulumi.Resource) => void, opts?: pulumi.ComponentResourceOptions) {
    super("streamlake:index:Ours", name, {}, opts);
    declare(this);
    this.registerOutputs({});
  }
}

const trust = (service: string) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
  });
const allow = (action: string, resource: pulumi.Input<string>) =>
  pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: action, Resource: resource }],
  });

test("resources beside the pipeline that are not simulated are only declared, with the reason of each", async () => {
  const called: string[] = [];
  const cloud = await start(() => {
    const options = new ec2.VpcDhcpOptions("net", { domainName: "example.org" });
    const group = new ec2.PlacementGroup("tasks", { strategy: "cluster", tags: { options: options.id } });
    new sns.Topic("orders", { fifoTopic: true, contentBasedDeduplication: true });
    const role = new iam.Role("task", { assumeRolePolicy: trust("ecs-tasks.amazonaws.com") });
    new iam.RolePolicyAttachment("managed", { role: role.name, policyArn: "arn:aws:iam::aws:policy/AmazonECS" });
    const table = new dynamodb.Table("customers", { attributes: [], hashKey: "id" });
    new iam.RolePolicy("reads", { role: role.name, policy: allow("dynamodb:GetItem", table.arn) });
    const arn = group.arn.apply((value) => {
      called.push(value);
      return value;
    });
    return { domain: options.domainName, arn, role: role.arn };
  });
  expect(cloud.declaredOnly).toEqual([
    {
      type: "aws:dynamodb/table:Table",
      name: "customers",
      reason: 'billingMode "PROVISIONED" is not simulated; use "PAY_PER_REQUEST"',
    },
    { type: "aws:ec2/placementGroup:PlacementGroup", name: "tasks", reason: "the type is not simulated" },
    { type: "aws:ec2/vpcDhcpOptions:VpcDhcpOptions", name: "net", reason: "the type is not simulated" },
    {
      type: "aws:iam/rolePolicy:RolePolicy",
      name: "reads",
      reason: 'policy is of "customers" (aws:dynamodb/table:Table), which is not simulated',
    },
    {
      type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
      name: "managed",
      reason:
        '"managed" attaches arn:aws:iam::aws:policy/AmazonECS, which this program does not declare; policies that AWS manages are not simulated',
    },
    {
      type: "aws:sns/topic:Topic",
      name: "orders",
      reason: "the properties contentBasedDeduplication, fifoTopic are not simulated",
    },
  ]);
  expect(cloud.outputs).toEqual({
    domain: "example.org",
    arn: undefined,
    role: expect.stringMatching(/^arn:aws:iam::000000000000:role\/task-[0-9a-f]{7}$/),
  });
  expect(called).toEqual([]);
});

describe("what the pipeline uses is refused", () => {
  test.each<[string, () => unknown, string]>([
    [
      "an unknown output in an input of the pipeline",
      () => {
        const table = new dynamodb.Table("customers", { attributes: [], hashKey: "id" });
        new Ours("lake", (parent) => {
          const role = new iam.Role("r", { assumeRolePolicy: trust("lambda.amazonaws.com") }, { parent });
          new iam.RolePolicy("p", { role: role.name, policy: allow("dynamodb:GetItem", table.arn) }, { parent });
        });
      },
      'local: "p" (aws:iam/rolePolicy:RolePolicy): policy is of "customers" (aws:dynamodb/table:Table), which is not simulated; answer it in streamlake.lookups.json: {"declared":{"aws:dynamodb/table:Table":{"customers":{}}}}',
    ],
    [
      "a resource of its own that depends on one that is only declared",
      () => {
        const zone = new ec2.VpcDhcpOptions("net");
        const bucket = new s3.Bucket("mine", { bucket: pulumi.interpolate`mine-${zone.id}` });
        new Ours("lake", (parent) => {
          new s3.BucketVersioning(
            "v",
            { bucket: bucket.id, versioningConfiguration: { status: "Enabled" } },
            { parent },
          );
        });
      },
      'local: "v" (aws:s3/bucketVersioning:BucketVersioning): bucket is of "mine" (aws:s3/bucket:Bucket), which is not simulated; answer it in streamlake.lookups.json: {"declared":{"aws:s3/bucket:Bucket":{"mine":{}}}}',
    ],
    [
      "a grant to a role of the pipeline",
      () => {
        let role: iam.Role | undefined;
        new Ours("lake", (parent) => {
          role = new iam.Role("r", { assumeRolePolicy: trust("lambda.amazonaws.com") }, { parent });
          new iam.RolePolicy("own", { role: role.name, policy: allow("s3:ListAllMyBuckets", "*") }, { parent });
        });
        new iam.RolePolicyAttachment("more", {
          role: (role as iam.Role).name,
          policyArn: "arn:aws:iam::aws:policy/AmazonS3FullAccess",
        });
      },
      'local: resource "more" (aws:iam/rolePolicyAttachment:RolePolicyAttachment): local/iam: "more" attaches arn:aws:iam::aws:policy/AmazonS3FullAccess, which this program does not declare; policies that AWS manages are not simulated, see docs/fidelity.md; it changes "r", which the pipeline uses',
    ],
    [
      "a grant to a role that the pipeline takes afterwards",
      () => {
        const role = new iam.Role("r", { name: "r", assumeRolePolicy: trust("scheduler.amazonaws.com") });
        const more = new iam.RolePolicyAttachment("more", {
          role: role.name,
          policyArn: "arn:aws:iam::aws:policy/AmazonS3FullAccess",
        });
        new Ours("lake", (parent) => {
          const topic = new sns.Topic("t", {}, { parent });
          new scheduler.Schedule(
            "s",
            {
              scheduleExpression: "rate(1 hour)",
              flexibleTimeWindow: { mode: "OFF" },
              target: {
                arn: "arn:aws:scheduler:::aws-sdk:sfn:startExecution",
                roleArn: role.arn,
                input: pulumi.jsonStringify({ StateMachineArn: topic.arn }),
              },
            },
            { parent, dependsOn: more },
          );
        });
      },
      'local: resource "more" (aws:iam/rolePolicyAttachment:RolePolicyAttachment): local/iam: "more" attaches arn:aws:iam::aws:policy/AmazonS3FullAccess, which this program does not declare; policies that AWS manages are not simulated, see docs/fidelity.md; it changes "r", which the pipeline uses',
    ],
    [
      "another region",
      () => {
        const west = new aws.Provider("west", { region: "us-west-2" });
        new Ours("lake", (parent) => void new kinesis.Stream("s", { shardCount: 1 }, { parent }), {
          providers: [west],
        });
      },
      'local: aws:kinesis/stream:Stream "s": it is in us-west-2, and local simulates one region, us-east-1; set aws:region to us-west-2, or use a provider of us-east-1; see docs/fidelity.md',
    ],
    [
      "another account than the rest of the pipeline",
      () => {
        const data = new aws.Provider("data", {
          region: "us-east-1",
          assumeRoles: [{ roleArn: "arn:aws:iam::111122223333:role/deploy" }],
        });
        const first = new Ours("one", (parent) => void new sns.Topic("a", {}, { parent }));
        new Ours("two", (parent) => void new sns.Topic("b", {}, { parent, dependsOn: first }), { providers: [data] });
      },
      'local: aws:sns/topic:Topic "b": it is in the account 111122223333 and "a" in the account of the credentials, and local simulates one account; see docs/fidelity.md',
    ],
  ])("%s", async (_case, program, words) => {
    await expect(start(program)).rejects.toMatchObject({ message: words });
  });
});

test("a provider of another region: its resources are only declared, and it answers its own region", async () => {
  const cloud = await start(async () => {
    const east = new aws.Provider("edge", { region: "eu-west-1" });
    const certificate = new acm.Certificate("site", { domainName: "example.com" }, { provider: east });
    const topic = new sns.Topic("edge-alerts", {}, { provider: east });
    const first = certificate.domainValidationOptions[0]?.resourceRecordName;
    const role = new iam.Role("edge", { assumeRolePolicy: trust("edgelambda.amazonaws.com") }, { provider: east });
    return { region: aws.getRegionOutput({}, { provider: east }).region, arn: topic.arn, first, role: role.name };
  });
  expect(cloud.declaredOnly).toEqual([
    { type: "aws:acm/certificate:Certificate", name: "site", reason: "the type is not simulated" },
    {
      type: "aws:sns/topic:Topic",
      name: "edge-alerts",
      reason: "it is in eu-west-1, and local simulates one region, us-east-1",
    },
  ]);
  expect(cloud.outputs).toEqual({ region: "eu-west-1", role: expect.stringMatching(/^edge-/) });
});

test("a component in a plugin is only declared", async () => {
  const cloud = await start(
    () => {
      class Vpc extends pulumi.ComponentResource {
        declare readonly vpcId: pulumi.Output<string>;
        declare readonly privateSubnetIds: pulumi.Output<string[]>;
        constructor(name: string) {
          super("awsx:ec2:Vpc", name, { vpcId: undefined, privateSubnetIds: undefined }, {}, true);
        }
      }
      const [answered, other] = [new Vpc("net"), new Vpc("other")];
      return { id: answered.vpcId, subnets: answered.privateSubnetIds, other: other.vpcId };
    },
    { lookups: { declared: { "awsx:ec2:Vpc": { net: { vpcId: "vpc-1" } } } } },
  );
  const reason = "the component runs in a plugin, which is not simulated";
  expect(cloud.declaredOnly).toEqual([
    { type: "awsx:ec2:Vpc", name: "net", reason },
    { type: "awsx:ec2:Vpc", name: "other", reason },
  ]);
  expect(cloud.outputs).toEqual({ id: "vpc-1" });
});

test("the default tags of a provider are in tagsAll; the resource's own tags win", async () => {
  const program = () => {
    const tagged = new aws.Provider("tagged", {
      region: "us-east-1",
      defaultTags: { tags: { team: "data", env: "p" } },
    });
    const topic = new sns.Topic("t", { tags: { env: "dev" } }, { provider: tagged });
    return { explicit: topic.tagsAll, byConfig: new sns.Topic("u").tagsAll, own: topic.tags };
  };
  const { outputs } = await start(program, { config: { "aws:defaultTags": '{"tags":{"cost":"7"}}' } });
  expect(outputs).toEqual({ explicit: { team: "data", env: "dev" }, byConfig: { cost: "7" }, own: { env: "dev" } });
});

test("transforms of a resource, of its parents and of the stack change it, in this order", async () => {
  const tag = (name: string) => (args: pulumi.ResourceTransformArgs) => {
    if (args.type !== "aws:sns/topic:Topic") return undefined;
    const tags = { ...args.props.tags, [name]: String(Object.keys(args.props.tags ?? {}).length) };
    return { props: { ...args.props, tags }, opts: args.opts };
  };
  const cloud = await start(() => {
    pulumi.runtime.registerResourceTransform(tag("stack"));
    pulumi.runtime.registerStackTransformation(({ type, props, opts }) =>
      type === "aws:sns/topic:Topic" ? { props: { ...props, displayName: "old style" }, opts } : undefined,
    );
    let topic: sns.Topic | undefined;
    new Ours(
      "lake",
      (parent) => {
        topic = new sns.Topic("t", {}, { parent, transforms: [tag("own")] });
      },
      { transforms: [tag("component")] },
    );
    return { tags: topic?.tags, name: topic?.displayName };
  });
  expect(cloud.outputs).toEqual({ tags: { own: "0", component: "1", stack: "2" }, name: "old style" });
});

describe("look-ups", () => {
  const lookups = {
    functions: {
      "aws:ec2/getVpc:getVpc": [
        { args: { tags: { env: "prod" } }, result: { id: "vpc-prod" } },
        { args: { default: true }, result: { id: "vpc-default" } },
      ],
      "aws:ssm/getParameter:getParameter": [{ result: { value: "s3cret" } }],
    },
    existing: {
      "aws:kinesis/stream:Stream": { orders: { shardCount: 2, arn: "arn:aws:kinesis:us-east-1:1:stream/orders" } },
      "aws:ec2/vpc:Vpc": { "vpc-1": { cidrBlock: "10.1.0.0/16" } },
    },
    declared: { "aws:dynamodb/table:Table": { customers: { arn: "arn:aws:dynamodb:us-east-1:000000000000:table/c" } } },
    stacks: { "acme/network/prod": { vpcId: "vpc-9" } },
  };

  test("functions, existing resources, declared outputs and stacks are answered by the file", async () => {
    const cloud = await start(
      async () => {
        const network = new pulumi.StackReference("acme/network/prod");
        const table = new dynamodb.Table("customers", { attributes: [], hashKey: "id" });
        const stream = kinesis.Stream.get("existing", "orders");
        new Ours("lake", (parent) => {
          const role = new iam.Role("r", { assumeRolePolicy: trust("lambda.amazonaws.com") }, { parent });
          const policy = allow("dynamodb:GetItem", table.arn);
          new iam.RolePolicy("p", { role: role.name, policy }, { parent });
        });
        return {
          prod: ec2.getVpcOutput({ tags: { env: "prod" } }).id,
          other: (await ec2.getVpc({ default: true })).id,
          parameter: ssm.getParameterOutput({ name: "/any" }).value,
          network: network.requireOutput("vpcId"),
          absent: network.getOutput("absent"),
          stream: stream.arn,
          shards: stream.shardCount,
          cidr: ec2.Vpc.get("v", "vpc-1").cidrBlock,
          vpc: ec2.Vpc.get("v", "vpc-1").id,
        };
      },
      { lookups },
    );
    expect(cloud.outputs).toEqual({
      prod: "vpc-prod",
      other: "vpc-default",
      parameter: "s3cret",
      network: "vpc-9",
      absent: undefined,
      stream: "arn:aws:kinesis:us-east-1:000000000000:stream/orders",
      shards: 2,
      cidr: "10.1.0.0/16",
      vpc: "vpc-1",
    });
    expect(cloud.declaredOnly.map(({ name }) => name)).toEqual(["customers"]);
  });

  test("a resource that the program declares is found by its id, name or ARN", async () => {
    const { outputs } = await start(() => {
      const bucket = new s3.Bucket("mine");
      const topic = new sns.Topic("t", { name: "alerts" });
      return { bucket: s3.Bucket.get("again", bucket.id).arn, topic: sns.Topic.get("u", topic.arn).name };
    });
    expect(outputs).toEqual({ bucket: expect.stringMatching(/^arn:aws:s3:::mine-/), topic: "alerts" });
  });

  test("an imported resource is created as it is declared", async () => {
    const { outputs } = await start(() => ({
      arn: new sns.Topic("t", { name: "old" }, { import: "arn:aws:sns:us-east-1:1:old" }).arn,
    }));
    expect(outputs).toEqual({ arn: "arn:aws:sns:us-east-1:000000000000:old" });
  });

  test.each<[string, () => unknown, string]>([
    [
      "a stack",
      () => new pulumi.StackReference("net", { name: "acme/network/dev" }),
      'local: no look-up answers the stack "acme/network/dev"; answer it in streamlake.lookups.json: {"stacks":{"acme/network/dev":{}}}',
    ],
    [
      "a function with other arguments",
      () => ({ id: ec2.getVpcOutput({ tags: { env: "dev" } }).id }),
      'local: no look-up answers the function aws:ec2/getVpc:getVpc; answer it in streamlake.lookups.json: {"functions":{"aws:ec2/getVpc:getVpc":[{"args":{"tags":{"env":"dev"}},"result":{}}]}}',
    ],
    [
      "an existing resource",
      () => ec2.Vpc.get("v", "vpc-2"),
      'local: no look-up answers the existing aws:ec2/vpc:Vpc "vpc-2" (resource "v"); answer it in streamlake.lookups.json: {"existing":{"aws:ec2/vpc:Vpc":{"vpc-2":{}}}}',
    ],
  ])("%s without an answer is named, with the entry to add", async (_case, program, words) => {
    await expect(start(program, { lookups })).rejects.toMatchObject({ message: words });
  });
});
