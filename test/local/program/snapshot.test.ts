/** Snapshots of declared resources: sorted, parsed, and without code, secrets and paths of the machine. */
import * as path from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { DataLake, FormatRouter, HourlyEtl, StreamIngest } from "streamlake";
import { declare } from "streamlake/testing";

function pipeline(transform: (row: Record<string, never>) => Record<string, never>) {
  const lake = new DataLake("lake");
  new FormatRouter("router", { stream: new StreamIngest("in"), lake, hooks: { transform } });
  new HourlyEtl("hourly", { lake });
}

test("resources are sorted by type and name, with sorted inputs and parsed JSON", async () => {
  const declared = await declare(() => {
    new aws.sns.Topic("news", { tags: { b: "2", a: "1" }, policy: '{"Version":"2012-10-17","Statement":[]}' });
    new aws.kinesis.Stream("in", { shardCount: 1, name: "[in" });
    new aws.sns.Topic("alarms", {});
  });
  expect(JSON.stringify(declared.snapshot(), null, 1)).toBe(
    JSON.stringify(
      {
        "aws:kinesis/stream:Stream in": { name: "[in", shardCount: 1 },
        "aws:sns/topic:Topic alarms": {},
        "aws:sns/topic:Topic news": { policy: { Statement: [], Version: "2012-10-17" }, tags: { a: "1", b: "2" } },
      },
      null,
      1,
    ),
  );
});

test("code, files, secrets and the program's directory are masked", async () => {
  const declared = await declare(() => {
    new aws.s3.BucketObjectv2("script", {
      bucket: pulumi.secret("name"),
      key: path.join(process.cwd(), "jobs/a.py"),
      source: new pulumi.asset.FileAsset(path.join(process.cwd(), "jobs/flatten_hour.py")),
      metadata: { token: pulumi.secret("hunter2"), plain: "a" },
    });
    new aws.lambda.LayerVersion("layer", {
      layerName: "layer",
      code: new pulumi.asset.AssetArchive({ "a.js": new pulumi.asset.StringAsset("1") }),
    });
    new aws.s3.BucketObjectv2("text", { bucket: "b", source: new pulumi.asset.StringAsset("hunter2") });
  });
  expect(declared.snapshot()).toEqual({
    "aws:lambda/layerVersion:LayerVersion layer": { code: "<archive>", layerName: "layer" },
    "aws:s3/bucketObjectv2:BucketObjectv2 script": {
      bucket: "<secret>",
      key: "<cwd>/jobs/a.py",
      metadata: "<secret>",
      source: "<asset>",
    },
    "aws:s3/bucketObjectv2:BucketObjectv2 text": { bucket: "b", source: "<asset>" },
  });
});

test("a pipeline's snapshot has every resource, and neither its code nor a path changes it", async () => {
  const one = (await declare(() => pipeline((row) => row))).snapshot();
  const other = (await declare(() => pipeline((row) => ({ ...row })))).snapshot();
  expect(other).toEqual(one);
  expect(Object.keys(one).length).toBeGreaterThan(40);
  expect(JSON.stringify(one)).not.toContain(process.cwd());
  expect(one["aws:lambda/function:Function router-router-function"]).toMatchObject({
    code: "<archive>",
    environment: { variables: { STREAM_NAME: "in-stream" } },
  });
});

test("a preview's snapshot has what is known", async () => {
  const { snapshot } = await declare(() => pipeline((row) => row), { preview: true });
  expect(snapshot()["aws:lambda/function:Function router-router-function"]).toMatchObject({
    environment: { variables: { STREAM_NAME: "<unknown>" } },
  });
});
