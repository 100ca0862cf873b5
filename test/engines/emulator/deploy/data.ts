/** Streams, the Glue catalog with its crawler and job, and Athena. */
import { CreateNamedQueryCommand, CreateWorkGroupCommand } from "@aws-sdk/client-athena";
import {
  CreateCrawlerCommand,
  type CreateCrawlerCommandInput,
  CreateDatabaseCommand,
  CreateJobCommand,
  type CreateJobCommandInput,
  CreateTableCommand,
  type TableInput,
} from "@aws-sdk/client-glue";
import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  type EncryptionType,
  IncreaseStreamRetentionPeriodCommand,
  StartStreamEncryptionCommand,
  waitUntilStreamExists,
} from "@aws-sdk/client-kinesis";
import { type Deployer, pascal } from "./deployer";

/** A stream's retention where nothing else is asked for, hours. */
const DEFAULT_RETENTION = 24;

/** Glue and Athena do not tell ARNs; the provider makes them, as here. */
const arn = (service: string, path: string) => `arn:aws:${service}:us-east-1:000000000000:${path}`;

export const dataDeployers: Readonly<Record<string, Deployer>> = {
  "aws:kinesis/stream:Stream": async ({ kinesis }, name, inputs) => {
    const { streamModeDetails, shardCount, retentionPeriod = DEFAULT_RETENTION, encryptionType, kmsKeyId } = inputs;
    const StreamName = name;
    const StreamModeDetails = pascal<{ StreamMode: "ON_DEMAND" }>(streamModeDetails);
    await kinesis.send(new CreateStreamCommand({ StreamName, StreamModeDetails, ShardCount: shardCount }));
    await waitUntilStreamExists({ client: kinesis, maxWaitTime: 30, minDelay: 1 }, { StreamName });
    if (retentionPeriod > DEFAULT_RETENTION) {
      const RetentionPeriodHours = retentionPeriod;
      await kinesis.send(new IncreaseStreamRetentionPeriodCommand({ StreamName, RetentionPeriodHours }));
    }
    if (encryptionType === "KMS") {
      const EncryptionType = encryptionType as EncryptionType;
      await kinesis.send(new StartStreamEncryptionCommand({ StreamName, EncryptionType, KeyId: kmsKeyId }));
      await waitUntilStreamExists({ client: kinesis, maxWaitTime: 30, minDelay: 1 }, { StreamName });
    }
    const { StreamDescriptionSummary: made } = await kinesis.send(new DescribeStreamSummaryCommand({ StreamName }));
    return { id: String(made?.StreamARN), outputs: { name, arn: made?.StreamARN, shardCount: made?.OpenShardCount } };
  },
  "aws:glue/catalogDatabase:CatalogDatabase": async ({ glue }, name, { description }) => {
    await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: name, Description: description } }));
    return { id: name, outputs: { name, arn: arn("glue", `database/${name}`) } };
  },
  "aws:glue/catalogTable:CatalogTable": async (
    { glue },
    name,
    { databaseName, parameters, storageDescriptor, ...rest },
  ) => {
    const { serDeInfo, ...storage } = storageDescriptor;
    const SerdeInfo = { SerializationLibrary: serDeInfo?.serializationLibrary, Parameters: serDeInfo?.parameters };
    const StorageDescriptor = { ...pascal<object>(storage), SerdeInfo };
    const table = { ...pascal<object>(rest), Name: name, Parameters: parameters, StorageDescriptor };
    await glue.send(new CreateTableCommand({ DatabaseName: databaseName, TableInput: table as TableInput }));
    return { id: `${databaseName}:${name}`, outputs: { name, arn: arn("glue", `table/${databaseName}/${name}`) } };
  },
  "aws:glue/crawler:Crawler": async ({ glue }, name, { s3Targets, ...rest }) => {
    const input = { ...pascal<object>(rest), Name: name, Targets: { S3Targets: pascal(s3Targets) } };
    await glue.send(new CreateCrawlerCommand(input as CreateCrawlerCommandInput));
    return { id: name, outputs: { name, arn: arn("glue", `crawler/${name}`) } };
  },
  "aws:glue/job:Job": async ({ glue }, name, { roleArn, defaultArguments, ...rest }) => {
    const input = { ...pascal<object>(rest), Name: name, Role: roleArn, DefaultArguments: defaultArguments };
    await glue.send(new CreateJobCommand(input as CreateJobCommandInput));
    return { id: name, outputs: { name, arn: arn("glue", `job/${name}`) } };
  },
  "aws:athena/workgroup:Workgroup": async ({ athena }, name, { configuration, description }) => {
    const { publishCloudwatchMetricsEnabled, enforceWorkgroupConfiguration, ...given } = configuration;
    const Configuration = {
      ...pascal<object>(given),
      EnforceWorkGroupConfiguration: enforceWorkgroupConfiguration,
      PublishCloudWatchMetricsEnabled: publishCloudwatchMetricsEnabled,
    };
    await athena.send(new CreateWorkGroupCommand({ Name: name, Description: description, Configuration }));
    return { id: name, outputs: { name, arn: arn("athena", `workgroup/${name}`) } };
  },
  "aws:athena/namedQuery:NamedQuery": async ({ athena }, name, { database, workgroup, description, query }) => {
    const { NamedQueryId } = await athena.send(
      new CreateNamedQueryCommand({
        Name: name,
        Database: database,
        WorkGroup: workgroup,
        Description: description,
        QueryString: query,
      }),
    );
    return { id: String(NamedQueryId), outputs: { name } };
  },
};
