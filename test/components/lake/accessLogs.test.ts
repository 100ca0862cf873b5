/** A lake's access logs: a bucket for them, who may write there, and which buckets do. */
import { DataLake, type DataLakeArgs } from "streamlake";
import { declare } from "streamlake/testing";
import { listed } from "../support/listed";

const lake = (args: DataLakeArgs) => () => new DataLake("lake", args);

test.each([false, true])(
  "accessLogs adds a bucket and a setting of each other bucket (preview: %s)",
  async (preview) => {
    const without = listed(await declare(lake({}), { preview }));
    const added = listed(await declare(lake({ accessLogs: true }), { preview })).filter(
      (line) => !without.includes(line),
    );
    expect(added).toEqual([
      "aws:s3/bucket:Bucket lake-access-logs",
      "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration lake-access-logs-lifecycle",
      "aws:s3/bucketLogging:BucketLogging lake-failed-logging",
      "aws:s3/bucketLogging:BucketLogging lake-lake-logging",
      "aws:s3/bucketLogging:BucketLogging lake-results-logging",
      "aws:s3/bucketOwnershipControls:BucketOwnershipControls lake-access-logs-ownership",
      "aws:s3/bucketPolicy:BucketPolicy lake-access-logs-policy",
      "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock lake-access-logs-public-access",
      "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration lake-access-logs-encryption",
      "aws:s3/bucketVersioning:BucketVersioning lake-access-logs-versioning",
    ]);
  },
);

test("each bucket's logs lie under a prefix of its own, by the day of the request", async () => {
  const declared = await declare(lake({ accessLogs: true }));
  expect(declared.all("aws:s3/bucketLogging:BucketLogging").map(({ inputs }) => inputs)).toEqual(
    ["failed", "lake", "results"].map((role) => ({
      bucket: `lake-${role}`,
      targetBucket: "lake-access-logs",
      targetPrefix: `${role}/`,
      targetObjectKeyFormat: { partitionedPrefix: { partitionDateSource: "EventTime" } },
    })),
  );
});

test("S3 may write logs of the account's own buckets, over TLS, and nobody else anything", async () => {
  const declared = await declare(lake({ accessLogs: true }));
  expect(JSON.parse(declared.one("lake-access-logs-policy").inputs.policy).Statement).toEqual([
    {
      Sid: "AccessLogs",
      Effect: "Allow",
      Principal: { Service: "logging.s3.amazonaws.com" },
      Action: "s3:PutObject",
      Resource: "arn:aws:s3:::lake-access-logs/*",
      Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
    },
    {
      Sid: "TlsOnly",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: ["arn:aws:s3:::lake-access-logs", "arn:aws:s3:::lake-access-logs/*"],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
  ]);
});

test.each([
  [{ accessLogs: true }, 90],
  [{ accessLogs: true, retentionDays: { accessLogs: 400 } }, 400],
])("with %j logs are kept %d days", async (args, days) => {
  const declared = await declare(lake(args));
  expect(declared.one("lake-access-logs-lifecycle").inputs.rules[0]).toEqual({
    id: "access-logs",
    status: "Enabled",
    filter: { prefix: "" },
    expiration: { days },
  });
});

test("the logs' bucket is encrypted by S3's own keys, whatever key the lake has", async () => {
  const encryptionKeyArn = "arn:aws:kms:us-east-1:123456789012:key/own";
  const declared = await declare(lake({ accessLogs: true, encryptionKeyArn }));
  expect(declared.one("lake-access-logs-encryption").inputs.rules).toEqual([
    { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } },
  ]);
});

test("a retention of logs that are not kept is refused", () => {
  expect(() => new DataLake("lake", { retentionDays: { accessLogs: 30 } })).toThrow(
    'DataLake "lake": retentionDays.accessLogs is given, but accessLogs is not true; set it.',
  );
});
