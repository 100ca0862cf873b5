/** Namespaces and workgroups: outputs, AWS's checks, the administrator's secret, and what is in use. */
import { existsSync } from "node:fs";
import path from "node:path";
import { COPY_ROLE, makeRedshift, NAMESPACE, type Redshift, WORKGROUP } from "../../support/redshift";

let redshift: Redshift;

beforeEach(async () => {
  redshift = await makeRedshift();
});
afterEach(() => redshift.close());

const simulation = (type: string) => {
  const found = redshift.cloud.service("redshift-serverless").resources[type];
  if (!found) throw new Error(`there is no ${type}`);
  return found;
};
const subnet = async (name: string, zone: string) =>
  (await redshift.declare("aws:ec2/subnet:Subnet", name, { vpcId: "vpc-1", availabilityZone: `eu-central-1${zone}` }))
    .id;

test("a namespace and its workgroup have ARNs, a database and an endpoint", () => {
  expect(redshift.namespace).toEqual({
    arn: expect.stringMatching(/^arn:aws:redshift-serverless:eu-central-1:123456789012:namespace\/[0-9a-f-]{36}$/),
    namespaceId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    namespaceName: "shop",
    adminUsername: "admin",
    dbName: "dev",
    adminPasswordSecretArn: expect.stringMatching(
      /^arn:aws:secretsmanager:eu-central-1:123456789012:secret:redshift!shop-admin-[A-Za-z0-9]{6}$/,
    ),
  });
  expect(redshift.workgroup).toEqual({
    arn: expect.stringMatching(/^arn:aws:redshift-serverless:eu-central-1:123456789012:workgroup\/[0-9a-f-]{36}$/),
    workgroupId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    workgroupName: "shop",
    namespaceName: "shop",
    port: 5439,
    endpoints: [
      {
        address: "shop.123456789012.eu-central-1.redshift-serverless.amazonaws.com",
        port: 5439,
        vpcEndpoints: [],
      },
    ],
  });
});

test("the managed secret has the administrator's name and password, and goes with the namespace", async () => {
  const read = () =>
    redshift.cloud.call({ kind: "caller" }, "secretsmanager", "GetSecretValue", {
      SecretId: redshift.namespace.adminPasswordSecretArn,
    }) as Promise<{ SecretString: string }>;
  expect(JSON.parse((await read()).SecretString)).toEqual({
    username: "admin",
    password: expect.stringMatching(/^Aa1[0-9a-f]{29}$/),
  });
  await redshift.run("CREATE TABLE t (a INT)");
  const file = path.join(redshift.dataDir, "redshift/shop/redshift_database.duckdb");
  expect(existsSync(file)).toBe(true);
  await expect(simulation(NAMESPACE).delete("shop", { type: NAMESPACE, name: "shop", inputs: {} })).rejects.toThrow(
    'the namespace "shop" has the workgroup "shop"; delete the workgroup first',
  );
  await simulation(WORKGROUP).delete("shop", { type: WORKGROUP, name: "shop", inputs: {} });
  await simulation(NAMESPACE).delete("shop", { type: NAMESPACE, name: "shop", inputs: {} });
  expect(existsSync(file)).toBe(false);
  await expect(read()).rejects.toMatchObject({ code: "ResourceNotFoundException" });
});

test("a workgroup has three subnets in three zones", async () => {
  await redshift.declare(NAMESPACE, "two", { namespaceName: "two" });
  const [a, b, c, again] = [
    await subnet("a", "a"),
    await subnet("b", "b"),
    await subnet("c", "c"),
    await subnet("d", "b"),
  ];
  const workgroup = (subnetIds: readonly string[]) =>
    redshift.declare(WORKGROUP, "two", { workgroupName: "two", namespaceName: "two", subnetIds });
  await expect(workgroup([a, b])).rejects.toThrow(
    "subnetIds has 2 subnets in 2 availability zones; a workgroup needs three subnets in three zones",
  );
  await expect(workgroup([a, b, again])).rejects.toThrow(
    "subnetIds has 3 subnets in 2 availability zones; a workgroup needs three subnets in three zones",
  );
  expect((await workgroup([a, b, c])).id).toBe("two");
});

test.each<[name: string, type: string, inputs: Record<string, unknown>, message: string]>([
  [
    "a name in capitals",
    NAMESPACE,
    { namespaceName: "Shop" },
    'namespaceName "Shop" must have 3 to 64 lower-case letters, digits and "-"',
  ],
  ["a name that is taken", NAMESPACE, { namespaceName: "shop" }, 'a namespace "shop" already exists'],
  [
    "a short password",
    NAMESPACE,
    { namespaceName: "new", adminUserPassword: "short" },
    "adminUserPassword must have 8 to 64 characters, with a capital, a small letter and a digit",
  ],
  [
    "a password that is managed, too",
    NAMESPACE,
    { namespaceName: "new", adminUserPassword: "LongEnough1", manageAdminPassword: true },
    "adminUserPassword cannot be set with manageAdminPassword",
  ],
  [
    "a default role that is not associated",
    NAMESPACE,
    { namespaceName: "new", defaultIamRoleArn: COPY_ROLE },
    `defaultIamRoleArn "${COPY_ROLE}" must be one of iamRoles`,
  ],
  [
    "a namespace that does not exist",
    WORKGROUP,
    { workgroupName: "new", namespaceName: "none" },
    'the namespace "none" does not exist',
  ],
  [
    "a namespace with a workgroup",
    WORKGROUP,
    { workgroupName: "new", namespaceName: "shop" },
    'the namespace "shop" already has the workgroup "shop"',
  ],
])("%s is refused", async (_name, type, inputs, message) => {
  await expect(redshift.declare(type, "new", inputs)).rejects.toThrow(message);
});

test.each<[name: string, inputs: Record<string, unknown>, message: string]>([
  [
    "a capacity between the steps",
    { baseCapacity: 12 },
    "baseCapacity 12 must be 4, a multiple of 8 up to 512, or a multiple of 32 up to 1024",
  ],
  [
    "a capacity above 1024",
    { maxCapacity: 1056 },
    "maxCapacity 1056 must be 4, a multiple of 8 up to 512, or a multiple of 32 up to 1024",
  ],
  [
    "a maximum below the base",
    { baseCapacity: 16, maxCapacity: 8 },
    "maxCapacity 8 must not be less than baseCapacity 16",
  ],
  ["another port", { port: 5432 - 2 }, "port 5430 must be between 5431 and 5455, or between 8191 and 8215"],
  [
    "names in two cases",
    { configParameters: [{ parameterKey: "enable_case_sensitive_identifier", parameterValue: "true" }] },
    'configParameters enable_case_sensitive_identifier: "true" is not simulated; use "false"',
  ],
])("a workgroup with %s is refused", async (_name, inputs, message) => {
  await redshift.declare(NAMESPACE, "two", { namespaceName: "two" });
  await expect(
    redshift.declare(WORKGROUP, "two", { workgroupName: "two", namespaceName: "two", ...inputs }),
  ).rejects.toThrow(message);
});

test.each([4, 8, 512, 544, 1024])("a base capacity of %d is one", async (baseCapacity) => {
  await redshift.declare(NAMESPACE, "two", { namespaceName: "two" });
  const { id } = await redshift.declare(WORKGROUP, "two", { workgroupName: "two", namespaceName: "two", baseCapacity });
  expect(id).toBe("two");
});

test("credentials, workgroups and namespaces are answered under their permissions", async () => {
  const reader = await redshift.role("reader", [
    {
      Effect: "Allow",
      Action: ["redshift-serverless:GetCredentials", "redshift-serverless:GetWorkgroup"],
      Resource: redshift.workgroup.arn,
    },
  ]);
  const call = (operation: string, input: object) =>
    redshift.cloud.call(reader, "redshift-serverless", operation, input);
  expect(await call("GetCredentials", { workgroupName: "shop", durationSeconds: 900 })).toMatchObject({
    dbUser: "IAMR:reader",
    expiration: new Date("2026-11-20T10:15:00.000Z"),
  });
  expect(await call("GetWorkgroup", { workgroupName: "shop" })).toMatchObject({
    workgroup: { workgroupArn: redshift.workgroup.arn, status: "AVAILABLE" },
  });
  await expect(call("GetNamespace", { namespaceName: "shop" })).rejects.toMatchObject({
    code: "AccessDeniedException",
  });
  await expect(
    redshift.cloud.call({ kind: "caller" }, "redshift-serverless", "GetWorkgroup", { workgroupName: "none" }),
  ).rejects.toMatchObject({ code: "ResourceNotFoundException", message: "Workgroup none is not found." });
});

test("a usage limit is only declared", async () => {
  const { outputs } = await redshift.declare("aws:redshiftserverless/usageLimit:UsageLimit", "hours", {
    amount: 10,
    resourceArn: redshift.workgroup.arn,
    usageType: "serverless-compute",
  });
  expect(outputs.arn).toMatch(/^arn:aws:redshift-serverless:eu-central-1:123456789012:usagelimit\//);
});
