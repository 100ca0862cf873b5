/** A delivery stream on a stream and two buckets, with a clock that the test moves and a function that is a callback. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Cloud } from "../../../local/cloud/cloud";
import { createCloud } from "../../../local/cloud/createCloud";
import { seededRandom } from "../../../local/cloud/random";
import type { Service } from "../../../local/cloud/service";
import { filesBelow } from "../../../local/duckdb/files";
import { type FirehoseService, firehoseService } from "../../../local/services/firehose/service";
import { glueService } from "../../../local/services/glue/service";
import { iamService } from "../../../local/services/iam/service";
import { kinesisService } from "../../../local/services/kinesis/service";
import { logsService } from "../../../local/services/logs/service";
import { s3Service } from "../../../local/services/s3/service";

export const START = Date.parse("2026-11-20T10:59:30.000Z");
export const FUNCTION = "arn:aws:lambda:eu-central-1:123456789012:function:transform";
export const STREAM = "arn:aws:kinesis:eu-central-1:123456789012:stream/clicks";
const TYPE = "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream";
const ROLE = "arn:aws:iam::123456789012:role/delivery";

export interface FirehoseEvent {
  readonly records: readonly {
    readonly recordId: string;
    readonly data: string;
    readonly kinesisRecordMetadata: Readonly<Record<string, unknown>>;
  }[];
}

export type Transform = (event: FirehoseEvent) => unknown;

/** Answers each record as it is, in upper case. */
export const upperCase: Transform = ({ records }) => ({
  records: records.map(({ recordId, data }) => ({
    recordId,
    result: "Ok",
    data: Buffer.from(`${Buffer.from(data, "base64").toString().toUpperCase()}\n`).toString("base64"),
  })),
});

export interface WorldOptions {
  readonly redeliver?: boolean;
  /** Statements that the role has no more. @default none */
  readonly without?: string;
  /** @default `upperCase` */
  readonly transform?: Transform;
}

interface Sleeper {
  readonly due: number;
  wake(): void;
}

export class FirehoseWorld {
  readonly events: FirehoseEvent[] = [];
  transform: Transform;
  private now = START;
  private sleepers: Sleeper[] = [];
  private readonly dataDir = mkdtempSync(path.join(tmpdir(), "streamlake-firehose-"));
  readonly cloud: Cloud;

  constructor({ redeliver = false, transform = upperCase }: WorldOptions = {}) {
    this.transform = transform;
    const clock = { now: () => this.now, sleep: (millis: number, signal?: AbortSignal) => this.sleep(millis, signal) };
    this.cloud = createCloud({
      region: "eu-central-1",
      accountId: "123456789012",
      clock,
      random: seededRandom(5),
      dataDir: this.dataDir,
      redeliver,
    });
    const services = [iamService, logsService, s3Service, kinesisService, glueService, firehoseService];
    this.cloud.register(...services.map((service) => service(this.cloud)), this.lambda());
  }

  static async start(options: WorldOptions = {}, s3: object = {}): Promise<FirehoseWorld> {
    const world = new FirehoseWorld(options);
    await world.declare("aws:kinesis/stream:Stream", "clicks", { name: "clicks", shardCount: 2 });
    for (const bucket of ["lake", "backup"]) await world.declare("aws:s3/bucket:Bucket", bucket, { bucket });
    await world.declare("aws:cloudwatch/logGroup:LogGroup", "logs", { name: "logs" });
    const logStream = { name: "delivery", logGroupName: "logs" };
    await world.declare("aws:cloudwatch/logStream:LogStream", "delivery", logStream);
    const trust = [{ Effect: "Allow", Principal: { Service: "firehose.amazonaws.com" }, Action: "sts:AssumeRole" }];
    const assumeRolePolicy = JSON.stringify({ Version: "2012-10-17", Statement: trust });
    await world.declare("aws:iam/role:Role", "delivery", { name: "delivery", assumeRolePolicy });
    await world.allow(options.without);
    await world.declare("aws:glue/catalogDatabase:CatalogDatabase", "shop", { name: "shop" });
    await world.declareTable();
    await world.declare(TYPE, "clicks", inputs(s3));
    return world;
  }

  /** The role may do all that a delivery needs but this action. */
  async allow(without = ""): Promise<void> {
    const Action = [
      ...["DescribeStream", "ListShards", "GetShardIterator", "GetRecords"].map((action) => `kinesis:${action}`),
      ...["AbortMultipartUpload", "GetObject", "PutObject"].map((action) => `s3:${action}`),
      ...["GetBucketLocation", "ListBucket", "ListBucketMultipartUploads"].map((action) => `s3:${action}`),
      "lambda:InvokeFunction",
      "lambda:GetFunctionConfiguration",
      "logs:PutLogEvents",
      ...["GetTable", "GetTableVersion", "GetTableVersions"].map((action) => `glue:${action}`),
    ].filter((action) => action !== without);
    const policy = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource: "*" }] };
    await this.declare("aws:iam/rolePolicy:RolePolicy", "p", { role: "delivery", policy: JSON.stringify(policy) });
  }

  declare(type: string, name: string, declared: Record<string, unknown>) {
    return this.simulation(type).create({ type, name, inputs: declared });
  }

  /** The table to whose columns rows are converted. */
  declareTable(columns: object[] = [{ name: "n", type: "bigint" }]) {
    const storageDescriptor = { location: "s3://lake/rows/", columns };
    const inputs = { name: "rows", databaseName: "shop", storageDescriptor };
    return this.declare("aws:glue/catalogTable:CatalogTable", "rows", inputs);
  }

  update(s3: object) {
    const olds = inputs();
    const resource = { type: TYPE, name: "clicks", inputs: inputs(s3) };
    return this.simulation(TYPE).update?.("arn:aws:firehose:…:deliverystream/clicks", resource, olds);
  }

  remove() {
    const resource = { type: TYPE, name: "clicks", inputs: inputs() };
    return this.simulation(TYPE).delete("arn:aws:firehose:…:deliverystream/clicks", resource);
  }

  async put(...records: (string | Uint8Array)[]): Promise<void> {
    const Records = records.map((data) => ({
      Data: Buffer.from(data as string).toString("base64"),
      PartitionKey: "k",
    }));
    await this.call("kinesis", "PutRecords", { StreamName: "clicks", Records });
  }

  call(service: string, operation: string, input: object): Promise<unknown> {
    return this.cloud.call({ kind: "caller" }, service, operation, input);
  }

  drain(): Promise<void> {
    return (this.cloud.service("firehose") as FirehoseService).drainDeliveries();
  }

  /** Moves the clock, wakes who is due, and waits for the work that this starts. */
  async advance(millis: number): Promise<void> {
    const end = this.now + millis;
    for (;;) {
      await this.settle();
      const next = Math.min(...this.sleepers.map(({ due }) => due));
      if (next > end) break;
      this.now = Math.max(this.now, next);
      for (const sleeper of this.sleepers.filter(({ due }) => due <= this.now)) sleeper.wake();
    }
    this.now = end;
  }

  /** The objects of a bucket, by key. */
  objects(bucket: string): Record<string, Buffer> {
    const root = path.join(this.dataDir, "s3", bucket);
    const files = filesBelow(root).sort();
    return Object.fromEntries(files.map((file) => [path.relative(root, file), readFileSync(file)]));
  }

  log(): string {
    return readFileSync(path.join(this.dataDir, "logs", "logs", "delivery.log"), "utf8");
  }

  async end(): Promise<void> {
    await this.cloud.stop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  private simulation(type: string) {
    const all = this.cloud.services().flatMap((service) => Object.entries(service.resources));
    const found = all.find(([own]) => own === type)?.[1];
    if (!found) throw new Error(`no service has the type ${type}`);
    return found;
  }

  private lambda(): Service {
    return {
      name: "lambda",
      resources: {},
      operations: {
        Invoke: {
          access: ({ FunctionName }: { FunctionName: string }) => [
            { action: "lambda:InvokeFunction", resource: FunctionName },
          ],
          run: ({ Payload }: { Payload: Uint8Array }) => {
            const event = JSON.parse(Buffer.from(Payload).toString()) as FirehoseEvent;
            this.events.push(event);
            try {
              return { StatusCode: 200, Payload: Buffer.from(JSON.stringify(this.transform(event))) };
            } catch (error) {
              const Payload = Buffer.from(JSON.stringify({ errorMessage: String(error) }));
              return { StatusCode: 200, FunctionError: "Unhandled", Payload };
            }
          },
        },
      },
    };
  }

  private sleep(millis: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const sleeper = { due: this.now + millis, wake: () => leave(resolve) };
      const leave = (end: (reason?: never) => void) => {
        this.sleepers = this.sleepers.filter((one) => one !== sleeper);
        end(signal?.reason as never);
      };
      this.sleepers.push(sleeper);
      if (signal?.aborted) leave(reject);
      signal?.addEventListener("abort", () => leave(reject), { once: true });
    });
  }

  /** Files are written meanwhile. */
  private async settle(): Promise<void> {
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** The declared inputs of the delivery stream. */
export function inputs(s3: object = {}): Record<string, unknown> {
  return {
    name: "clicks",
    destination: "extended_s3",
    kinesisSourceConfiguration: { kinesisStreamArn: STREAM, roleArn: ROLE },
    extendedS3Configuration: {
      bucketArn: "arn:aws:s3:::lake",
      roleArn: ROLE,
      prefix: "rows/!{timestamp:yyyy-MM-dd}/!{timestamp:HH}/",
      errorOutputPrefix: "errors/!{firehose:error-output-type}/",
      bufferingSize: 1,
      bufferingInterval: 60,
      cloudwatchLoggingOptions: { enabled: true, logGroupName: "logs", logStreamName: "delivery" },
      processingConfiguration: processing(),
      ...s3,
    },
  };
}

export function processing(parameters: Readonly<Record<string, string>> = {}) {
  const all = { LambdaArn: FUNCTION, BufferSizeInMBs: "0.2", BufferIntervalInSeconds: "10", ...parameters };
  const named = Object.entries(all).map(([parameterName, parameterValue]) => ({ parameterName, parameterValue }));
  return { enabled: true, processors: [{ type: "Lambda", parameters: named }] };
}

/** Settings of a destination that converts rows to the table's columns. */
export function converting(changes: Readonly<Record<string, object>> = {}) {
  return {
    bufferingSize: 64,
    dataFormatConversionConfiguration: {
      inputFormatConfiguration: { deserializer: { openXJsonSerDe: {} } },
      outputFormatConfiguration: { serializer: { parquetSerDe: {} } },
      schemaConfiguration: { databaseName: "shop", tableName: "rows", roleArn: ROLE },
      ...changes,
    },
  };
}
