/** Describes a delivery stream as the API does. */
import type { ConversionSettings } from "./conversionSettings";
import type { DeliverySettings, DestinationSettings, TransformSettings } from "./settings";

export interface DescribedStream {
  readonly name: string;
  readonly arn: string;
  readonly createdMillis: number;
  readonly version: number;
  readonly settings: DeliverySettings;
}

export const DESTINATION_ID = "destinationId-000000000001";
const MEBI = 1024 * 1024;

/** https://docs.aws.amazon.com/firehose/latest/APIReference/API_DeliveryStreamDescription.html */
export function describeStream({ name, arn, createdMillis, version, settings }: DescribedStream) {
  const { destination, transform, backup, isPartitioned, conversion } = settings;
  return {
    DeliveryStreamName: name,
    DeliveryStreamARN: arn,
    DeliveryStreamStatus: "ACTIVE",
    DeliveryStreamType: "KinesisStreamAsSource",
    VersionId: String(version),
    CreateTimestamp: createdMillis / 1000,
    Source: {
      KinesisStreamSourceDescription: {
        KinesisStreamARN: settings.streamArn,
        RoleARN: settings.sourceRoleArn,
        DeliveryStartTimestamp: createdMillis / 1000,
      },
    },
    Destinations: [
      {
        DestinationId: DESTINATION_ID,
        ExtendedS3DestinationDescription: {
          ...describeDestination(destination),
          ErrorOutputPrefix: destination.errorPrefix,
          FileExtension: destination.extension,
          ProcessingConfiguration: transform ? describeTransform(transform) : { Enabled: false },
          DynamicPartitioningConfiguration: { Enabled: isPartitioned },
          ...(conversion && { DataFormatConversionConfiguration: describeConversion(conversion) }),
          S3BackupMode: backup ? "Enabled" : "Disabled",
          ...(backup && { S3BackupDescription: describeDestination(backup) }),
        },
      },
    ],
    HasMoreDestinations: false,
  };
}

function describeDestination({
  roleArn,
  bucket,
  prefix,
  bufferBytes,
  bufferMillis,
  isCompressed,
  log,
}: DestinationSettings) {
  return {
    RoleARN: roleArn,
    BucketARN: `arn:aws:s3:::${bucket}`,
    Prefix: prefix,
    BufferingHints: { SizeInMBs: bufferBytes / MEBI, IntervalInSeconds: bufferMillis / 1000 },
    CompressionFormat: isCompressed ? "GZIP" : "UNCOMPRESSED",
    EncryptionConfiguration: { NoEncryptionConfig: "NoEncryption" },
    CloudWatchLoggingOptions: log
      ? { Enabled: true, LogGroupName: log.group, LogStreamName: log.stream }
      : { Enabled: false },
  };
}

function describeConversion({ roleArn, database, table, compression }: ConversionSettings) {
  return {
    Enabled: true,
    InputFormatConfiguration: { Deserializer: { OpenXJsonSerDe: {} } },
    OutputFormatConfiguration: { Serializer: { ParquetSerDe: { Compression: compression } } },
    SchemaConfiguration: { RoleARN: roleArn, DatabaseName: database, TableName: table, VersionId: "LATEST" },
  };
}

function describeTransform({ functionArn, batchBytes, batchMillis, retries }: TransformSettings) {
  const parameters = {
    LambdaArn: functionArn,
    BufferSizeInMBs: batchBytes / MEBI,
    BufferIntervalInSeconds: batchMillis / 1000,
    NumberOfRetries: retries,
  };
  const Parameters = Object.entries(parameters).map(([ParameterName, value]) => ({
    ParameterName,
    ParameterValue: String(value),
  }));
  return { Enabled: true, Processors: [{ Type: "Lambda", Parameters }] };
}
