/** S3: access logs, ACLs and lifecycle of buckets. */
import type { BucketAclArgs, BucketArgs, BucketLifecycleConfigurationArgs, BucketLoggingArgs } from "@pulumi/aws/s3";
import { BUCKETS, type FoundBucket, ofBucket } from "../buckets";
import { on, resourceControl, type Stack, stackControl } from "../control";
import { refersTo } from "../relations";

/** ACLs that give users no access; the second one is for S3's own access logs. */
const WITHOUT_USERS = ["private", "log-delivery-write"];
const ACL = ["aws:s3/bucketAcl:BucketAcl", "aws:s3/bucketAclV2:BucketAclV2"];

const cannedProblem = (acl: string | undefined) =>
  acl === undefined || WITHOUT_USERS.includes(acl) ? undefined : `ACL "${acl}" gives access to users.`;

export const bucketUpkeepControls = [
  stackControl<BucketArgs>(
    {
      id: "S3.9",
      title: "S3 general purpose buckets should have server access logging enabled",
      severity: "medium",
      remedy: "Declare aws.s3.BucketLogging with a targetBucket in the same region.",
    },
    BUCKETS,
    (bucket, stack) => {
      const isLogged = ofBucket<BucketLoggingArgs>("bucketLogging", bucket, stack).length > 0 || bucket.inputs.logging;
      // By the control's own text, findings for the bucket that receives the logs should be suppressed.
      return isLogged || takesLogs(bucket, stack) ? undefined : "has no access log.";
    },
  ),
  resourceControl(
    {
      id: "S3.12",
      title: "ACLs should not be used to manage user access to S3 general purpose buckets",
      severity: "medium",
      remedy: "Remove ACLs, and give access by policies.",
    },
    ...BUCKETS.map((type) =>
      on<BucketArgs>(type, ({ acl, grants }) =>
        grants && grants.length > 0 ? "grants give access to users." : cannedProblem(acl),
      ),
    ),
    ...ACL.map((type) =>
      on<BucketAclArgs>(type, ({ acl, accessControlPolicy: policy }) => {
        const others = policy?.grants?.filter(({ grantee }) => grantee?.id !== policy.owner.id) ?? [];
        return others.length > 0
          ? "accessControlPolicy gives access to principals other than the owner."
          : cannedProblem(acl);
      }),
    ),
  ),
  stackControl<BucketArgs>(
    {
      id: "S3.13",
      title: "S3 general purpose buckets should have Lifecycle configurations",
      severity: "low",
      remedy: "Declare aws.s3.BucketLifecycleConfiguration with an enabled rule.",
    },
    BUCKETS,
    (bucket, stack) => {
      const declared = ofBucket<BucketLifecycleConfigurationArgs>("bucketLifecycleConfiguration", bucket, stack);
      const isEnabled =
        declared.some(({ rules = [] }) => rules.some(({ status }) => status === "Enabled")) ||
        bucket.inputs.lifecycleRules?.some(({ enabled }) => enabled);
      return isEnabled ? undefined : "has no enabled lifecycle rule.";
    },
  ),
];

function takesLogs(bucket: FoundBucket, stack: Stack): boolean {
  return stack
    .all("aws:s3/bucketLogging:BucketLogging", "aws:s3/bucketLoggingV2:BucketLoggingV2")
    .some(({ resource }) => refersTo(resource, "targetBucket", bucket.resource));
}
