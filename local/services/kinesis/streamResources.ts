/** The Kinesis resources of a program: creates, updates and deletes streams, and refuses consumers. */
import { rmSync } from "node:fs";
import path from "node:path";
import { physicalName } from "../../cloud/physicalName";
import type { DeclaredResource, ResourceSimulation } from "../../cloud/service";
import { AWS_MANAGED_KEY } from "./kmsAccess";
import { checkShardCount, scaleUniformly } from "./scaleUniformly";
import { Stream, type StreamSettings } from "./stream";
import type { Streams } from "./streams";

/** An on-demand stream starts with four shards: https://docs.aws.amazon.com/streams/latest/dev/how-do-i-size-a-stream.html */
const ON_DEMAND_SHARDS = 4;
const DEFAULT_RETENTION_HOURS = 24;
/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_IncreaseStreamRetentionPeriod.html */
const MAX_RETENTION_HOURS = 8760;
const DEFAULT_RECORD_KIBIBYTES = 1024;
const NAME = /^[A-Za-z0-9_.-]{1,128}$/;

export function streamResources(streams: Streams): Record<string, ResourceSimulation> {
  return {
    "aws:kinesis/stream:Stream": streamResource(streams),
    "aws:kinesis/streamConsumer:StreamConsumer": {
      simulated: ["name", "streamArn"],
      withoutEffect: ["tags"],
      replaceOn: ["name", "streamArn"],
      create: refuseConsumer,
      update: (_id, resource) => refuseConsumer(resource),
      delete: (_id, resource) => refuseConsumer(resource),
    },
  };
}

async function refuseConsumer(resource: DeclaredResource): Promise<never> {
  throw refusal(resource, "enhanced fan-out is not simulated; read the stream without a consumer");
}

function streamResource(streams: Streams): ResourceSimulation {
  const { clock, dataDir } = streams.cloud;
  const dirOf = (name: string) => path.join(dataDir, "kinesis", name);
  return {
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
    replaceOn: ["name"],
    async create(resource) {
      const settings = settingsOf(streams, resource);
      if (streams.byName.has(settings.name)) throw refusal(resource, `the name "${settings.name}" is taken`);
      const publish = streams.cloud.metrics.publisher("AWS/Kinesis", { StreamName: settings.name });
      const stream = new Stream(settings, clock.now(), dirOf(settings.name), publish, streams.byName.size);
      streams.byName.set(settings.name, stream);
      return { id: settings.arn, outputs: outputsOf(stream) };
    },
    async update(StreamARN, resource, olds) {
      const stream = streams.get({ StreamARN });
      const settings = settingsOf(streams, resource);
      // A change of mode keeps the shards; the AWS provider requests scaling only for another shardCount.
      const isScaled = settings.mode === "PROVISIONED" && resource.inputs.shardCount !== olds.shardCount;
      if (isScaled) checkShardCount(stream, settings.shardCount);
      stream.settings = settings;
      const added = isScaled ? scaleUniformly(stream, settings.shardCount, clock.now()) : [];
      for (const shard of added) streams.tell(stream, shard, 0);
      return { outputs: outputsOf(stream) };
    },
    async delete(StreamARN) {
      const stream = streams.get({ StreamARN });
      streams.byName.delete(stream.settings.name);
      stream.close();
      rmSync(dirOf(stream.settings.name), { recursive: true, force: true });
    },
  };
}

function outputsOf({ settings: { name, arn }, openShards }: Stream) {
  return { name, arn, shardCount: openShards.length };
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
  const retentionHours = Number(inputs.retentionPeriod ?? DEFAULT_RETENTION_HOURS);
  if (
    !Number.isInteger(retentionHours) ||
    retentionHours < DEFAULT_RETENTION_HOURS ||
    retentionHours > MAX_RETENTION_HOURS
  )
    throw refusal(resource, `the retentionPeriod ${inputs.retentionPeriod} is not one of 24 to 8760 hours`);
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
    retentionHours,
    maxRecordBytes: Number(inputs.maxRecordSizeInKib ?? DEFAULT_RECORD_KIBIBYTES) * 1024,
    encryption,
    ...(kmsKeyId !== undefined && { kmsKeyId }),
  };
}

function refusal(resource: DeclaredResource, problem: string): Error {
  return new Error(`local/kinesis: ${problem} (resource "${resource.name}"); see docs/fidelity.md`);
}
