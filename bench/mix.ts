/** Routes full events of each mix in a process with little memory; fails above a maximum of time, memory or deliveries. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { buildSync } from "esbuild";
import { fullEvent } from "./support/fullEvent";
import { MIXES } from "./support/mixes";
import type { Routed } from "./support/routeEvent";

const MAX_MILLIS = 1_500;
const MAX_MEBIBYTES = 350;
const HEAP_MEBIBYTES = 384;
/** Maximum invocations for an event of ordinary compressed text. A row of CSV becomes longer, because it gets names. */
const MAX_DELIVERIES: Readonly<Record<string, number>> = {
  "ordinary, in gzip at a twelfth: ndjson": 1,
  "ordinary, in gzip at a twelfth: xml": 1,
  "ordinary, in gzip at a twelfth: csv": 2,
};

const wanted = process.env.STREAMLAKE_BENCH_MIX;
const directory = mkdtempSync(path.join(tmpdir(), "streamlake-mix-"));
let failed = 0;
try {
  const script = bundled();
  for (const [name, make] of Object.entries(MIXES)) {
    if (wanted !== undefined && !new RegExp(wanted).test(name)) continue;
    if (!measure(name, script, make())) failed += 1;
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
console.log(`mix: ${failed} above ${MAX_MILLIS} ms or ${MAX_MEBIBYTES} MiB, or in too many parts`);
if (failed > 0) process.exitCode = 1;

/** Bundles the script into one JavaScript file, as in a Lambda package. */
function bundled(): string {
  const outfile = path.join(directory, "routeEvent.js");
  buildSync({
    entryPoints: [path.join(__dirname, "support", "routeEvent.ts")],
    outfile,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    minify: true,
    logLevel: "silent",
  });
  return outfile;
}

/** True if the mix stays within the limits. */
function measure(name: string, script: string, mix: ReturnType<(typeof MIXES)[string]>): boolean {
  const file = path.join(directory, "event.json");
  writeFileSync(file, JSON.stringify(fullEvent(mix)));
  const args = [`--max-old-space-size=${HEAP_MEBIBYTES}`, script, file];
  if (name in MAX_DELIVERIES) args.push("--deliveries");
  const output = execFileSync(process.execPath, args, { encoding: "utf8" });
  const {
    millis,
    mebibytes,
    records,
    rows,
    unformatted,
    left,
    deliveries = 1,
    objectBytes,
  } = JSON.parse(output) as Routed;
  const [first, ...others] = millis as [number, ...number[]];
  const best = Math.min(...others);
  const isWithin = best <= MAX_MILLIS && mebibytes <= MAX_MEBIBYTES && deliveries <= (MAX_DELIVERIES[name] ?? 1);
  console.log(
    `mix, ${name}: ${best.toFixed(0)} ms (at first ${first.toFixed(0)}), ${mebibytes.toFixed(0)} MiB${isWithin ? "" : " TOO MUCH"}; ` +
      `${records} records (${name in MAX_DELIVERIES ? `${left} left, deliveries: ${deliveries}` : `${left} left`}), ${rows} rows, ${unformatted} unformatted, ${(objectBytes / 2 ** 20).toFixed(1)} MiB of objects`,
  );
  return isWithin;
}
