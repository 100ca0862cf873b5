/** A handler of its own on a stream, from records to its log, and from failures to its bucket. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { StreamFunction, StreamIngest } from "streamlake";
import { systemClock } from "../../../local/cloud/clock";
import type { LambdaService } from "../../../local/services/lambda/service";
import { start, stopAll } from "../support/start";
import { put } from "../support/streamAndSql";

afterAll(stopAll);

function program() {
  const stream = new StreamIngest("in", { capacity: "provisioned", shards: 1 });
  const audit = new StreamFunction("audit", {
    stream,
    batchWindowSeconds: 0,
    retryAttempts: 0,
    handler: async ({ Records }) => {
      for (const { kinesis } of Records) {
        const text = Buffer.from(kinesis.data, "base64").toString();
        if (text === "bad") throw new Error("a record that it cannot handle");
        console.log(`handled ${text}`);
      }
    },
  });
  return { stream: stream.streamName, failed: audit.failedBucketName };
}

test("handled records are handled, and the one that fails lies whole in the bucket of failed batches", async () => {
  const cloud = await start(program, { clock: systemClock });
  await put(cloud, ["one", "bad", "two"]);

  const logs = join(cloud.dataDir, "logs");
  const log = readdirSync(logs, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"))
    .join("");
  expect(log).toContain("handled one");
  expect(log).toContain("handled two");
  expect((cloud.service("lambda") as LambdaService).failedBatches()).toMatchObject([
    { records: 1, condition: "RetryAttemptsExhausted", destination: expect.stringContaining("aws/lambda/") },
  ]);
  const { Contents = [] } = (await cloud.call("s3", "ListObjectsV2", { Bucket: cloud.outputs.failed })) as {
    Contents?: { Key: string }[];
  };
  const { Body } = (await cloud.call("s3", "GetObject", { Bucket: cloud.outputs.failed, Key: Contents[0]?.Key })) as {
    Body: Uint8Array;
  };
  const { Records } = JSON.parse(JSON.parse(Buffer.from(Body).toString()).payload) as {
    Records: { kinesis: { data: string } }[];
  };
  expect(Records.map(({ kinesis }) => Buffer.from(kinesis.data, "base64").toString())).toEqual(["bad"]);
  expect(cloud.usage().denied).toEqual([]);
});
