/** KMS keys of customers: those that arguments give, and those that the attributes of existing resources name. */
import * as pulumi from "@pulumi/pulumi";
import { arnParts } from "../parts/arn";
import type { Permission } from "../parts/permission";

/** A customer's key. Keys of AWS and of S3 need no permission. */
export interface CustomerKey {
  readonly arn: pulumi.Input<string>;
  /** Resolves to false where a resource turns out to have no such key. @default true */
  readonly when?: pulumi.Input<boolean>;
}

/** The key of an argument. */
export function givenKey(arn: pulumi.Input<string> | undefined): CustomerKey | undefined {
  return arn === undefined ? undefined : { arn };
}

export interface KeyAttribute {
  /** The component and its encrypted resource, for errors: `FormatRouter "clicks": its stream`. */
  readonly who: string;
  /** The description that gives the key instead, for errors. */
  readonly instead: string;
  /** The ARN of the encrypted resource: a key's id names a key in the same partition, Region and account. */
  readonly neighbour: pulumi.Input<string>;
  /** A key's ARN or id, an alias, or nothing. */
  readonly key: pulumi.Input<string | undefined> | undefined;
}

/**
 * The key that an attribute of an existing resource names.
 *
 * @throws within the outputs for an alias, because IAM policies name keys only by their ARN:
 *   https://docs.aws.amazon.com/kms/latest/developerguide/cmks-in-iam-policies.html
 */
export function attributeKey({ who, instead, neighbour, key }: KeyAttribute): CustomerKey {
  const named = pulumi.all([neighbour, key]).apply(([resource, text]) => keyNamed(resource, text));
  const arn = named.apply((text) => {
    if (!text?.startsWith("alias/")) return text as string;
    throw new pulumi.RunError(
      `${who} is encrypted with the key of "${text}", and IAM policies do not name keys by alias; give ${instead} with the key's ARN.`,
    );
  });
  return { arn, when: named.apply((text) => text !== undefined) };
}

/** The ARN of a customer's key, or the name of a customer's alias. */
function keyNamed(resource: string, text: string | undefined): string | undefined {
  const reference = text?.startsWith("arn:") ? text.split(":").slice(5).join(":") : text;
  if (!reference || reference.startsWith("alias/aws/")) return undefined;
  if (reference.startsWith("alias/")) return reference;
  if (text !== reference) return text;
  const { partition, region, accountId } = arnParts(resource);
  return `arn:${partition}:kms:${region}:${accountId}:key/${reference}`;
}

/** Permissions on keys, one statement for each key. */
export function keyAccess(...uses: readonly (readonly [CustomerKey | undefined, ...string[]])[]): Permission[] {
  const byArn = new Map<pulumi.Input<string>, { key: CustomerKey; actions: Set<string> }>();
  for (const [key, ...actions] of uses) {
    if (key === undefined) continue;
    const found = byArn.get(key.arn) ?? { key, actions: new Set<string>() };
    for (const action of actions) found.actions.add(action);
    byArn.set(key.arn, found);
  }
  return [...byArn.values()].map(({ key: { arn, when }, actions }) => ({
    actions: [...actions].sort(),
    resources: [arn],
    ...(when !== undefined && { when }),
  }));
}

/** The problem of an `encryptionKeyArn` that is a string and not the ARN of a key. */
export function keyArnProblem(option: string, value: pulumi.Input<string> | undefined): string | undefined {
  if (typeof value !== "string" || /^arn:[^:]+:kms:[^:]+:\d+:key\/.+$/.test(value)) return undefined;
  return `${option} is "${value}"; use the ARN of a key, as "arn:aws:kms:us-east-1:123456789012:key/1234abcd".`;
}
