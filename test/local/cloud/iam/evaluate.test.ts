/** IAM's decisions, in tables: what a policy allows and what it does not. */
import { decide } from "../../../../local/cloud/iam/evaluate";
import { parsePolicy } from "../../../../local/cloud/iam/policy";

const lake = "arn:aws:s3:::lake";

function verdict(statements: object[], action: string, resource: string, context: Record<string, string> = {}): string {
  const policy = parsePolicy('role "r"', { Version: "2012-10-17", Statement: statements }, "identity");
  return decide(policy, { action, resource, context }).verdict;
}

const allow = (Action: string | string[], Resource: string | string[], Condition?: object) => ({
  Effect: "Allow",
  Action,
  Resource,
  ...(Condition && { Condition }),
});
const deny = (Action: string, Resource: string, Condition?: object) => ({
  ...allow(Action, Resource, Condition),
  Effect: "Deny",
});

test.each([
  ["an exact action and resource", [allow("s3:GetObject", `${lake}/a`)], "s3:GetObject", `${lake}/a`, "allowed"],
  ["another action", [allow("s3:GetObject", `${lake}/a`)], "s3:PutObject", `${lake}/a`, "not allowed"],
  ["another resource", [allow("s3:GetObject", `${lake}/a`)], "s3:GetObject", `${lake}/b`, "not allowed"],
  ["no statement", [deny("s3:GetObject", `${lake}/x`)], "s3:GetObject", `${lake}/a`, "not allowed"],
  ["actions in another case", [allow("S3:getobject", `${lake}/a`)], "s3:GetObject", `${lake}/a`, "allowed"],
  ["resources in another case", [allow("s3:GetObject", `${lake}/A`)], "s3:GetObject", `${lake}/a`, "not allowed"],
  ["* over slashes", [allow("s3:GetObject", `${lake}/raw/*`)], "s3:GetObject", `${lake}/raw/a/b`, "allowed"],
  [
    "* within its prefix only",
    [allow("s3:GetObject", `${lake}/raw/*`)],
    "s3:GetObject",
    `${lake}/rawest`,
    "not allowed",
  ],
  ["? for one character", [allow("s3:GetObject", `${lake}/a?`)], "s3:GetObject", `${lake}/ab`, "allowed"],
  ["? for exactly one", [allow("s3:GetObject", `${lake}/a?`)], "s3:GetObject", `${lake}/a`, "not allowed"],
  ["dots that are dots", [allow("s3:GetObject", `${lake}/a.b`)], "s3:GetObject", `${lake}/axb`, "not allowed"],
  [
    "* that stays in its part of the ARN",
    [allow("sqs:SendMessage", "arn:aws:sqs:*:q")],
    "sqs:SendMessage",
    "arn:aws:sqs:eu:1:q",
    "not allowed",
  ],
  [
    "* for one part of the ARN",
    [allow("sqs:SendMessage", "arn:aws:sqs:*:1:q")],
    "sqs:SendMessage",
    "arn:aws:sqs:eu:1:q",
    "allowed",
  ],
  [
    "colons within the last part",
    [allow("logs:PutLogEvents", "arn:aws:logs:eu:1:log-group:g:*")],
    "logs:PutLogEvents",
    "arn:aws:logs:eu:1:log-group:g:log-stream:s",
    "allowed",
  ],
  ["a bucket that is not its objects", [allow("s3:ListBucket", `${lake}/*`)], "s3:ListBucket", lake, "not allowed"],
  ["the resource *", [allow("s3:ListAllMyBuckets", "*")], "s3:ListAllMyBuckets", "*", "allowed"],
  [
    "one of several actions",
    [allow(["s3:GetObject", "s3:PutObject"], `${lake}/*`)],
    "s3:PutObject",
    `${lake}/a`,
    "allowed",
  ],
  [
    "a deny beside an allow",
    [allow("s3:*", "*"), deny("s3:DeleteObject", `${lake}/*`)],
    "s3:DeleteObject",
    `${lake}/a`,
    "explicitly denied",
  ],
  [
    "a deny of something else",
    [allow("s3:*", "*"), deny("s3:DeleteObject", `${lake}/*`)],
    "s3:GetObject",
    `${lake}/a`,
    "allowed",
  ],
])("%s", (_what, statements, action, resource, expected) => {
  expect(verdict(statements, action, resource)).toBe(expected);
});

const listing = (Condition: object) => [allow("s3:ListBucket", lake, Condition)];
test.each([
  ["StringEquals that fits", { StringEquals: { "s3:prefix": "raw/" } }, { "s3:prefix": "raw/" }, "allowed"],
  ["StringEquals that does not", { StringEquals: { "s3:prefix": "raw/" } }, { "s3:prefix": "raw/a" }, "not allowed"],
  ["StringEquals of a key that is not there", { StringEquals: { "s3:prefix": "raw/" } }, {}, "not allowed"],
  ["StringEqualsIfExists of a key that is not there", { StringEqualsIfExists: { "s3:prefix": "raw/" } }, {}, "allowed"],
  [
    "one of several values",
    { StringLike: { "s3:prefix": ["raw/*", "ledger/*"] } },
    { "s3:prefix": "ledger/x" },
    "allowed",
  ],
  ["StringLike outside", { StringLike: { "s3:prefix": ["raw/*"] } }, { "s3:prefix": "" }, "not allowed"],
  ["StringNotEquals that differs", { StringNotEquals: { "s3:prefix": "a" } }, { "s3:prefix": "b" }, "allowed"],
  [
    "StringNotEquals of none of several",
    { StringNotEquals: { "s3:prefix": ["a", "b"] } },
    { "s3:prefix": "b" },
    "not allowed",
  ],
  ["StringNotEquals of a key that is not there", { StringNotEquals: { "s3:prefix": "a" } }, {}, "allowed"],
  ["keys in another case", { StringEquals: { "S3:Prefix": "a" } }, { "s3:prefix": "a" }, "allowed"],
  [
    "ArnLike by parts",
    { ArnLike: { "aws:SourceArn": "arn:aws:sns:*:1:t*" } },
    { "aws:SourceArn": "arn:aws:sns:eu:1:t1" },
    "allowed",
  ],
  [
    "ArnEquals with another account",
    { ArnEquals: { "aws:SourceArn": "arn:aws:sns:*:1:t" } },
    { "aws:SourceArn": "arn:aws:sns:eu:2:t" },
    "not allowed",
  ],
  ["Bool", { Bool: { "aws:SecureTransport": "true" } }, { "aws:SecureTransport": "true" }, "allowed"],
  ["Null true of a key that is not there", { Null: { "s3:prefix": "true" } }, {}, "allowed"],
  ["Null false of a key that is not there", { Null: { "s3:prefix": "false" } }, {}, "not allowed"],
  ["NumericLessThanEquals", { NumericLessThanEquals: { "s3:max-keys": "10" } }, { "s3:max-keys": "9" }, "allowed"],
  ["NumericLessThan as numbers", { NumericLessThan: { "s3:max-keys": "10" } }, { "s3:max-keys": "9" }, "allowed"],
  [
    "the account of the principal",
    { StringEquals: { "s3:ResourceAccount": `\${aws:PrincipalAccount}` } },
    { "s3:ResourceAccount": "1", "aws:PrincipalAccount": "1" },
    "allowed",
  ],
  [
    "the account of another principal",
    { StringEquals: { "s3:ResourceAccount": `\${aws:PrincipalAccount}` } },
    { "s3:ResourceAccount": "1", "aws:PrincipalAccount": "2" },
    "not allowed",
  ],
  [
    "two conditions of which one fails",
    { StringEquals: { "s3:prefix": "a", "s3:delimiter": "/" } },
    { "s3:prefix": "a" },
    "not allowed",
  ],
])("%s", (_what, condition, context, expected) => {
  expect(verdict(listing(condition), "s3:ListBucket", lake, context as Record<string, string>)).toBe(expected);
});

test.each([
  ["NotAction", { Effect: "Allow", NotAction: "s3:*", Resource: "*" }, '"NotAction" is not simulated'],
  ["NotResource", { Effect: "Allow", Action: "s3:GetObject", NotResource: "*" }, '"NotResource" is not simulated'],
  [
    "an unknown operator",
    allow("s3:ListBucket", lake, { IpAddress: { "s3:prefix": "a" } }),
    'the condition operator "IpAddress" is not simulated',
  ],
  [
    "set operators",
    allow("s3:ListBucket", lake, { "ForAllValues:StringLike": { "s3:prefix": "a" } }),
    'the condition operator "ForAllValues:StringLike" is not simulated',
  ],
  [
    "an unknown key",
    allow("s3:ListBucket", lake, { StringEquals: { "aws:SourceVpce": "a" } }),
    'the condition key "aws:SourceVpce" is not simulated',
  ],
  ["a policy variable", allow("s3:GetObject", `${lake}/\${aws:username}/*`), "the policy variable in"],
  [
    "another variable in a condition",
    allow("s3:GetObject", "*", { StringLike: { "s3:prefix": `\${aws:username}/*` } }),
    `the policy variable in "\${aws:username}/*" is not simulated`,
  ],
  [
    "a principal in a role's policy",
    { ...allow("s3:GetObject", "*"), Principal: "*" },
    '"Principal" has no place in the policy of a role',
  ],
  ["a resource that is no ARN", allow("s3:GetObject", "lake/*"), '"lake/*" is not an ARN'],
  ["an action without its service", allow("GetObject", "*"), '"GetObject" is not an action; write it as s3:GetObject'],
  ["no effect", { Action: "s3:GetObject", Resource: "*" }, '"Effect" is neither "Allow" nor "Deny"'],
  ["no resource", { Effect: "Allow", Action: "s3:GetObject" }, '"Resource" is not a text or a list of texts'],
])("%s is refused when the policy is declared", (_what, statement, problem) => {
  expect(() => verdict([statement], "s3:GetObject", `${lake}/a`)).toThrow(problem);
});

test("a policy without its version is refused", () => {
  expect(() => parsePolicy('role "r"', { Statement: [allow("s3:GetObject", "*")] }, "identity")).toThrow(
    'local/iam: the policy of role "r": "Version" is not "2012-10-17"; see docs/fidelity.md',
  );
});

test("a policy that is no JSON is refused without showing it", () => {
  expect(() => parsePolicy('role "r"', "secret", "identity")).toThrow("6 characters do not parse as JSON");
});
