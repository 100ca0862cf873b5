/** One attempt of the model's router at a batch: how it ends, what it writes and when, by the schedule's faults. */
import type { LandingObject } from "../../../../lake/routing/landingObject";
import type { Batch, InvocationResult } from "../../../../local/services/lambda/mapping/mappingState";
import type { Seeded } from "./seeded";

export interface Attempt {
  /** Milliseconds. */
  readonly duration: number;
  readonly result: InvocationResult;
  readonly writes: readonly { readonly object: LandingObject; readonly at: number }[];
  /** Records at the head of the batch that the result reports as done. */
  readonly succeeded: number;
}

export function chooseAttempt(
  objects: readonly LandingObject[],
  batch: Batch,
  random: Seeded,
  fault: (name: string, probability: number) => boolean,
): Attempt {
  const duration = random.between(1, 3_000);
  const requestId = `request-${batch.id}`;
  const inTime = (written: readonly LandingObject[]) => written.map((object) => ({ object, at: duration - 1 }));
  const failure = {
    duration,
    result: { kind: "functionError", requestId, reason: "Error: no" } as const,
    succeeded: 0,
  };
  const returned = (response: unknown) => ({ duration, result: { kind: "returned", response, requestId } as const });

  if (fault("throttled", 0.05)) return { duration, result: { kind: "throttled" }, writes: [], succeeded: 0 };
  if (fault("crash before writes", 0.1)) return { ...failure, writes: [] };
  if (fault("crash between writes", 0.1)) {
    return { ...failure, writes: inTime(objects.slice(0, random.between(0, objects.length))) };
  }
  if (fault("crash after writes", 0.1)) return { ...failure, writes: inTime(objects) };
  if (fault("timeout, writes land late", 0.15)) {
    return { ...failure, writes: objects.map((object) => ({ object, at: duration + random.between(0, 30_000) })) };
  }
  if (fault("partial response", 0.2)) {
    const count = random.between(1, objects.length);
    const refused = new Set(objects.slice(0, count).map((object) => object.range.first));
    const batchItemFailures = random.shuffle([...refused]).map((itemIdentifier) => ({ itemIdentifier }));
    const succeeded = batch.records.findIndex((record) => refused.has(record.sequenceNumber));
    return { ...returned({ batchItemFailures }), writes: inTime(objects.slice(count)), succeeded };
  }
  if (fault("response that names nothing", 0.05)) {
    return { ...returned({ batchItemFailures: [{ itemIdentifier: "" }] }), writes: inTime(objects), succeeded: 0 };
  }
  return { ...returned({ batchItemFailures: [] }), writes: inTime(objects), succeeded: batch.records.length };
}
