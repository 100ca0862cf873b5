/** Every AWS client that the tests use, for one account: on the emulator or in local. */
import { Agent } from "node:https";
import { AthenaClient } from "@aws-sdk/client-athena";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { GlueClient } from "@aws-sdk/client-glue";
import { IAMClient } from "@aws-sdk/client-iam";
import { KinesisClient } from "@aws-sdk/client-kinesis";
import { KMSClient } from "@aws-sdk/client-kms";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { SFNClient } from "@aws-sdk/client-sfn";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { STSClient } from "@aws-sdk/client-sts";

export interface Account {
  readonly endpoint: string;
  readonly region: string;
  readonly accountId: string;
  /** Of an endpoint with TLS, in PEM. */
  readonly certificate?: string;
}

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** With these the emulator takes the caller for the account's root; local takes unknown ones for the caller's own. */
const ROOT: Keys = { accessKeyId: "test", secretAccessKey: "test" };

export type Clients = ReturnType<typeof awsClients>;

export function awsClients({ endpoint, region, certificate }: Account, credentials: Keys = ROOT) {
  const config = { endpoint, region, credentials, maxAttempts: 1 };
  const tls = certificate === undefined ? {} : { requestHandler: { httpsAgent: new Agent({ ca: certificate }) } };
  const http2 = certificate === undefined ? {} : { requestHandler: { nodeHttp2ConnectOptions: { ca: certificate } } };
  return {
    athena: new AthenaClient({ ...config, ...tls }),
    cloudwatch: new CloudWatchClient({ ...config, ...tls }),
    glue: new GlueClient({ ...config, ...tls }),
    iam: new IAMClient({ ...config, ...tls }),
    kinesis: new KinesisClient({ ...config, ...http2 }),
    kms: new KMSClient({ ...config, ...tls }),
    lambda: new LambdaClient({ ...config, ...tls }),
    logs: new CloudWatchLogsClient({ ...config, ...tls }),
    s3: new S3Client({ ...config, ...tls }),
    scheduler: new SchedulerClient({ ...config, ...tls }),
    sfn: new SFNClient({ ...config, ...tls }),
    sns: new SNSClient({ ...config, ...tls }),
    sqs: new SQSClient({ ...config, ...tls }),
    sts: new STSClient({ ...config, ...tls }),
  };
}
