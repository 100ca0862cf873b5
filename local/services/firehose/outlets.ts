/** What leaves a delivery stream: rows, failed records and the backup, each to its destination. */
import type { Principal } from "../../cloud/iam/principal";
import type { Publish } from "../../cloud/metrics/metrics";
import type { CloudContext } from "../../cloud/service";
import type { IamService } from "../iam/service";
import type { ConversionSettings } from "./conversionSettings";
import { Destination, type DestinationOptions, type Place } from "./destination";
import { conversionFailure, transformFailure, type UnconvertedRecord } from "./failureLine";
import { ParquetConverter } from "./parquetConverter";
import { partitionKeysOf } from "./prefix";
import type { DeliverySettings, DestinationSettings } from "./settings";
import type { SourceRecord } from "./sourceReader";
import { type Failed, type Transformed, type TransformedBatch, transformBatch } from "./transformBatch";

/**
 * Active partitions of a delivery stream; a partition is active until its data is delivered. AWS raises it on request.
 * https://docs.aws.amazon.com/firehose/latest/dev/buffering.html
 */
const MAX_PARTITIONS = 500;

export interface OutletsOptions {
  readonly cloud: CloudContext;
  readonly name: string;
  readonly arn: string;
  readonly publish: Publish;
  /** Rises by 1 with each update. */
  readonly version: number;
}

/** A batch that the function has transformed, and that is converted where rows are converted. */
interface Outcome extends TransformedBatch {
  readonly unconverted: readonly UnconvertedRecord[];
}

export class Outlets {
  private readonly principal: Principal;
  private readonly rows: Destination;
  private readonly errors: Destination;
  private readonly backup: Destination | undefined;
  private readonly converter: ParquetConverter | undefined;

  /** @param old the destinations before an update, which go on with what they hold */
  constructor(
    private readonly options: OutletsOptions,
    readonly settings: DeliverySettings,
    old?: Outlets,
  ) {
    const { cloud } = options;
    const { conversion, destination, backup } = settings;
    const converter = conversion && new ParquetConverter(cloud, conversion, this.assume(conversion.roleArn));
    this.principal = this.assume(destination.roleArn);
    this.converter = converter;
    this.rows = this.destination(destination, old?.rows, {
      repeats: cloud.redeliver ? "pieces" : undefined,
      convert: converter && ((data) => converter.parquetOf(data)),
    });
    this.errors = this.destination({ ...destination, isCompressed: false, extension: "" }, old?.errors);
    const oldBackup = old?.backup?.isEmpty() === false ? old.backup : undefined;
    this.backup = backup ? this.destination(backup, old?.backup) : oldBackup;
  }

  /** @throws if the table of converted rows cannot be read */
  async check(): Promise<void> {
    await this.converter?.columns();
  }

  /** Undefined without a function. The batch is as before if it throws. */
  async transform(records: readonly SourceRecord[]): Promise<Outcome | undefined> {
    const { cloud, arn } = this.options;
    const { streamArn, transform } = this.settings;
    if (!transform) return undefined;
    const context = { cloud, principal: this.principal, streamArn, deliveryStreamArn: arn };
    const batch = await transformBatch({ ...context, settings: transform }, records);
    const converted = await this.converter?.convert(batch.transformed);
    return {
      ...batch,
      transformed: converted?.converted ?? batch.transformed,
      unconverted: converted?.unconverted ?? [],
    };
  }

  async deliver({ transformed, failed, unconverted, problem }: Outcome): Promise<void> {
    let isExceeded = false;
    for (const row of transformed) isExceeded = (await this.deliverRow(row)) === "exceeds" || isExceeded;
    if (this.settings.isPartitioned) {
      this.options.publish("PartitionCount", this.rows.activePlaces().size, "Count");
      this.options.publish("PartitionCountExceeded", isExceeded ? 1 : 0, "Count");
    }
    for (const one of failed) await this.fail(one);
    if (this.converter) {
      await this.failConversions(unconverted, this.converter.settings);
      this.options.publish("SucceedConversion.Records", transformed.length, "Count");
      this.options.publish("FailedConversion.Records", unconverted.length, "Count");
    }
    if (problem) await this.log(problem);
  }

  /** Delivers a record as it is. */
  async deliverAsIs({ data, arrivedMillis }: SourceRecord): Promise<void> {
    await this.rows.add({ prefix: this.settings.destination.prefix }, data, arrivedMillis);
  }

  async backUp({ data, arrivedMillis }: SourceRecord): Promise<void> {
    const { backup } = this.settings;
    if (backup) await this.backup?.add({ prefix: backup.prefix }, data, arrivedMillis);
  }

  /**
   * Delivers the objects that are full, and those that are due or all.
   * @throws the error of the first that is not delivered; it stays, and those after it
   */
  async flush(now?: number): Promise<void> {
    for (const destination of [this.rows, this.errors, this.backup]) await destination?.flush(now);
  }

  /** The time at which the next object is due. */
  nextDue(): number {
    return Math.min(this.rows.nextDue(), this.errors.nextDue(), this.backup?.nextDue() ?? Infinity);
  }

  /** https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-metrics.html */
  publishFreshness(at: number, pendingSince: number, batchSince: number): void {
    const { publish } = this.options;
    const age = (...oldest: number[]) => Math.max(0, Math.floor((at - Math.min(at, ...oldest)) / 1000));
    const rows = age(pendingSince, batchSince, this.rows.oldestMillis());
    publish("DeliveryToS3.DataFreshness", rows, "Seconds", at);
    if (this.settings.backup && this.backup) {
      publish("BackupToS3.DataFreshness", age(pendingSince, this.backup.oldestMillis()), "Seconds", at);
    }
  }

  async log(problem: object): Promise<void> {
    const { cloud, arn, version } = this.options;
    const { log } = this.settings.destination;
    if (!log) return;
    const message = JSON.stringify({ deliveryStreamARN: arn, deliveryStreamVersionId: version, ...problem });
    await cloud.call(this.principal, "logs", "PutLogEvents", {
      logGroupName: log.group,
      logStreamName: log.stream,
      logEvents: [{ timestamp: cloud.clock.now(), message }],
    });
  }

  private async deliverRow({ record, data, partitionKeys }: Transformed): Promise<"exceeds" | undefined> {
    const { prefix } = this.settings.destination;
    const wanted = partitionKeysOf(prefix);
    const keys = Object.fromEntries(wanted.map((key) => [key, partitionKeys[key] ?? ""]));
    const missing = wanted.filter((key) => !keys[key]);
    if (missing.length > 0) {
      const errorCode = "DynamicPartitioning.MetadataExtractionFailed";
      const errorMessage = `partitionKeys has no ${missing.join(", ")}`;
      await this.fail({ record, errorCode, errorMessage, attemptsMade: 1 });
      return undefined;
    }
    const place = { prefix, ...(wanted.length > 0 && { partitionKeys: keys }) };
    if (this.settings.isPartitioned && this.exceeds(place)) {
      const errorCode = "DynamicPartitioning.ActivePartitionsLimitExceeded";
      const errorMessage = "The number of active partitions has exceeded the configured limit";
      await this.fail({ record, errorCode, errorMessage, attemptsMade: 1 }, "activePartitionExceeded");
      return "exceeds";
    }
    await this.rows.add(place, data, record.arrivedMillis);
    return undefined;
  }

  private exceeds(place: Place): boolean {
    return this.rows.activePlaces().size >= MAX_PARTITIONS && !this.rows.isActive(place);
  }

  private async fail(failed: Failed, errorType = "processing-failed"): Promise<void> {
    const { destination, transform } = this.settings;
    const place = { prefix: destination.errorPrefix, errorType };
    const line = transformFailure(failed, transform?.functionArn, this.options.cloud.clock.now());
    await this.errors.add(place, line, failed.record.arrivedMillis);
  }

  private async failConversions(all: readonly UnconvertedRecord[], conversion: ConversionSettings): Promise<void> {
    const { accountId, region, clock } = this.options.cloud;
    const place = { prefix: this.settings.destination.errorPrefix, errorType: "format-conversion-failed" };
    for (const failed of all) {
      const line = conversionFailure(failed, conversion, { accountId, region, now: clock.now() });
      await this.errors.add(place, line, failed.record.arrivedMillis);
    }
  }

  private destination(
    settings: DestinationSettings,
    old: Destination | undefined,
    more: Partial<DestinationOptions> = {},
  ): Destination {
    const { cloud, name, version } = this.options;
    const options = {
      cloud,
      settings,
      principal: this.assume(settings.roleArn),
      nameOf: () => `${name}-${version}`,
      repeats: cloud.redeliver ? ("objects" as const) : undefined,
      ...more,
    };
    if (!old) return new Destination(options);
    old.change(options);
    return old;
  }

  private assume(roleArn: string): Principal {
    return (this.options.cloud.service("iam") as IamService).assume(roleArn, "firehose.amazonaws.com");
  }
}
