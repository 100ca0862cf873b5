/** S3: access to buckets, by public access settings, ACLs, policies and TLS. */
import type { AccountPublicAccessBlockArgs, BucketAclArgs, BucketArgs } from "@pulumi/aws/s3";
import { BLOCKS, BUCKETS, type FoundBucket, ofBucket, policiesOf, publicAccessBlocks } from "../buckets";
import { on, resourceControl, type Stack, stackControl } from "../control";
import { awsPrincipals, coversAction, isPublic, listOf, type Statement, statementsOf } from "../statements";

const BLOCK = `Declare aws.s3.BucketPublicAccessBlock with ${BLOCKS.join(", ")}: true.`;
const READ = {
  acls: ["public-read", "public-read-write", "authenticated-read"],
  actions: ["s3:GetObject", "s3:ListBucket"],
};
const WRITE = { acls: ["public-read-write"], actions: ["s3:PutObject", "s3:DeleteObject"] };
/** https://docs.aws.amazon.com/config/latest/developerguide/s3-bucket-blacklisted-actions-prohibited.html */
const NOT_FOR_OTHERS = [
  "s3:DeleteBucketPolicy",
  "s3:PutBucketAcl",
  "s3:PutBucketPolicy",
  "s3:PutEncryptionConfiguration",
  "s3:PutObjectAcl",
];

export const bucketAccessControls = [
  resourceControl(
    {
      id: "S3.1",
      title: "S3 general purpose buckets should have block public access settings enabled",
      severity: "medium",
      remedy: `Set ${BLOCKS.join(", ")} to true.`,
    },
    on<AccountPublicAccessBlockArgs>("aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock", (block) => {
      const missing = BLOCKS.filter((setting) => block[setting] !== true);
      return missing.length === 0 ? undefined : `${missing.join(", ")} of the account is off.`;
    }),
  ),
  stackControl<BucketArgs>(
    {
      id: "S3.2",
      title: "S3 general purpose buckets should block public read access",
      severity: "critical",
      remedy: BLOCK,
    },
    BUCKETS,
    (bucket, stack) => publicBy(READ, "read", bucket, stack),
  ),
  stackControl<BucketArgs>(
    {
      id: "S3.3",
      title: "S3 general purpose buckets should block public write access",
      severity: "critical",
      remedy: BLOCK,
    },
    BUCKETS,
    (bucket, stack) => publicBy(WRITE, "write", bucket, stack),
  ),
  stackControl<BucketArgs>(
    {
      id: "S3.5",
      title: "S3 general purpose buckets should require requests to use SSL",
      severity: "medium",
      remedy:
        'Declare aws.s3.BucketPolicy that denies "s3:*" to "*" on the bucket and its objects where aws:SecureTransport is "false".',
    },
    BUCKETS,
    (bucket, stack) =>
      policiesOf(bucket, stack).flatMap(statementsOf).some(deniesPlainHttp)
        ? undefined
        : "accepts requests without TLS.",
  ),
  stackControl<BucketArgs>(
    {
      id: "S3.6",
      title: "S3 general purpose bucket policies should restrict access to other AWS accounts",
      severity: "high",
      remedy: "Allow the action only to principals of the bucket's own account, and list that account in ownAccounts.",
      parameters: {
        ownAccounts: {
          type: "array",
          items: { type: "string", pattern: "^\\d{12}$" },
          default: [],
          description: "Ids of the accounts whose principals may have these actions.",
        },
      },
    },
    BUCKETS,
    (bucket, stack, config) => {
      const own = (config.ownAccounts as string[] | undefined) ?? [];
      const allowed = policiesOf(bucket, stack)
        .flatMap(statementsOf)
        .filter(({ Effect }) => Effect === "Allow")
        .filter((statement) => awsPrincipals(statement).some((principal) => !own.includes(accountOf(principal))));
      const action = NOT_FOR_OTHERS.find((blocked) => allowed.some((statement) => coversAction(statement, blocked)));
      return action ? `its policy allows ${action} to other accounts.` : undefined;
    },
  ),
  stackControl<BucketArgs>(
    { id: "S3.8", title: "S3 general purpose buckets should block public access", severity: "high", remedy: BLOCK },
    BUCKETS,
    (bucket, stack) => {
      const on = publicAccessBlocks(bucket, stack);
      const missing = BLOCKS.filter((setting) => !on.has(setting));
      return missing.length === 0 ? undefined : `${missing.join(", ")} is off.`;
    },
  ),
];

function publicBy(kind: typeof READ, verb: string, bucket: FoundBucket, stack: Stack): string | undefined {
  const blocks = publicAccessBlocks(bucket, stack);
  const acls = [bucket.inputs.acl, ...ofBucket<BucketAclArgs>("bucketAcl", bucket, stack).map(({ acl }) => acl)];
  const acl = acls.find((canned) => kind.acls.includes(String(canned)));
  if (acl !== undefined && !blocks.has("ignorePublicAcls")) return `ACL "${acl}" allows anyone to ${verb}.`;
  if (blocks.has("restrictPublicBuckets")) return undefined;
  const open = policiesOf(bucket, stack).flatMap(statementsOf).filter(isPublic);
  const isOpen = open.some((statement) => kind.actions.some((action) => coversAction(statement, action)));
  return isOpen ? `its policy allows anyone to ${verb}.` : undefined;
}

/** https://docs.aws.amazon.com/config/latest/developerguide/s3-bucket-ssl-requests-only.html */
function deniesPlainHttp(statement: Statement): boolean {
  if (statement.Effect !== "Deny" || !awsPrincipals(statement).includes("*")) return false;
  const conditions = Object.entries(statement.Condition ?? {});
  const [condition] = conditions;
  if (conditions.length !== 1 || condition?.[0] !== "Bool" || Object.keys(condition[1]).length !== 1) return false;
  const [[key, value] = []] = Object.entries(condition[1]);
  const isPlain = key?.toLowerCase() === "aws:securetransport" && listOf(value).every((of) => String(of) === "false");
  const resources = listOf(statement.Resource).map(String);
  const isAll = resources.some((arn) => arn.endsWith("*")) && resources.some((arn) => !arn.includes("/"));
  return isPlain && isAll && listOf(statement.Action).some((action) => action === "*" || action === "s3:*");
}

/** The account id of a principal's ARN; an id or "*" itself otherwise. */
function accountOf(principal: string): string {
  return principal.startsWith("arn:") ? (principal.split(":")[4] ?? "") : principal;
}
