/** The KMS permission that a service needs of its caller: none with an AWS managed key, access to the key otherwise. */
import type { Access, CloudContext } from "./service";

interface KeyUse {
  /** As in endpoints: `"kinesis"`. */
  readonly service: string;
  /** The key's id or ARN. @default none: the AWS managed key */
  readonly keyId: string | undefined;
  readonly action: "kms:Decrypt" | "kms:Encrypt" | "kms:GenerateDataKey";
  readonly encryptionContext?: Readonly<Record<string, string>>;
}

export function keyAccess({ region, accountId }: Pick<CloudContext, "region" | "accountId">, use: KeyUse): Access[] {
  const { service, keyId, action, encryptionContext = {} } = use;
  if (keyId === undefined || isManagedKey(keyId)) return [];
  const resource = keyId.startsWith("arn:") ? keyId : `arn:aws:kms:${region}:${accountId}:key/${keyId}`;
  const context: Record<string, string> = { "kms:ViaService": `${service}.${region}.amazonaws.com` };
  for (const [name, value] of Object.entries(encryptionContext)) context[`kms:EncryptionContext:${name}`] = value;
  return [{ action, resource, context }];
}

/** Access to a resource with such a key includes the key's use: `alias/aws/kinesis`. */
function isManagedKey(keyId: string): boolean {
  return /(^|:)alias\/aws\//.test(keyId);
}

/** `alias/lake`, or its ARN; not an alias of AWS's own keys. */
export function isCustomerAlias(keyId: string): boolean {
  return /(^|:)alias\/(?!aws\/)/.test(keyId);
}

/** @throws Error for the alias of a customer's key, which local does not resolve */
export function checkedKeyId(input: string, keyId: unknown): string | undefined {
  if (keyId === undefined || keyId === null) return undefined;
  if (!isCustomerAlias(String(keyId))) return String(keyId);
  throw new Error(`${input} "${keyId}" is an alias, which is not simulated; use the key's ARN`);
}
