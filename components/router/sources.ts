/** Keeps the rows of several streams apart in one lake: a router's `source` is part of their ids and objects' keys. */
import type { StreamSource } from "../existing/stream";
import { refuseProblems } from "../parts/checks";
import type { FormatRouterArgs } from "./args";

interface Routed {
  readonly router: string;
  readonly args: FormatRouterArgs;
}

const SOURCE = /^[a-z0-9][a-z0-9_-]{0,62}$/;
const routers = new WeakMap<object, Routed[]>();

/**
 * Refuses a router whose rows could have the ids of another router's rows. Kinesis numbers records for each shard
 * of a stream, so two streams may use one number.
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecord.html
 *
 * @param args as given to the router, because each router resolves its stream to an object of its own
 */
export function checkSource(name: string, args: FormatRouterArgs): void {
  const { source, lake } = args;
  const others = routers.get(lake) ?? [];
  const other = others.find((routed) => mayCollide(routed.args, args));
  const both = source === undefined ? "neither has a source" : `also has the source "${source}"`;
  refuseProblems("FormatRouter", name, [
    source === undefined || SOURCE.test(source)
      ? undefined
      : `source "${source}" is not a name; use 1 to 63 lower-case letters, digits, "_" and "-".`,
    other &&
      `router "${other.router}" lands rows of another stream in the same table, and ${both}; give this router a source of its own, so that the ids of their rows differ.`,
  ]);
  routers.set(lake, [...others, { router: name, args }]);
}

function mayCollide(left: FormatRouterArgs, right: FormatRouterArgs): boolean {
  if (isSame(left.stream, right.stream) || left.source !== right.source) return false;
  const isFixed = left.hooks?.table === undefined && right.hooks?.table === undefined;
  return !isFixed || tableOf(left) === tableOf(right);
}

function isSame(left: StreamSource, right: StreamSource): boolean {
  return left === right || ("streamArn" in left && "streamArn" in right && left.streamArn === right.streamArn);
}

function tableOf({ table, lake }: FormatRouterArgs): string | undefined {
  return table ?? Object.keys(lake.tables)[0];
}
