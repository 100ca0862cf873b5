/** Auditors with AWS's own rules find nothing in what the shipped stacks, and all options together, declare. */
import { asLines, auditDeclared, type Finding } from "./auditors";
import { everything, shipped } from "./programs";
import { translate } from "./translate";

/**
 * parliament lists express executions alone for `states:DescribeExecution`. AWS lists standard ones:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html
 */
const isParliamentsGap = ({ auditor, finding }: Finding) =>
  auditor === "parliament" && /^RESOURCE_MISMATCH .*"states:DescribeExecution".*:express:/.test(finding);

const found = (findings: readonly Finding[]) => asLines(findings.filter((finding) => !isParliamentsGap(finding)));

test.each(["dev", "staging", "prod"])("the stack %s keeps AWS's rules", async (stack) => {
  expect(found(await auditDeclared(await shipped(stack, { "streamlake:replay": "true" })))).toEqual([]);
});

test.each([
  ["short", "all-"],
  ["long", `${"n".repeat(30)}-`],
])("all components with all options keep AWS's rules under %s names", async (_, prefix) => {
  expect(found(await auditDeclared(await everything(prefix)))).toEqual([]);
});

test("only these inputs have no counterpart in AWS's own data", async () => {
  const { resources } = await everything("all-");
  expect(translate(resources).leftOut).toEqual([
    "aws:s3/bucket:Bucket forceDestroy",
    "aws:s3/bucketObjectv2:BucketObjectv2",
  ]);
});
