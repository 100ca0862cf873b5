/** The program of `stacks/` through the provider: every resource updated in place, the records that follow, and the end of it all. */
import { parseObjectKey } from "../../../../lake/objectKey";
import { systemClock } from "../../../../local/cloud/clock";
import type { LocalCloud } from "../../../../local/startLocal";
import { readConfig } from "../../../../stacks/config";
import { lakeStack } from "../../../../stacks/lake";
import { start, stopAll } from "../../support/start";

afterEach(stopAll);

function program() {
  const { ingest, lake } = lakeStack(readConfig());
  return { stream: ingest.streamName, bucket: lake.bucketName };
}

async function startProgram(allowDataDeletion: string): Promise<LocalCloud> {
  const config = {
    "aws:region": "us-east-1",
    "streamlake:protect": "false",
    "streamlake:allowDataDeletion": allowDataDeletion,
    "streamlake:batchWindowSeconds": "1",
  };
  return start(program, { project: "streamlake", config, clock: systemClock });
}

async function putAndLand(cloud: LocalCloud, from: number): Promise<number> {
  const Records = Array.from({ length: 20 }, (_, index) => ({
    Data: Buffer.from(JSON.stringify({ n: from + index })),
    PartitionKey: `k${index}`,
  }));
  await cloud.call("kinesis", "PutRecords", { StreamName: cloud.outputs.stream, Records });
  await cloud.drain();
  const { Contents = [] } = (await cloud.call("s3", "ListObjectsV2", {
    Bucket: cloud.outputs.bucket,
    Prefix: "raw/",
  })) as {
    Contents?: { Key: string }[];
  };
  const counts = Contents.map(({ Key }) => Number(parseObjectKey(Key)?.count));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Last made first, as an engine does. */
async function destroy(cloud: LocalCloud): Promise<void> {
  for (const { type, id } of [...cloud.provisioner.all()].reverse()) await cloud.provider.delete(type, id);
}

test("records flow on after every resource is updated, and destroyed it leaves nothing", async () => {
  const cloud = await startProgram("true");
  expect(await putAndLand(cloud, 0)).toBe(20);
  for (const { type, id, inputs, outputs } of cloud.provisioner.all()) {
    const { update } = cloud.provisioner.simulationOf(type, id);
    if (!update) continue;
    const updated = await cloud.provider.update(type, id, inputs);
    expect({ type, id, updated }).toEqual({ type, id, updated: { ...inputs, ...outputs } });
  }
  expect(await putAndLand(cloud, 20)).toBe(40);
  const executions = await cloud.fireSchedules(new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000 + 600_000));
  expect(executions.map(({ status }) => status)).toEqual(executions.map(() => "SUCCEEDED"));
  expect(executions.length).toBeGreaterThan(0);
  await destroy(cloud);
  expect(cloud.provisioner.all()).toEqual([]);
  expect(await cloud.call("kinesis", "ListStreams", {})).toMatchObject({ StreamNames: [] });
  expect(await cloud.call("glue", "GetDatabases", {})).toMatchObject({ DatabaseList: [] });
  expect(await cloud.fireSchedules(new Date())).toEqual([]);
  expect(cloud.usage().unused).toEqual([]);
});

test("without leave to delete data, the lake's bucket refuses to go while it holds records", async () => {
  const cloud = await startProgram("false");
  await putAndLand(cloud, 0);
  await expect(destroy(cloud)).rejects.toThrow("The bucket you tried to delete is not empty");
  const listed = await cloud.call("s3", "ListObjectsV2", { Bucket: cloud.outputs.bucket, Prefix: "raw/" });
  expect((listed as { Contents: object[] }).Contents.length).toBeGreaterThan(0);
  expect(cloud.provisioner.all().filter(({ type }) => type === "aws:s3/bucket:Bucket").length).toBeGreaterThan(0);
});
