/** Auditors with AWS's own rules find nothing in what the shipped stacks, and all options together, declare. */
import { asLines, auditDeclared, type Finding } from "./auditors";
import { EXAMPLE_NAMES, everything, example, shipped, VARIANTS } from "./programs";
import { translate } from "./translate";

/** Findings of an auditor that contradict AWS's documentation; each is one rule on one kind of resource. */
const CONTRADICTED: readonly (readonly [auditor: Finding["auditor"], finding: RegExp])[] = [
  // parliament lists express executions alone for this action. AWS lists standard ones:
  // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html
  ["parliament", /^RESOURCE_MISMATCH .*"states:DescribeExecution".*:express:/],
  // parliament lists map runs alone for this action. AWS lists state machines, too (the same page).
  ["parliament", /^RESOURCE_MISMATCH .*"states:ListExecutions".*:mapRun:/],
  // The zones of the example are made of the configured Region.
  ["cfn-lint", /^W3010 AvailabilityZone: Avoid hardcoding availability zones/],
  // The network interfaces do not exist yet. AWS requires "*", as in AWSLambdaVPCAccessExecutionRole:
  // https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
  [
    "parliament",
    /^RESOURCE_STAR \["ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:UnassignPrivateIpAddresses"\]$/,
  ],
  // cfn-lint's pattern has the partition "aws" alone. In others an integration has theirs:
  // https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html
  [
    "cfn-lint",
    /^E3601 DefinitionString\.States\.\S+\.Resource: 'arn:aws-(cn|us-gov):states:::[\w:.-]+' does not match/,
  ],
];

const found = (findings: readonly Finding[]) =>
  asLines(
    findings.filter(
      ({ auditor, finding }) => !CONTRADICTED.some(([by, pattern]) => by === auditor && pattern.test(finding)),
    ),
  );

test.each(["dev", "staging", "prod"])("the stack %s keeps AWS's rules", async (stack) => {
  expect(found(await auditDeclared(await shipped(stack, { "streamlake:replay": "true" })))).toEqual([]);
});

test.each(EXAMPLE_NAMES)("the example %s keeps AWS's rules", async (name) => {
  expect(found(await auditDeclared(await example(name)))).toEqual([]);
});

test.each(Object.keys(VARIANTS) as (keyof typeof VARIANTS)[])(
  "all components with all options keep AWS's rules: %s",
  async (variant) => {
    expect(found(await auditDeclared(await everything(variant), VARIANTS[variant].region))).toEqual([]);
  },
);

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html, "Role inline policies" */
const MAX_POLICY_CHARACTERS = 10_240;

test("no role's policies are longer than IAM takes, with the longest names", async () => {
  const sizes = new Map<string, number>();
  for (const { type, inputs } of (await everything("the longest names")).resources) {
    if (!type.endsWith(":RolePolicy")) continue;
    sizes.set(inputs.role, (sizes.get(inputs.role) ?? 0) + inputs.policy.length);
  }
  expect(sizes.size).toBeGreaterThan(10);
  expect([...sizes].filter(([, size]) => size > MAX_POLICY_CHARACTERS)).toEqual([]);
});

test("only these inputs have no counterpart in AWS's own data", async () => {
  const { resources } = await everything("short names");
  expect(translate(resources).leftOut).toEqual([
    "aws:s3/bucket:Bucket forceDestroy",
    "aws:s3/bucketObjectv2:BucketObjectv2",
  ]);
});
