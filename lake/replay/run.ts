/** The parts of a running replay: the router and buckets that it uses, its request and its findings. */
import type { ReplayAnswer, ReplayEvent } from "./event";
import type { ReplayFindings } from "./findings";
import type { ReplayRequest } from "./request";

/** The operations of a bucket that a replay needs; `s3ObjectStore` has them. */
export interface ReplayBucket {
  /** Objects below a prefix, in the order of their keys. */
  list(prefix: string): AsyncIterable<{ readonly key: string; readonly size?: number }>;
  /** The whole object, or undefined if there is none. */
  get(key: string): Promise<Uint8Array | undefined>;
  put(key: string, body: Uint8Array): Promise<void>;
  delete(key: string): Promise<void>;
}

export interface ReplayTarget {
  /** Sends an event to the router. */
  invoke(event: ReplayEvent): Promise<ReplayAnswer>;
  bucket(name: string): ReplayBucket;
}

/** The router's stream, bucket and prefixes, as its answers contain them. */
export type ReplayRouter = Pick<ReplayAnswer, "stream" | "bucket" | "prefixes">;

export interface ReplayRun {
  readonly target: ReplayTarget;
  readonly router: ReplayRouter;
  readonly request: ReplayRequest;
  readonly findings: ReplayFindings;
}

/** Starts a run; the router's answer to an empty dry run contains its bucket and prefixes. */
export async function openReplay(
  target: ReplayTarget,
  request: ReplayRequest,
  findings: ReplayFindings,
): Promise<ReplayRun> {
  const router = await target.invoke({ Records: [], replay: { dryRun: true, source: "unformatted" } });
  return { target, router, request, findings };
}
