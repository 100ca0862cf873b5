/** Tells lakes of one bucket apart, by the prefixes that their routers answer with. */
import { tablesOfPrefix } from "../../lake/delivery/keys";
import type { ReplayAnswer, ReplayEvent } from "../../lake/replay/event";
import type { LocalCloud } from "../../local/startLocal";
import { CommandError } from "../errors";
import type { Io } from "../terminal/io";
import { interruptible } from "./interruptible";
import { DELIVERY_STREAM, flattenJobs, type RoutedStream } from "./routes";

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

type Prefixes = ReplayAnswer["prefixes"];

/**
 * Splits each route into a bucket of several lakes by lake, because each lake has ledgers of its own. Routers, delivery streams
 * and flatten jobs have lakes.
 *
 * @throws CommandError for a function that writes such a bucket and does not answer as a router does
 */
export async function splitLakes(context: Context, routes: readonly RoutedStream[]): Promise<LakeRoute[]> {
  const split: LakeRoute[] = [];
  const answers = new Map<string, Prefixes | undefined>();
  for (const route of routes) {
    const names = [...new Set(routes.flatMap((one) => (one.bucket === route.bucket ? one.functionNames : [])))];
    const others = otherLakes(context, route.bucket);
    // One router writes one lake.
    if (names.length > 1 || others.isPossible) {
      for (const name of names) if (!answers.has(name)) answers.set(name, await prefixesOf(context, name));
    }
    const lakes = new Map(names.flatMap((name) => lakeEntry(answers.get(name))));
    if (new Set([...lakes.keys(), ...others.raw]).size < 2)
      split.push({ ...route, prefix: undefined, isOwnKey: undefined });
    else {
      const silent = route.functionNames.find((name) => answers.get(name) === undefined);
      if (silent !== undefined) throw notTold(silent, route.bucket);
      for (const lake of lakes.values()) {
        const functionNames = route.functionNames.filter((name) => answers.get(name)?.raw === lake.raw);
        if (functionNames.length > 0) split.push({ ...route, ...ofLake(context, route.bucket, lake), functionNames });
      }
    }
  }
  return split;
}

/** The prefixes of raw rows that delivery streams write and flatten jobs read: one job alone has the lake of the router. */
function otherLakes({ cloud: { resources } }: Context, bucket: string) {
  const delivered = resources.flatMap(({ type, inputs }) => {
    const {
      bucketArn = "",
      prefix = "",
      dataFormatConversionConfiguration: conversion,
    } = Object(type === DELIVERY_STREAM ? inputs.extendedS3Configuration : undefined) as {
      bucketArn?: string;
      prefix?: string;
      dataFormatConversionConfiguration?: object;
    };
    // Converted rows do not pass raw/.
    return bucketArn.endsWith(`:::${bucket}`) && !conversion ? [tablesOfPrefix(prefix).root] : [];
  });
  const jobs = flattenJobs(resources).flatMap((job) => (job.bucket === bucket ? (job.raw ?? []) : []));
  const raw = new Set([...delivered, ...jobs]);
  return { raw, isPossible: delivered.length > 0 || raw.size > 1 };
}

function notTold(functionName: string, bucket: string): CommandError {
  return new CommandError(
    `streamlake local: several lakes share the bucket ${bucket}, and the function ${functionName} does not answer with the prefixes of its own; see its log, or give its lake another bucket`,
  );
}

function lakeEntry(prefixes: Prefixes | undefined): [string, Prefixes][] {
  return prefixes === undefined ? [] : [[prefixes.raw, prefixes]];
}

/** The flatten job of a lake has its prefix of Parquet objects. */
function ofLake({ cloud }: Context, bucket: string, { raw, unformatted }: Prefixes) {
  const jobs = flattenJobs(cloud.resources).filter((job) => job.bucket === bucket && job.raw === raw);
  const parquet = jobs.map((job) => String(job.parquet));
  const own = [raw, unformatted, ...parquet];
  return {
    prefix: commonFolder(raw, unformatted),
    isOwnKey: (key: string) => own.some((prefix) => key.startsWith(prefix)),
    isFlattened: parquet.length > 0,
  };
}

/** The answer to an empty dry run of a replay; undefined for a function that fails, or that does not answer as a router. */
async function prefixesOf({ cloud, io }: Context, FunctionName: string): Promise<Prefixes | undefined> {
  const event: ReplayEvent = { Records: [], replay: { dryRun: true, source: "unformatted" } };
  const call = cloud.call("lambda", "Invoke", { FunctionName, Payload: JSON.stringify(event) });
  const { Payload } = (await interruptible(call, io.signal)) as { Payload: Uint8Array };
  return ((JSON.parse(Buffer.from(Payload).toString()) ?? {}) as Partial<ReplayAnswer>).prefixes;
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
