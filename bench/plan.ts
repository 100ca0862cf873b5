/** Measures the memory that the planning of hours needs for 1,000,000 raw objects; fails above a growth of 128 MiB. */

import type { StoredObject } from "../functions/effects/objectStore";
import { createPlanHours } from "../functions/planHours";
import { hoursBetween, partitionPath } from "../lake/hour";
import { objectKey } from "../lake/objectKey";

const KEYS = 1_000_000;
const FIRST = "2026-11-13T11";
const LAST = "2026-11-20T10";
const MAX_GROWTH_MEBIBYTES = 128;
const EXECUTION = "arn:aws:states:us-east-1:123456789012:execution:etl:bench";

const hours = hoursBetween(FIRST, LAST);
const perHour = Math.ceil(KEYS / hours.length);
let listed = 0;

/** Makes keys while they are listed, so that only the function under test keeps them in memory. */
async function* list(prefix: string): AsyncGenerator<StoredObject> {
  if (!prefix.startsWith("raw/")) return;
  for (const hour of hours) {
    if (!`raw/records/${partitionPath(hour)}/`.startsWith(prefix)) continue;
    for (let index = 0; index < perHour; index += 1) {
      const first = String(10_000_000 + index * 10);
      const range = { shard: "shardId-000000000000", first, last: `${first}9`, count: 10 };
      listed += 1;
      // S3 returns pages of 1,000 keys.
      if (index % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
      yield { key: objectKey("raw/", "records", hour, range), size: 1, modifiedMillis: 0 };
    }
  }
}

async function* listFolders(): AsyncGenerator<string> {
  yield "raw/records/";
}

async function main(): Promise<void> {
  const written = new Map<string, Uint8Array>();
  const store = {
    list,
    listFolders,
    get: async () => undefined,
    getVersion: async (key: string) => {
      const body = written.get(key);
      return body && { body, version: String(Buffer.from(body)) };
    },
    putIfUnchanged: async (key: string, body: Uint8Array) => written.set(key, body) !== undefined,
  };
  const config = {
    prefixes: { raw: "raw/", ledger: "ledger/" },
    workflow: "etl",
    lookbackHours: hours.length,
    hoursPerPass: 48,
    hasCrawler: true,
  };
  const plan = createPlanHours(config, { store });
  await plan({ step: "claim", execution: EXECUTION, hour: LAST });
  const before = process.memoryUsage().rss;
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss);
  }, 20);
  const start = Date.now();
  await plan({ step: "plan", execution: EXECUTION, skip: [] });
  clearInterval(watch);
  most = Math.max(most, process.memoryUsage().rss);
  const growth = (most - before) / 1024 / 1024;
  console.log(`plan: ${listed} keys in ${Date.now() - start} ms, ${growth.toFixed(0)} MiB more memory`);
  if (growth > MAX_GROWTH_MEBIBYTES) process.exitCode = 1;
}

main();
