/** A program evaluated in this process: what it sees, what comes of it, and how it ends when something is refused. */
import * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as ec2 from "@pulumi/aws/ec2";
import * as iam from "@pulumi/aws/iam";
import * as kms from "@pulumi/aws/kms";
import * as sns from "@pulumi/aws/sns";
import * as pulumi from "@pulumi/pulumi";
import { start, stopAll } from "./support/start";

afterEach(stopAll);

class Alerts extends pulumi.ComponentResource {
  readonly topic: sns.Topic;
  constructor(name: string) {
    super("streamlake:index:Alerts", name);
    this.topic = new sns.Topic(`${name}-topic`, { displayName: "alerts" }, { parent: this });
    this.registerOutputs({});
  }
}

test("outputs are the program's own, resolved; names get seven hex digits, explicit ones stay", async () => {
  const cloud = await start(() => {
    const named = new sns.Topic("a", { name: "alerts" });
    const unnamed = new sns.Topic("b");
    return { arn: named.arn, deep: { names: [named.name, unnamed.name] }, plain: 1 };
  });
  expect(cloud.outputs).toMatchObject({ arn: "arn:aws:sns:us-east-1:000000000000:alerts", plain: 1 });
  expect((cloud.outputs.deep as { names: string[] }).names).toEqual([
    "alerts",
    expect.stringMatching(/^b-[0-9a-f]{7}$/),
  ]);
});

test("a program run again has the same names", async () => {
  const program = () => ({ arn: new sns.Topic("b").arn });
  const [first, second] = [await start(program), await start(program)];
  expect(first.outputs).toEqual(second.outputs);
});

test("two programs started at once, with different stacks, do not mix", async () => {
  const program = () => {
    const config = new pulumi.Config();
    return { stack: pulumi.getStack(), size: config.requireNumber("size"), arn: new sns.Topic("t").arn };
  };
  const [dev, prod] = await Promise.all([
    start(program, { stack: "dev", config: { "lake:size": "1" } }),
    start(program, { stack: "prod", config: { "lake:size": "2", "aws:region": "eu-west-1" } }),
  ]);
  expect(dev.outputs).toMatchObject({ stack: "dev", size: 1, arn: expect.stringContaining("us-east-1") });
  expect(prod.outputs).toMatchObject({ stack: "prod", size: 2, arn: expect.stringContaining("eu-west-1") });
});

test("the topology holds components, parents and what is only declared", async () => {
  const cloud = await start(() => {
    const { topic } = new Alerts("lake");
    new cloudwatch.MetricAlarm("late", {
      comparisonOperator: "GreaterThanThreshold",
      evaluationPeriods: 1,
      alarmActions: [topic.arn],
    });
  });
  const component = "urn:pulumi:dev::lake::streamlake:index:Alerts::lake";
  expect(
    cloud.resources.map(({ type, name, urn, parent, simulated }) => ({ type, name, urn, parent, simulated })),
  ).toEqual([
    { type: "streamlake:index:Alerts", name: "lake", urn: component, parent: undefined, simulated: false },
    {
      type: "aws:sns/topic:Topic",
      name: "lake-topic",
      urn: "urn:pulumi:dev::lake::streamlake:index:Alerts$aws:sns/topic:Topic::lake-topic",
      parent: component,
      simulated: true,
    },
    {
      type: "aws:cloudwatch/metricAlarm:MetricAlarm",
      name: "late",
      urn: "urn:pulumi:dev::lake::aws:cloudwatch/metricAlarm:MetricAlarm::late",
      parent: undefined,
      simulated: false,
    },
  ]);
});

test("keys and their aliases are simulated", async () => {
  const cloud = await start(() => {
    const key = new kms.Key("key", { enableKeyRotation: true });
    const alias = new kms.Alias("alias", { name: "alias/lake", targetKeyId: key.keyId });
    return {
      key: key.arn,
      alias: alias.arn,
      isTarget: pulumi.all([key.arn, alias.targetKeyArn]).apply(([a, b]) => a === b),
    };
  });
  expect(cloud.outputs).toEqual({
    key: expect.stringMatching(/^arn:aws:kms:us-east-1:000000000000:key\/[0-9a-f]{8}-[0-9a-f-]{27}$/),
    alias: "arn:aws:kms:us-east-1:000000000000:alias/lake",
    isTarget: true,
  });
  expect(cloud.resources.map(({ simulated }) => simulated)).toEqual([true, true]);
});

test("secret inputs reach services as plain values", async () => {
  const cloud = await start(() => ({ name: new sns.Topic("t", { name: pulumi.secret("hidden") }).name }));
  expect(cloud.outputs).toEqual({ name: "hidden" });
});

test("the account and region are answered; any other provider function is refused", async () => {
  const cloud = await start(async () => ({
    account: (await pulumi.runtime.invoke("aws:index/getCallerIdentity:getCallerIdentity", {})).accountId,
  }));
  expect(cloud.outputs).toEqual({ account: "000000000000" });
  const lookup = () => ({ ami: ec2.getAmiOutput({ owners: ["self"] }).id });
  await expect(start(lookup)).rejects.toThrow(
    'local: no look-up answers the function aws:ec2/getAmi:getAmi; answer it in streamlake.lookups.json: {"functions":{"aws:ec2/getAmi:getAmi":[{"args":{"owners":["self"]},"result":{}}]}}',
  );
});

describe("the first problem is the one error, and nothing is left running", () => {
  test.each<[string, () => unknown, string]>([
    [
      "an unknown type",
      () => new ec2.VpcDhcpOptions("net", { domainName: "example.org" }, { parent: new Alerts("lake") }),
      'local: the resource type aws:ec2/vpcDhcpOptions:VpcDhcpOptions is not simulated (resource "net"); see docs/fidelity.md',
    ],
    [
      "an unknown property",
      () => new sns.Topic("t", { fifoTopic: true, archivePolicy: "{}" }, { parent: new Alerts("lake") }),
      'local: the properties archivePolicy, fifoTopic of aws:sns/topic:Topic are not simulated (resource "t"); see docs/fidelity.md',
    ],
    [
      "a resource that fails to be made",
      () => [new sns.Topic("a", { name: "same" }), new sns.Topic("b", { name: "same" }, { dependsOn: [] })],
      'local: resource "b" (aws:sns/topic:Topic): a topic "same" already exists; see docs/fidelity.md',
    ],
    [
      "a look-up of something that exists",
      () => sns.Topic.get("t", "arn:aws:sns:us-east-1:000000000000:t"),
      'local: no look-up answers the existing aws:sns/topic:Topic "arn:aws:sns:us-east-1:000000000000:t" (resource "t"); answer it in streamlake.lookups.json: {"existing":{"aws:sns/topic:Topic":{"arn:aws:sns:us-east-1:000000000000:t":{}}}}',
    ],
    [
      "a program that throws",
      () => {
        new sns.Topic("t");
        throw new Error("batchSize is 0; use 1 to 10000");
      },
      "batchSize is 0; use 1 to 10000",
    ],
    ["a program that rejects", async () => Promise.reject(new Error("no config")), "no config"],
  ])("%s", async (_case, program, words) => {
    await expect(start(program)).rejects.toMatchObject({ message: words });
  });

  test("resources that depend on the one that fails are not made, and their callbacks do not run", async () => {
    const seen: string[] = [];
    const note = (text: string) => {
      seen.push(text);
      return text;
    };
    const program = () => {
      const bad = new ec2.VpcDhcpOptions("net", {}, { parent: new Alerts("lake") });
      const after = new iam.Role("r", { assumeRolePolicy: bad.arn.apply(note) });
      return { name: after.name.apply(note) };
    };
    await expect(start(program)).rejects.toThrow("aws:ec2/vpcDhcpOptions:VpcDhcpOptions is not simulated");
    expect(seen).toEqual([]);
  });

  test("the port is free again", async () => {
    const port = 45_661;
    await expect(
      start(() => new ec2.VpcDhcpOptions("net", {}, { parent: new Alerts("lake") }), { port }),
    ).rejects.toThrow("aws:ec2/vpcDhcpOptions:VpcDhcpOptions");
    expect((await start(() => ({}), { port })).endpoint).toBe(`http://127.0.0.1:${port}`);
  });
});
