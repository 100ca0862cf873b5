/** Transforms of a component's raw resources: a callback for each of them, called just before it is declared. */
import type * as pulumi from "@pulumi/pulumi";

/**
 * Changes a resource's arguments and options in place. It receives those that the component would declare; the
 * component then declares the changed ones.
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
