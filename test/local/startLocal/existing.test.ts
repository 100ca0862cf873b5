/** The example of existing resources, run as a program in this process: records in, rows in SQL, in the team's own places. */
import { readdirSync } from "node:fs";
import path from "node:path";
import { systemClock } from "../../../local/cloud/clock";
import { start, stopAll } from "../support/start";
import { put, queryRows } from "../support/streamAndSql";

afterAll(stopAll);

function program(): unknown {
  let outputs: { streamName: unknown; databaseName: unknown; workgroupName: unknown } | undefined;
  jest.isolateModules(() => {
    outputs = require("../../../examples/existing");
  });
  return { stream: outputs?.streamName, database: outputs?.databaseName, workgroup: outputs?.workgroupName };
}

test("rows land in the team's bucket below the lake's prefix, and the team's workgroup queries them", async () => {
  const cloud = await start(program, { clock: systemClock });
  await put(cloud, ['{"n":1}', "a,n\nx,2\n", "{broken"]);
  const nextHour = new Date((Math.floor(systemClock.now() / 3_600_000) + 1) * 3_600_000 + 600_000);
  expect((await cloud.fireSchedules(nextHour)).map(({ status }) => status)).toContain("SUCCEEDED");

  expect(await queryRows(cloud, 'SELECT "n" FROM "records" ORDER BY "n"')).toEqual([["1"], ["2"]]);
  expect(await queryRows(cloud, 'SELECT "reason" FROM "unformatted"')).toEqual([["format"]]);

  const buckets = path.join(cloud.dataDir, "s3");
  const bucket = cloud.resources.find(({ name }) => name === "team-data");
  expect(readdirSync(path.join(buckets, String(bucket?.id))).sort()).toEqual(["athena", "clicks"]);
  expect(readdirSync(path.join(buckets, String(bucket?.id), "clicks")).sort()).toEqual([
    "jobs",
    "ledger",
    "parquet-output",
    "raw",
    "unformatted",
  ]);
  expect(cloud.usage().denied).toEqual([]);
});
