/** Kinesis Data Streams, with the shards of each stream as logs on disk. */

import type { CloudContext, Service } from "../../cloud/service";
import { describeOperations } from "./operations/describe";
import { getOperations } from "./operations/get";
import { putOperations } from "./operations/put";
import { reshardOperations } from "./operations/reshard";
import { streamResources } from "./streamResources";
import { type KinesisFaults, type PutNews, Streams } from "./streams";

interface ShardLogFile {
  readonly shard: string;
  /**
   * NDJSON, one line per record: `SequenceNumber`, `ApproximateArrivalTimestamp` in seconds, `PartitionKey`, `Data` in
   * base64.
   */
  readonly path: string;
  readonly records: number;
  /** The bytes of the records' data, decoded. */
  readonly payloadBytes: number;
}

export interface KinesisService extends Service {
  readonly name: "kinesis";
  /** Calls the listener after each append to a shard and after each reshard; returns a function that ends this. */
  onPut(listener: (news: PutNews) => void): () => void;
  /** The logs of a stream's shards, by the stream's name or ARN, with all records ever accepted. */
  shardLogs(stream: string): ShardLogFile[];
  /** Injects faults, or ends them with `{}`. */
  setFaults(faults: KinesisFaults): void;
}

export function kinesisService(cloud: CloudContext): KinesisService {
  const streams = new Streams(cloud);
  return {
    name: "kinesis",
    onPut: (listener) => streams.onPut(listener),
    shardLogs(reference) {
      const stream = streams.get(reference.startsWith("arn:") ? { StreamARN: reference } : { StreamName: reference });
      return stream.shards.map(({ id, log }) => ({
        shard: id,
        path: log.path,
        records: log.count,
        payloadBytes: log.payloadBytes,
      }));
    },
    setFaults: (faults) => streams.setFaults(faults),
    resources: streamResources(streams),
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
