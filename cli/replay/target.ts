/** The router and the buckets of a replay from this machine, on AWS or behind an endpoint. */
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { s3ObjectStore } from "../../functions/effects/objectStore";
import type { ReplayAnswer } from "../../lake/replay/event";
import type { ReplayTarget } from "../../lake/replay/run";
import { CommandError } from "../errors";
import { clientOptions } from "../send/awsClients";

/** Must be closed. Its `invoke` throws a CommandError with the function's own error, without payload. */
export interface AwsTarget extends ReplayTarget {
  close(): void;
}

export interface TargetOptions {
  /** The router's function: a name or an ARN. */
  readonly functionName: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly endpointUrl: string | undefined;
  readonly signal: AbortSignal;
}

export function awsTarget({ functionName, env, endpointUrl, signal }: TargetOptions): AwsTarget {
  const lambda = new LambdaClient(clientOptions("LAMBDA", env, endpointUrl));
  const client = new S3Client(clientOptions("S3", env, endpointUrl));
  return {
    async invoke(event) {
      const Payload = Buffer.from(JSON.stringify(event));
      const answer = await lambda.send(new InvokeCommand({ FunctionName: functionName, Payload }), {
        abortSignal: signal,
      });
      const text = Buffer.from(answer.Payload ?? []).toString();
      if (answer.FunctionError) throw new CommandError(`streamlake replay: ${functionName} failed: ${errorOf(text)}`);
      const { routed } = JSON.parse(text) as Partial<ReplayAnswer>;
      if (routed === undefined) {
        throw new CommandError(
          `streamlake replay: ${functionName} is not a router that supports replays; deploy the current one first`,
        );
      }
      return JSON.parse(text) as ReplayAnswer;
    },
    bucket: (name) => s3ObjectStore(name, { client, signal }),
    close: () => {
      lambda.destroy();
      client.destroy();
    },
  };
}

function errorOf(text: string): string {
  const { errorType, errorMessage } = JSON.parse(text) as { errorType?: string; errorMessage?: string };
  return `${errorType ?? "Error"}: ${errorMessage ?? "no message"}`;
}
