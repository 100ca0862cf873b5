/** Measures expensive payloads of 0.5 MiB and 1 MiB: the time each takes, and the growth of the time when the size doubles. */

import { spawnSync } from "node:child_process";
import path from "node:path";
import { unaggregate } from "../formats/aggregated";
import { unzstd } from "../formats/compression/zstd/zstd";
import { FormatError } from "../formats/formatError";
import { DEFAULT_LIMITS } from "../formats/limits";
import { aggregate } from "../test/formats/support/aggregate";
import { CORPUS_FORMATS } from "../test/formats/support/corpus";
import { createDecoder } from "../test/formats/support/createDecoder";
import { HOSTILE } from "./support/hostilePayloads";

const MEBIBYTE = 1024 * 1024;
const ROUNDS = 15;
const MAX_MILLIS = 100;
const MAX_RATIO = 2.3;
type CollectGarbage = (options?: { type: "minor" }) => void;
const decode = createDecoder(CORPUS_FORMATS);

/** Zstandard payloads go through our own decoder: it is the one that hostile data could slow down. */
function run(name: string, payload: Buffer): void {
  try {
    if (name.startsWith("zstd")) unzstd(payload, DEFAULT_LIMITS, null);
    else decode(payload);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
  }
}

/** Milliseconds of processor time, not of wall-clock time, so that other work on the machine does not count. */
function timed(run: () => void, collectGarbage: CollectGarbage): number {
  // Garbage of the previous round does not count either. A full collection would shrink the young generation and slow it.
  collectGarbage({ type: "minor" });
  const start = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

interface Measured {
  readonly millis: number;
  /** The time for the whole payload divided by the time for half of it. */
  readonly ratio: number;
}

/** The minimum over several rounds, which alternate between the half and the whole payload. */
function measure(run: (payload: Buffer) => void, make: (bytes: number) => Buffer, collect: CollectGarbage): Measured {
  const [half, whole] = [make(MEBIBYTE / 2), make(MEBIBYTE)];
  let [halfMillis, millis] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  collect();
  for (let round = 0; round < ROUNDS; round++) {
    halfMillis = Math.min(
      halfMillis,
      timed(() => run(half), collect),
    );
    millis = Math.min(
      millis,
      timed(() => run(whole), collect),
    );
  }
  // If the whole payload is refused early, half of it may take longer.
  return { millis: Math.max(millis, halfMillis), ratio: millis / halfMillis };
}

function main(collect: CollectGarbage, isOfTime: boolean): void {
  let worst = 0;
  const report = (name: string, { millis, ratio }: Measured) => {
    // Below a few milliseconds the growth depends on the clock's resolution, not on the payload.
    if (!isOfTime && millis < 2) return;
    worst = Math.max(worst, isOfTime ? millis : ratio);
    console.log(
      `hostile, ${name}: ${isOfTime ? `${millis.toFixed(1)} ms a MiB` : `${ratio.toFixed(2)} times half of it`}`,
    );
  };
  for (const [name, make] of Object.entries(HOSTILE)) {
    report(
      name,
      measure((payload) => run(name, payload), make, collect),
    );
  }
  report("aggregated, user records of nothing", measure(unaggregate, usersOfNothing, collect));
  console.log(
    isOfTime
      ? `hostile: at most ${worst.toFixed(0)} ms a MiB (at most ${MAX_MILLIS})`
      : `hostile: at most ${worst.toFixed(2)} times as long for twice as much (at most ${MAX_RATIO})`,
  );
  if (worst > (isOfTime ? MAX_MILLIS : MAX_RATIO)) process.exitCode = 1;
}

/** Empty user records of six bytes each. */
function usersOfNothing(bytes: number): Buffer {
  const nothing = { partitionKey: "k", payload: Buffer.alloc(0) };
  return aggregate(Array.from({ length: Math.floor(bytes / 6) }, () => nothing));
}

const collect = (globalThis as { gc?: CollectGarbage }).gc;
if (collect) main(collect, process.env.STREAMLAKE_BENCH_HOSTILE === "time");
else {
  // Collections on other threads would count as the payload's time, and they happen at random moments.
  const flags = ["--expose-gc", "--single-threaded-gc"];
  // A collection's time depends on the live heap at that moment, so growth is measured with room to need no collection.
  const roomy = ["--min-semi-space-size=256", "--max-semi-space-size=256"];
  for (const [what, more] of [
    ["time", []],
    ["growth", roomy],
  ] as const) {
    const args = [...flags, ...more, path.join(__dirname, "run.js"), "hostile"];
    const env = { ...process.env, STREAMLAKE_BENCH_HOSTILE: what };
    if (spawnSync(process.execPath, args, { stdio: "inherit", env }).status !== 0) process.exitCode = 1;
  }
}
