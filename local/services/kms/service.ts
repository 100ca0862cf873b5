/** KMS: customer managed keys that are enabled or disabled, and their aliases. Data is not encrypted. */
import { createHash } from "node:crypto";
import { decide } from "../../cloud/iam/evaluate";
import { parsePolicy } from "../../cloud/iam/policy";
import { uuid } from "../../cloud/random";
import {
  type Access,
  type CloudContext,
  type DeclaredResource,
  type Operation,
  type Service,
  ServiceError,
} from "../../cloud/service";

interface Key {
  enabled: boolean;
  /** The key's policy; without one, only the principals of the account may use it. */
  policy: unknown;
}

export interface KmsService extends Service {
  /**
   * The ARN of the key that an alias names now. A missing alias keeps its own ARN, whose use is refused.
   *
   * @param alias its name, `alias/lake`, or its ARN
   */
  keyArnOf(alias: string): string;
  /**
   * The reason why a service that has no role may not use a key: its policy decides. A key of another program is usable.
   *
   * @param service `"cloudwatch.amazonaws.com"`
   * @param keyId an id, an ARN or an alias
   * @param context the condition keys of the call: the resource for which the service acts, and its account
   */
  serviceRefusal(service: string, keyId: string, context: Access["context"]): string | undefined;
}

export function kmsService(cloud: CloudContext): KmsService {
  const arnOf = (rest: string) => `arn:aws:kms:${cloud.region}:${cloud.accountId}:${rest}`;
  const keyOutputs = (keyId: string) => ({ keyId, arn: arnOf(`key/${keyId}`) });
  const keys = new Map<string, Key>();
  /** Name → the ARN of its key. */
  const aliases = new Map<string, string>();
  const freeKeyId = (seed: string): string => {
    const numbers = numbersFrom(seed);
    for (;;) {
      const keyId = uuid(numbers);
      if (!keys.has(keyId)) return keyId;
    }
  };
  const keyIdOf = (reference: string) => reference.slice(reference.lastIndexOf("/") + 1);

  const point = (alias: string, { inputs }: DeclaredResource) => {
    const targetKeyArn = arnOf(`key/${keyIdOf(String(inputs.targetKeyId))}`);
    aliases.set(alias, targetKeyArn);
    return { name: alias, arn: arnOf(alias), targetKeyArn };
  };

  /** The operation that sets a key's state: https://docs.aws.amazon.com/kms/latest/developerguide/enabling-keys.html */
  const switchTo = (action: string, enabled: boolean): Operation<{ KeyId: string }> => ({
    access: ({ KeyId }) => [{ action, resource: arnOf(`key/${keyIdOf(KeyId)}`) }],
    run: ({ KeyId }) => {
      const key = keys.get(keyIdOf(KeyId));
      if (!key) throw new ServiceError("NotFoundException", `Key '${arnOf(`key/${keyIdOf(KeyId)}`)}' does not exist`);
      key.enabled = enabled;
      return {};
    },
  });

  return {
    name: "kms",
    resources: {
      "aws:kms/key:Key": {
        simulated: ["isEnabled", "policy"],
        withoutEffect: [
          ...["description", "deletionWindowInDays", "enableKeyRotation", "keyUsage", "multiRegion"],
          ...["rotationPeriodInDays", "tags"],
        ],
        replaceOn: ["keyUsage", "multiRegion"],
        create: async ({ type, name, inputs }) => {
          const keyId = freeKeyId(`${type}\n${name}`);
          keys.set(keyId, { enabled: inputs.isEnabled !== false, policy: inputs.policy });
          return { id: keyId, outputs: keyOutputs(keyId) };
        },
        update: async (keyId, { inputs }, olds) => {
          const key = keys.get(keyId) as Key;
          key.policy = inputs.policy;
          if (inputs.isEnabled !== olds.isEnabled) key.enabled = inputs.isEnabled !== false;
          return { outputs: keyOutputs(keyId) };
        },
        // The id is not used again: on AWS the key is pending deletion, and cannot be used either.
        delete: async (keyId) => {
          keys.set(keyId, { enabled: false, policy: undefined });
        },
      },
      "aws:kms/alias:Alias": {
        simulated: ["name", "targetKeyId"],
        nameBeginsWith: "alias/",
        replaceOn: ["name"],
        create: async (resource) => {
          const { name, inputs } = resource;
          const alias = typeof inputs.name === "string" ? inputs.name : `alias/${name}`;
          if (aliases.has(alias)) {
            throw new ServiceError("AlreadyExistsException", `An alias with the name ${arnOf(alias)} already exists`);
          }
          return { id: alias, outputs: point(alias, resource) };
        },
        update: async (alias, resource) => ({ outputs: point(alias, resource) }),
        delete: async (alias) => {
          aliases.delete(alias);
        },
      },
    },
    operations: {
      DisableKey: switchTo("kms:DisableKey", false),
      EnableKey: switchTo("kms:EnableKey", true),
    },
    keyArnOf(alias) {
      const name = alias.slice(alias.indexOf("alias/"));
      return aliases.get(name) ?? arnOf(name);
    },
    serviceRefusal(service, keyId, context) {
      const arn = keyId.includes("alias/") ? this.keyArnOf(keyId) : arnOf(`key/${keyIdOf(keyId)}`);
      const key = keys.get(keyIdOf(arn));
      if (!key) return undefined;
      if (!key.enabled) return `${arn} is disabled`;
      const statements = key.policy === undefined ? [] : parsePolicy(`key ${arn}`, key.policy, "resource");
      const own = statements.filter(({ principals = [] }) =>
        principals.some(({ kind, value }) => kind === "*" || (kind === "Service" && value === service)),
      );
      const denied = ["kms:Decrypt", "kms:GenerateDataKey"].find(
        (action) => decide(own, { action, resource: arn, ...(context && { context }) }).verdict !== "allowed",
      );
      return denied && `the policy of ${arn} does not allow ${service} ${denied}`;
    },
    refusalOf(access) {
      if (access.resource.includes(":alias/"))
        return refusedUse(access, "NotFound", `Alias ${access.resource} is not found.`);
      if (keys.get(keyIdOf(access.resource))?.enabled !== false) return undefined;
      return refusedUse(access, "Disabled", `${access.resource} is disabled.`);
    },
  };
}

/** Managing a disabled key is allowed; its use is not: https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html */
function refusedUse({ action, context }: Access, reason: string, message: string): ServiceError | undefined {
  if (!/^kms:(Encrypt|Decrypt|ReEncrypt|GenerateDataKey)/.test(action)) return undefined;
  const service = context?.["kms:ViaService"]?.split(".")[0];
  // S3 puts a dot into the code of KMS's errors, Kinesis lists its own: KMSDisabledException (PutRecords, API reference).
  const prefix = { s3: "KMS.", kinesis: "KMS" }[service ?? ""] ?? "";
  return new ServiceError(`${prefix}${reason}Exception`, message);
}

/** Numbers in [0, 1) that depend on the seed alone, so that a key has the same id in every run. */
function numbersFrom(seed: string): () => number {
  let bytes = createHash("sha256").update(seed).digest();
  let at = 0;
  return () => {
    if (at === bytes.length) {
      bytes = createHash("sha256").update(bytes).digest();
      at = 0;
    }
    return (bytes[at++] as number) / 256;
  };
}
