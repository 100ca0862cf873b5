/** Holds the reserved concurrency of a function to the batches that its streams hand it at once. */
import { numberOf, objectOf } from "../program";
import type { Rule } from "../rule";
import { FUNCTION, MAPPING, streamOf } from "./types";

/** A new on-demand stream (https://docs.aws.amazon.com/streams/latest/dev/how-do-i-size-a-stream.html). */
const ON_DEMAND_SHARDS = 4;

/** Lambda throttles what exceeds the reserved concurrency, and the shards in question wait. */
export const reservedConcurrency: Rule = {
  id: "reserved-concurrency",
  title: "A function's reserved concurrency should be enough for each shard's concurrent batches",
  find: (program) =>
    program.all(FUNCTION).flatMap((handler) => {
      const reserved = numberOf(handler.inputs.reservedConcurrentExecutions, -1);
      if (reserved === undefined || reserved < 0) return [];
      const needs = program
        .all(MAPPING)
        .filter((mapping) => program.used(mapping, "functionName", FUNCTION).includes(handler))
        .filter(({ inputs }) => inputs.enabled !== false)
        .flatMap((mapping) => {
          const stream = streamOf(mapping, program);
          const factor = numberOf(mapping.inputs.parallelizationFactor, 1);
          if (!stream || factor === undefined) return [];
          const isOnDemand = objectOf(stream.inputs.streamModeDetails).streamMode === "ON_DEMAND";
          const shards = isOnDemand ? ON_DEMAND_SHARDS : numberOf(stream.inputs.shardCount, 0);
          if (shards === undefined) return [];
          return { batches: shards * factor, text: `${shards} shards of ${stream.name} × ${factor}` };
        });
      const needed = needs.reduce((sum, { batches }) => sum + batches, 0);
      if (needed <= reserved) return [];
      return {
        resource: handler,
        problem: `its reserved concurrency is ${reserved}, but ${needs.map(({ text }) => text).join(" and ")} are ${needed} batches at once, so shards wait for each other.`,
        wayOut: `Reserve at least ${needed}, or lower parallelizationFactor.`,
      };
    }),
};
