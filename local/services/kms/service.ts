/** KMS keys and aliases: declared only. Data here is never encrypted, and no call needs a key's permission. */
import { createHash } from "node:crypto";
import { uuid } from "../../cloud/random";
import type { CloudContext, Service } from "../../cloud/service";

export function kmsService(cloud: CloudContext): Service {
  const arnOf = (rest: string) => `arn:aws:kms:${cloud.region}:${cloud.accountId}:${rest}`;
  const keyOutputs = (keyId: string) => ({ keyId, arn: arnOf(`key/${keyId}`) });
  const keys = new Set<string>();
  const freeKeyId = (seed: string): string => {
    const numbers = numbersFrom(seed);
    for (;;) {
      const keyId = uuid(numbers);
      if (!keys.has(keyId)) return keyId;
    }
  };
  return {
    name: "kms",
    resources: {
      "aws:kms/key:Key": {
        simulated: [],
        withoutEffect: [
          ...["description", "deletionWindowInDays", "enableKeyRotation", "isEnabled", "keyUsage", "multiRegion"],
          ...["policy", "rotationPeriodInDays", "tags"],
        ],
        replaceOn: ["keyUsage", "multiRegion"],
        create: async ({ type, name }) => {
          const keyId = freeKeyId(`${type}\n${name}`);
          keys.add(keyId);
          return { id: keyId, outputs: keyOutputs(keyId) };
        },
        update: async (keyId) => ({ outputs: keyOutputs(keyId) }),
        // Its id is not given again: on AWS it waits for its deletion.
        delete: async () => undefined,
      },
      "aws:kms/alias:Alias": {
        simulated: [],
        withoutEffect: ["name", "targetKeyId"],
        nameBeginsWith: "alias/",
        replaceOn: ["name"],
        create: async ({ name, inputs }) => {
          const alias = typeof inputs.name === "string" ? inputs.name : `alias/${name}`;
          return { id: alias, outputs: { name: alias, arn: arnOf(alias) } };
        },
        update: async (alias) => ({ outputs: { name: alias, arn: arnOf(alias) } }),
        delete: async () => undefined,
      },
    },
    operations: {},
  };
}

/** Numbers in [0, 1) that depend on a text alone, so that a key has the same id in every run. */
function numbersFrom(text: string): () => number {
  let bytes = createHash("sha256").update(text).digest();
  let at = 0;
  return () => {
    if (at === bytes.length) {
      bytes = createHash("sha256").update(bytes).digest();
      at = 0;
    }
    return (bytes[at++] as number) / 256;
  };
}
