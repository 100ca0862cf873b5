/** Cases of the controls over who gets at S3 buckets. */
import { acl, BUCKET, beside, inPreview, OTHER, UNKNOWN_TEXT } from "./bucketResources";
import { allow, type ControlCases, document } from "./controlCase";

const ALL = { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true };
const block = (settings: object) => beside("bucketPublicAccessBlock:BucketPublicAccessBlock", settings);
const policy = (...statements: object[]) => beside("bucketPolicy:BucketPolicy", { policy: document(...statements) });

const tlsOnly = (more: object = {}) => ({
  Effect: "Deny",
  Principal: "*",
  Action: "s3:*",
  Resource: ["arn:aws:s3:::b-1", "arn:aws:s3:::b-1/*"],
  Condition: { Bool: { "aws:SecureTransport": "false" } },
  ...more,
});
const openTo = (action: string, Principal: unknown = "*") => allow(action, "arn:aws:s3:::b-1/*", { Principal });

export const bucketAccessCases: Record<string, ControlCases> = {
  "S3.1": {
    passes: [["all settings", [{ type: "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock", props: ALL }]]],
    fails: [
      [
        "one setting off",
        [
          {
            type: "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
            props: { ...ALL, ignorePublicAcls: false },
          },
        ],
        "ignorePublicAcls of the account is off.",
      ],
    ],
  },
  "S3.2": {
    passes: [
      ["a bucket that says nothing", [BUCKET]],
      ["an ACL that is ignored", [BUCKET, acl({ acl: "public-read" }), block({ ignorePublicAcls: true })]],
      ["a policy that is restricted", [BUCKET, policy(openTo("s3:GetObject")), block({ restrictPublicBuckets: true })]],
      ["reading by one account", [BUCKET, policy(openTo("s3:GetObject", { AWS: "111122223333" }))]],
      ["writing by anyone, which is S3.3's", [BUCKET, policy(openTo("s3:PutObject"))]],
    ],
    fails: [
      ["an ACL", [BUCKET, acl({ acl: "public-read" })], 'ACL "public-read" allows anyone to read.'],
      [
        "a bucket's own ACL",
        [{ ...BUCKET, props: { acl: "authenticated-read" } }],
        'ACL "authenticated-read" allows anyone to read.',
      ],
      ["a policy", [BUCKET, policy(openTo("s3:Get*"))], "its policy allows anyone to read."],
      [
        "a policy, where another bucket is blocked",
        [BUCKET, OTHER, policy(openTo("s3:Get*")), { ...block(ALL), props: { ...ALL, bucket: "c-1" } }],
        "its policy allows anyone to read.",
      ],
    ],
  },
  "S3.3": {
    passes: [
      ["a bucket that says nothing", [BUCKET]],
      ["reading by anyone, which is S3.2's", [BUCKET, policy(openTo("s3:GetObject"))]],
      ["all blocked", [BUCKET, policy(openTo("s3:*")), acl({ acl: "public-read-write" }), block(ALL)]],
    ],
    fails: [
      ["an ACL", [BUCKET, acl({ acl: "public-read-write" })], 'ACL "public-read-write" allows anyone to write.'],
      ["a policy", [BUCKET, policy(openTo("s3:PutObject"))], "its policy allows anyone to write."],
    ],
  },
  "S3.5": {
    passes: [
      ["a denial", [BUCKET, policy(tlsOnly())]],
      ["a denial of all", [BUCKET, policy(tlsOnly({ Action: "*", Principal: { AWS: "*" }, Resource: "*" }))]],
      ["a bucket's own policy", [{ ...BUCKET, props: { policy: document(tlsOnly()) } }]],
      [
        "a policy that a preview does not know",
        [BUCKET, inPreview(beside("bucketPolicy:BucketPolicy", { policy: UNKNOWN_TEXT }))],
      ],
    ],
    fails: [
      ["no policy", [BUCKET], "accepts requests without TLS."],
      ["a policy without it", [BUCKET, policy(openTo("s3:GetObject"))], "accepts requests without TLS."],
      ["objects alone", [BUCKET, policy(tlsOnly({ Resource: "arn:aws:s3:::b-1/*" }))], "accepts requests without TLS."],
      ["reading alone", [BUCKET, policy(tlsOnly({ Action: "s3:GetObject" }))], "accepts requests without TLS."],
      [
        "one principal alone",
        [BUCKET, policy(tlsOnly({ Principal: { AWS: "111122223333" } }))],
        "accepts requests without TLS.",
      ],
      [
        "a further condition",
        [
          BUCKET,
          policy(tlsOnly({ Condition: { Bool: { "aws:SecureTransport": "false", "aws:ViaAWSService": "false" } } })),
        ],
        "accepts requests without TLS.",
      ],
      [
        "requests with TLS",
        [BUCKET, policy(tlsOnly({ Condition: { Bool: { "aws:SecureTransport": "true" } } }))],
        "accepts requests without TLS.",
      ],
    ],
  },
  "S3.6": {
    passes: [
      ["no policy", [BUCKET]],
      ["reading by another account", [BUCKET, policy(openTo("s3:GetObject", { AWS: "444455556666" }))]],
      ["a service", [BUCKET, policy(openTo("s3:PutObjectAcl", { Service: "logging.s3.amazonaws.com" }))]],
      [
        "an account of one's own",
        [BUCKET, policy(openTo("s3:PutBucketPolicy", { AWS: "arn:aws:iam::111122223333:role/admin" }))],
        { ownAccounts: ["111122223333"] },
      ],
    ],
    fails: [
      [
        "a policy change by another account",
        [BUCKET, policy(openTo("s3:PutBucketPolicy", { AWS: "arn:aws:iam::444455556666:root" }))],
        "its policy allows s3:PutBucketPolicy to other accounts.",
        { ownAccounts: ["111122223333"] },
      ],
      [
        "all actions by anyone",
        [BUCKET, policy(openTo("s3:*"))],
        "its policy allows s3:DeleteBucketPolicy to other accounts.",
      ],
    ],
  },
  "S3.8": {
    passes: [
      ["all settings", [BUCKET, block(ALL)]],
      ["all settings, in a preview", [{ ...BUCKET, props: {} }, inPreview(block(ALL))]],
      ["a bucket of an earlier provider", [{ ...BUCKET, type: "aws:s3/bucketV2:BucketV2" }, block(ALL)]],
    ],
    fails: [
      ["nothing", [BUCKET], "blockPublicAcls, blockPublicPolicy, ignorePublicAcls, restrictPublicBuckets is off."],
      ["one setting off", [BUCKET, block({ ...ALL, blockPublicPolicy: false })], "blockPublicPolicy is off."],
    ],
  },
};
