/** Roles and their policies as AWS's own client lists and reads them. */
import {
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
} from "@aws-sdk/client-iam";
import { START, type TestCloud, testCloud } from "../../support/testCloud";

const statement = { Effect: "Allow", Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::lake/raw/*"] };
const document = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
const trust = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
});
let local: TestCloud;
let client: IAMClient;
beforeAll(async () => {
  local = await testCloud();
  client = new IAMClient(local.clientConfig());
  await local.role("router", [statement]);
  await local.declare("aws:iam/role:Role", "etl", {
    name: "etl",
    path: "/jobs/",
    description: "Flattens",
    maxSessionDuration: 7200,
    assumeRolePolicy: trust,
  });
  const policy = await local.declare("aws:iam/policy:Policy", "reads", { name: "reads", policy: document });
  const attachment = { role: "router", policyArn: policy.outputs.arn };
  await local.declare("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "a", attachment);
});
afterAll(async () => {
  client.destroy();
  await local.close();
});

test("a role is described with its trust policy, URL-encoded as by IAM", async () => {
  const { Role } = await client.send(new GetRoleCommand({ RoleName: "etl" }));
  expect({ ...Role, AssumeRolePolicyDocument: decodeURIComponent(String(Role?.AssumeRolePolicyDocument)) }).toEqual({
    Path: "/jobs/",
    RoleName: "etl",
    RoleId: "etl",
    Arn: "arn:aws:iam::123456789012:role/jobs/etl",
    CreateDate: new Date(START),
    AssumeRolePolicyDocument: trust,
    Description: "Flattens",
    MaxSessionDuration: 7200,
  });
  expect(Role?.AssumeRolePolicyDocument).not.toMatch(/[{}" *']/);
});

test("roles are listed by name, by path and page by page", async () => {
  const names = async (input: object) => {
    const { Roles = [], IsTruncated, Marker } = await client.send(new ListRolesCommand(input));
    return [Roles.map(({ RoleName }) => RoleName), IsTruncated, Marker];
  };
  expect(await names({})).toEqual([["etl", "router"], false, undefined]);
  expect(await names({ PathPrefix: "/jobs/" })).toEqual([["etl"], false, undefined]);
  expect(await names({ MaxItems: 1 })).toEqual([["etl"], true, "1"]);
  expect(await names({ MaxItems: 1, Marker: "1" })).toEqual([["router"], false, undefined]);
});

test("inline policies are listed and read, attached ones are listed apart", async () => {
  const of = { RoleName: "router" };
  const { PolicyNames = [] } = await client.send(new ListRolePoliciesCommand(of));
  expect(PolicyNames).toEqual(["router-policy-8ae7dcd"]);
  const read = await client.send(new GetRolePolicyCommand({ ...of, PolicyName: PolicyNames[0] }));
  expect(decodeURIComponent(String(read.PolicyDocument))).toBe(document);
  const attached = await client.send(new ListAttachedRolePoliciesCommand(of));
  expect([attached.AttachedPolicies, attached.IsTruncated]).toEqual([
    [{ PolicyName: "reads", PolicyArn: "arn:aws:iam::123456789012:policy/reads" }],
    false,
  ]);
});

test.each([
  ["a role", new GetRoleCommand({ RoleName: "none" }), "The role with name none cannot be found."],
  [
    "a policy",
    new GetRolePolicyCommand({ RoleName: "router", PolicyName: "none" }),
    "The role policy with name none cannot be found.",
  ],
])("%s that is not there is NoSuchEntity", async (_what, command, message) => {
  await expect(client.send(command as GetRoleCommand)).rejects.toMatchObject({
    name: "NoSuchEntityException",
    message,
  });
});

test("a page of more than 1,000 roles is refused", async () => {
  await expect(client.send(new ListRolesCommand({ MaxItems: 1001 }))).rejects.toThrow(
    "1 validation error detected: Value '1001' at 'maxItems' failed to satisfy constraint: Member must have value less than or equal to 1000",
  );
});
