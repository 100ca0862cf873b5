/** Cases of the controls over what IAM and key policies allow. */
import { allow, type ControlCases, document } from "./controlCase";

const MANAGED = "aws:iam/policy:Policy";
const ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy";
const KEY = "aws:kms/key:Key";
const OWN_KEY = "arn:aws:kms:us-east-1:111122223333:key/own";
const one = (type: string, ...statements: object[]) => [{ type, props: { policy: document(...statements) } }];

const inlineCases = (problem: string, statement: object) =>
  [
    ["aws:iam/rolePolicy:RolePolicy", "a role's policy"],
    ["aws:iam/userPolicy:UserPolicy", "a user's policy"],
    ["aws:iam/groupPolicy:GroupPolicy", "a group's policy"],
  ].map(([type, title]) => [title as string, one(type as string, statement), problem] as const);

export const permissionCases: Record<string, ControlCases> = {
  "IAM.1": {
    passes: [
      ["named actions on all resources", one(MANAGED, allow("s3:ListAllMyBuckets", "*"))],
      ["everything denied", one(MANAGED, { Effect: "Deny", Action: "*", Resource: "*" })],
      ["a document as an object", [{ type: MANAGED, props: { policy: { Statement: [allow("s3:GetObject", "*")] } } }]],
    ],
    fails: [
      ["everything", one(MANAGED, allow("*", "*")), 'allows action "*" on resource "*".'],
      [
        "everything, among others",
        one(MANAGED, allow("s3:GetObject", "*"), allow(["ec2:RunInstances", "*"], ["arn:aws:s3:::b", "*"])),
        'allows action "*" on resource "*".',
      ],
      ...inlineCases('allows action "*" on resource "*".', allow("*", "*")),
      [
        "a policy in a role",
        [
          {
            type: "aws:iam/role:Role",
            props: { assumeRolePolicy: "{}", inlinePolicies: [{ name: "all", policy: document(allow("*", "*")) }] },
          },
        ],
        'allows action "*" on resource "*".',
      ],
    ],
  },
  "IAM.21": {
    passes: [
      ["named actions", one(MANAGED, allow(["s3:GetObject", "s3:List*"], "arn:aws:s3:::b/*"))],
      ["a service denied", one(MANAGED, { Effect: "Deny", Action: "s3:*", Resource: "*" })],
    ],
    fails: [
      ["a service", one(MANAGED, allow("s3:*", "arn:aws:s3:::b")), 'allows the wildcard action "s3:*".'],
      [
        "all but a service",
        one(MANAGED, { Effect: "Allow", NotAction: "iam:*", Resource: "*" }),
        'allows the wildcard action "iam:*".',
      ],
      [
        "a service, in a role's policy",
        one(ROLE_POLICY, allow("kinesis:*", "*")),
        'allows the wildcard action "kinesis:*".',
      ],
    ],
  },
  "KMS.1": {
    passes: [
      ["one key", one(MANAGED, allow("kms:Decrypt", OWN_KEY))],
      [
        "all keys of an account and region",
        one(MANAGED, allow("kms:Decrypt", "arn:aws:kms:us-east-1:111122223333:key/*")),
      ],
      ["encryption with any key", one(MANAGED, allow("kms:Encrypt", "*"))],
      ["inline policies, which are KMS.2's", one(ROLE_POLICY, allow("kms:Decrypt", "*"))],
    ],
    fails: [
      ["any key", one(MANAGED, allow("kms:Decrypt", "*")), "allows kms:Decrypt with any key."],
      [
        "any key by ARN",
        one(MANAGED, allow("kms:Re*", "arn:aws:kms:*:*:key/*")),
        "allows kms:ReEncryptFrom with any key.",
      ],
      [
        "all but an action",
        one(MANAGED, { Effect: "Allow", NotAction: "iam:*", Resource: "*" }),
        "allows kms:Decrypt with any key.",
      ],
      [
        "all but a key",
        one(MANAGED, { Effect: "Allow", Action: "kms:Decrypt", NotResource: OWN_KEY }),
        "allows kms:Decrypt with any key.",
      ],
    ],
  },
  "KMS.2": {
    passes: [
      ["one key", one(ROLE_POLICY, allow("kms:Decrypt", OWN_KEY))],
      ["managed policies, which are KMS.1's", one(MANAGED, allow("kms:Decrypt", "*"))],
    ],
    fails: [...inlineCases("allows kms:Decrypt with any key.", allow("KMS:decrypt", "*"))],
  },
  "KMS.5": {
    passes: [
      ["AWS' default policy", [{ type: KEY, props: {} }]],
      ["an account", one(KEY, allow("kms:*", "*", { Principal: { AWS: "arn:aws:iam::111122223333:root" } }))],
      [
        "anyone of one account",
        one(
          KEY,
          allow("kms:Decrypt", "*", {
            Principal: "*",
            Condition: { StringEquals: { "kms:CallerAccount": "111122223333" } },
          }),
        ),
      ],
    ],
    fails: [
      [
        "anyone",
        one(KEY, allow("kms:Decrypt", "*", { Principal: { AWS: "*" } })),
        "its key policy allows public access.",
      ],
      [
        "anyone, in a policy of its own",
        one("aws:kms/keyPolicy:KeyPolicy", allow("kms:*", "*", { Principal: "*" })),
        "its key policy allows public access.",
      ],
    ],
  },
};
