/** Each auditor finds the mistake that is planted for it, and nothing in the same resource without the mistake. */
import type { DeclaredResource } from "streamlake/testing";
import { asLines, audit, auditDeclared, type Finding } from "./auditors";

const resource = (type: string, name: string, inputs: object): DeclaredResource => ({
  type,
  name,
  inputs,
  component: false,
});

const STREAM = {
  encryptionType: "KMS",
  kmsKeyId: "alias/aws/kinesis",
  retentionPeriod: 168,
  streamModeDetails: { streamMode: "ON_DEMAND" },
};
const ROLE = {
  description: "Runs it",
  assumeRolePolicy: JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
  }),
};
const policy = (action: string, on: string, condition?: object) => ({
  role: "role",
  policy: JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: [action],
        Resource: [on],
        ...(condition && { Condition: { StringEquals: condition } }),
      },
    ],
  }),
});

const stream = (changes: object) => resource("aws:kinesis/stream:Stream", "planted", { ...STREAM, ...changes });
const rolePolicy = (...given: Parameters<typeof policy>) =>
  resource("aws:iam/rolePolicy:RolePolicy", "planted", policy(...given));

const lines = (changes: object) =>
  resource("aws:glue/catalogTable:CatalogTable", "planted", {
    name: "orders_live",
    databaseName: "shop",
    tableType: "VIRTUAL_VIEW",
    viewOriginalText: "/* Presto View: e30= */",
    viewExpandedText: "/* Presto View */",
    storageDescriptor: { columns: [{ name: "total", type: "double" }], serDeInfo: { name: "-" } },
    ...changes,
  });
const parameter = (changes: object) =>
  resource("aws:ssm/parameter:Parameter", "planted", { type: "String", value: "7", ...changes });

const BUCKET = "arn:aws:s3:::lake";

let found: Finding[];
const of = (name: string) => found.filter(({ resource: on }) => on === name);

/** One run for all: starting the auditors takes longer than auditing. */
const PLANTED: Readonly<Record<string, DeclaredResource>> = {
  "right-stream": stream({}),
  "right-role": resource("aws:iam/role:Role", "planted", ROLE),
  "right-policy": rolePolicy("s3:PutObject", `${BUCKET}/raw/*`, { "s3:ResourceAccount": "123456789012" }),
  "right-view": lines({}),
  "right-parameter": parameter({ tags: { team: "shop" } }),
  "long-view": lines({ viewOriginalText: "v".repeat(409_601) }),
  "wrong-type": parameter({ type: "Secret" }),
  "wrong-tag": resource("aws:iam/role:Role", "planted", { ...ROLE, tags: { ["k".repeat(129)]: "shop" } }),
  "wrong-subnets": resource("aws:lambda/function:Function", "planted", {
    role: "arn:aws:iam::123456789012:role/planted",
    runtime: "nodejs24.x",
    handler: "index.handler",
    vpcConfig: { subnetIds: Array.from({ length: 17 }, (_, index) => `subnet-${index}`), securityGroupIds: ["sg-1"] },
  }),
  "bucket-policy": resource("aws:s3/bucketPolicy:BucketPolicy", "planted", {
    bucket: "lake",
    policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Deny", Principal: "*", Action: "s3:GetObjekt", Resource: `${BUCKET}/*` }],
    }),
  }),
  "wrong-enum": stream({ streamModeDetails: { streamMode: "ON-DEMAND" } }),
  "too-large": stream({ retentionPeriod: 8761 }),
  "name-too-long": resource("aws:iam/role:Role", "planted", { ...ROLE, name: "r".repeat(65) }),
  "wrong-character": resource("aws:iam/role:Role", "planted", { ...ROLE, name: "my role" }),
  "misspelt-action": rolePolicy("s3:PutObjekt", `${BUCKET}/raw/*`),
  "wrong-resource": rolePolicy("s3:ListBucket", `${BUCKET}/raw/*`),
  "unknown-condition": rolePolicy("s3:PutObject", `${BUCKET}/raw/*`, { "s3:ResourceOwner": "123456789012" }),
};

beforeAll(async () => {
  found = await auditDeclared({
    resources: Object.entries(PLANTED).map(([name, declared]) => ({ ...declared, name })),
  });
});

test.each(["right-stream", "right-role", "right-policy", "right-view", "right-parameter"])(
  "nothing is found in the %s",
  (name) => {
    expect(of(name)).toEqual([]);
  },
);

test.each([
  ["long-view", ["botocore"]],
  ["wrong-type", ["cfn-lint", "botocore"]],
  ["wrong-tag", ["cfn-lint", "botocore"]],
  ["wrong-subnets", ["cfn-lint", "botocore"]],
  ["bucket-policy", ["policy_sentry", "parliament"]],
  ["wrong-enum", ["cfn-lint", "botocore"]],
  ["too-large", ["cfn-lint"]],
  ["name-too-long", ["cfn-lint", "botocore"]],
  ["wrong-character", ["cfn-lint", "botocore"]],
  ["misspelt-action", ["policy_sentry", "parliament"]],
  ["wrong-resource", ["policy_sentry", "parliament"]],
  ["unknown-condition", ["policy_sentry", "parliament"]],
])("the mistake %s is found by %j", (name, auditors) => {
  const by = new Set(of(name).map(({ auditor }) => auditor));
  expect([...by]).toEqual(expect.arrayContaining(auditors));
});

test("a property that CloudFormation or the call does not have, and one that is missing", async () => {
  const lines = asLines(
    await audit({
      template: { planted: { Type: "AWS::Kinesis::Stream", Properties: { Shards: 1 } } },
      calls: [{ resource: "planted", service: "iam", operation: "CreateRole", parameters: { Role: "r" } }],
    }),
  );
  expect(lines).toEqual([
    expect.stringMatching(/^botocore planted: iam:CreateRole Missing required parameter in input: "RoleName"/),
    expect.stringMatching(/^cfn-lint planted: E3002 .*'Shards' was unexpected/),
  ]);
});
