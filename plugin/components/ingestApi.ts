/** Declares IngestApi for programs in any language. */
import * as pulumi from "@pulumi/pulumi";
import * as library from "../../components/ingestApi";
import type { IngestApiArgs } from "../../components/ingestApi/args";
import { ServingTable as ServingComponent } from "../../components/servingTable";
import type { Alarms } from "./alarms";
import { type ExistingStream, streamInput } from "./existing";
import { made } from "./madeComponents";
import type { ServingTable } from "./servingTable";
import type { StreamIngest } from "./streamIngest";

export const ApiAuthorization = {
  /** Requests are signed with AWS credentials. */
  AwsIam: "AWS_IAM",
  /** Requests carry a token of `jwt`. */
  Jwt: "JWT",
  /** Everybody on the internet may write to the stream, and read the views. */
  None: "NONE",
} as const;
export type ApiAuthorization = (typeof ApiAuthorization)[keyof typeof ApiAuthorization];

type Restated = "stream" | "authorization" | "views" | "alarms" | "transform";

export interface IngestApiInputs extends Omit<IngestApiArgs, Restated> {
  /** The stream that takes the records; required without `existingStream`. */
  stream?: pulumi.Input<StreamIngest>;
  /** A stream that exists, instead of `stream`. @default none */
  existingStream?: ExistingStream;
  /** Who may send and read; the policy pack reports `NONE` (APIGateway.8). @default "AWS_IAM" */
  authorization?: ApiAuthorization;
  /** The views whose items `GET /<name>/<key>` answers, at most 20, each by its name in the path. @default none */
  views?: Record<string, pulumi.Input<ServingTable>>;
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
  { stream, existingStream, views, ...inputs }: IngestApiInputs,
  opts: pulumi.ComponentResourceOptions,
): IngestApi {
  const who = `IngestApi "${name}"`;
  const tables = Object.entries(views ?? {}).map(
    ([view, table]) => [view, made(`${who}: views: "${view}"`, table, ServingComponent)] as const,
  );
  const args = {
    ...inputs,
    stream: streamInput(who, stream, existingStream),
    ...(views && { views: Object.fromEntries(tables) }),
  };
  return new library.IngestApi(name, args, opts);
}
