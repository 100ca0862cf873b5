/** Amazon Data Firehose: delivery streams from Kinesis streams to buckets, with a function that transforms records. */
import { physicalName } from "../../cloud/physicalName";
import {
  type CloudContext,
  type DeclaredResource,
  type Operation,
  type Service,
  ServiceError,
} from "../../cloud/service";
import type { KinesisService } from "../kinesis/service";
import type { DeliveryDriver } from "./deliveryDriver";
import { DESTINATION_ID, describeStream } from "./describeStream";
import { readSettings } from "./settings";

export interface FirehoseService extends Service {
  readonly name: "firehose";
  /** Resolves when every delivery stream has delivered all records of its stream, without waiting for its buffers. */
  drainDeliveries(): Promise<void>;
}

interface DeliveryStream {
  readonly name: string;
  readonly arn: string;
  readonly createdMillis: number;
  readonly driver: DeliveryDriver;
  /** Ends the subscription to the stream's news. */
  readonly endNews: () => void;
}

interface Named {
  readonly DeliveryStreamName: string;
}

export function firehoseService(cloud: CloudContext): FirehoseService {
  const streams = new Map<string, DeliveryStream>();
  const arnOf = (name: string) => `arn:aws:firehose:${cloud.region}:${cloud.accountId}:deliverystream/${name}`;

  cloud.metrics.onRead((at) => {
    for (const { driver } of streams.values()) driver.publishFreshness(at);
  });

  function streamNamed(name: string): DeliveryStream {
    const stream = streams.get(name);
    if (stream) return stream;
    const message = `Firehose ${name} under account ${cloud.accountId} not found.`;
    throw new ServiceError("ResourceNotFoundException", message);
  }

  async function create(resource: DeclaredResource) {
    const name = physicalName(resource);
    const arn = arnOf(name);
    if (streams.has(name)) {
      throw new ServiceError(
        "ResourceInUseException",
        `Firehose ${name} under accountId ${cloud.accountId} already exists`,
      );
    }
    const settings = readSettings(resource, cloud);
    // Few programs have a delivery stream.
    const { DeliveryDriver } = require("./deliveryDriver") as typeof import("./deliveryDriver");
    const driver = new DeliveryDriver({ cloud, name, arn }, settings);
    try {
      await driver.start();
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      const hint = "the role's policy must allow it and be made before the delivery stream (dependsOn)";
      throw new Error(`local/firehose: delivery stream "${resource.name}": ${message}; ${hint}`, { cause });
    }
    const kinesis = cloud.service("kinesis") as KinesisService;
    const endNews = kinesis.onPut(({ streamArn }) => {
      if (streamArn === settings.streamArn) driver.notice();
    });
    streams.set(name, { name, arn, createdMillis: cloud.clock.now(), driver, endNews });
    return { id: arn, outputs: outputsOf(name, driver) };
  }

  async function update(id: string, resource: DeclaredResource) {
    const { name, driver } = streamNamed(nameIn(id));
    const settings = readSettings(resource, cloud);
    // The provider replaces the delivery stream, because Firehose cannot change this.
    if (settings.isPartitioned !== driver.settings.isPartitioned) {
      throw new Error("a change of dynamicPartitioningConfiguration is not simulated; replace the delivery stream");
    }
    await driver.update(settings);
    return { outputs: outputsOf(name, driver) };
  }

  async function remove(id: string): Promise<void> {
    const { name, driver, endNews } = streamNamed(nameIn(id));
    streams.delete(name);
    endNews();
    await driver.stop();
  }

  function outputsOf(name: string, { version }: DeliveryDriver) {
    return { arn: arnOf(name), name, destinationId: DESTINATION_ID, versionId: String(version) };
  }

  const describe: Operation<Named> = {
    access: ({ DeliveryStreamName }) => [
      { action: "firehose:DescribeDeliveryStream", resource: arnOf(DeliveryStreamName) },
    ],
    run: ({ DeliveryStreamName }) => {
      const { driver, ...stream } = streamNamed(DeliveryStreamName);
      const { version, settings } = driver;
      return { DeliveryStreamDescription: describeStream({ ...stream, version, settings }) };
    },
  };

  const list: Operation<{ readonly Limit?: number; readonly ExclusiveStartDeliveryStreamName?: string }> = {
    access: () => [{ action: "firehose:ListDeliveryStreams", resource: "*" }],
    run: ({ Limit = 10, ExclusiveStartDeliveryStreamName = "" }) => {
      const names = [...streams.keys()].sort().filter((name) => name > ExclusiveStartDeliveryStreamName);
      return { DeliveryStreamNames: names.slice(0, Limit), HasMoreDeliveryStreams: names.length > Limit };
    },
  };

  /** Every simulated delivery stream reads a Kinesis stream, and Firehose then takes no records from producers. */
  const put = (operation: string): Operation<Named> => ({
    access: ({ DeliveryStreamName }) => [{ action: `firehose:${operation}`, resource: arnOf(DeliveryStreamName) }],
    run: ({ DeliveryStreamName }) => {
      streamNamed(DeliveryStreamName);
      const message = "This operation is not permitted on KinesisStreamAsSource delivery stream type.";
      throw new ServiceError("InvalidArgumentException", message);
    },
  });

  return {
    name: "firehose",
    resources: {
      "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": {
        simulated: ["name", "destination", "kinesisSourceConfiguration", "extendedS3Configuration"],
        withoutEffect: ["tags"],
        replaceOn: ["name", "destination", "kinesisSourceConfiguration"],
        create,
        update,
        delete: remove,
      },
    },
    operations: {
      DescribeDeliveryStream: describe as Operation<never>,
      ListDeliveryStreams: list as Operation<never>,
      PutRecord: put("PutRecord") as Operation<never>,
      PutRecordBatch: put("PutRecordBatch") as Operation<never>,
    },
    async drainDeliveries() {
      await Promise.all([...streams.values()].map(({ driver }) => driver.drain()));
    },
    async stop() {
      for (const { driver, endNews } of streams.values()) {
        endNews();
        await driver.stop();
      }
    },
  };

  function nameIn(id: string): string {
    return id.slice(id.lastIndexOf("/") + 1);
  }
}
