/** The functions that Step Functions adds to JSONata, and the time functions on the execution's clock. */
import { createHash } from "node:crypto";
import jsonata from "jsonata";
import type { Clock } from "../../cloud/clock";
import { uuid } from "../../cloud/random";

const HASHES = { MD5: "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512" } as const;
const MAX_RANGE = 1_000;
const fromMillis = jsonata("$fromMillis($millis, $picture, $timezone)");

/**
 * `$partition`, `$range`, `$hash`, `$random`, `$uuid`, `$parse` as in "Transforming data with JSONata in Step
 * Functions", and `$now`, `$millis`. `$random(seed)` is refused: AWS does not document its generator.
 */
export function workflowFunctions(clock: Clock, random: () => number): Record<string, unknown> {
  return {
    partition,
    range,
    hash,
    parse,
    random: (seed?: unknown) => {
      if (seed === undefined) return random();
      throw new Error("$random with a seed is not simulated; see docs/fidelity.md");
    },
    uuid: () => uuid(random),
    millis: () => clock.now(),
    now: (picture?: string, timezone?: string) => fromMillis.evaluate({}, { millis: clock.now(), picture, timezone }),
  };
}

function partition(list: unknown, size: unknown): unknown[][] | undefined {
  if (list === undefined) return undefined;
  if (!Array.isArray(list)) throw new Error("the first argument of $partition must be an array");
  if (!isWhole(size) || size < 1)
    throw new Error("the second argument of $partition must be a whole number of at least 1");
  const chunks: unknown[][] = [];
  for (let start = 0; start < list.length; start += size) chunks.push(list.slice(start, start + size));
  return chunks;
}

function range(first: unknown, last: unknown, step: unknown): number[] {
  if (!isWhole(first) || !isWhole(last) || !isWhole(step))
    throw new Error("the arguments of $range must be three whole numbers");
  if (step === 0) throw new Error("the step of $range must not be 0");
  const count = Math.max(0, Math.floor((last - first) / step) + 1);
  if (count > MAX_RANGE) throw new Error(`$range would return ${count} numbers; the maximum is ${MAX_RANGE}`);
  return Array.from({ length: count }, (_, index) => first + index * step);
}

function hash(text: unknown, algorithm: unknown): string | undefined {
  if (text === undefined) return undefined;
  if (typeof text !== "string")
    throw new Error("the first argument of $hash must be a string; use $string to convert it");
  const name = HASHES[algorithm as keyof typeof HASHES];
  if (!name) throw new Error(`the algorithm of $hash must be one of ${Object.keys(HASHES).join(", ")}`);
  return createHash(name).update(text, "utf8").digest("hex");
}

function parse(text: unknown): unknown {
  if (text === undefined) return undefined;
  if (typeof text !== "string") throw new Error("the argument of $parse must be a string");
  return JSON.parse(text);
}

function isWhole(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value);
}
