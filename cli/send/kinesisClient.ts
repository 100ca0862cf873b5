/** The Kinesis client of producers. */
import { KinesisClient, ListStreamsCommand, PutRecordsCommand } from "@aws-sdk/client-kinesis";
import { CommandError } from "../errors";
import { suggestion } from "../terminal/nearest";
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

/** Adds the names of the streams that exist to the error of one that does not, if the caller may list them. */
export async function namingStreams(error: unknown, client: KinesisClient, streamName: string): Promise<unknown> {
  const { cause, message } = Object(error) as Error;
  if (!(cause instanceof Error) || cause.name !== "ResourceNotFoundException") return error;
  const listed = await client.send(new ListStreamsCommand({})).catch(() => undefined);
  if (listed === undefined) return error;
  const { StreamNames: names = [] } = listed;
  const others = names.length > 0 ? `; the streams are ${names.join(", ")}` : "; there is no stream in this region";
  return new CommandError(`${message.replace(/\.$/, "")}${suggestion(streamName, names) || others}`, { cause });
}
