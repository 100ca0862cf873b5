/** Kinesis Data Streams: streams whose shards are logs on disk, put and read as on AWS. */
import path from "node:path";
import { AWS_MANAGED_KEY } from "../kinesis/kmsAccess";
import { describeOperations } from "../kinesis/operations/describe";
import { getOperations } from "../kinesis/operations/get";
import { putOperations } from "../kinesis/operations/put";
import { reshardOperations } from "../kinesis/operations/reshard";
import { Stream, type StreamSettings } from "../kinesis/stream";
import { type KinesisFaults, type PutNews, Streams } from "../kinesis/streams";
import { physicalName } from "../physicalName";
import type { CloudContext, DeclaredResource, Service } from "../service";

export interface ShardLogFile {
  readonly shard: string;
  /** NDJSON, one line a record: `SequenceNumber`, `ApproximateArrivalTimestamp` in seconds, `PartitionKey`, `Data` in base64. */
  readonly path: string;
  readonly records: number;
}

export interface KinesisService extends Service {
  readonly name: "kinesis";
  /** Called after each append to a shard and after each reshard; returns what ends it. */
  onPut(listener: (news: PutNews) => void): () => void;
  /** The logs of a stream's shards, by the stream's name or ARN: everything that was ever accepted. */
  shardLogs(stream: string): ShardLogFile[];
  /** Injects faults, or ends them with `{}`. */
  setFaults(faults: KinesisFaults): void;
}

/** An on-demand stream starts with four shards: https://docs.aws.amazon.com/streams/latest/dev/how-do-i-size-a-stream.html */
const ON_DEMAND_SHARDS = 4;
const DEFAULT_RETENTION_HOURS = 24;
const DEFAULT_RECORD_KIBIBYTES = 1024;
const NAME = /^[A-Za-z0-9_.-]{1,128}$/;

export function kinesisService(cloud: CloudContext): KinesisService {
  const streams = new Streams(cloud);
  return {
    name: "kinesis",
    onPut: (listener) => streams.onPut(listener),
    shardLogs(reference) {
      const stream = streams.get(reference.startsWith("arn:") ? { StreamARN: reference } : { StreamName: reference });
      return stream.shards.map(({ id, log }) => ({ shard: id, path: log.path, records: log.count }));
    },
    setFaults: (faults) => streams.setFaults(faults),
    resources: {
      "aws:kinesis/stream:Stream": {
        simulated: [
          "name",
          "streamModeDetails",
          "shardCount",
          "retentionPeriod",
          "maxRecordSizeInKib",
          "encryptionType",
          "kmsKeyId",
        ],
        withoutEffect: ["tags", "warmThroughputMibPs", "shardLevelMetrics", "enforceConsumerDeletion"],
        async create(resource) {
          const settings = settingsOf(streams, resource);
          if (streams.byName.has(settings.name)) throw refusal(resource, `the name "${settings.name}" is taken`);
          const dir = path.join(cloud.dataDir, "kinesis", settings.name);
          streams.byName.set(settings.name, new Stream(settings, cloud.clock.now(), dir));
          return {
            id: settings.arn,
            outputs: { name: settings.name, arn: settings.arn, shardCount: settings.shardCount },
          };
        },
      },
      "aws:kinesis/streamConsumer:StreamConsumer": {
        simulated: ["name", "streamArn"],
        withoutEffect: ["tags"],
        async create(resource) {
          throw refusal(resource, "enhanced fan-out is not simulated; read the stream without a consumer");
        },
      },
    },
    operations: {
      ...describeOperations(streams),
      ...putOperations(streams),
      ...getOperations(streams),
      ...reshardOperations(streams),
    },
    async stop() {
      for (const stream of streams.byName.values()) stream.close();
      streams.byName.clear();
    },
  };
}

function settingsOf(streams: Streams, resource: DeclaredResource): StreamSettings {
  const { inputs } = resource;
  const name = physicalName(resource);
  if (!NAME.test(name))
    throw refusal(resource, `"${name}" is not a stream name; use up to 128 letters, digits, "_", "." and "-"`);
  const details = inputs.streamModeDetails as { streamMode?: string } | undefined;
  const mode = details?.streamMode ?? "PROVISIONED";
  if (mode !== "ON_DEMAND" && mode !== "PROVISIONED")
    throw refusal(resource, `the stream mode "${mode}" is neither ON_DEMAND nor PROVISIONED`);
  const shardCount = mode === "ON_DEMAND" ? ON_DEMAND_SHARDS : Number(inputs.shardCount);
  if (!Number.isInteger(shardCount) || shardCount < 1)
    throw refusal(resource, "a provisioned stream needs a shardCount of at least 1");
  const encryption = inputs.encryptionType ?? "NONE";
  if (encryption !== "KMS" && encryption !== "NONE")
    throw refusal(resource, `the encryptionType "${encryption}" is neither KMS nor NONE`);
  const kmsKeyId = inputs.kmsKeyId === undefined ? undefined : String(inputs.kmsKeyId);
  if (kmsKeyId?.includes("alias/") && kmsKeyId !== AWS_MANAGED_KEY) {
    throw refusal(resource, `the key alias "${kmsKeyId}" is not simulated; give the key's ARN`);
  }
  return {
    name,
    arn: streams.arnOfName(name),
    mode,
    shardCount,
    retentionHours: Number(inputs.retentionPeriod ?? DEFAULT_RETENTION_HOURS),
    maxRecordBytes: Number(inputs.maxRecordSizeInKib ?? DEFAULT_RECORD_KIBIBYTES) * 1024,
    encryption,
    ...(kmsKeyId !== undefined && { kmsKeyId }),
  };
}

function refusal(resource: DeclaredResource, problem: string): Error {
  return new Error(`local/kinesis: ${problem} (resource "${resource.name}"); see docs/fidelity.md`);
}
