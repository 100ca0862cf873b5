/** The handler that replays one chunk of a large replay, through its own instance of the deployed router. */
import { parseObjectKey } from "../lake/objectKey";
import type { ReplayChunk } from "../lake/replay/chunks";
import type { ReplayAnswer } from "../lake/replay/event";
import { replayFailedBatch } from "../lake/replay/failedBatch";
import { ReplayFindings } from "../lake/replay/findings";
import type { ReplayRequest } from "../lake/replay/request";
import { openReplay, type ReplayBucket, type ReplayRun, type ReplayTarget } from "../lake/replay/run";
import { addTotals, type ChunkResult, NO_TOTALS, type ReplayFailure, type ReplayTotals } from "../lake/replay/totals";
import { replayUnformattedObject } from "../lake/replay/unformatted";
import { environmentVariable } from "./effects/environment";
import { type Log, logToConsole } from "./effects/log";
import { environmentClient, s3ObjectStore } from "./effects/objectStore";
import { describe } from "./parts/describe";

export interface ReplayChunkInput {
  readonly request: ReplayRequest;
  readonly chunk: ReplayChunk;
  /** The totals of earlier invocations, if the chunk is what they left. @default none */
  readonly before?: ReplayTotals;
}

export interface ReplayChunkAnswer extends ChunkResult {
  /** Including `before`. */
  readonly totals: ReplayTotals;
  /** The objects that failed, described by `partial` and `failure`; the caller retries them. @default none */
  readonly left?: ReplayChunk;
}

/** Maximum length of a cause, because states pass on the causes of all chunks. */
const MAX_CAUSE = 200;

export interface ReplayChunkEffects {
  readonly bucket: (name: string) => ReplayBucket;
  /** The bucket of failed batches. */
  readonly failed: string;
  /** The router's function; failed batches of other functions are skipped. */
  readonly functionName: string;
  readonly log: Log;
}

/**
 * Makes the handler, at cold start. An object that fails does not stop the other objects of its chunk.
 *
 * @param router answers replay events as the deployed router does
 * @param effects defaults to S3 and the log, with `FAILED_BUCKET` and `ROUTER_FUNCTION` from the environment
 */
export function createReplayChunk(
  router: (event: unknown) => Promise<object>,
  effects: ReplayChunkEffects = environmentEffects(),
): (input: ReplayChunkInput) => Promise<ReplayChunkAnswer> {
  const target: ReplayTarget = {
    bucket: effects.bucket,
    invoke: async (event) => (await router(event)) as ReplayAnswer,
  };
  return async ({ request, chunk, before = NO_TOTALS }) => {
    const run = await openReplay(target, request, new ReplayFindings());
    let [totals, partial] = [before, NO_TOTALS];
    const failures: { key: string; error: unknown }[] = [];
    for (const key of chunk.keys) {
      const findings = new ReplayFindings();
      try {
        await replayKey({ ...run, findings }, chunk, key, effects);
        findings.readObject();
        totals = addTotals(totals, findings.totals);
      } catch (error) {
        effects.log({ message: "object failed", key, error: describe(error) });
        partial = addTotals(partial, findings.totals);
        failures.push({ key, error });
      }
    }
    effects.log({ message: "replayed", dryRun: request.dryRun, source: chunk.source, ...totals });
    const [first] = failures;
    if (!first) return { totals };
    const left = { source: chunk.source, keys: failures.map(({ key }) => key) };
    return { totals, left, partial, failure: failureOf(left, first.error) };
  };
}

async function replayKey(
  run: ReplayRun,
  { source }: ReplayChunk,
  key: string,
  { failed, functionName }: ReplayChunkEffects,
): Promise<void> {
  if (source === "failed") return replayFailedBatch(run, { bucket: failed, key, functionName });
  const object = parseObjectKey(key);
  if (!object) throw new Error(`replay: "${key}" is not the key of an unformatted object`);
  return replayUnformattedObject(run, object);
}

function failureOf({ source, keys }: ReplayChunk, error: unknown): ReplayFailure {
  const name = error instanceof Error ? error.name : typeof error;
  const cause = describe(error).slice(0, MAX_CAUSE);
  return { source, key: keys[0] as string, objects: keys.length, error: name.slice(0, MAX_CAUSE), cause };
}

function environmentEffects(): ReplayChunkEffects {
  const client = environmentClient();
  return {
    bucket: (name) => s3ObjectStore(name, { client }),
    failed: environmentVariable("FAILED_BUCKET"),
    functionName: environmentVariable("ROUTER_FUNCTION"),
    log: logToConsole,
  };
}
