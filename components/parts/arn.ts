/** Reads the parts of an ARN (`arn:partition:service:region:account:resource`), so that nothing has to be looked up. */
import * as pulumi from "@pulumi/pulumi";

export interface ArnParts {
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
}

export function arnParts(arn: string): ArnParts {
  const [, partition, , region, accountId] = arn.split(":");
  if (!partition || !region || !accountId) throw new Error(`"${arn}" is not an ARN with a region and an account.`);
  return { partition, region, accountId };
}

/** `arn:<partition>:<service>:<region>:<account>:` with the partition, Region and account of `neighbour`. */
export function arnPrefix(neighbour: pulumi.Input<string>, service: string): pulumi.Output<string> {
  return pulumi.output(neighbour).apply((arn) => {
    const { partition, region, accountId } = arnParts(arn);
    return `arn:${partition}:${service}:${region}:${accountId}:`;
  });
}

/** `arn:<partition>:<rest>`, in the partition of `neighbour`: for ARNs without a region and an account. */
export function arnBeside(neighbour: pulumi.Input<string>, rest: string): pulumi.Output<string> {
  return pulumi.output(neighbour).apply((arn) => `arn:${arn.split(":")[1]}:${rest}`);
}

/** The account that a resource is in. */
export function accountIdOf(arn: pulumi.Input<string>): pulumi.Output<string> {
  return pulumi.output(arn).apply((text) => arnParts(text).accountId);
}
