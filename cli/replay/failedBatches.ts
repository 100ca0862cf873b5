/** Replays failed batches, one after the other, from this machine. */
import { FAILED_PREFIX, replayFailedBatch } from "../../lake/replay/failedBatch";
import type { ReplayChoice, ReplayRouter, ReplayTarget } from "../../lake/replay/target";
import type { Findings } from "./findings";

export async function replayFailedBatches(
  target: ReplayTarget,
  router: ReplayRouter,
  bucket: string,
  functionName: string,
  choice: ReplayChoice,
  findings: Findings,
): Promise<void> {
  for await (const key of target.bucket(bucket).list(FAILED_PREFIX)) {
    await replayFailedBatch(target, router, { bucket, key, functionName }, choice, findings);
  }
}
