/** Where a replay works: a router to invoke, and the buckets that keep what it could not take. */
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import type { ReplayAnswer } from "../../lake/replay/event";
import type { ReplayTarget } from "../../lake/replay/target";
import { CommandError } from "../errors";
import { clientOptions } from "../send/awsClients";

/** A target that is to be closed. Its `invoke` throws a CommandError with the function's own error, without payload. */
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
  const s3 = new S3Client(clientOptions("S3", env, endpointUrl));
  const options = { abortSignal: signal };
  return {
    async invoke(records, replay) {
      const event = Buffer.from(JSON.stringify({ Records: records, replay }));
      const answer = await lambda.send(new InvokeCommand({ FunctionName: functionName, Payload: event }), options);
      const text = Buffer.from(answer.Payload ?? []).toString();
      if (answer.FunctionError) throw new CommandError(`streamlake replay: ${functionName} failed: ${errorOf(text)}`);
      const { routed } = JSON.parse(text) as Partial<ReplayAnswer>;
      if (routed === undefined) {
        throw new CommandError(
          `streamlake replay: ${functionName} is not a router that knows of replays; deploy the current one first`,
        );
      }
      return JSON.parse(text) as ReplayAnswer;
    },
    bucket: (name) => ({
      async *list(prefix) {
        let token: string | undefined;
        do {
          const input = { Bucket: name, Prefix: prefix, ...(token && { ContinuationToken: token }) };
          const page = await s3.send(new ListObjectsV2Command(input), options);
          for (const { Key } of page.Contents ?? []) if (Key !== undefined) yield Key;
          token = page.NextContinuationToken;
        } while (token !== undefined);
      },
      async get(key) {
        try {
          const { Body } = await s3.send(new GetObjectCommand({ Bucket: name, Key: key }), options);
          if (!Body) throw new CommandError(`streamlake replay: s3://${name}/${key} came without a body`);
          return await Body.transformToByteArray();
        } catch (error) {
          if (error instanceof NoSuchKey) return undefined;
          throw error;
        }
      },
      async put(key, body) {
        await s3.send(new PutObjectCommand({ Bucket: name, Key: key, Body: body }), options);
      },
      async delete(key) {
        await s3.send(new DeleteObjectCommand({ Bucket: name, Key: key }), options);
      },
    }),
    close: () => {
      lambda.destroy();
      s3.destroy();
    },
  };
}

function errorOf(text: string): string {
  const { errorType, errorMessage } = JSON.parse(text) as { errorType?: string; errorMessage?: string };
  return `${errorType ?? "Error"}: ${errorMessage ?? "no message"}`;
}
