/** Declares IngestApi for programs in any language. */
import * as pulumi from "@pulumi/pulumi";
import * as library from "../../components/ingestApi";
import type { IngestApiArgs } from "../../components/ingestApi/args";
import type { Alarms } from "./alarms";
import { type ExistingStream, streamInput } from "./existing";
import type { StreamIngest } from "./streamIngest";

export const ApiAuthorization = {
  /** Requests are signed with AWS credentials. */
  AwsIam: "AWS_IAM",
  /** Requests carry a token of `jwt`. */
  Jwt: "JWT",
  /** Everybody on the internet may write to the stream. */
  None: "NONE",
} as const;
export type ApiAuthorization = (typeof ApiAuthorization)[keyof typeof ApiAuthorization];

type Restated = "stream" | "authorization" | "alarms" | "transform";

export interface IngestApiInputs extends Omit<IngestApiArgs, Restated> {
  /** The stream that takes the records; required without `existingStream`. */
  stream?: pulumi.Input<StreamIngest>;
  /** A stream that exists, instead of `stream`. @default none */
  existingStream?: ExistingStream;
  /** Who may send; the policy pack reports `NONE` (APIGateway.8). @default "AWS_IAM" */
  authorization?: ApiAuthorization;
  /** An alarm on answers of status 5xx. @default none */
  alarms?: Alarms;
}

/** An HTTP API in front of a stream, and the function behind it. */
export declare class IngestApi extends pulumi.ComponentResource {
  /** The URL of the API, without a slash at its end. */
  readonly url: pulumi.Output<string>;
  constructor(name: string, args: IngestApiInputs, opts?: pulumi.ComponentResourceOptions);
}

export function makeIngestApi(
  name: string,
  { stream, existingStream, ...inputs }: IngestApiInputs,
  opts: pulumi.ComponentResourceOptions,
): IngestApi {
  const args = { ...inputs, stream: streamInput(`IngestApi "${name}"`, stream, existingStream) };
  return new library.IngestApi(name, args, opts);
}
