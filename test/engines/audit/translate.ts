/** Translates declared resources into CloudFormation resources and into the parameters of the AWS calls that create them. */
import type { DeclaredResource } from "streamlake/testing";
import { BESIDE_COMPONENTS } from "./besideComponents";
import { DASHBOARDS } from "./dashboards";
import { HTTP_APIS } from "./httpApis";
import { hasTags, tagsOf } from "./tags";
import { defined, Inputs, pascal, physical, same, type Translate, type Translation, type Values } from "./translation";
import { WAREHOUSES } from "./warehouses";

/** One call that creates a resource, in the shapes of the AWS API. */
export interface ApiCall {
  readonly resource: string;
  /** As botocore names it: `"stepfunctions"`. */
  readonly service: string;
  readonly operation: string;
  readonly parameters: Values;
}

export interface CloudFormationResource {
  readonly Type: string;
  readonly Properties: Values;
}

export interface Translated {
  /** By logical name. */
  readonly template: Readonly<Record<string, CloudFormationResource>>;
  readonly calls: readonly ApiCall[];
  /** Inputs that neither CloudFormation nor the API has, `"aws:s3/bucket:Bucket forceDestroy"`. */
  readonly leftOut: readonly string[];
}

/** A setting of a bucket, which CloudFormation has as a property of the bucket. */
function bucketSetting(operation: string, parameters: Values, properties: Values): Translation {
  return { type: "AWS::S3::Bucket", properties, calls: [["s3", operation, parameters]] };
}

interface LifecycleRule {
  id: string;
  status: string;
  filter: { prefix: string };
  expiration?: { days?: number; expiredObjectDeleteMarker?: boolean };
  noncurrentVersionExpiration?: { noncurrentDays: number };
  abortIncompleteMultipartUpload?: { daysAfterInitiation: number };
}

interface MetricQuery {
  metric?: {
    metricName: string;
    namespace?: string;
    period: number;
    stat: string;
    dimensions?: Record<string, string>;
  };
}

interface FirehoseS3 {
  readonly bucketArn: string;
  readonly roleArn: string;
  readonly prefix: string;
  readonly bufferingSize: number;
  readonly bufferingInterval: number;
  readonly compressionFormat: string;
  readonly cloudwatchLoggingOptions: object;
  readonly fileExtension?: string;
  readonly errorOutputPrefix?: string;
  readonly processingConfiguration?: object;
  readonly dynamicPartitioningConfiguration?: object;
  readonly dataFormatConversionConfiguration?: Values;
  readonly s3BackupMode?: string;
  readonly s3BackupConfiguration?: FirehoseS3;
}

/** The members that a destination and a backup of Firehose share. */
function firehoseS3({ bufferingSize, bufferingInterval, cloudwatchLoggingOptions, ...s3 }: FirehoseS3): Values {
  return {
    BucketARN: s3.bucketArn,
    RoleARN: s3.roleArn,
    Prefix: s3.prefix,
    BufferingHints: { SizeInMBs: bufferingSize, IntervalInSeconds: bufferingInterval },
    CompressionFormat: s3.compressionFormat,
    CloudWatchLoggingOptions: pascal(cloudwatchLoggingOptions),
  };
}

function conversionOf(conversion: Values | undefined): Values | undefined {
  const { SchemaConfiguration, ...formats } = pascal(conversion ?? {}) as Record<string, Values>;
  if (!conversion) return undefined;
  const { RoleArn: RoleARN, ...schema } = SchemaConfiguration ?? {};
  return { ...formats, SchemaConfiguration: { ...schema, RoleARN } };
}

function dimensionsOf(dimensions: Record<string, string> | undefined): Values[] | undefined {
  return dimensions && Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
}

const TRANSLATIONS: Readonly<Record<string, Translate>> = {
  ...BESIDE_COMPONENTS,
  ...DASHBOARDS,
  ...HTTP_APIS,
  ...WAREHOUSES,
  "aws:athena/namedQuery:NamedQuery": (input) => {
    const properties = {
      ...input.pascal("database", "description", "name"),
      QueryString: input.take("query"),
      WorkGroup: input.take("workgroup"),
    };
    return same("AWS::Athena::NamedQuery", "athena", "CreateNamedQuery", properties);
  },
  "aws:athena/workgroup:Workgroup": (input, name) => {
    const { enforceWorkgroupConfiguration, publishCloudwatchMetricsEnabled, resultConfiguration, ...rest } =
      input.take<Values>("configuration");
    const { encryptionConfiguration, ...result } = resultConfiguration as Values;
    const { kmsKeyArn, ...encryption } = (encryptionConfiguration ?? {}) as Values;
    const configuration = {
      ...(pascal(rest) as Values),
      EnforceWorkGroupConfiguration: enforceWorkgroupConfiguration,
      PublishCloudWatchMetricsEnabled: publishCloudwatchMetricsEnabled,
      ResultConfiguration: {
        ...(pascal(result) as Values),
        EncryptionConfiguration: encryptionConfiguration && { ...(pascal(encryption) as Values), KmsKey: kmsKeyArn },
      },
    };
    const shared = { Name: physical(input, name), ...input.pascal("description") };
    return {
      type: "AWS::Athena::WorkGroup",
      properties: {
        ...shared,
        WorkGroupConfiguration: configuration,
        RecursiveDeleteOption: input.take("forceDestroy"),
      },
      calls: [["athena", "CreateWorkGroup", { ...shared, Configuration: configuration }]],
    };
  },
  "aws:cloudwatch/dashboard:Dashboard": (input) => {
    const [DashboardName, DashboardBody] = [input.take("dashboardName"), input.take("dashboardBody")];
    return same("AWS::CloudWatch::Dashboard", "cloudwatch", "PutDashboard", { DashboardName, DashboardBody });
  },
  "aws:cloudwatch/logGroup:LogGroup": (input, name) => {
    const LogGroupName = physical(input, name);
    const RetentionInDays = input.take("retentionInDays");
    const KmsKeyId = input.take("kmsKeyId");
    return {
      type: "AWS::Logs::LogGroup",
      properties: { LogGroupName, RetentionInDays, KmsKeyId },
      calls: [
        ["logs", "CreateLogGroup", { logGroupName: LogGroupName, kmsKeyId: KmsKeyId }],
        ["logs", "PutRetentionPolicy", { logGroupName: LogGroupName, retentionInDays: RetentionInDays }],
      ],
    };
  },
  "aws:cloudwatch/logStream:LogStream": (input) => {
    const [LogStreamName, LogGroupName] = [input.take("name"), input.take("logGroupName")];
    return {
      type: "AWS::Logs::LogStream",
      properties: { LogStreamName, LogGroupName },
      calls: [["logs", "CreateLogStream", { logStreamName: LogStreamName, logGroupName: LogGroupName }]],
    };
  },
  "aws:cloudwatch/metricAlarm:MetricAlarm": (input, name) => {
    const properties = {
      AlarmName: physical(input, name),
      ...input.pascal("alarmActions", "alarmDescription", "comparisonOperator", "datapointsToAlarm"),
      ...input.pascal("evaluationPeriods", "metricName", "namespace", "period", "statistic", "threshold"),
      ...input.pascal("treatMissingData"),
      Dimensions: dimensionsOf(input.take("dimensions")),
      Metrics: input.take<MetricQuery[] | undefined>("metricQueries")?.map(({ metric, ...query }) => ({
        ...(pascal(query) as Values),
        MetricStat: metric && {
          Metric: {
            MetricName: metric.metricName,
            Namespace: metric.namespace,
            Dimensions: dimensionsOf(metric.dimensions),
          },
          Period: metric.period,
          Stat: metric.stat,
        },
      })),
      OKActions: input.take("okActions"),
    };
    return same("AWS::CloudWatch::Alarm", "cloudwatch", "PutMetricAlarm", properties);
  },
  "aws:dynamodb/table:Table": (input, name) => {
    const TableName = physical(input, name);
    const attributes = input.take<{ name: string; type: string }[]>("attributes");
    const keys = [input.take<string>("hashKey"), input.take<string | undefined>("rangeKey")];
    const encryption = input.take<{ enabled: boolean; kmsKeyArn?: string } | undefined>("serverSideEncryption");
    const created = {
      TableName,
      AttributeDefinitions: attributes.map(({ name, type }) => ({ AttributeName: name, AttributeType: type })),
      KeySchema: keys.flatMap((key, index) =>
        key === undefined ? [] : [{ AttributeName: key, KeyType: index === 0 ? "HASH" : "RANGE" }],
      ),
      ...input.pascal("billingMode", "deletionProtectionEnabled"),
    };
    const specification = { SSEType: "KMS", KMSMasterKeyId: encryption?.kmsKeyArn };
    const PointInTimeRecoverySpecification = {
      PointInTimeRecoveryEnabled: input.take<{ enabled: boolean }>("pointInTimeRecovery").enabled,
    };
    const ttl = input.take<{ enabled: boolean; attributeName: string } | undefined>("ttl");
    const TimeToLiveSpecification = ttl && { Enabled: ttl.enabled, AttributeName: ttl.attributeName };
    const calls: [string, string, Values][] = [
      [
        "dynamodb",
        "CreateTable",
        { ...created, SSESpecification: encryption && { Enabled: encryption.enabled, ...specification } },
      ],
      ["dynamodb", "UpdateContinuousBackups", { TableName, PointInTimeRecoverySpecification }],
    ];
    if (TimeToLiveSpecification) calls.push(["dynamodb", "UpdateTimeToLive", { TableName, TimeToLiveSpecification }]);
    return {
      type: "AWS::DynamoDB::Table",
      properties: {
        ...created,
        SSESpecification: encryption && { SSEEnabled: encryption.enabled, ...specification },
        PointInTimeRecoverySpecification,
        TimeToLiveSpecification,
      },
      calls,
    };
  },
  "aws:glue/catalogDatabase:CatalogDatabase": (input) => {
    const DatabaseInput = input.pascal("name", "description");
    return {
      type: "AWS::Glue::Database",
      properties: { CatalogId: "123456789012", DatabaseInput },
      calls: [["glue", "CreateDatabase", { DatabaseInput }]],
    };
  },
  "aws:glue/catalogTable:CatalogTable": (input) => {
    const { serDeInfo, columns, ...storage } = input.take<Values>("storageDescriptor");
    const { parameters, ...serDe } = serDeInfo as Values;
    const table = {
      DatabaseName: input.take("databaseName"),
      TableInput: {
        ...input.pascal("name", "description", "partitionKeys", "tableType", "viewExpandedText", "viewOriginalText"),
        Parameters: input.take("parameters"),
        StorageDescriptor: {
          ...(pascal(storage) as Values),
          Columns: pascal(columns),
          SerdeInfo: { ...(pascal(serDe) as Values), Parameters: parameters },
        },
      },
    };
    return {
      type: "AWS::Glue::Table",
      properties: { CatalogId: "123456789012", ...table },
      calls: [["glue", "CreateTable", table]],
    };
  },
  "aws:glue/crawler:Crawler": (input, name) => {
    const properties = {
      Name: physical(input, name),
      ...input.pascal("configuration", "databaseName", "description", "recrawlPolicy", "role", "schemaChangePolicy"),
      Targets: input.pascal("s3Targets"),
    };
    return same("AWS::Glue::Crawler", "glue", "CreateCrawler", properties);
  },
  "aws:glue/job:Job": (input, name) => {
    const properties = {
      Name: physical(input, name),
      ...input.pascal("command", "description", "executionProperty", "glueVersion", "maxRetries", "numberOfWorkers"),
      ...input.pascal("timeout", "workerType"),
      DefaultArguments: input.take("defaultArguments"),
      Role: input.take("roleArn"),
    };
    return same("AWS::Glue::Job", "glue", "CreateJob", properties);
  },
  "aws:glue/registry:Registry": (input) => {
    const RegistryName = input.take("registryName");
    const description = input.pascal("description");
    return {
      type: "AWS::Glue::Registry",
      properties: { Name: RegistryName, ...description },
      calls: [["glue", "CreateRegistry", { RegistryName, ...description }]],
    };
  },
  "aws:glue/schema:Schema": (input) => {
    const SchemaName = input.take("schemaName");
    const RegistryArn = input.take("registryArn");
    const shared = input.pascal("compatibility", "dataFormat", "description", "schemaDefinition");
    return {
      type: "AWS::Glue::Schema",
      properties: { Name: SchemaName, Registry: { Arn: RegistryArn }, ...shared },
      calls: [["glue", "CreateSchema", { SchemaName, RegistryId: { RegistryArn }, ...shared }]],
    };
  },
  "aws:iam/role:Role": (input, name) => {
    const policy = input.take<string>("assumeRolePolicy");
    const shared = { RoleName: physical(input, name), ...input.pascal("description") };
    return {
      type: "AWS::IAM::Role",
      properties: { ...shared, AssumeRolePolicyDocument: JSON.parse(policy) },
      calls: [["iam", "CreateRole", { ...shared, AssumeRolePolicyDocument: policy }]],
    };
  },
  "aws:iam/rolePolicy:RolePolicy": (input, name) => {
    const policy = input.take<string>("policy");
    const shared = { RoleName: input.take("role"), PolicyName: physical(input, name) };
    return {
      type: "AWS::IAM::RolePolicy",
      properties: { ...shared, PolicyDocument: JSON.parse(policy) },
      calls: [["iam", "PutRolePolicy", { ...shared, PolicyDocument: policy }]],
    };
  },
  "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": (input, name) => {
    const destination = input.take<string>("destination");
    if (destination !== "extended_s3") throw new Error(`the destination ${destination} has no translation`);
    const source = input.take<{ kinesisStreamArn: string; roleArn: string }>("kinesisSourceConfiguration");
    const s3 = input.take<FirehoseS3>("extendedS3Configuration");
    const { fileExtension, errorOutputPrefix, processingConfiguration, dynamicPartitioningConfiguration } = s3;
    const properties = {
      DeliveryStreamName: physical(input, name),
      DeliveryStreamType: "KinesisStreamAsSource",
      KinesisStreamSourceConfiguration: { KinesisStreamARN: source.kinesisStreamArn, RoleARN: source.roleArn },
      ExtendedS3DestinationConfiguration: {
        ...firehoseS3(s3),
        ErrorOutputPrefix: errorOutputPrefix,
        FileExtension: fileExtension,
        ProcessingConfiguration: pascal(processingConfiguration),
        DynamicPartitioningConfiguration: pascal(dynamicPartitioningConfiguration),
        DataFormatConversionConfiguration: conversionOf(s3.dataFormatConversionConfiguration),
        S3BackupMode: s3.s3BackupMode,
        S3BackupConfiguration: s3.s3BackupConfiguration && firehoseS3(s3.s3BackupConfiguration),
      },
    };
    return same("AWS::KinesisFirehose::DeliveryStream", "firehose", "CreateDeliveryStream", properties);
  },
  "aws:kinesis/stream:Stream": (input, name) => {
    const Name = physical(input, name);
    const created = {
      ...input.pascal("shardCount", "streamModeDetails"),
      MaxRecordSizeInKiB: input.take("maxRecordSizeInKib"),
      WarmThroughputMiBps: input.take("warmThroughputMibPs"),
    };
    const RetentionPeriodHours = input.take("retentionPeriod");
    const { EncryptionType, KmsKeyId: KeyId } = input.pascal("encryptionType", "kmsKeyId");
    const encryption = EncryptionType === undefined ? undefined : { EncryptionType, KeyId };
    const calls: [string, string, Values][] = [["kinesis", "CreateStream", { StreamName: Name, ...created }]];
    if (encryption) calls.push(["kinesis", "StartStreamEncryption", { StreamName: Name, ...encryption }]);
    if (RetentionPeriodHours !== undefined)
      calls.push(["kinesis", "IncreaseStreamRetentionPeriod", { StreamName: Name, RetentionPeriodHours }]);
    return {
      type: "AWS::Kinesis::Stream",
      properties: { Name, RetentionPeriodHours, StreamEncryption: encryption, ...created },
      calls,
    };
  },
  "aws:kinesis/streamConsumer:StreamConsumer": (input, name) => {
    const properties = { ConsumerName: physical(input, name), StreamARN: input.take("streamArn") };
    return same("AWS::Kinesis::StreamConsumer", "kinesis", "RegisterStreamConsumer", properties);
  },
  "aws:lambda/eventSourceMapping:EventSourceMapping": (input) => {
    const destinations = input.take<{ onFailure: { destinationArn: string } } | undefined>("destinationConfig");
    const properties = {
      ...input.pascal("batchSize", "bisectBatchOnFunctionError", "enabled", "eventSourceArn", "filterCriteria"),
      ...input.pascal("functionName", "functionResponseTypes", "maximumBatchingWindowInSeconds", "metricsConfig"),
      ...input.pascal("maximumRecordAgeInSeconds", "maximumRetryAttempts", "parallelizationFactor", "startingPosition"),
      DestinationConfig: destinations && { OnFailure: { Destination: destinations.onFailure.destinationArn } },
    };
    const start = input.take<string | undefined>("startingPositionTimestamp");
    // CloudFormation has the time in seconds; the SDK takes RFC 3339, as the provider does.
    return {
      type: "AWS::Lambda::EventSourceMapping",
      properties: { ...properties, StartingPositionTimestamp: start && Date.parse(start) / 1000 },
      calls: [["lambda", "CreateEventSourceMapping", { ...properties, StartingPositionTimestamp: start }]],
    };
  },
  "aws:lambda/function:Function": (input, name) => {
    input.take("code"); // an archive, which these auditors do not read
    const environment = input.take<{ variables: Values } | undefined>("environment");
    const properties = {
      FunctionName: physical(input, name),
      ...input.pascal("architectures", "description", "handler", "loggingConfig", "memorySize", "role", "runtime"),
      ...input.pascal("timeout", "kmsKeyArn", "vpcConfig"),
      Environment: environment && { Variables: environment.variables },
      Code: { S3Bucket: "packages", S3Key: "package.zip" },
    };
    const { ReservedConcurrentExecutions } = input.pascal("reservedConcurrentExecutions");
    const reserved = { FunctionName: properties.FunctionName, ReservedConcurrentExecutions };
    return {
      type: "AWS::Lambda::Function",
      properties: { ...properties, ReservedConcurrentExecutions },
      calls: [
        ["lambda", "CreateFunction", properties],
        ...(ReservedConcurrentExecutions === undefined
          ? []
          : [["lambda", "PutFunctionConcurrency", reserved] as const]),
      ],
    };
  },
  "aws:s3/bucket:Bucket": (input, name) => {
    const BucketName = physical(input, name, "bucket");
    return {
      type: "AWS::S3::Bucket",
      properties: { BucketName },
      calls: [["s3", "CreateBucket", { Bucket: BucketName }]],
    };
  },
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": (input) => {
    const Bucket = input.take("bucket");
    const rules = input.take<LifecycleRule[]>("rules");
    const Rules = rules.map((rule) => ({
      ...(pascal({ ...rule, id: undefined }) as Values),
      ID: rule.id,
    }));
    const properties = rules.map(({ id, status, filter, expiration, ...rest }) => ({
      Id: id,
      Status: status,
      Prefix: filter.prefix,
      ExpirationInDays: expiration?.days,
      ExpiredObjectDeleteMarker: expiration?.expiredObjectDeleteMarker,
      ...(pascal(rest) as Values),
    }));
    const parameters = { Bucket, LifecycleConfiguration: { Rules } };
    return bucketSetting("PutBucketLifecycleConfiguration", parameters, {
      LifecycleConfiguration: { Rules: properties },
    });
  },
  "aws:s3/bucketLogging:BucketLogging": (input) => {
    const { Bucket, TargetBucket, TargetPrefix, TargetObjectKeyFormat } = input.pascal(
      "bucket",
      "targetBucket",
      "targetPrefix",
      "targetObjectKeyFormat",
    );
    const BucketLoggingStatus = { LoggingEnabled: { TargetBucket, TargetPrefix, TargetObjectKeyFormat } };
    return bucketSetting(
      "PutBucketLogging",
      { Bucket, BucketLoggingStatus },
      {
        LoggingConfiguration: {
          DestinationBucketName: TargetBucket,
          LogFilePrefix: TargetPrefix,
          TargetObjectKeyFormat,
        },
      },
    );
  },
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": (input) => {
    const OwnershipControls = { Rules: [pascal(input.take("rule"))] };
    return bucketSetting(
      "PutBucketOwnershipControls",
      { Bucket: input.take("bucket"), OwnershipControls },
      { OwnershipControls },
    );
  },
  "aws:s3/bucketPolicy:BucketPolicy": (input) => {
    const Bucket = input.take("bucket");
    const policy = input.take<string>("policy");
    return {
      type: "AWS::S3::BucketPolicy",
      properties: { Bucket, PolicyDocument: JSON.parse(policy) },
      calls: [["s3", "PutBucketPolicy", { Bucket, Policy: policy }]],
    };
  },
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": (input) => {
    const PublicAccessBlockConfiguration = input.pascal(
      "blockPublicAcls",
      "blockPublicPolicy",
      "ignorePublicAcls",
      "restrictPublicBuckets",
    );
    const parameters = { Bucket: input.take("bucket"), PublicAccessBlockConfiguration };
    return bucketSetting("PutPublicAccessBlock", parameters, { PublicAccessBlockConfiguration });
  },
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (input) => {
    const rules = input.take<Values[]>("rules").map(({ applyServerSideEncryptionByDefault, ...rest }) => {
      const { sseAlgorithm, kmsMasterKeyId } = applyServerSideEncryptionByDefault as Values;
      return {
        byDefault: { SSEAlgorithm: sseAlgorithm, KMSMasterKeyID: kmsMasterKeyId },
        rest: pascal(rest) as Values,
      };
    });
    const Rules = rules.map(({ byDefault, rest }) => ({ ApplyServerSideEncryptionByDefault: byDefault, ...rest }));
    const properties = rules.map(({ byDefault, rest }) => ({ ServerSideEncryptionByDefault: byDefault, ...rest }));
    return bucketSetting(
      "PutBucketEncryption",
      { Bucket: input.take("bucket"), ServerSideEncryptionConfiguration: { Rules } },
      { BucketEncryption: { ServerSideEncryptionConfiguration: properties } },
    );
  },
  "aws:s3/bucketVersioning:BucketVersioning": (input) => {
    const VersioningConfiguration = pascal(input.take("versioningConfiguration"));
    const parameters = { Bucket: input.take("bucket"), VersioningConfiguration };
    return bucketSetting("PutBucketVersioning", parameters, { VersioningConfiguration });
  },
  "aws:scheduler/schedule:Schedule": (input, name) => {
    const properties = {
      Name: physical(input, name),
      ...input.pascal("description", "flexibleTimeWindow", "scheduleExpression", "scheduleExpressionTimezone", "state"),
      ...input.pascal("target"),
    };
    return same("AWS::Scheduler::Schedule", "scheduler", "CreateSchedule", properties);
  },
  "aws:sfn/stateMachine:StateMachine": (input, name) => {
    const StateMachineName = physical(input, name);
    const definition = input.take("definition");
    const roleArn = input.take("roleArn");
    const type = input.take("type");
    const tracing = input.take<{ enabled: boolean } | undefined>("tracingConfiguration");
    const { logDestination, includeExecutionData, level } = input.take<Values>("loggingConfiguration");
    return {
      type: "AWS::StepFunctions::StateMachine",
      properties: {
        StateMachineName,
        DefinitionString: definition,
        RoleArn: roleArn,
        StateMachineType: type,
        TracingConfiguration: pascal(tracing),
        LoggingConfiguration: {
          Level: level,
          IncludeExecutionData: includeExecutionData,
          Destinations: [{ CloudWatchLogsLogGroup: { LogGroupArn: logDestination } }],
        },
      },
      calls: [
        [
          "stepfunctions",
          "CreateStateMachine",
          {
            name: StateMachineName,
            definition,
            roleArn,
            type,
            tracingConfiguration: tracing,
            loggingConfiguration: {
              level,
              includeExecutionData,
              destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: logDestination } }],
            },
          },
        ],
      ],
    };
  },
  "aws:sns/topic:Topic": (input, name) => {
    const TopicName = physical(input, name);
    const KmsMasterKeyId = input.take<string | undefined>("kmsMasterKeyId");
    return {
      type: "AWS::SNS::Topic",
      properties: { TopicName, KmsMasterKeyId },
      calls: [["sns", "CreateTopic", { Name: TopicName, Attributes: { KmsMasterKeyId } }]],
    };
  },
  "aws:sqs/queue:Queue": (input, name) => {
    const QueueName = physical(input, name);
    const MessageRetentionPeriod = input.take<number>("messageRetentionSeconds");
    const SqsManagedSseEnabled = input.take<boolean | undefined>("sqsManagedSseEnabled");
    const KmsMasterKeyId = input.take<string | undefined>("kmsMasterKeyId");
    const attributes = { MessageRetentionPeriod, SqsManagedSseEnabled, KmsMasterKeyId };
    const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
    return {
      type: "AWS::SQS::Queue",
      properties: { QueueName, ...attributes },
      calls: [
        [
          "sqs",
          "CreateQueue",
          { QueueName, Attributes: Object.fromEntries(given.map(([key, value]) => [key, String(value)])) },
        ],
      ],
    };
  },
};

/** Types that CloudFormation does not have. */
const WITHOUT_TYPE = new Set(["aws:s3/bucketObjectv2:BucketObjectv2"]);

/** @throws for a resource type without a translation, so that none is left out silently */
export function translate(resources: readonly DeclaredResource[]): Translated {
  const template: Record<string, CloudFormationResource> = {};
  const calls: ApiCall[] = [];
  const leftOut = new Set<string>();
  for (const { type, name, inputs, component } of resources) {
    if (component) continue;
    if (WITHOUT_TYPE.has(type)) {
      leftOut.add(type);
      continue;
    }
    const translation = TRANSLATIONS[type];
    if (!translation) throw new Error(`translate: ${type} ("${name}") has no translation; add one`);
    const input = new Inputs(inputs);
    const untagged = translation(input, name);
    const tags = hasTags(type) ? input.take<Record<string, string> | undefined>("tags") : undefined;
    const { type: Type, properties, calls: own } = tags ? tagsOf(type, untagged, tags) : untagged;
    if (Type) template[name] = defined({ Type, Properties: properties });
    for (const [service, operation, parameters] of own) {
      calls.push(defined({ resource: name, service, operation, parameters }));
    }
    for (const unread of input.unread) leftOut.add(`${type} ${unread}`);
  }
  return { template, calls, leftOut: [...leftOut].sort() };
}
