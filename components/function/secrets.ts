/** Secrets of functions: their sources, and the permissions and environment variables that reading them needs. */
import type * as pulumi from "@pulumi/pulumi";
import { defaults } from "../../lake/defaults";
import { wholeNumberProblem } from "../parts/checks";
import type { Permission } from "../parts/permission";

interface SecretOptions {
  /**
   * ARN of the customer's KMS key that encrypts the value; the function gets the permission to decrypt it.
   * @default none: the AWS managed key, which needs no permission
   */
  keyArn?: pulumi.Input<string>;
  /**
   * Age at which the function fetches the value again before the next event, seconds, 1 to 86400. A rotated value is
   * in use after this time.
   * @default `defaults.function.secretMaxAgeSeconds` (300)
   */
  maxAgeSeconds?: number;
}

/** A secret of Secrets Manager: the string of its current version. */
export interface SecretsManagerSource extends SecretOptions {
  /** The whole ARN, with the six characters at its end. @example secretArn: secret.arn */
  secretArn: pulumi.Input<string>;
}

/** A parameter of Systems Manager's Parameter Store; a `SecureString` is decrypted. */
export interface ParameterSource extends SecretOptions {
  /** @example parameterArn: parameter.arn */
  parameterArn: pulumi.Input<string>;
}

export type SecretSource = SecretsManagerSource | ParameterSource;

/** The sources by the names that callbacks use. */
export type Secrets = Readonly<Record<string, SecretSource>>;

/** `SECRET_<name>`, with the ARN as its value; functions/withSecrets.ts reads it. */
export function secretVariables(secrets: Secrets): Record<string, pulumi.Input<string>> {
  return Object.fromEntries(Object.entries(secrets).map(([name, source]) => [secretVariable(name), arnOf(source)]));
}

export function secretVariable(name: string): string {
  return `SECRET_${name}`;
}

/** The part that a package captures. */
export function secretsConfig(secrets: Secrets): Record<string, { maxAgeSeconds: number }> {
  return Object.fromEntries(
    Object.entries(secrets).map(([name, { maxAgeSeconds = defaults.function.secretMaxAgeSeconds }]) => [
      name,
      { maxAgeSeconds },
    ]),
  );
}

export function secretAccess(secrets: Secrets): Permission[] {
  return Object.values(secrets).flatMap((source) => [
    {
      actions: ["secretArn" in source ? "secretsmanager:GetSecretValue" : "ssm:GetParameter"],
      resources: [arnOf(source)],
    },
    ...keyAccess(source),
  ]);
}

/**
 * Both services decrypt as the caller, with the ARN in the encryption context:
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/secure-string-parameter-kms-encryption.html
 */
function keyAccess(source: SecretSource): Permission[] {
  if (source.keyArn === undefined) return [];
  const key = `kms:EncryptionContext:${"secretArn" in source ? "SecretARN" : "PARAMETER_ARN"}`;
  const conditions = { StringEquals: { [key]: arnOf(source) } };
  return [{ actions: ["kms:Decrypt"], resources: [source.keyArn], conditions }];
}

function arnOf(source: SecretSource): pulumi.Input<string> {
  return "secretArn" in source ? source.secretArn : source.parameterArn;
}

export function secretProblems(secrets: Secrets): (string | undefined)[] {
  return Object.entries(secrets).flatMap(([name, source]) => [
    /^[A-Za-z][A-Za-z0-9_]*$/.test(name)
      ? undefined
      : `secret "${name}" is not a name; use letters, digits and "_", a letter first.`,
    sourceProblem(name, source),
    wholeNumberProblem(`maxAgeSeconds of secret ${name}`, source.maxAgeSeconds, {
      min: 1,
      max: 86_400,
      unit: "seconds",
    }),
  ]);
}

function sourceProblem(name: string, source: object): string | undefined {
  if ("secretArn" in source === "parameterArn" in source) {
    const has = "secretArn" in source ? "both secretArn and parameterArn" : "neither secretArn nor parameterArn";
    return `secret ${name} has ${has}; use one of them.`;
  }
  const arn = arnOf(source as SecretSource);
  if (typeof arn !== "string") return undefined;
  if ("secretArn" in source) {
    // IAM compares the whole ARN, also its last six characters, which Secrets Manager chooses.
    return /^arn:[^:]+:secretsmanager:[^:]+:\d+:secret:.+-[A-Za-z0-9]{6}$/.test(arn)
      ? undefined
      : `secretArn of secret ${name} is "${arn}"; use the whole ARN, as arn:aws:secretsmanager:us-east-1:123456789012:secret:salt-a1B2c3.`;
  }
  return /^arn:[^:]+:ssm:[^:]+:\d+:parameter\/.+$/.test(arn)
    ? undefined
    : `parameterArn of secret ${name} is "${arn}"; use an ARN, as arn:aws:ssm:us-east-1:123456789012:parameter/salt.`;
}
