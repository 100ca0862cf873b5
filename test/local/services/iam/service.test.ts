/** Roles of a run: who may assume them, what their calls are denied, and what they never used. */
import { roleOf } from "../../../../local/cloud/iam/principal";
import { iamOf, type TestCloud, testCloud } from "../../support/testCloud";

let local: TestCloud;
beforeEach(async () => {
  local = await testCloud();
});
afterEach(() => local.close());

const get = { Effect: "Allow", Action: ["s3:GetObject", "s3:PutObject"], Resource: ["arn:aws:s3:::lake/raw/*"] };
const arn = "arn:aws:iam::123456789012:role/router";

test("a denied call throws AWS's words and is remembered", async () => {
  const role = await local.role("router", [get]);
  const call = () => local.cloud.authorize(role, [{ action: "s3:DeleteObject", resource: "arn:aws:s3:::lake/raw/a" }]);
  expect(call).toThrow(
    "User: arn:aws:sts::123456789012:assumed-role/router/local is not authorized to perform: s3:DeleteObject on resource: arn:aws:s3:::lake/raw/a because no identity-based policy allows the s3:DeleteObject action",
  );
  expect(local.cloud.usage().denied).toEqual([
    { principal: arn, action: "s3:DeleteObject", resource: "arn:aws:s3:::lake/raw/a", at: "2026-11-20T10:00:00.000Z" },
  ]);
});

test("what was granted and never used is told by action", async () => {
  const role = await local.role("router", [get]);
  local.cloud.authorize(role, [{ action: "s3:GetObject", resource: "arn:aws:s3:::lake/raw/a" }]);
  expect(local.cloud.usage()).toEqual({
    denied: [],
    unused: [{ role: arn, action: "s3:PutObject", resource: "arn:aws:s3:::lake/raw/*" }],
  });
});

test("allowed calls are counted by action, denied ones are not", async () => {
  const role = await local.role("router", [get]);
  const read = () => local.cloud.authorize(role, [{ action: "s3:GetObject", resource: "arn:aws:s3:::lake/raw/a" }]);
  const before = local.cloud.calls()["s3:GetObject"] ?? 0;
  read();
  read();
  const remove = () => local.cloud.authorize(role, [{ action: "s3:DeleteObject", resource: "arn:aws:s3:::lake/a" }]);
  expect(remove).toThrow("s3:DeleteObject");
  expect(local.cloud.calls()).toMatchObject({ "s3:GetObject": before + 2 });
  expect(local.cloud.calls()).not.toHaveProperty("s3:DeleteObject");
});

test("a denied call uses nothing", async () => {
  const role = await local.role("router", [get, { Effect: "Deny", Action: "s3:GetObject", Resource: "*" }]);
  expect(() => local.cloud.authorize(role, [{ action: "s3:GetObject", resource: "arn:aws:s3:::lake/raw/a" }])).toThrow(
    "with an explicit deny in an identity-based policy",
  );
  expect(local.cloud.usage().unused.map(({ action }) => action)).toEqual(["s3:GetObject", "s3:PutObject"]);
});

test("the caller may do everything", () => {
  expect(() =>
    local.cloud.authorize({ kind: "caller" }, [{ action: "s3:DeleteObject", resource: "arn:aws:s3:::x/y" }]),
  ).not.toThrow();
});

test("a role is assumed by the service that its trust policy names, and by no other", async () => {
  await local.role("router", [get]);
  expect(iamOf(local.cloud).assume(arn, "lambda.amazonaws.com")).toEqual(roleOf(arn));
  expect(() => iamOf(local.cloud).assume(arn, "glue.amazonaws.com")).toThrow(
    `User: glue.amazonaws.com is not authorized to perform: sts:AssumeRole on resource: ${arn}`,
  );
});

test("a condition of the trust policy is held against the assumption", async () => {
  const trust = {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "scheduler.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "aws:SourceAccount": "999999999999" } },
      },
    ],
  };
  const { outputs } = await local.declare("aws:iam/role:Role", "s", { assumeRolePolicy: JSON.stringify(trust) });
  expect(() => iamOf(local.cloud).assume(String(outputs.arn), "scheduler.amazonaws.com")).toThrow("sts:AssumeRole");
});

test("an attached policy counts for each role by itself", async () => {
  const policy = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "*" }] };
  const { outputs } = await local.declare("aws:iam/policy:Policy", "p", { name: "p", policy: JSON.stringify(policy) });
  const put = [{ Effect: "Allow", Action: "s3:PutObject", Resource: "*" }];
  const [first] = [await local.role("first", put), await local.role("second", put)];
  for (const role of ["first", "second"]) {
    await local.declare("aws:iam/rolePolicyAttachment:RolePolicyAttachment", role, { role, policyArn: outputs.arn });
  }
  local.cloud.authorize(first, [{ action: "s3:GetObject", resource: "arn:aws:s3:::a/b" }]);
  expect(local.cloud.usage().unused).toEqual([
    { role: "arn:aws:iam::123456789012:role/first", action: "s3:PutObject", resource: "*" },
    { role: "arn:aws:iam::123456789012:role/second", action: "s3:PutObject", resource: "*" },
    { role: "arn:aws:iam::123456789012:role/second", action: "s3:GetObject", resource: "*" },
  ]);
});

test("a policy that AWS manages is refused by name", async () => {
  await local.role("router", [get]);
  const attach = local.declare("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "a", {
    role: "router",
    policyArn: "arn:aws:iam::aws:policy/AmazonS3FullAccess",
  });
  await expect(attach).rejects.toThrow(
    "arn:aws:iam::aws:policy/AmazonS3FullAccess, which this program does not declare",
  );
});

test("a role without an explicit name gets seven digits, the same each time", async () => {
  const trust = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: "*", Action: "sts:AssumeRole" }] };
  const { id } = await local.declare("aws:iam/role:Role", "etl", { assumeRolePolicy: JSON.stringify(trust) });
  expect(id).toBe("etl-1bed5ee");
});
