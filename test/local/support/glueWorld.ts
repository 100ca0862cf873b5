/** A cloud with a lake for Glue and Athena tests: S3, the catalog, a job and a crawler, each with the role that it runs as. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { objectKey } from "../../../lake/objectKey";
import type { Cloud } from "../../../local/cloud/cloud";
import { createCloud } from "../../../local/cloud/createCloud";
import { CALLER } from "../../../local/cloud/iam/principal";
import { type AthenaService, athenaService } from "../../../local/services/athena/service";
import { type GlueService, glueService } from "../../../local/services/glue/service";
import { iamService } from "../../../local/services/iam/service";
import { type S3Service, s3Service } from "../../../local/services/s3/service";

export const NOW = Date.parse("2026-11-20T11:10:00Z");
export const HOUR = "2026-11-20T10";
export const SCRIPT = readFileSync(join(__dirname, "../../../jobs/flatten_hour.py"));

export interface World {
  readonly cloud: Cloud;
  readonly glue: GlueService;
  readonly athena: AthenaService;
  readonly s3: S3Service;
  /** Provisions a resource as the program would declare it. */
  declare(type: string, name: string, inputs: Record<string, unknown>): Promise<Record<string, unknown>>;
  /** A call by the person at the keyboard. */
  call<T>(service: string, operation: string, input: object): Promise<T>;
  put(key: string, body: string | Uint8Array): Promise<void>;
  /** One raw object of the hour; each row is the JSON of its data. Returns its key. */
  putRaw(table: string, rows: readonly string[], first?: number, hour?: string): Promise<string>;
  keys(prefix: string): string[];
  text(key: string): string;
  /** Runs the job for the hour to its end. */
  runJob(runArguments?: Record<string, string>): Promise<JobRunOutput>;
  /** Runs the crawler to its end. */
  crawl(): Promise<{ Status: string; ErrorMessage?: string }>;
  close(): Promise<void>;
}

export interface JobRunOutput {
  readonly JobRunState: string;
  readonly ErrorMessage?: string;
}

const trust = (service: string) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: service } }],
  });

const JOB_STATEMENTS = [
  {
    Effect: "Allow",
    Action: ["s3:GetObject"],
    Resource: ["raw", "jobs", "ledger"].map((prefix) => `arn:aws:s3:::lake/${prefix}/*`),
  },
  { Effect: "Allow", Action: ["s3:PutObject", "s3:DeleteObject"], Resource: ["arn:aws:s3:::lake/parquet-output/*"] },
  { Effect: "Allow", Action: ["s3:PutObject"], Resource: ["arn:aws:s3:::lake/ledger/*"] },
  { Effect: "Allow", Action: ["s3:ListBucket"], Resource: ["arn:aws:s3:::lake"] },
];

const CRAWLER_STATEMENTS = [
  { Effect: "Allow", Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::lake/parquet-output/*"] },
  { Effect: "Allow", Action: ["s3:ListBucket"], Resource: ["arn:aws:s3:::lake"] },
  {
    Effect: "Allow",
    Action: ["GetDatabase", "GetTable", "CreateTable", "UpdateTable", "GetPartitions", "BatchCreatePartition"].map(
      (action) => `glue:${action}`,
    ),
    Resource: ["catalog", "database/lake", "table/lake/*"].map(
      (resource) => `arn:aws:glue:eu-west-1:000000000000:${resource}`,
    ),
  },
];

/** What starts the job for the hour. */
export const JOB = { JobName: "flatten", Arguments: { "--HOUR": HOUR, "--TABLES": "records" } };

export interface WorldOptions {
  /** What the job's role may do. */
  readonly jobStatements?: readonly object[];
  readonly script?: Uint8Array;
  readonly crawler?: Record<string, unknown>;
}

export async function makeWorld(options: WorldOptions = {}): Promise<World> {
  const dataDir = mkdtempSync(join(tmpdir(), "glue-"));
  let random = 7;
  const cloud = createCloud({
    region: "eu-west-1",
    accountId: "000000000000",
    clock: { now: () => NOW, sleep: async () => {} },
    random: () => {
      random = (random * 16_807) % 2_147_483_647;
      return random / 2_147_483_647;
    },
    dataDir,
  });
  const [s3, glue, athena] = [s3Service(cloud), glueService(cloud), athenaService(cloud)];
  cloud.register(iamService(cloud), s3, glue, athena);

  const declare: World["declare"] = async (type, name, inputs) => {
    const service = cloud.services().find((candidate) => type in candidate.resources);
    const made = await service?.resources[type]?.create({ type, name, inputs });
    if (!made) throw new Error(`nothing provisions ${type}`);
    return { ...inputs, ...made.outputs, id: made.id };
  };
  const put: World["put"] = async (key, body) => {
    await cloud.call(CALLER, "s3", "PutObject", { Bucket: "lake", Key: key, Body: Buffer.from(body) });
  };
  const world: World = {
    cloud,
    glue,
    athena,
    s3,
    declare,
    call: async <T>(service: string, operation: string, input: object) =>
      (await cloud.call(CALLER, service, operation, input)) as T,
    put,
    async putRaw(table, rows, first = 1, hour = HOUR) {
      const lines = rows.map(
        (row, index) =>
          `{"_id":"s/${first + index}/0.0","_arrived":"2026-11-20T10:04:09.123Z","_format":"json","_stream":"t","_key":"k","data":${row}}\n`,
      );
      const range = { shard: "s", first: String(first), last: String(first + rows.length - 1), count: rows.length };
      const key = objectKey("raw/", table, hour, range);
      await put(key, gzipSync(lines.join("")));
      return key;
    },
    keys: (prefix) => [...s3.list("lake", prefix)].map((object) => object.key),
    text: (key) => readFileSync(s3.pathOf("lake", key), "utf8"),
    async runJob(runArguments = {}) {
      const input = { JobName: "flatten", Arguments: { "--HOUR": HOUR, "--TABLES": "records", ...runArguments } };
      const { JobRunId } = await world.call<{ JobRunId: string }>("glue", "StartJobRun", input);
      await glue.jobRunEnded(JobRunId);
      const asked = { JobName: "flatten", RunId: JobRunId };
      return (await world.call<{ JobRun: JobRunOutput }>("glue", "GetJobRun", asked)).JobRun;
    },
    async crawl() {
      await world.call("glue", "StartCrawler", { Name: "crawler" });
      await glue.idle?.();
      const { Crawler } = await world.call<{ Crawler: { State: string; LastCrawl: { Status: string } } }>(
        "glue",
        "GetCrawler",
        { Name: "crawler" },
      );
      expect(Crawler.State).toBe("READY");
      return Crawler.LastCrawl;
    },
    async close() {
      await cloud.stop();
      rmSync(dataDir, { recursive: true });
    },
  };
  await declareLake(world, options);
  return world;
}

async function declareLake(world: World, options: WorldOptions): Promise<void> {
  const { declare } = world;
  await declare("aws:s3/bucket:Bucket", "lake", { bucket: "lake" });
  await world.put("jobs/flatten_hour.py", options.script ?? SCRIPT);
  for (const [name, Statement] of [
    ["job-role", options.jobStatements ?? JOB_STATEMENTS],
    ["crawler-role", CRAWLER_STATEMENTS],
  ] as const) {
    await declare("aws:iam/role:Role", name, { name, assumeRolePolicy: trust("glue.amazonaws.com") });
    const policy = JSON.stringify({ Version: "2012-10-17", Statement });
    await declare("aws:iam/rolePolicy:RolePolicy", `${name}-policy`, { role: name, policy });
  }
  await declare("aws:glue/catalogDatabase:CatalogDatabase", "database", { name: "lake" });
  await declare("aws:glue/job:Job", "job", {
    name: "flatten",
    roleArn: "arn:aws:iam::000000000000:role/job-role",
    command: { name: "glueetl", pythonVersion: "3", scriptLocation: "s3://lake/jobs/flatten_hour.py" },
    defaultArguments: {
      "--BUCKET": "lake",
      "--RAW_PREFIX": "raw/",
      "--PARQUET_PREFIX": "parquet-output/",
      "--LEDGER_PREFIX": "ledger/",
    },
    executionProperty: { maxConcurrentRuns: 1 },
  });
  await declare("aws:glue/crawler:Crawler", "crawler", {
    name: "crawler",
    role: "arn:aws:iam::000000000000:role/crawler-role",
    databaseName: "lake",
    s3Targets: [{ path: "s3://lake/parquet-output/", exclusions: ["orders/**"] }],
    schemaChangePolicy: { updateBehavior: "UPDATE_IN_DATABASE", deleteBehavior: "LOG" },
    configuration: JSON.stringify({ Version: 1, Grouping: { TableLevelConfiguration: 3 } }),
    ...options.crawler,
  });
}
