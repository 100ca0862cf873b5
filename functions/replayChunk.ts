/** The handler that replays a chunk of a large replay: through a router of its own, which is made as the deployed one is. */
import { parseObjectKey } from "../lake/objectKey";
import type { ReplayChunk } from "../lake/replay/chunks";
import type { ReplayAnswer } from "../lake/replay/event";
import { replayFailedBatch } from "../lake/replay/failedBatch";
import { choiceOf, type ReplayOrder } from "../lake/replay/order";
import type { ReplayBucket, ReplayFindings, ReplayRouter, ReplayTarget } from "../lake/replay/target";
import {
  addTotals,
  type ChunkResult,
  NO_TOTALS,
  ReplayCount,
  type ReplayFailure,
  type ReplayTotals,
} from "../lake/replay/totals";
import { replayUnformattedObject } from "../lake/replay/unformatted";
import { environmentVariable } from "./effects/environment";
import { type Log, logToConsole } from "./effects/log";
import { replayBuckets } from "./effects/replayStore";
import { describe } from "./parts/describe";

export interface ReplayChunkInput {
  readonly order: ReplayOrder;
  readonly chunk: ReplayChunk;
  /** Where the chunk is what an earlier invocation left: what that one came to. @default nothing */
  readonly before?: ReplayTotals;
}

export interface ReplayChunkAnswer extends ChunkResult {
  /** `before` included. */
  readonly totals: ReplayTotals;
  /** What failed, to be tried again or given up; then `partial` and `failure` are there, too. */
  readonly left?: ReplayChunk;
}

/** Of a cause, characters; the causes of all chunks pass between states. */
const MAX_CAUSE = 200;

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
): (input: ReplayChunkInput) => Promise<ReplayChunkAnswer> {
  const target: ReplayTarget = {
    bucket: effects.bucket,
    invoke: async (Records, replay) => (await router({ Records, replay })) as ReplayAnswer,
  };
  const replayKey = async (
    key: string,
    { order, chunk }: ReplayChunkInput,
    where: ReplayRouter,
    found: ReplayFindings,
  ) => {
    const choice = choiceOf(order);
    if (chunk.source === "failed") {
      const batch = { bucket: effects.failed, key, functionName: effects.functionName };
      return replayFailedBatch(target, where, batch, choice, found);
    }
    const object = parseObjectKey(key);
    if (!object) throw new Error(`replay: "${key}" is not the key of an unformatted object`);
    return replayUnformattedObject(target, where, object, choice, found);
  };
  return async (input) => {
    const { order, chunk, before = NO_TOTALS } = input;
    const where = await target.invoke([], { apply: false, from: "unformatted" });
    let [totals, partial] = [before, NO_TOTALS];
    const failures: { key: string; error: unknown }[] = [];
    for (const key of chunk.keys) {
      const count = new ReplayCount();
      try {
        await replayKey(key, input, where, count);
        count.readObject();
        totals = addTotals(totals, count.totals);
      } catch (error) {
        // Whatever it is: the other objects need not wait for it, and what they land is told.
        effects.log({ message: "object failed", key, error: describe(error) });
        partial = addTotals(partial, count.totals);
        failures.push({ key, error });
      }
    }
    effects.log({ message: "replayed", dryRun: order.dryRun, source: chunk.source, ...totals });
    const [first] = failures;
    if (!first) return { totals };
    const left = { source: chunk.source, keys: failures.map(({ key }) => key) };
    return { totals, left, partial, failure: failureOf(left, first.error) };
  };
}

function failureOf({ source, keys }: ReplayChunk, error: unknown): ReplayFailure {
  const name = error instanceof Error ? error.name : typeof error;
  const cause = describe(error).slice(0, MAX_CAUSE);
  return { source, key: keys[0] as string, objects: keys.length, error: name.slice(0, MAX_CAUSE), cause };
}

function environmentEffects(): ReplayChunkEffects {
  return {
    bucket: replayBuckets(),
    failed: environmentVariable("FAILED_BUCKET"),
    functionName: environmentVariable("ROUTER_FUNCTION"),
    log: logToConsole,
  };
}
