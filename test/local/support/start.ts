/** Starts small programs in tests: a temporary data directory, a fixed time, and an end to each after its test. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../../../local/cloud/clock";
import { type LocalCloud, type StartLocalOptions, startLocal } from "../../../local/startLocal";

export const NOW = Date.parse("2026-11-20T10:15:00.000Z");

/** A clock that stands still and never wakes a sleeper but by abort: what sleeps on it waits for ever. */
export const stoppedClock: Clock = {
  now: () => NOW,
  sleep: (_millis, signal) =>
    new Promise((_resolve, reject) => signal?.addEventListener("abort", () => reject(signal.reason), { once: true })),
};

const directories: string[] = [];
const running: LocalCloud[] = [];

export async function start(program: () => unknown, more: Partial<StartLocalOptions> = {}): Promise<LocalCloud> {
  const dataDir = mkdtempSync(join(tmpdir(), "streamlake-"));
  directories.push(dataDir);
  const options = { project: "lake", stack: "dev", config: {}, dataDir, seed: 7, clock: stoppedClock };
  const cloud = await startLocal({ ...options, program, ...more });
  running.push(cloud);
  return cloud;
}

export async function stopAll(): Promise<void> {
  for (const cloud of running.splice(0)) await cloud.stop();
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
}
