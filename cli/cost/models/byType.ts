/** The models by resource type, and the types that AWS does not charge for. A type in neither is reported as open, by name. */
import type { Model } from "../model";
import { firehose, stream, streamConsumer } from "./kinesis";
import { lambdaFunction, mapping } from "./lambda";
import { alarm, dashboard, httpApi, kmsKey, logGroup, queue, secret, topic } from "./others";
import { bucket, dynamoTable, redshiftNamespace, redshiftWorkgroup, workgroup } from "./storage";
import { crawler, glueJob, schedule, stateMachine } from "./workflow";

export const MODELS: Readonly<Record<string, Model>> = {
  "aws:apigatewayv2/api:Api": httpApi,
  "aws:athena/workgroup:Workgroup": workgroup,
  "aws:cloudwatch/dashboard:Dashboard": dashboard,
  "aws:cloudwatch/logGroup:LogGroup": logGroup,
  "aws:cloudwatch/metricAlarm:MetricAlarm": alarm,
  "aws:dynamodb/table:Table": dynamoTable,
  "aws:glue/crawler:Crawler": crawler,
  "aws:glue/job:Job": glueJob,
  "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": firehose,
  "aws:kinesis/stream:Stream": stream,
  "aws:kinesis/streamConsumer:StreamConsumer": streamConsumer,
  "aws:kms/key:Key": kmsKey,
  "aws:lambda/eventSourceMapping:EventSourceMapping": mapping,
  "aws:lambda/function:Function": lambdaFunction,
  "aws:redshiftserverless/namespace:Namespace": redshiftNamespace,
  "aws:redshiftserverless/workgroup:Workgroup": redshiftWorkgroup,
  "aws:s3/bucket:Bucket": bucket,
  "aws:scheduler/schedule:Schedule": schedule,
  "aws:secretsmanager/secret:Secret": secret,
  "aws:sfn/stateMachine:StateMachine": stateMachine,
  "aws:sns/topic:Topic": topic,
  "aws:sqs/queue:Queue": queue,
};

/** Settings of resources above, and resources whose price is that of their use by one of those. */
export const FREE_TYPES: readonly string[] = [
  "aws:apigatewayv2/authorizer:Authorizer",
  "aws:apigatewayv2/integration:Integration",
  "aws:apigatewayv2/route:Route",
  "aws:apigatewayv2/stage:Stage",
  "aws:athena/namedQuery:NamedQuery",
  "aws:cloudwatch/logStream:LogStream",
  "aws:ec2/securityGroup:SecurityGroup",
  "aws:ec2/subnet:Subnet",
  "aws:ec2/vpc:Vpc",
  "aws:glue/catalogDatabase:CatalogDatabase",
  "aws:glue/catalogTable:CatalogTable",
  "aws:glue/registry:Registry",
  "aws:glue/schema:Schema",
  "aws:iam/policy:Policy",
  "aws:iam/role:Role",
  "aws:iam/rolePolicy:RolePolicy",
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
  "aws:kms/alias:Alias",
  "aws:kms/keyPolicy:KeyPolicy",
  "aws:lambda/permission:Permission",
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
  "aws:s3/bucketLogging:BucketLogging",
  "aws:s3/bucketNotification:BucketNotification",
  "aws:s3/bucketObjectv2:BucketObjectv2",
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
  "aws:s3/bucketPolicy:BucketPolicy",
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  "aws:s3/bucketVersioning:BucketVersioning",
  "aws:secretsmanager/secretVersion:SecretVersion",
  "aws:sns/topicPolicy:TopicPolicy",
  "aws:sns/topicSubscription:TopicSubscription",
  "aws:sqs/queuePolicy:QueuePolicy",
];
