/** What each type can change on what exists, and what makes another one in its place. */
import { type ProviderWorld, providerWorld } from "../../support/provider/world";

let world: ProviderWorld;
beforeAll(async () => {
  world = await providerWorld();
});
afterAll(() => world.close());

/** The AWS provider's "forces replacement" (`ForceNew` in `hashicorp/terraform-provider-aws`, internal/service). */
const REPLACE: Readonly<Record<string, string>> = {
  "aws:apigatewayv2/api:Api": "protocolType",
  "aws:apigatewayv2/authorizer:Authorizer": "apiId",
  "aws:apigatewayv2/integration:Integration": "apiId integrationType",
  "aws:apigatewayv2/route:Route": "apiId",
  "aws:apigatewayv2/stage:Stage": "apiId name",
  "aws:athena/namedQuery:NamedQuery": "name description database query workgroup",
  "aws:athena/workgroup:Workgroup": "name",
  "aws:cloudwatch/dashboard:Dashboard": "dashboardName",
  "aws:cloudwatch/logGroup:LogGroup": "name namePrefix logGroupClass",
  "aws:cloudwatch/logStream:LogStream": "name logGroupName",
  "aws:cloudwatch/metricAlarm:MetricAlarm": "name",
  "aws:dynamodb/table:Table": "name hashKey rangeKey",
  "aws:glue/catalogDatabase:CatalogDatabase": "name",
  "aws:glue/catalogTable:CatalogTable": "name databaseName",
  "aws:glue/crawler:Crawler": "name",
  "aws:glue/job:Job": "name",
  "aws:glue/registry:Registry": "registryName",
  "aws:glue/schema:Schema": "schemaName",
  "aws:iam/policy:Policy": "name namePrefix path description",
  "aws:iam/role:Role": "name namePrefix path",
  "aws:iam/rolePolicy:RolePolicy": "name namePrefix role",
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "role policyArn",
  "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": "name destination kinesisSourceConfiguration",
  "aws:kinesis/stream:Stream": "name",
  "aws:kinesis/streamConsumer:StreamConsumer": "name streamArn",
  "aws:kms/alias:Alias": "name",
  "aws:kms/key:Key": "keyUsage multiRegion",
  "aws:lambda/eventSourceMapping:EventSourceMapping": "eventSourceArn startingPosition startingPositionTimestamp",
  "aws:lambda/function:Function": "name namePrefix",
  "aws:lambda/permission:Permission": "action function principal sourceArn sourceAccount statementId statementIdPrefix",
  "aws:s3/bucket:Bucket": "bucket bucketPrefix",
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": "bucket",
  "aws:s3/bucketLogging:BucketLogging": "bucket",
  "aws:s3/bucketObjectv2:BucketObjectv2": "bucket key",
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": "bucket",
  "aws:s3/bucketPolicy:BucketPolicy": "bucket",
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": "bucket",
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": "bucket",
  "aws:s3/bucketVersioning:BucketVersioning": "bucket",
  "aws:scheduler/schedule:Schedule": "name namePrefix groupName",
  "aws:scheduler/scheduleGroup:ScheduleGroup": "name namePrefix",
  "aws:secretsmanager/secret:Secret": "name namePrefix",
  "aws:secretsmanager/secretVersion:SecretVersion": "secretId secretString secretBinary",
  "aws:sfn/stateMachine:StateMachine": "name namePrefix type",
  "aws:sns/topic:Topic": "name namePrefix",
  "aws:sns/topicPolicy:TopicPolicy": "arn",
  "aws:sns/topicSubscription:TopicSubscription": "topic protocol endpoint",
  "aws:sqs/queue:Queue": "name namePrefix",
  "aws:sqs/queuePolicy:QueuePolicy": "queueUrl",
  "aws:ssm/parameter:Parameter": "name",
};

const SERVICES =
  "apigateway athena cloudwatch dynamodb firehose glue iam kinesis kms lambda logs s3 scheduler secretsmanager sns sqs ssm states sts".split(
    " ",
  );
const simulations = () => SERVICES.flatMap((name) => Object.entries(world.cloud.service(name).resources));

test("every type says which inputs replace it", () => {
  const told = simulations().map(([type, { replaceOn = [] }]) => [type, replaceOn.join(" ")]);
  expect(Object.fromEntries(told)).toEqual(REPLACE);
});

test("each change of an input is an update or a replacement, as its type says", async () => {
  for (const [type, { simulated, withoutEffect = [] }] of simulations()) {
    for (const property of [...simulated, ...withoutEffect]) {
      const { changes, replaces, changed } = await world.provider.diff(type, "id", {}, { [property]: "b" });
      expect({ type, property, changes, replaces, changed }).toEqual({
        type,
        property,
        changes: true,
        replaces: REPLACE[type]?.split(" ").includes(property) ? [property] : [],
        changed: [property],
      });
    }
  }
});

test("only a type of which every input is replaced has no update", () => {
  const fixed = simulations().filter(([, { update }]) => update === undefined);
  expect(fixed.map(([type]) => type).sort()).toEqual([
    "aws:athena/namedQuery:NamedQuery",
    "aws:cloudwatch/logStream:LogStream",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:lambda/permission:Permission",
    "aws:secretsmanager/secretVersion:SecretVersion",
    "aws:sns/topicSubscription:TopicSubscription",
  ]);
  for (const [type, { simulated, withoutEffect = [] }] of fixed)
    expect([...simulated, ...withoutEffect].sort()).toEqual(REPLACE[type]?.split(" ").sort());
});

test.each<[string, string, Record<string, unknown>, Record<string, unknown>, boolean]>([
  [
    "the same explicit name",
    "aws:sfn/stateMachine:StateMachine",
    { name: "a", type: "1" },
    { name: "a", type: "2" },
    true,
  ],
  ["another explicit name", "aws:sfn/stateMachine:StateMachine", { name: "a" }, { name: "b" }, false],
  [
    "a name that was filled in",
    "aws:sfn/stateMachine:StateMachine",
    { name: "a-1234567", type: "1", __defaults: ["name"] },
    { name: "a-1234567", type: "2", __defaults: ["name"] },
    false,
  ],
  ["no name of its own", "aws:s3/bucketPolicy:BucketPolicy", { bucket: "a" }, { bucket: "b" }, false],
  [
    "an update",
    "aws:sfn/stateMachine:StateMachine",
    { name: "a", definition: "1" },
    { name: "a", definition: "2" },
    false,
  ],
])("with %s the old one goes first or not", async (_case, type, olds, news, expected) => {
  expect((await world.provider.diff(type, "id", olds, news)).deleteBeforeReplace).toBe(expected);
});
