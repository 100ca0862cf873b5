/** The pipeline on a stream, a bucket, a database, a workgroup and a topic that other parts of the program declare. */
import * as aws from "@pulumi/aws";
import { DataLake, FormatRouter, HourlyEtl } from "streamlake";

// Elsewhere these come from `get`, a look-up, or the outputs of another stack.
const clicks = new aws.kinesis.Stream("clicks", { shardCount: 1, retentionPeriod: 48 });
const bucket = new aws.s3.Bucket("team-data");
const database = new aws.glue.CatalogDatabase("shop", { name: "shop" });
const workgroup = new aws.athena.Workgroup("analysts", {
  configuration: {
    bytesScannedCutoffPerQuery: 10 * 1024 ** 3,
    resultConfiguration: { outputLocation: bucket.id.apply((name) => `s3://${name}/athena/`) },
  },
});
const onCall = new aws.sns.Topic("on-call");

const lake = new DataLake("lake", {
  bucket,
  prefix: "clicks/",
  database,
  workgroup,
  tables: { records: {}, orders: { columns: [{ name: "total", type: "double" }] } },
  retentionDays: { raw: 30 },
});
new FormatRouter("router", { stream: clicks, lake });
new HourlyEtl("hourly", { lake, failureTopic: onCall });

// A bucket has one lifecycle, so its owner adds the lake's rules.
new aws.s3.BucketLifecycleConfiguration("team-lifecycle", {
  bucket: bucket.id,
  rules: [
    { id: "uploads", status: "Enabled", filter: { prefix: "uploads/" }, expiration: { days: 7 } },
    ...lake.lifecycleRules,
  ],
});

export const streamName = clicks.name;
export const databaseName = lake.databaseName;
export const workgroupName = lake.workgroupName;
