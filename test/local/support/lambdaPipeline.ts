/** A stream, a role, a function and a mapping between them, declared to the real services of a run. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { systemClock } from "../../../local/cloud/clock";
import type { Cloud } from "../../../local/cloud/cloud";
import { createCloud } from "../../../local/cloud/createCloud";
import { CALLER } from "../../../local/cloud/iam/principal";
import type { ResourceSimulation, Service } from "../../../local/cloud/service";
import { iamService } from "../../../local/services/iam/service";
import { type KinesisService, kinesisService } from "../../../local/services/kinesis/service";
import { type LambdaService, lambdaService } from "../../../local/services/lambda/service";
import { Seeded } from "./mapping/seeded";

const TRUST = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } }],
});
const STREAM = "arn:aws:kinesis:us-east-1:123456789012:stream/clicks";
const MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping";

/** What the role of a function on a stream needs. */
export const STATEMENTS = [
  {
    Effect: "Allow",
    Action: ["kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:DescribeStreamSummary", "kinesis:ListShards"],
    Resource: STREAM,
  },
  {
    Effect: "Allow",
    Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
    Resource: "arn:aws:logs:us-east-1:123456789012:log-group:*",
  },
  { Effect: "Allow", Action: "s3:PutObject", Resource: "arn:aws:s3:::failed/aws/lambda/*" },
  { Effect: "Allow", Action: "s3:ListBucket", Resource: "arn:aws:s3:::failed" },
];

export class Pipeline {
  readonly dataDir = mkdtempSync(path.join(tmpdir(), "streamlake-mapping-"));
  /** What was put to buckets: `s3://bucket/key` and its text. */
  readonly objects = new Map<string, string>();
  readonly cloud: Cloud;
  readonly lambda: LambdaService;
  readonly kinesis: KinesisService;
  /** What a put to a bucket waits for. */
  beforePut: () => Promise<void> = async () => undefined;

  constructor() {
    const random = new Seeded(1);
    this.cloud = createCloud({
      region: "us-east-1",
      accountId: "123456789012",
      clock: systemClock,
      random: () => random.next(),
      dataDir: this.dataDir,
    });
    this.kinesis = kinesisService(this.cloud);
    this.lambda = lambdaService(this.cloud, "http://127.0.0.1:9");
    this.cloud.register(iamService(this.cloud), this.kinesis, this.lambda, this.bucketService());
  }

  /** Declares the function with this code, and a mapping to it with these inputs. Resolves to the mapping's id. */
  async declare(code: string, mapping: object = {}, statements: readonly object[] = STATEMENTS): Promise<string> {
    await this.create("aws:kinesis/stream:Stream", "clicks", { name: "clicks", shardCount: 2 });
    const role = await this.create("aws:iam/role:Role", "router", { name: "router", assumeRolePolicy: TRUST });
    const policy = JSON.stringify({ Version: "2012-10-17", Statement: statements });
    await this.create("aws:iam/rolePolicy:RolePolicy", "router", { role: role.id, policy });
    const made = await this.create("aws:lambda/function:Function", "router", {
      name: "router",
      runtime: "nodejs24.x",
      handler: "index.handler",
      role: role.outputs.arn,
      timeout: 5,
      memorySize: 512,
      code: new pulumi.asset.AssetArchive({ "index.js": new pulumi.asset.StringAsset(code) }),
    });
    const { id } = await this.create(MAPPING, "router", {
      eventSourceArn: STREAM,
      functionName: made.outputs.arn,
      startingPosition: "TRIM_HORIZON",
      functionResponseTypes: ["ReportBatchItemFailures"],
      ...mapping,
    });
    return id;
  }

  /** Puts records as the person at the keyboard; keys are spread over the shards. */
  async put(texts: readonly string[]): Promise<void> {
    const Records = texts.map((text, index) => ({
      Data: Buffer.from(text).toString("base64"),
      PartitionKey: `key-${index % 50}`,
    }));
    await this.cloud.call(CALLER, "kinesis", "PutRecords", { StreamName: "clicks", Records });
  }

  create(type: string, name: string, inputs: Record<string, unknown>) {
    return this.simulationOf(type).create({ type, name, inputs });
  }

  deleteMapping(id: string): Promise<void> {
    return this.simulationOf(MAPPING).delete(id, { type: MAPPING, name: "router", inputs: {} });
  }

  async end(): Promise<void> {
    await this.cloud.stop();
    rmSync(this.dataDir, { recursive: true });
  }

  private simulationOf(type: string): ResourceSimulation {
    const simulation = this.cloud
      .services()
      .map((service) => service.resources[type])
      .find((found) => found !== undefined);
    if (!simulation) throw new Error(`no service has ${type}`);
    return simulation;
  }

  private bucketService(): Service {
    return {
      name: "s3",
      resources: {},
      operations: {
        PutObject: {
          access: ({ Bucket, Key }: { Bucket: string; Key: string }) => [
            { action: "s3:PutObject", resource: `arn:aws:s3:::${Bucket}/${Key}` },
          ],
          run: async ({ Bucket, Key, Body }: { Bucket: string; Key: string; Body: Uint8Array }) => {
            await this.beforePut();
            this.objects.set(`s3://${Bucket}/${Key}`, Buffer.from(Body).toString());
            return {};
          },
        },
      },
    };
  }
}
