/** The program of `stacks/` in this process: its hours over time, which one run of the command does not reach. */
import { KinesisClient, PutRecordsCommand } from "@aws-sdk/client-kinesis";
import { systemClock } from "../../../local/clock";
import type { LocalCloud } from "../../../local/startLocal";
import { readConfig } from "../../../stacks/config";
import { lakeStack } from "../../../stacks/lake";
import { start, stopAll } from "./start";

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

async function put(cloud: LocalCloud, payloads: readonly string[]): Promise<void> {
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const client = new KinesisClient({ region: cloud.region, endpoint: cloud.endpoint, credentials });
  try {
    const Records = payloads.map((text, index) => ({ Data: Buffer.from(text), PartitionKey: `k${index}` }));
    const { FailedRecordCount } = await client.send(
      new PutRecordsCommand({ StreamName: String(cloud.outputs.stream), Records }),
    );
    expect(FailedRecordCount).toBe(0);
  } finally {
    client.destroy();
  }
  await cloud.drain();
}

/** Rows of a query, the header first. */
async function query(cloud: LocalCloud, QueryString: string): Promise<(string | undefined)[][]> {
  const { QueryExecutionId } = (await cloud.call("athena", "StartQueryExecution", {
    QueryString,
    WorkGroup: cloud.outputs.workgroup,
    QueryExecutionContext: { Database: cloud.outputs.database },
  })) as { QueryExecutionId: string };
  for (;;) {
    const { QueryExecution } = (await cloud.call("athena", "GetQueryExecution", { QueryExecutionId })) as {
      QueryExecution: { Status: { State: string; StateChangeReason?: string } };
    };
    const { State, StateChangeReason } = QueryExecution.Status;
    if (State === "SUCCEEDED") break;
    if (State === "FAILED" || State === "CANCELLED") throw new Error(`${State}: ${StateChangeReason}`);
    await systemClock.sleep(10);
  }
  const { ResultSet } = (await cloud.call("athena", "GetQueryResults", { QueryExecutionId })) as {
    ResultSet: { Rows: { Data: { VarCharValue?: string }[] }[] };
  };
  return ResultSet.Rows.map(({ Data }) => Data.map(({ VarCharValue }) => VarCharValue));
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
