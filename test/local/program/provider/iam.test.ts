/** Roles and policies through the provider: a change decides the next call, and what is still in use cannot be deleted. */
import type { IamService } from "../../../../local/services/iam/service";
import { makeRole, type ProviderWorld, providerWorld } from "../../support/provider/world";

let world: ProviderWorld;
beforeEach(async () => {
  world = await providerWorld();
});
afterEach(() => world.close());

const ROLE = "aws:iam/role:Role";
const ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy";
const POLICY = "aws:iam/policy:Policy";
const ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";

const document = (statement: object) => JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
const allow = (Action: string) => document({ Effect: "Allow", Action, Resource: "*" });
const trust = (Service: string) => document({ Effect: "Allow", Principal: { Service }, Action: "sts:AssumeRole" });

const iam = () => world.cloud.service("iam") as IamService;
const verdict = (arn: string, action: string) =>
  iam().roles.decide(arn, { action, resource: "arn:aws:s3:::b" }).verdict;

test("a role trusts whom it is changed to trust", async () => {
  const arn = await makeRole(world, "r", ["lambda.amazonaws.com"]);
  const inputs = { name: "r", assumeRolePolicy: trust("glue.amazonaws.com") };
  expect(await world.provider.update(ROLE, "r", inputs)).toMatchObject({ name: "r", arn, uniqueId: "r" });
  expect(iam().assume(arn, "glue.amazonaws.com")).toEqual({ kind: "role", arn });
  expect(() => iam().assume(arn, "lambda.amazonaws.com")).toThrow("is not authorized to perform: sts:AssumeRole");
});

test("a policy of a role that is changed decides the next call, and deleted it allows nothing", async () => {
  const arn = await makeRole(world, "r", ["lambda.amazonaws.com"]);
  const { id } = await world.make(ROLE_POLICY, "p", { name: "p", role: "r", policy: allow("s3:GetObject") });
  expect([verdict(arn, "s3:GetObject"), verdict(arn, "s3:PutObject")]).toEqual(["allowed", "not allowed"]);
  await world.provider.update(ROLE_POLICY, id, { name: "p", role: "r", policy: allow("s3:PutObject") });
  expect([verdict(arn, "s3:GetObject"), verdict(arn, "s3:PutObject")]).toEqual(["not allowed", "allowed"]);
  await world.provider.delete(ROLE_POLICY, id);
  expect(verdict(arn, "s3:PutObject")).toBe("not allowed");
});

test("a change that is refused leaves the policy as it was", async () => {
  const arn = await makeRole(world, "r", ["lambda.amazonaws.com"]);
  const { id } = await world.make(ROLE_POLICY, "p", { name: "p", role: "r", policy: allow("s3:GetObject") });
  const broken = world.provider.update(ROLE_POLICY, id, { name: "p", role: "r", policy: "{" });
  await expect(broken).rejects.toThrow(
    'local: resource "p" (aws:iam/rolePolicy:RolePolicy): local/iam: the policy of "p"',
  );
  expect(verdict(arn, "s3:GetObject")).toBe("allowed");
  expect((await world.provider.read(ROLE_POLICY, id))?.inputs.policy).toBe(allow("s3:GetObject"));
});

test("a managed policy changes for every role it is attached to, and is deleted after its attachments", async () => {
  const roles = [
    await makeRole(world, "a", ["lambda.amazonaws.com"]),
    await makeRole(world, "b", ["lambda.amazonaws.com"]),
  ];
  const policy = await world.make(POLICY, "p", { name: "p", policy: allow("s3:GetObject") });
  const attached = await Promise.all(
    ["a", "b"].map((role) => world.make(ATTACHMENT, role, { role, policyArn: policy.outputs.arn })),
  );
  await world.provider.update(POLICY, policy.id, { name: "p", policy: allow("s3:PutObject") });
  expect(roles.map((arn) => verdict(arn, "s3:PutObject"))).toEqual(["allowed", "allowed"]);
  await expect(world.provider.delete(POLICY, policy.id)).rejects.toThrow(
    "Cannot delete a policy attached to entities.",
  );
  for (const { id } of attached) await world.provider.delete(ATTACHMENT, id);
  expect(roles.map((arn) => verdict(arn, "s3:PutObject"))).toEqual(["not allowed", "not allowed"]);
  await world.provider.delete(POLICY, policy.id);
  await expect(world.make(ATTACHMENT, "a", { role: "a", policyArn: policy.outputs.arn })).rejects.toThrow(
    "which this program does not declare",
  );
});

test("a role with policies is deleted only by force, and its name is free then", async () => {
  const arn = await makeRole(
    world,
    "r",
    ["lambda.amazonaws.com"],
    [{ Effect: "Allow", Action: "s3:*", Resource: "*" }],
  );
  await expect(world.provider.delete(ROLE, "r")).rejects.toThrow("Cannot delete entity, must delete policies first.");
  const inputs = { name: "r", assumeRolePolicy: trust("lambda.amazonaws.com"), forceDetachPolicies: true };
  await world.provider.update(ROLE, "r", inputs);
  await world.provider.delete(ROLE, "r");
  expect(() => iam().assume(arn, "lambda.amazonaws.com")).toThrow(`The role with ARN ${arn} cannot be found.`);
  await makeRole(world, "r", ["lambda.amazonaws.com"]);
  expect(verdict(arn, "s3:GetObject")).toBe("not allowed");
});

test("two managed policies of one name are refused", async () => {
  await world.make(POLICY, "p", { name: "p", policy: allow("s3:GetObject") });
  await expect(world.make(POLICY, "q", { name: "p", policy: allow("s3:GetObject") })).rejects.toThrow(
    "A policy called p already exists.",
  );
});
