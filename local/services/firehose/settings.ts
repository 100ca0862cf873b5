/** Reads the declared settings of a delivery stream, and refuses by name what is not simulated. */
import type { CloudContext, DeclaredResource } from "../../cloud/service";
import { CONVERSION_BUFFER_BYTES, type ConversionSettings, conversionOf } from "./conversionSettings";
import { hasExpressions, partitionKeysOf, prefixProblem } from "./prefix";

export interface DestinationSettings {
  readonly bucket: string;
  readonly roleArn: string;
  readonly prefix: string;
  readonly isCompressed: boolean;
  /** Bytes before compression. */
  readonly bufferBytes: number;
  readonly bufferMillis: number;
  /** Ends the names of objects. */
  readonly extension: string;
  readonly log: { readonly group: string; readonly stream: string } | undefined;
}

export interface TransformSettings {
  readonly functionArn: string;
  readonly batchBytes: number;
  readonly batchMillis: number;
  readonly retries: number;
}

export interface DeliverySettings {
  readonly streamArn: string;
  readonly sourceRoleArn: string;
  readonly destination: DestinationSettings & { readonly errorPrefix: string };
  /** Undefined delivers records as they are. */
  readonly transform: TransformSettings | undefined;
  readonly backup: DestinationSettings | undefined;
  readonly isPartitioned: boolean;
  /** Undefined delivers rows as the function returns them. */
  readonly conversion: ConversionSettings | undefined;
}

type Inputs = Readonly<Record<string, unknown>>;

const MEBI = 1024 * 1024;
/** The least buffering interval with partitions, and of a backup. */
const MIN_MILLIS = 60_000;
/** The members of `extendedS3Configuration` that work; the API sets the others to these. */
const KNOWN = [
  "bucketArn",
  "roleArn",
  "prefix",
  "errorOutputPrefix",
  "bufferingSize",
  "bufferingInterval",
  "compressionFormat",
  "fileExtension",
  "cloudwatchLoggingOptions",
  "processingConfiguration",
  "dynamicPartitioningConfiguration",
  "dataFormatConversionConfiguration",
  "s3BackupMode",
  "s3BackupConfiguration",
  "kmsKeyArn",
];

/** @throws Error that names the first setting which AWS refuses or local does not simulate */
export function readSettings(
  { name, inputs }: DeclaredResource,
  here: Pick<CloudContext, "region" | "accountId">,
): DeliverySettings {
  const refuse = (problem: string): never => {
    throw new Error(`local/firehose: delivery stream "${name}": ${problem}; see docs/fidelity.md`);
  };
  const { destination, kinesisSourceConfiguration, extendedS3Configuration } = inputs;
  if (destination !== "extended_s3")
    refuse(`destination ${JSON.stringify(destination)} is not simulated; use "extended_s3"`);
  const source = kinesisSourceConfiguration as Inputs | undefined;
  if (!source)
    return refuse("a source other than a Kinesis stream is not simulated; declare kinesisSourceConfiguration");
  const s3 = (extendedS3Configuration ?? {}) as Inputs;
  const unknown = Object.entries(s3).find(
    ([key, value]) => value !== undefined && value !== null && !KNOWN.includes(key),
  );
  if (unknown) refuse(`extendedS3Configuration.${unknown[0]} is not simulated`);

  const errorPrefix = textOf(s3.errorOutputPrefix);
  const conversion = conversionOf(s3, here, refuse);
  const place = withConversion(destinationOf(s3, refuse), s3, conversion);
  const isPartitioned = (s3.dynamicPartitioningConfiguration as Inputs | undefined)?.enabled === true;
  const transform = transformOf(s3.processingConfiguration as Inputs | undefined, refuse);
  if (conversion && !transform) refuse("a conversion without a Lambda processor is not simulated");
  const prefixIssue = prefixProblem(place.prefix, false) ?? prefixProblem(errorPrefix, true);
  if (prefixIssue !== undefined) refuse(prefixIssue);
  if (hasExpressions(place.prefix) && !errorPrefix.includes("!{firehose:error-output-type}")) {
    refuse("errorOutputPrefix must contain !{firehose:error-output-type} when prefix has expressions");
  }
  if (isPartitioned && (place.bufferBytes < 64 * MEBI || !transform || partitionKeysOf(place.prefix).length === 0)) {
    refuse(
      "dynamic partitioning needs a bufferingSize of at least 64, a Lambda processor and its partition keys in prefix",
    );
  }
  // https://docs.aws.amazon.com/firehose/latest/dev/buffering.html
  if (isPartitioned && place.bufferMillis < MIN_MILLIS) {
    refuse("dynamic partitioning needs a bufferingInterval of at least 60");
  }
  if (!isPartitioned && partitionKeysOf(place.prefix).length > 0) {
    refuse("prefix has partition keys, and dynamicPartitioningConfiguration is not enabled");
  }
  const backup = s3.s3BackupMode === "Enabled" ? (s3.s3BackupConfiguration as Inputs | undefined) : undefined;
  if (s3.s3BackupMode === "Enabled" && !backup) refuse("s3BackupMode is Enabled without s3BackupConfiguration");
  const backupPlace = backup && destinationOf(backup, refuse);
  // https://docs.aws.amazon.com/firehose/latest/dev/buffering-hints.html
  if (backupPlace && backupPlace.bufferMillis < MIN_MILLIS) refuse("a backup needs a bufferingInterval of at least 60");
  return {
    streamArn: textOf(source.kinesisStreamArn),
    sourceRoleArn: textOf(source.roleArn),
    destination: { ...place, errorPrefix },
    transform,
    backup: backupPlace,
    isPartitioned,
    conversion,
  };
}

/** Objects of Parquet end with `.parquet`, and their buffers are larger by default. */
function withConversion(
  place: DestinationSettings,
  { bufferingSize, fileExtension }: Inputs,
  conversion: ConversionSettings | undefined,
): DestinationSettings {
  if (!conversion) return place;
  return {
    ...place,
    ...(fileExtension === undefined && { extension: ".parquet" }),
    ...(bufferingSize === undefined && { bufferBytes: CONVERSION_BUFFER_BYTES }),
  };
}

/** https://docs.aws.amazon.com/firehose/latest/APIReference/API_ExtendedS3DestinationConfiguration.html */
function destinationOf(s3: Inputs, refuse: (problem: string) => never): DestinationSettings {
  const { bufferingSize = 5, bufferingInterval = 300, compressionFormat = "UNCOMPRESSED", fileExtension } = s3;
  if (compressionFormat !== "GZIP" && compressionFormat !== "UNCOMPRESSED") {
    refuse(`compressionFormat ${JSON.stringify(compressionFormat)} is not simulated; use "GZIP" or "UNCOMPRESSED"`);
  }
  if (s3.kmsKeyArn) refuse("kmsKeyArn is not simulated; the bucket's own encryption applies without it");
  const log = s3.cloudwatchLoggingOptions as Inputs | undefined;
  const isCompressed = compressionFormat === "GZIP";
  return {
    bucket: textOf(s3.bucketArn).slice(textOf(s3.bucketArn).lastIndexOf(":") + 1),
    roleArn: textOf(s3.roleArn),
    prefix: textOf(s3.prefix),
    isCompressed,
    bufferBytes: Number(bufferingSize) * MEBI,
    bufferMillis: Number(bufferingInterval) * 1000,
    extension: typeof fileExtension === "string" ? fileExtension : isCompressed ? ".gz" : "",
    log: log?.enabled === true ? { group: textOf(log.logGroupName), stream: textOf(log.logStreamName) } : undefined,
  };
}

interface Processor {
  readonly type: string;
  readonly parameters?: readonly { readonly parameterName: string; readonly parameterValue: string }[];
}

/** https://docs.aws.amazon.com/firehose/latest/APIReference/API_ProcessorParameter.html */
function transformOf(
  processing: Inputs | undefined,
  refuse: (problem: string) => never,
): TransformSettings | undefined {
  const processors = processing?.enabled === true ? ((processing.processors ?? []) as readonly Processor[]) : [];
  const [processor, another] = processors;
  if (!processor) return undefined;
  if (processor.type !== "Lambda" || another) {
    const types = processors.map(({ type }) => type).join(", ");
    refuse(`the processors ${types} are not simulated; use one of the type Lambda`);
  }
  const values = new Map((processor.parameters ?? []).map((one) => [one.parameterName, one.parameterValue]));
  const known = ["LambdaArn", "BufferSizeInMBs", "BufferIntervalInSeconds", "NumberOfRetries", "RoleArn"];
  const unknown = [...values.keys()].find((parameter) => !known.includes(parameter));
  if (unknown !== undefined) refuse(`the processor's parameter ${unknown} is not simulated`);
  return {
    functionArn: (values.get("LambdaArn") ?? "").replace(/:\$LATEST$/, ""),
    batchBytes: Number(values.get("BufferSizeInMBs") ?? 1) * MEBI,
    batchMillis: Number(values.get("BufferIntervalInSeconds") ?? 60) * 1000,
    retries: Number(values.get("NumberOfRetries") ?? 3),
  };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
