/** The event source mappings of a run; each delivers batches from its stream to its function until it is deleted. */
import type { Principal } from "../../../cloud/iam/principal";
import { uuid } from "../../../cloud/random";
import {
  type CloudContext,
  type DeclaredResource,
  type Outputs,
  type ResourceSimulation,
  ServiceError,
} from "../../../cloud/service";
import type { IamService } from "../../iam/service";
import type { KinesisService } from "../../kinesis/service";
import type { LambdaFunction } from "../lambdaFunction";
import { describeMapping, type MappingConfiguration } from "./describeMapping";
import type { FailedBatch } from "./failureDelivery";
import { MappingDriver } from "./mappingDriver";
import type { MappingDriverOptions } from "./mappingDriverOptions";
import { type MappingSettings, readMappingSettings } from "./readMappingConfig";

interface Mapping {
  readonly driver: MappingDriver;
  /** Ends the subscription to the stream's news. */
  readonly endNews: () => void;
  /** The time of the last change, milliseconds since the epoch. */
  modifiedMillis: number;
}

export class Mappings {
  private readonly byId = new Map<string, Mapping>();
  /** The lists of deleted mappings' drivers, which may still grow while a batch is sent to its destination. */
  private readonly failedBefore: (readonly FailedBatch[])[] = [];

  constructor(
    private readonly cloud: CloudContext,
    private readonly functionOf: (nameOrArn: string) => LambdaFunction,
  ) {}

  readonly resource: ResourceSimulation = {
    simulated: [
      "eventSourceArn",
      "functionName",
      "startingPosition",
      "startingPositionTimestamp",
      "batchSize",
      "maximumBatchingWindowInSeconds",
      "parallelizationFactor",
      "maximumRetryAttempts",
      "maximumRecordAgeInSeconds",
      "bisectBatchOnFunctionError",
      "functionResponseTypes",
      "destinationConfig",
      "enabled",
      "metricsConfig",
    ],
    withoutEffect: ["tags"],
    replaceOn: ["eventSourceArn", "startingPosition", "startingPositionTimestamp"],
    create: (resource) => this.create(resource),
    update: (id, resource) => this.update(id, resource),
    delete: async (id) => this.delete(id),
  };

  /** Resolves when every mapping has processed all records of its stream, without waiting for batch windows. */
  async drain(): Promise<void> {
    await Promise.all(this.drivers().map((driver) => driver.drain()));
  }

  /** By mapping of the stream, the payload bytes of finished records. */
  deliveredBytes(streamName: string): number[] {
    return this.drivers()
      .filter(({ settings }) => settings.streamArn.endsWith(`:stream/${streamName}`))
      .map((driver) => driver.deliveredBytes);
  }

  failed(): FailedBatch[] {
    return [...this.failedBefore, ...this.drivers().map((driver) => driver.failed)].flat();
  }

  /** Every mapping, in order of creation, as the API describes it. */
  describe(): MappingConfiguration[] {
    return [...this.byId].map(([id, { driver, modifiedMillis }]) =>
      describeMapping({ id, arn: this.arnOf(id), functionArn: driver.functionArn, modifiedMillis }, driver.settings),
    );
  }

  /** Continues the function's mappings with its new role. */
  async roleChanged(functionArn: string): Promise<void> {
    for (const [id, { driver }] of this.byId) {
      if (driver.functionArn === functionArn) await this.goOn(driver, this.optionsOf(id, driver.settings));
    }
  }

  stop(): void {
    for (const { driver, endNews } of this.byId.values()) {
      endNews();
      driver.stop();
    }
  }

  private async create(resource: DeclaredResource) {
    const settings = readMappingSettings(resource.name, resource.inputs);
    const options = this.optionsOf(uuid(this.cloud.random), settings);
    const { uuid: id, functionArn } = options;
    this.refuseTwice(options);
    await this.describeStream(resource.name, options);
    const driver = new MappingDriver(options);
    const kinesis = this.cloud.service("kinesis") as KinesisService;
    const endNews = kinesis.onPut(({ streamArn, shardId, records }) => {
      // A reshard adds no records, but closes shards, which concerns all shards.
      if (streamArn === settings.streamArn) driver.notice(records > 0 ? shardId : undefined);
    });
    this.byId.set(id, { driver, endNews, modifiedMillis: this.cloud.clock.now() });
    if (settings.isEnabled) driver.start();
    return { id, outputs: this.outputsOf(id, functionArn, settings) };
  }

  /** Commands in progress end with the old settings; retries start again with the new ones. */
  private async update(id: string, resource: DeclaredResource) {
    const mapping = this.byId.get(id) as Mapping;
    const { driver } = mapping;
    const settings = readMappingSettings(resource.name, resource.inputs);
    const options = this.optionsOf(id, settings);
    await this.describeStream(resource.name, options);
    await this.goOn(driver, options);
    mapping.modifiedMillis = this.cloud.clock.now();
    return { outputs: this.outputsOf(id, options.functionArn, settings) };
  }

  private delete(id: string): void {
    const { driver, endNews } = this.byId.get(id) as Mapping;
    this.byId.delete(id);
    endNews();
    driver.stop();
    this.failedBefore.push(driver.failed);
  }

  private async goOn(driver: MappingDriver, options: MappingDriverOptions): Promise<void> {
    await driver.pause();
    driver.take(options);
    if (options.settings.isEnabled) driver.start();
  }

  private optionsOf(id: string, settings: MappingSettings): MappingDriverOptions {
    const { cloud } = this;
    const { spec } = this.functionOf(settings.functionName);
    const redeliverySeed = Number.parseInt(id.slice(0, 8), 16);
    const config = { ...settings.config, ...(cloud.redeliver && { redeliverySeed }) };
    return {
      uuid: id,
      settings: { ...settings, config },
      cloud,
      principal: (cloud.service("iam") as IamService).assume(spec.roleArn, "lambda.amazonaws.com"),
      source: { streamArn: settings.streamArn, roleArn: spec.roleArn, region: cloud.region },
      functionArn: spec.arn,
      invoke: (event) => this.functionOf(spec.name).invoke(event),
    };
  }

  private refuseTwice({ functionArn, settings: { streamArn } }: MappingDriverOptions): void {
    const isSame = (driver: MappingDriver) =>
      driver.settings.streamArn === streamArn && driver.functionArn === functionArn;
    const [id] = [...this.byId].find(([, { driver }]) => isSame(driver)) ?? [];
    if (id === undefined) return;
    const name = functionArn.slice(functionArn.lastIndexOf(":") + 1);
    throw new ServiceError(
      "ResourceConflictException",
      `The event source arn (" ${streamArn} ") and function (" ${name} ") provided mapping already exists. Please update or delete the existing mapping with UUID ${id}`,
      409,
    );
  }

  /** Refuses a mapping whose role cannot read the stream, as on AWS; often its policy is created only later. */
  private async describeStream(
    logicalName: string,
    { principal, settings }: { readonly principal: Principal; readonly settings: MappingSettings },
  ): Promise<void> {
    try {
      await this.cloud.call(principal, "kinesis", "DescribeStreamSummary", { StreamARN: settings.streamArn });
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      const hint = "the role's policy must allow it and be made before the mapping (dependsOn)";
      throw new Error(`local/lambda: event source mapping "${logicalName}": ${message}; ${hint}`, { cause });
    }
  }

  private drivers(): MappingDriver[] {
    return [...this.byId.values()].map(({ driver }) => driver);
  }

  private outputsOf(id: string, functionArn: string, { isEnabled }: MappingSettings): Outputs {
    const state = isEnabled ? "Enabled" : "Disabled";
    return { uuid: id, arn: this.arnOf(id), functionArn, state, stateTransitionReason: "User action" };
  }

  private arnOf(id: string): string {
    return `arn:aws:lambda:${this.cloud.region}:${this.cloud.accountId}:event-source-mapping:${id}`;
  }
}
