/** The program of `stacks/` in this process: its hours over time, which one run of the command does not reach. */
import { systemClock } from "../../../local/cloud/clock";
import type { LocalCloud } from "../../../local/startLocal";
import { readConfig } from "../../../stacks/config";
import { lakeStack } from "../../../stacks/lake";
import { start, stopAll } from "../support/start";
import { put, query } from "../support/streamAndSql";

const CONFIG = {
  "aws:region": "us-east-1",
  "streamlake:protect": "false",
  "streamlake:allowDataDeletion": "true",
  "streamlake:alarms": "false",
  "streamlake:batchWindowSeconds": "1",
};

function program() {
  const { ingest, lake, etl } = lakeStack(readConfig());
  return {
    stream: ingest.streamName,
    database: lake.databaseName,
    workgroup: lake.workgroupName,
    machine: etl.stateMachineArn,
  };
}

const FIRST_HOUR = Math.floor(systemClock.now() / 3_600_000);

/** Ten minutes past the hour that lies this many hours after the one in which the tests began. */
function scheduled(hoursAhead: number): Date {
  return new Date((FIRST_HOUR + hoursAhead) * 3_600_000 + 600_000);
}

let cloud: LocalCloud;
beforeAll(async () => {
  cloud = await start(program, { project: "streamlake", config: CONFIG, clock: systemClock });
});
afterAll(stopAll);

test("an hour becomes rows in SQL; late records of it are added by the next hour's run; nothing is read twice", async () => {
  await put(cloud, ['{"n":1}', '{"n":2,"deep":{"x":true}}', "a,n\nfirst,3\nsecond,4\n", "{broken"]);
  expect(await cloud.fireSchedules(scheduled(1))).toMatchObject([{ status: "SUCCEEDED" }, { status: "SUCCEEDED" }]);
  const rows = 'SELECT "n", "_format" FROM "records" ORDER BY "n"';
  expect(await query(cloud, rows)).toEqual([
    ["n", "_format"],
    ["1", "json"],
    ["2", "json"],
    ["3", "csv"],
    ["4", "csv"],
  ]);

  const again = await cloud.fireSchedules(scheduled(1));
  expect(again.map(({ status }) => status)).toEqual(["SUCCEEDED"]);

  await put(cloud, ['{"n":5,"deep":{"x":false}}']);
  const late = await cloud.fireSchedules(scheduled(2));
  expect(late.map(({ status }) => status)).toEqual(["SUCCEEDED", "SUCCEEDED"]);
  expect(await query(cloud, 'SELECT "n", "deep_x" FROM "records" WHERE "deep_x" IS NOT NULL ORDER BY "n"')).toEqual([
    ["n", "deep_x"],
    ["2", "true"],
    ["5", "false"],
  ]);
  expect(await query(cloud, 'SELECT count(*) FROM "records"')).toEqual([[expect.any(String)], ["5"]]);
  expect(cloud.usage().denied).toEqual([]);
});

test("an hour without new objects is not worked on again", async () => {
  const runs = async () =>
    ((await cloud.call("glue", "GetJobRuns", { JobName: jobName() })) as { JobRuns: object[] }).JobRuns.length;
  const before = await runs();
  expect((await cloud.fireSchedules(scheduled(3))).map(({ status }) => status)).toEqual(["SUCCEEDED", "SUCCEEDED"]);
  expect(await runs()).toBe(before);
});

function jobName(): string {
  const job = cloud.resources.find(({ type }) => type === "aws:glue/job:Job");
  return String(job?.outputs.name);
}
