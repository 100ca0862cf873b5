/** Lakes that share a bucket: their routes and keys are told apart by the prefixes of the running routers. */
import { Bucket } from "@pulumi/aws/s3";
import { DataLake, FormatRouter, StreamIngest } from "streamlake";
import { routedStreams } from "../../../cli/run/routes";
import { splitLakes } from "../../../cli/run/splitLakes";
import { start, stopAll } from "../../local/support/start";
import { testIo } from "../support/testIo";

afterEach(stopAll);

test("a stream that is routed into two lakes of a bucket has a route into each, with the keys of that lake", async () => {
  const cloud = await start(() => {
    const stream = new StreamIngest("in");
    const bucket = new Bucket("team-data");
    const lake = (name: string, prefix?: string) =>
      new DataLake(name, { bucket, ...(prefix !== undefined && { prefix }) });
    new FormatRouter("all", { stream, lake: lake("all-lake") });
    new FormatRouter("clicks", { stream, lake: lake("clicks-lake", "clicks/") });
    new FormatRouter("other", { stream, lake: new DataLake("other-lake") });
  });
  const routes = await splitLakes({ cloud, io: testIo() }, routedStreams(cloud.resources));
  const keys = ["raw/records/x", "parquet-output/records/x", "clicks/raw/records/x", "clicks/parquet-output/records/x"];
  const found = routes.map(({ bucket, prefix, isOwnKey, functionNames }) => ({
    bucket: bucket.replace(/-[0-9a-f]+$/, ""),
    prefix,
    routers: functionNames.map((name) => name.replace(/-[0-9a-f]+$/, "")),
    keys: keys.filter((key) => isOwnKey?.(key)),
  }));
  expect(found).toHaveLength(3);
  expect(found).toEqual(
    expect.arrayContaining([
      { bucket: "team-data", prefix: "", routers: ["all-router-function"], keys: keys.slice(0, 2) },
      { bucket: "team-data", prefix: "clicks/", routers: ["clicks-router-function"], keys: keys.slice(2) },
      { bucket: "other-lake-lake", prefix: undefined, routers: ["other-router-function"], keys: [] },
    ]),
  );
});
