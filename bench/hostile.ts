/** Payloads built to be expensive, at half a mebibyte and at one: the time each takes, and how it grows when they double. */

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

/** With our own Zstandard decoder where that is what is measured: it is the one that hostile data could slow down. */
function run(name: string, payload: Buffer): void {
  try {
    if (name.startsWith("zstd")) unzstd(payload, DEFAULT_LIMITS, null);
    else decode(payload);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
  }
}

/** Milliseconds of the processor, not of the clock: what else the machine does is not the payload's doing. */
function timed(run: () => void, collectGarbage: CollectGarbage): number {
  // Nor is the garbage of the round before. A full collection would make the young generation small again, and slow.
  collectGarbage({ type: "minor" });
  const start = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

interface Measured {
  readonly millis: number;
  /** To half of it. */
  readonly ratio: number;
}

/** The least of several rounds, of half and whole by turns. */
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
  // Where the whole is refused early, half of it may take longer.
  return { millis: Math.max(millis, halfMillis), ratio: millis / halfMillis };
}

function main(collect: CollectGarbage, isOfTime: boolean): void {
  let worst = 0;
  const report = (name: string, { millis, ratio }: Measured) => {
    // Below some milliseconds the clock, not the payload, decides how it grows.
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

/** Each takes six bytes. */
function usersOfNothing(bytes: number): Buffer {
  const nothing = { partitionKey: "k", payload: Buffer.alloc(0) };
  return aggregate(Array.from({ length: Math.floor(bytes / 6) }, () => nothing));
}

const collect = (globalThis as { gc?: CollectGarbage }).gc;
if (collect) main(collect, process.env.STREAMLAKE_BENCH_HOSTILE === "time");
else {
  // What threads of their own collect would count as the payload's time, and when they do is chance.
  const flags = ["--expose-gc", "--single-threaded-gc"];
  // How long a collection takes depends on how much lives at that moment, so growth is told where the whole takes none.
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
