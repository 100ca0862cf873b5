/** KMS: permissions to decrypt, and access to keys. */
import type { KeyArgs, KeyPolicyArgs } from "@pulumi/aws/kms";
import { on, resourceControl } from "../control";
import { coversAction, coversResource, publicAccess, type Statement } from "../statements";
import { inline, managed } from "./iamPolicies";

/** A statement that covers both covers any key, also if it names one account or region (by the control's text). */
const ANY_KEYS = [
  "arn:aws:kms:us-east-1:111122223333:key/0c3c5b5e-3c1f-4a3b-9d61-111111111111",
  "arn:aws:kms:eu-west-1:444455556666:key/f7a1d2f4-6b0e-4c7e-8a4d-222222222222",
];

function decryptsAll(statement: Statement): string | undefined {
  const action = ["kms:Decrypt", "kms:ReEncryptFrom"].find((blocked) => coversAction(statement, blocked));
  if (action === undefined || !ANY_KEYS.every((key) => coversResource(statement, key))) return undefined;
  return `allows ${action} with any key.`;
}

const REMEDY = "List the keys' ARNs as resources.";

export const kmsControls = [
  resourceControl(
    {
      id: "KMS.1",
      title: "IAM customer managed policies should not allow decryption actions on all KMS keys",
      severity: "medium",
      remedy: REMEDY,
    },
    ...managed(decryptsAll),
  ),
  resourceControl(
    {
      id: "KMS.2",
      title: "IAM principals should not have IAM inline policies that allow decryption actions on all KMS keys",
      severity: "medium",
      remedy: REMEDY,
    },
    ...inline(decryptsAll),
  ),
  resourceControl(
    {
      id: "KMS.5",
      title: "KMS keys should not be publicly accessible",
      severity: "critical",
      remedy: 'Name principals, or restrict "*" by a condition on kms:CallerAccount.',
    },
    on<KeyArgs>("aws:kms/key:Key", ({ policy }) => publicAccess("key policy", policy)),
    on<KeyPolicyArgs>("aws:kms/keyPolicy:KeyPolicy", ({ policy }) => publicAccess("key policy", policy)),
  ),
];
