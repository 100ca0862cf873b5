/** The handler that replays a chunk of a large replay: through a router of its own, which is made as the deployed one is. */
import { parseObjectKey } from "../lake/objectKey";
import type { ReplayAnswer } from "../lake/replay";
import type { ReplayChunk } from "../lake/replayChunks";
import { replayFailedBatch } from "../lake/replayFailedBatch";
import { choiceOf, type ReplayOrder } from "../lake/replayOrder";
import type { ReplayBucket, ReplayTarget } from "../lake/replayTarget";
import { ReplayCount, type ReplayTotals } from "../lake/replayTotals";
import { replayUnformattedObject } from "../lake/replayUnformatted";
import { environmentVariable } from "./effects/environment";
import { type Log, logToConsole } from "./effects/log";
import { replayBuckets } from "./effects/replayStore";

export interface ReplayChunkInput {
  readonly order: ReplayOrder;
  readonly chunk: ReplayChunk;
}

export interface ReplayChunkEffects {
  readonly bucket: (name: string) => ReplayBucket;
  /** The bucket of failed batches. */
  readonly failed: string;
  /** The router's function, whose failed batches these are. */
  readonly functionName: string;
  readonly log: Log;
}

/**
 * @param router answers events that hold `replay` as the deployed router does
 * @param effects defaults to S3 and the log, with `FAILED_BUCKET` and `ROUTER_FUNCTION` from the environment
 */
export function createReplayChunk(
  router: (event: unknown) => Promise<object>,
  effects: ReplayChunkEffects = environmentEffects(),
): (input: ReplayChunkInput) => Promise<ReplayTotals> {
  const target: ReplayTarget = {
    bucket: effects.bucket,
    invoke: async (Records, replay) => (await router({ Records, replay })) as ReplayAnswer,
  };
  return async ({ order, chunk }) => {
    const count = new ReplayCount();
    const choice = choiceOf(order);
    const where = await target.invoke([], { apply: false, from: "unformatted" });
    for (const key of chunk.keys) {
      count.readObject();
      if (chunk.source === "failed") {
        const batch = { bucket: effects.failed, key, functionName: effects.functionName };
        await replayFailedBatch(target, where, batch, choice, count);
        continue;
      }
      const object = parseObjectKey(key);
      if (!object) throw new Error(`replay: "${key}" is not the key of an unformatted object`);
      await replayUnformattedObject(target, where, object, choice, count);
    }
    effects.log({ message: "replayed", dryRun: order.dryRun, source: chunk.source, ...count.totals });
    return count.totals;
  };
}

function environmentEffects(): ReplayChunkEffects {
  return {
    bucket: replayBuckets(),
    failed: environmentVariable("FAILED_BUCKET"),
    functionName: environmentVariable("ROUTER_FUNCTION"),
    log: logToConsole,
  };
}
