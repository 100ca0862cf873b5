/** The way to change what a component declares: a callback for each of its resources, run just before it is made. */
import type * as pulumi from "@pulumi/pulumi";

/**
 * Changes a resource's arguments and options in place. It sees them as the component would declare them; what it leaves
 * is what is declared.
 *
 * @example
 * new StreamIngest("clicks", { transform: { stream: (args) => { args.shardLevelMetrics = ["IncomingBytes"]; } } });
 */
export type Transform<Args> = (args: Args, opts: pulumi.CustomResourceOptions, logicalName: string) => void;

/** The constructor arguments of a resource, after its transform. */
export function transformed<Args>(
  transform: Transform<Args> | undefined,
  logicalName: string,
  args: Args,
  opts: pulumi.CustomResourceOptions,
): [string, Args, pulumi.CustomResourceOptions] {
  transform?.(args, opts, logicalName);
  return [logicalName, args, opts];
}
