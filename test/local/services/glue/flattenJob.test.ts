/** Runs of the flatten job in local: what they write, when they refuse, and what they leave when they fail. */
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { JOB, makeWorld, type World } from "../../support/glueWorld";

let world: World;
afterEach(() => world.close());

const PARTITION = "records/dt=2026-11-20/hour=10/";

async function rows(sql: string): Promise<unknown> {
  const started = await world.call<{ QueryExecutionId: string }>("athena", "StartQueryExecution", {
    QueryString: sql,
    QueryExecutionContext: { Database: "lake" },
    ResultConfiguration: { OutputLocation: "s3://lake/results/" },
  });
  await world.athena.queryEnded(started.QueryExecutionId);
  const { ResultSet } = await world.call<{ ResultSet: { Rows: { Data: { VarCharValue?: string }[] }[] } }>(
    "athena",
    "GetQueryResults",
    started,
  );
  return ResultSet.Rows.slice(1).map((row) => row.Data.map((cell) => cell.VarCharValue ?? null));
}

function encryptLake(kmsMasterKeyId?: string) {
  const sse = kmsMasterKeyId === undefined ? { sseAlgorithm: "AES256" } : { sseAlgorithm: "aws:kms", kmsMasterKeyId };
  const type = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
  return world.declare(type, "encryption", { bucket: "lake", rules: [{ applyServerSideEncryptionByDefault: sse }] });
}

test("a run writes one Parquet object and its report, each _id once", async () => {
  world = await makeWorld();
  const first = await world.putRaw("records", ['{"a":1}', '{"a":2.5}']);
  const second = await world.putRaw("records", ['{"a":2.5}', '{"b":"x"}'], 2);
  expect(await world.runJob()).toMatchObject({ JobRunState: "SUCCEEDED" });
  expect(world.keys("parquet-output/")).toEqual([`parquet-output/${PARTITION}part-00000.zstd.parquet`]);
  expect(JSON.parse(world.text(`ledger/${PARTITION}job.json`))).toEqual({
    objects: [first, second],
    rows: 3,
    columns: [
      { name: "_id", type: "string" },
      { name: "_arrived", type: "timestamp" },
      { name: "_format", type: "string" },
      { name: "a", type: "double" },
      { name: "b", type: "string" },
    ],
    failedCasts: 0,
    droppedColumns: 0,
  });
  expect(await world.crawl()).toMatchObject({ Status: "SUCCEEDED" });
  expect(await rows("SELECT _id, _arrived, _format, a, b, dt, hour FROM records ORDER BY _id")).toEqual([
    ["s/1/0.0", "2026-11-20 10:04:09.123", "json", "1.0", null, "2026-11-20", "10"],
    ["s/2/0.0", "2026-11-20 10:04:09.123", "json", "2.5", null, "2026-11-20", "10"],
    ["s/3/0.0", "2026-11-20 10:04:09.123", "json", null, "x", "2026-11-20", "10"],
  ]);
});

test("a second run replaces everything in the partition", async () => {
  world = await makeWorld();
  await world.putRaw("records", ['{"a":1}']);
  await world.put(`parquet-output/${PARTITION}part-00007-old.snappy.parquet`, "old");
  await world.runJob();
  await world.runJob();
  expect(world.keys("parquet-output/")).toEqual([`parquet-output/${PARTITION}part-00000.zstd.parquet`]);
});

test("a table without raw objects is left as it is", async () => {
  world = await makeWorld();
  expect(await world.runJob()).toMatchObject({ JobRunState: "SUCCEEDED" });
  expect(world.keys("parquet-output/")).toEqual([]);
  expect(world.keys("ledger/")).toEqual([]);
});

test("declared columns come with the arguments", async () => {
  world = await makeWorld();
  await world.putRaw("records", ['{"price":"3.39","extra":1}', '{"price":"dear"}']);
  await world.runJob({ "--COLUMNS": '{"records":[{"name":"price","type":"double"}]}' });
  expect(JSON.parse(world.text(`ledger/${PARTITION}job.json`))).toMatchObject({
    columns: [{ name: "_id" }, { name: "_arrived" }, { name: "_format" }, { name: "price", type: "double" }],
    failedCasts: 1,
  });
});

test.each([
  ["is cut off", (body: Buffer) => body.subarray(0, body.length - 6), "does not decompress (Z_BUF_ERROR)"],
  [
    "has a wrong checksum",
    (body: Buffer) => Buffer.concat([body.subarray(0, -8), Buffer.alloc(8)]),
    "does not decompress (Z_DATA_ERROR)",
  ],
  ["is not gzip", () => Buffer.from("plain"), "does not decompress (Z_DATA_ERROR)"],
  [
    "has a broken line",
    () => gzipSync('{"_id":"s/1/0.0","data":{"a":}}\n'),
    "has a broken line 1 (not JSON at byte 29)",
  ],
  [
    "has a line too few",
    () => gzipSync('{"_id":"s/1/0.0","_arrived":"2026-11-20T10:00:00Z","_format":"json","data":{}}\n'),
    "has 1 lines, but its key declares 2",
  ],
])("a raw object that %s fails the run by its key, and what was there stays", async (_name, corrupt, message) => {
  world = await makeWorld();
  const key = await world.putRaw("records", ['{"a":1}', '{"a":2}']);
  await world.runJob();
  const before = world.text(`parquet-output/${PARTITION}part-00000.zstd.parquet`);
  const whole = readFileSync(world.s3.pathOf("lake", key));
  await world.put(key, corrupt(whole));
  expect(await world.runJob()).toEqual(
    expect.objectContaining({
      JobRunState: "FAILED",
      ErrorMessage: `CorruptObject: raw object "${key}" ${message}; nothing was written`,
    }),
  );
  expect(world.text(`parquet-output/${PARTITION}part-00000.zstd.parquet`)).toBe(before);
});

test("a role that may not read the raw objects fails the run", async () => {
  const all = { Effect: "Allow", Action: ["s3:ListBucket"], Resource: ["arn:aws:s3:::lake"] };
  const script = { Effect: "Allow", Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::lake/jobs/*"] };
  world = await makeWorld({ jobStatements: [all, script] });
  await world.putRaw("records", ["{}"]);
  const run = await world.runJob();
  expect(run.JobRunState).toBe("FAILED");
  expect(run.ErrorMessage).toContain("s3:GetObject");
  expect(world.cloud.usage().denied).toHaveLength(1);
});

test("a role that may not use the key of the raw objects fails the run", async () => {
  world = await makeWorld();
  const key = "arn:aws:kms:eu-west-1:000000000000:key/k1";
  await encryptLake(key);
  await world.putRaw("records", ["{}"]);
  await encryptLake();
  const run = await world.runJob();
  expect(run.JobRunState).toBe("FAILED");
  expect(run.ErrorMessage).toContain(`kms:Decrypt on resource: ${key}`);
  expect(world.keys("parquet-output/")).toEqual([]);
});

test("a script that is not the library's own is refused by its location", async () => {
  world = await makeWorld({ script: Buffer.from("print('hello')") });
  const run = await world.runJob();
  expect(run).toMatchObject({
    JobRunState: "FAILED",
    ErrorMessage: expect.stringContaining(
      'the script s3://lake/jobs/flatten_hour.py of job "flatten" is not the library\'s flatten_hour.py',
    ),
  });
});

test.each([
  [{ "--HOUR": "2026-11-20" }, 'flatten_hour: --HOUR "2026-11-20" is not an hour; write it as 2026-11-20T10 (UTC)'],
  [{ "--TABLES": "records,Orders" }, 'flatten_hour: --TABLES names "Orders", which is not a Glue table name'],
  [{ "--BUCKET": "" }, "flatten_hour: the argument --BUCKET is missing"],
  [{ "--COLUMNS": "{" }, "flatten_hour: --COLUMNS is not JSON"],
  [
    { "--COLUMNS": '{"records":[{"name":"A","type":"double"}]}' },
    'flatten_hour: --COLUMNS of table "records": column "A" is not a column name; use 1 to 255 lower-case letters, digits and "_"',
  ],
])("the arguments %j fail the run", async (given, message) => {
  world = await makeWorld();
  expect(await world.runJob(given)).toMatchObject({ JobRunState: "FAILED", ErrorMessage: `Error: ${message}` });
});

test("one run more than maxConcurrentRuns is refused, and a job that is not there", async () => {
  world = await makeWorld();
  await world.putRaw("records", ["{}"]);
  await world.call("glue", "StartJobRun", JOB);
  await expect(world.call("glue", "StartJobRun", JOB)).rejects.toMatchObject({
    code: "ConcurrentRunsExceededException",
  });
  await expect(world.call("glue", "StartJobRun", { JobName: "none" })).rejects.toMatchObject({
    code: "EntityNotFoundException",
  });
});
