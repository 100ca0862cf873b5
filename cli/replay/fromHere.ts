/** Replays from this machine, object after object: failed batches first, then `unformatted/`. */
import { parseObjectKey } from "../../lake/objectKey";
import { FAILED_PREFIX, replayFailedBatch } from "../../lake/replay/failedBatch";
import { ReplayFindings } from "../../lake/replay/findings";
import { hasObject, leavesOutFailed, type ReplayRequest, WITHOUT_REASON } from "../../lake/replay/request";
import { openReplay, type ReplayRun, type ReplayTarget } from "../../lake/replay/run";
import { replayUnformattedObject } from "../../lake/replay/unformatted";

export interface ReplayOrigin {
  /** The router's function. */
  readonly functionName: string;
  /** Buckets of failed batches. */
  readonly failedBuckets: readonly string[];
}

export async function replayFromHere(
  target: ReplayTarget,
  request: ReplayRequest,
  origin: ReplayOrigin,
): Promise<ReplayFindings> {
  const run = await openReplay(target, request, new ReplayFindings());
  // Failed batches first: the records that they leave in unformatted/ were tried just now.
  if (request.sources.includes("failed")) await replayFailed(run, origin);
  if (request.sources.includes("unformatted")) await replayUnformatted(run);
  return run.findings;
}

async function replayFailed(run: ReplayRun, { functionName, failedBuckets }: ReplayOrigin): Promise<void> {
  const { target, request, findings } = run;
  if (leavesOutFailed(request)) return findings.leaveOut(WITHOUT_REASON);
  if (failedBuckets.length === 0) return findings.leaveOut("failed batches: give their --failed-bucket");
  for (const bucket of failedBuckets) {
    for await (const { key } of target.bucket(bucket).list(FAILED_PREFIX)) {
      await replayFailedBatch(run, { bucket, key, functionName });
    }
  }
}

async function replayUnformatted(run: ReplayRun): Promise<void> {
  const { target, router, request } = run;
  // Listed before the first write, so that the replay does not find its own objects.
  const keys: string[] = [];
  for await (const { key } of target.bucket(router.bucket).list(router.prefixes.unformatted)) keys.push(key);
  for (const key of keys) {
    const object = parseObjectKey(key);
    if (object && hasObject(request, object)) await replayUnformattedObject(run, object);
  }
}
