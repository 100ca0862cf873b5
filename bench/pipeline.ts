/** Measures the local pipeline from the first PutRecords to the last row in raw/, for a number of records and a tenth of it. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { loadProgram } from "../cli/project/loadProgram";
import { readProject } from "../cli/project/readProject";
import { groups } from "../cli/send/groups";
import { kinesisClient, putRecordsTo } from "../cli/send/kinesisClient";
import type { OutgoingRecord } from "../cli/send/outgoingRecord";
import { sendRecords } from "../cli/send/sendRecords";
import { parseObjectKey } from "../lake/objectKey";
import { systemClock } from "../local/cloud/clock";
import { filesBelow } from "../local/duckdb/files";
import type { S3Service } from "../local/services/s3/service";
import { startLocal } from "../local/startLocal";

const RECORDS = 200_000;
const RECORD_BYTES = 300;
const LEAST_RECORDS_PER_SECOND = 20_000;
const MAX_MEBIBYTES = 500;
const MAX_RATIO = 10.5;

interface Measured {
  readonly records: number;
  readonly millis: number;
  /** Peak memory of the process of services, endpoint and producer; functions run in processes of their own. */
  readonly mebibytes: number;
}

function* jsonRecords(count: number): Generator<OutgoingRecord> {
  for (let index = 0; index < count; index++) {
    const id = String(index).padStart(9, "0");
    const head = `{"transaction_id":"t-${id}","store":{"id":"s-${index % 90}"},"quantity":${index % 7},"total":${index % 977}.25,"note":"`;
    const payload = Buffer.from(`${head.padEnd(RECORD_BYTES - 2, "x")}"}`);
    yield { payload, partitionKey: `c-${index % 1000}`, made: { format: "json" } };
  }
}

async function measure(records: number): Promise<Measured> {
  const dataDir = mkdtempSync(path.join(tmpdir(), "streamlake-bench-"));
  const root = path.join(__dirname, "..");
  const { name, main, config } = readProject(root, "dev");
  const program = () => loadProgram(main);
  const cloud = await startLocal({ program, project: name, stack: "dev", config, dataDir, seed: 7 });
  const client = kinesisClient({}, cloud.endpoint);
  try {
    const start = performance.now();
    await sendRecords(groups(jsonRecords(records)), putRecordsTo(client, String(cloud.outputs.streamName)), {
      clock: systemClock,
      random: () => 0.5,
      maxAttempts: 10,
      callsUnderWay: 4,
      signal: new AbortController().signal,
    });
    await cloud.drain();
    const millis = performance.now() - start;
    const mebibytes = process.resourceUsage().maxRSS / 1024;
    const bucketDir = (cloud.service("s3") as S3Service).bucketDir(String(cloud.outputs.bucketName));
    const landed = filesBelow(bucketDir, ".ndjson.gz").map((file) => parseObjectKey(path.relative(bucketDir, file)));
    const rows = landed.reduce((sum, object) => sum + (object?.count ?? 0), 0);
    if (rows !== records) throw new Error(`${rows} rows landed of ${records} records`);
    return { records, millis, mebibytes };
  } finally {
    client.destroy();
    await cloud.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Runs in a process of its own, so that measurements do not share memory. */
function measureApart(records: number): Measured {
  const env = { ...process.env, STREAMLAKE_BENCH_RECORDS: String(records) };
  const run = path.join(__dirname, "run.js");
  return JSON.parse(execFileSync(process.execPath, [run, "pipeline"], { env, encoding: "utf8" })) as Measured;
}

function compare(): void {
  const tenth = measureApart(RECORDS / 10);
  const whole = measureApart(RECORDS);
  for (const { records, millis, mebibytes } of [tenth, whole]) {
    const rate = Math.round((records / millis) * 1000);
    console.log(
      `pipeline, ${records} JSON records of ${RECORD_BYTES} B: ${rate} records/s (at least ${LEAST_RECORDS_PER_SECOND}), ` +
        `${millis.toFixed(0)} ms, main process ${mebibytes.toFixed(0)} MiB (at most ${MAX_MEBIBYTES})`,
    );
  }
  const ratio = whole.millis / tenth.millis;
  console.log(`pipeline, 10 times the records: ${ratio.toFixed(2)} times the time (at most ${MAX_RATIO})`);
}

const asked = process.env.STREAMLAKE_BENCH_RECORDS;
if (asked === undefined) compare();
else measure(Number(asked)).then((measured) => console.log(JSON.stringify(measured)));
