/** Cases of the controls over access logs, ACLs and lifecycle of S3 buckets. */
import { acl, BUCKET, beside, inPreview } from "./bucketResources";
import type { ControlCases } from "./controlCase";

const logging = beside("bucketLogging:BucketLogging", { targetBucket: "logs", targetPrefix: "b/" });
const lifecycle = (status: string) =>
  beside("bucketLifecycleConfiguration:BucketLifecycleConfiguration", { rules: [{ id: "all", status }] });

export const bucketUpkeepCases: Record<string, ControlCases> = {
  "S3.9": {
    passes: [
      ["access logs", [BUCKET, logging]],
      ["access logs, in a preview", [{ ...BUCKET, props: {} }, inPreview(logging)]],
      ["a bucket's own setting", [{ ...BUCKET, props: { logging: { targetBucket: "logs" } } }]],
      [
        "the bucket that takes the logs",
        [
          BUCKET,
          { type: "aws:s3/bucketLogging:BucketLogging", name: "l", props: { bucket: "x", targetBucket: "b-1" } },
        ],
      ],
      ["an exempt bucket", [BUCKET], { exempt: { b: "it holds generated data" } }],
    ],
    fails: [
      ["no access logs", [BUCKET], "has no access log."],
      [
        "access logs of another bucket",
        [BUCKET, { ...logging, props: { bucket: "x", targetBucket: "y" } }],
        "has no access log.",
      ],
    ],
  },
  "S3.12": {
    passes: [
      ["no ACL", [BUCKET]],
      ["private", [acl({ acl: "private" })]],
      [
        "the owner's grant",
        [acl({ accessControlPolicy: { owner: { id: "me" }, grants: [{ grantee: { id: "me" } }] } })],
      ],
    ],
    fails: [
      ["a canned ACL", [acl({ acl: "bucket-owner-read" })], 'ACL "bucket-owner-read" gives access to users.'],
      [
        "a bucket's own ACL",
        [{ ...BUCKET, props: { acl: "public-read" } }],
        'ACL "public-read" gives access to users.',
      ],
      ["a bucket's own grants", [{ ...BUCKET, props: { grants: [{ id: "other" }] } }], "grants give access to users."],
      [
        "a grant to another",
        [acl({ accessControlPolicy: { owner: { id: "me" }, grants: [{ grantee: { id: "other" } }] } })],
        "accessControlPolicy gives access to principals other than the owner.",
      ],
    ],
  },
  "S3.13": {
    passes: [
      ["a rule", [BUCKET, lifecycle("Enabled")]],
      ["a bucket's own rule", [{ ...BUCKET, props: { lifecycleRules: [{ enabled: true }] } }]],
    ],
    fails: [
      ["no lifecycle", [BUCKET], "has no enabled lifecycle rule."],
      ["a rule that is off", [BUCKET, lifecycle("Disabled")], "has no enabled lifecycle rule."],
    ],
  },
};
