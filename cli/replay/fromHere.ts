/** Replays from this machine, object after object: failed batches first, then `unformatted/`. */
import { type LandedObject, parseObjectKey } from "../../lake/objectKey";
import { FAILED_PREFIX, replayFailedBatch } from "../../lake/replay/failedBatch";
import { ReplayFindings } from "../../lake/replay/findings";
import { hasObject, leavesOutFailed, type ReplayRequest, WITHOUT_REASON } from "../../lake/replay/request";
import { openReplay, type ReplayRun, type ReplayTarget } from "../../lake/replay/run";
import { replayUnformattedObject } from "../../lake/replay/unformatted";
import type { OnStep } from "../../local/workStep";

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
  onStep: OnStep = () => undefined,
): Promise<ReplayFindings> {
  const run = await openReplay(target, request, new ReplayFindings());
  // Failed batches first: the records that they leave in unformatted/ were tried just now.
  if (request.sources.includes("failed")) await replayFailed(run, origin, onStep);
  if (request.sources.includes("unformatted")) await replayUnformatted(run, onStep);
  return run.findings;
}

async function replayFailed(
  run: ReplayRun,
  { functionName, failedBuckets }: ReplayOrigin,
  onStep: OnStep,
): Promise<void> {
  const { target, request, findings } = run;
  if (leavesOutFailed(request)) return findings.leaveOut(WITHOUT_REASON);
  if (failedBuckets.length === 0) return findings.leaveOut("failed batches: give their --failed-bucket");
  for (const bucket of failedBuckets) {
    for await (const { key } of target.bucket(bucket).list(FAILED_PREFIX)) {
      onStep({ what: "replaying failed batches" });
      await replayFailedBatch(run, { bucket, key, functionName });
    }
  }
}

async function replayUnformatted(run: ReplayRun, onStep: OnStep): Promise<void> {
  const { target, router, request } = run;
  // Listed before the first write, so that the replay does not find its own objects.
  const objects: { readonly object: LandedObject; readonly size: number }[] = [];
  onStep({ what: "listing unformatted records" });
  for await (const { key, size = 0 } of target.bucket(router.bucket).list(router.prefixes.unformatted)) {
    const object = parseObjectKey(key);
    if (object && hasObject(request, object)) objects.push({ object, size });
  }
  const ofBytes = objects.reduce((sum, { size }) => sum + size, 0);
  let bytes = 0;
  for (const { object, size } of objects) {
    onStep({ what: "replaying unformatted records", bytes, ofBytes });
    await replayUnformattedObject(run, object);
    bytes += size;
  }
}
