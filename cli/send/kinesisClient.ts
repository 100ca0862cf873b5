/** The Kinesis client of the producers: ordinary credentials on AWS, none needed for an endpoint on this machine. */
import { KinesisClient, PutRecordsCommand } from "@aws-sdk/client-kinesis";
import type { PutRecords } from "./putGroup";

const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);

/** @param endpointUrl absent on AWS, `"http://127.0.0.1:4566"` for `streamlake local --serve` */
export function kinesisClient(
  env: Readonly<Record<string, string | undefined>>,
  endpointUrl: string | undefined,
): KinesisClient {
  const endpoint = endpointUrl ?? env.AWS_ENDPOINT_URL_KINESIS ?? env.AWS_ENDPOINT_URL;
  const here = endpoint !== undefined && LOOPBACK.has(new URL(endpoint).hostname);
  const configured = Boolean(env.AWS_ACCESS_KEY_ID || env.AWS_PROFILE);
  const region = env.AWS_REGION || env.AWS_DEFAULT_REGION;
  return new KinesisClient({
    ...(endpoint !== undefined && { endpoint }),
    ...(region ? { region } : here && { region: "us-east-1" }),
    ...(here && !configured && { credentials: { accessKeyId: "local", secretAccessKey: "local" } }),
  });
}

export function putRecordsTo(client: KinesisClient, streamName: string): PutRecords {
  return (records) => client.send(new PutRecordsCommand({ StreamName: streamName, Records: records }));
}
