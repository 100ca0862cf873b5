/** Which inputs of each resource type of IAM, S3, Kinesis and Logs do something here, and which are accepted without effect. */
import { kinesisService } from "../../../local/services/kinesis/service";
import { logsService } from "../../../local/services/logs/service";
import { s3Service } from "../../../local/services/s3/service";
import { type TestCloud, testCloud } from "../support/testCloud";

let local: TestCloud;
beforeAll(async () => {
  local = await testCloud(s3Service, kinesisService, logsService);
});
afterAll(() => local.close());

test("the inputs that are simulated and that have no effect", () => {
  const table = local.cloud
    .services()
    .flatMap((service) =>
      Object.entries(service.resources).map(([type, { simulated, withoutEffect = [] }]) => [
        type.slice(type.lastIndexOf(":") + 1),
        simulated.join(" "),
        withoutEffect.join(" "),
      ]),
    );
  expect(table).toEqual([
    ["Role", "name namePrefix path assumeRolePolicy forceDetachPolicies", "description tags maxSessionDuration"],
    ["RolePolicy", "name namePrefix role policy", ""],
    ["Policy", "name namePrefix path policy", "description tags"],
    ["RolePolicyAttachment", "role policyArn", ""],
    ["Bucket", "bucket bucketPrefix forceDestroy", "tags"],
    ["BucketPolicy", "bucket policy", ""],
    ["BucketServerSideEncryptionConfiguration", "bucket rules", ""],
    ["BucketVersioning", "bucket versioningConfiguration", ""],
    [
      "BucketPublicAccessBlock",
      "bucket",
      "blockPublicAcls blockPublicPolicy ignorePublicAcls restrictPublicBuckets skipDestroy",
    ],
    ["BucketOwnershipControls", "bucket", "rule"],
    ["BucketLifecycleConfiguration", "bucket", "rules transitionDefaultMinimumObjectSize"],
    ["BucketLogging", "bucket", "targetBucket targetPrefix targetObjectKeyFormat"],
    [
      "BucketObjectv2",
      "bucket key source content contentBase64 contentType contentEncoding cacheControl metadata",
      "tags forceDestroy",
    ],
    [
      "Stream",
      "name streamModeDetails shardCount retentionPeriod maxRecordSizeInKib encryptionType kmsKeyId",
      "tags warmThroughputMibPs shardLevelMetrics enforceConsumerDeletion",
    ],
    ["StreamConsumer", "name streamArn", "tags"],
    ["LogGroup", "name namePrefix skipDestroy", "retentionInDays kmsKeyId logGroupClass tags"],
    ["LogStream", "name logGroupName", ""],
  ]);
});

test.each([
  ["aws:s3/bucketVersioning:BucketVersioning", { bucket: "none" }, 'the bucket "none" is not declared in this program'],
  [
    "aws:iam/rolePolicy:RolePolicy",
    { role: "none", policy: "{}" },
    'is for the role "none", which this program does not declare',
  ],
  ["aws:kinesis/stream:Stream", { name: "a b", shardCount: 1 }, '"a b" is not a stream name'],
  ["aws:kinesis/stream:Stream", { name: "s" }, "a provisioned stream needs a shardCount of at least 1"],
  [
    "aws:kinesis/stream:Stream",
    { name: "s", shardCount: 1, kmsKeyId: "alias/mine" },
    'the key alias "alias/mine" is not simulated',
  ],
  ["aws:s3/bucketObjectv2:BucketObjectv2", { bucket: "none" }, 'the bucket "none" is not declared in this program'],
])("%s with %j is refused with its reason", async (type, inputs, reason) => {
  await expect(local.declare(type, "mine", inputs)).rejects.toThrow(reason);
  await expect(local.declare(type, "mine", inputs)).rejects.toThrow('"mine"');
});
