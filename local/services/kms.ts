/** KMS keys and aliases: declared only. Data here is never encrypted, and no call needs a key's permission. */
import { createHash } from "node:crypto";
import type { CloudContext, Service } from "../service";
import { uuid } from "../workflow/functions";

export function kmsService(cloud: CloudContext): Service {
  const arnOf = (rest: string) => `arn:aws:kms:${cloud.region}:${cloud.accountId}:${rest}`;
  return {
    name: "kms",
    resources: {
      "aws:kms/key:Key": {
        simulated: [],
        withoutEffect: [
          ...["description", "deletionWindowInDays", "enableKeyRotation", "isEnabled", "keyUsage", "multiRegion"],
          ...["policy", "rotationPeriodInDays", "tags"],
        ],
        create: async ({ type, name }) => {
          const keyId = uuid(numbersFrom(`${type}\n${name}`));
          return { id: keyId, outputs: { keyId, arn: arnOf(`key/${keyId}`) } };
        },
      },
      "aws:kms/alias:Alias": {
        simulated: [],
        withoutEffect: ["name", "targetKeyId"],
        create: async ({ name, inputs }) => {
          const alias = typeof inputs.name === "string" ? inputs.name : `alias/${name}`;
          return { id: alias, outputs: { name: alias, arn: arnOf(alias) } };
        },
      },
    },
    operations: {},
  };
}

/** Numbers in [0, 1) that depend on a text alone, so that a key has the same id in every run. */
function numbersFrom(text: string): () => number {
  const bytes = createHash("sha256").update(text).digest();
  let at = 0;
  return () => (bytes[at++ % bytes.length] as number) / 256;
}
