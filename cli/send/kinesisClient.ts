/** The Kinesis client of producers. */
import { KinesisClient, PutRecordsCommand } from "@aws-sdk/client-kinesis";
import { clientOptions } from "./awsClients";
import type { PutRecords } from "./putGroup";

/** @param endpointUrl absent on AWS, `"http://127.0.0.1:4566"` for `streamlake local --serve` */
export function kinesisClient(
  env: Readonly<Record<string, string | undefined>>,
  endpointUrl: string | undefined,
): KinesisClient {
  return new KinesisClient(clientOptions("KINESIS", env, endpointUrl));
}

export function putRecordsTo(client: KinesisClient, streamName: string): PutRecords {
  return (records) => client.send(new PutRecordsCommand({ StreamName: streamName, Records: records }));
}
