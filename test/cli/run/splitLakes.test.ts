/** Lakes that share a bucket: their routes and keys are told apart by the prefixes of the running routers. */
import { Bucket } from "@pulumi/aws/s3";
import { DataLake, FormatRouter, HourlyEtl, StreamIngest } from "streamlake";
import { routedStreams } from "../../../cli/run/routes";
import { splitLakes } from "../../../cli/run/splitLakes";
import { start, stopAll } from "../../local/support/start";
import { testIo } from "../support/testIo";

afterEach(stopAll);

test("a stream that is routed into two lakes of a bucket has a route into each, with the keys of that lake", async () => {
  const cloud = await start(() => {
    const stream = new StreamIngest("in");
    const bucket = new Bucket("team-data");
    const clicks = new DataLake("clicks-lake", { bucket, prefix: "clicks/" });
    new FormatRouter("all", { stream, lake: new DataLake("all-lake", { bucket }) });
    new FormatRouter("clicks", { stream, lake: clicks });
    new HourlyEtl("hourly", { lake: clicks });
    new FormatRouter("other", { stream, lake: new DataLake("other-lake") });
  });
  const routes = await splitLakes({ cloud, io: testIo() }, routedStreams(cloud.resources));
  const keys = ["raw/records/x", "parquet-output/records/x", "clicks/raw/records/x", "clicks/parquet-output/records/x"];
  const found = routes.map(({ bucket, prefix, isOwnKey, functionNames, isFlattened }) => ({
    bucket: bucket.replace(/-[0-9a-f]+$/, ""),
    prefix,
    isFlattened,
    routers: functionNames.map((name) => name.replace(/-[0-9a-f]+$/, "")),
    keys: keys.filter((key) => isOwnKey?.(key)),
  }));
  expect(found).toHaveLength(3);
  expect(found).toEqual(
    expect.arrayContaining([
      { bucket: "team-data", prefix: "", isFlattened: false, routers: ["all-router-function"], keys: keys.slice(0, 1) },
      {
        bucket: "team-data",
        prefix: "clicks/",
        isFlattened: true,
        routers: ["clicks-router-function"],
        keys: keys.slice(2),
      },
      {
        bucket: "other-lake-lake",
        prefix: undefined,
        isFlattened: false,
        routers: ["other-router-function"],
        keys: [],
      },
    ]),
  );
});

test("a function that answers no prefixes is refused in a bucket of several lakes, and has the only lake of another", async () => {
  const program = (prefixes: string[]) => () => {
    const stream = new StreamIngest("in");
    const bucket = new Bucket("team-data");
    for (const prefix of prefixes) {
      new FormatRouter(prefix, { stream, lake: new DataLake(`${prefix}-lake`, { bucket, prefix: `${prefix}/` }) });
    }
    const lake = new DataLake("silent-lake", { bucket, prefix: "silent/" });
    new FormatRouter("silent", {
      stream,
      lake,
      transform: {
        function: {
          function: (args) => {
            args.handler = "index.missing";
          },
        },
      },
    });
  };
  const routes = async (...prefixes: string[]) => {
    const cloud = await start(program(prefixes));
    return splitLakes({ cloud, io: testIo() }, routedStreams(cloud.resources));
  };
  expect(await routes("a")).toEqual([expect.objectContaining({ prefix: undefined, isOwnKey: undefined })]);
  await expect(routes("a", "b")).rejects.toThrow(
    /^streamlake local: several lakes share the bucket team-data-\w+, and the function silent-router-function-\w+ does not answer with the prefixes of its own; see its log, or give its lake another bucket$/,
  );
});
