/** Tells lakes of one bucket apart, by the prefixes that their routers answer with. */
import type { ReplayAnswer, ReplayEvent } from "../../lake/replay/event";
import type { LocalCloud } from "../../local/startLocal";
import type { Io } from "../terminal/io";
import { interruptible } from "./interruptible";
import type { RoutedStream } from "./routes";

/** The route of a stream into a lake, which may share its bucket. */
export interface LakeRoute extends RoutedStream {
  /** The folder of the lake in a bucket of several lakes, ending with `/` or empty; undefined for a bucket of its own. */
  readonly prefix: string | undefined;
  /** True for the keys of the lake; undefined for a bucket of its own. */
  readonly isOwnKey: ((key: string) => boolean) | undefined;
}

interface Context {
  readonly cloud: LocalCloud;
  readonly io: Io;
}

/** Splits each route into a bucket of several lakes by lake, because each lake has ledgers of its own. */
export async function splitLakes(context: Context, routes: readonly RoutedStream[]): Promise<LakeRoute[]> {
  const split: LakeRoute[] = [];
  const prefixes = new Map<string, string>();
  for (const route of routes) {
    const names = [...new Set(routes.flatMap((one) => (one.bucket === route.bucket ? one.functionNames : [])))];
    // One router writes one lake.
    for (const name of names.length > 1 ? names : []) {
      if (!prefixes.has(name)) prefixes.set(name, await prefixOf(context, name));
    }
    const folders = [...new Set(names.map((name) => prefixes.get(name) ?? ""))].sort();
    if (folders.length === 1) split.push({ ...route, prefix: undefined, isOwnKey: undefined });
    else {
      for (const prefix of folders) {
        const functionNames = route.functionNames.filter((name) => prefixes.get(name) === prefix);
        if (functionNames.length === 0) continue;
        const isOwnKey = (key: string) => folderOf(key, folders) === prefix;
        split.push({ ...route, functionNames, prefix, isOwnKey });
      }
    }
  }
  return split;
}

/** The longest of the folders that contains the key. */
function folderOf(key: string, folders: readonly string[]): string {
  const holding = folders.filter((folder) => key.startsWith(folder));
  return holding.reduce((longest, folder) => (folder.length > longest.length ? folder : longest), "");
}

/** The folder of a router's lake, from the answer to an empty dry run of a replay; empty for a function that fails. */
async function prefixOf({ cloud, io }: Context, FunctionName: string): Promise<string> {
  const event: ReplayEvent = { Records: [], replay: { dryRun: true, source: "unformatted" } };
  const call = cloud.call("lambda", "Invoke", { FunctionName, Payload: JSON.stringify(event) });
  const { Payload } = (await interruptible(call, io.signal)) as { Payload: Uint8Array };
  const { prefixes } = (JSON.parse(Buffer.from(Payload).toString()) ?? {}) as Partial<ReplayAnswer>;
  return prefixes === undefined ? "" : commonFolder(prefixes.raw, prefixes.unformatted);
}

/** `clicks/raw/` and `clicks/unformatted/` have `clicks/` in common. */
function commonFolder(left: string, right: string): string {
  const [one, other] = [left.split("/"), right.split("/")];
  const length = one.findIndex((name, index) => name !== other[index]);
  return one
    .slice(0, length)
    .map((name) => `${name}/`)
    .join("");
}
