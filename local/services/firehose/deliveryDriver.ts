/** Runs one delivery stream: reads its stream, transforms batches, and delivers rows, failed records and the backup. */
import type { Principal } from "../../cloud/iam/principal";
import type { Publish } from "../../cloud/metrics/metrics";
import { type CloudContext, ServiceError } from "../../cloud/service";
import type { IamService } from "../iam/service";
import type { ConversionSettings } from "./conversionSettings";
import { Destination, type DestinationOptions } from "./destination";
import { conversionFailure, transformFailure, type UnconvertedRecord } from "./failureLine";
import { ParquetConverter } from "./parquetConverter";
import { partitionKeysOf } from "./prefix";
import type { DeliverySettings, DestinationSettings } from "./settings";
import { SourceReader, type SourceRecord } from "./sourceReader";
import { type Failed, type TransformedBatch, transformBatch } from "./transformBatch";

export interface DriverOptions {
  readonly cloud: CloudContext;
  readonly name: string;
  readonly arn: string;
}

/** Time that news is collected, so that a busy producer does not cause one read per call. */
const NEWS_MILLIS = 10;
/** Wait after an error, before the next try. */
const RETRY_MILLIS = 60_000;

interface Parts {
  readonly settings: DeliverySettings;
  readonly principal: Principal;
  readonly rows: Destination;
  readonly errors: Destination;
  readonly backup: Destination | undefined;
  readonly converter: ParquetConverter | undefined;
}

export class DeliveryDriver {
  /** Rises by 1 with each update. */
  version = 1;
  private parts: Parts;
  private readonly reader: SourceReader;
  private readonly publish: Publish;
  /** Read, and in no batch or object. */
  private pending: SourceRecord[] = [];
  private batch: SourceRecord[] = [];
  private batchBytes = 0;
  private batchSince = 0;
  /** Work is done one piece after the other. */
  private tail: Promise<void> = Promise.resolve();
  private readonly stopped = new AbortController();
  private timer = new AbortController();
  private isNewsDue = false;
  /** The error of the last try: a denied call or a defect. Its data waits for the next try. */
  private problem: Error | undefined;

  constructor(
    private readonly options: DriverOptions,
    settings: DeliverySettings,
  ) {
    this.parts = this.partsOf(settings);
    this.publish = options.cloud.metrics.publisher("AWS/Firehose", { DeliveryStreamName: options.name });
    const reads = this.assume(settings.sourceRoleArn);
    this.reader = new SourceReader(options.cloud, reads, settings.streamArn);
  }

  get settings(): DeliverySettings {
    return this.parts.settings;
  }

  start(): Promise<void> {
    return Promise.all([this.reader.start(), this.parts.converter?.columns()]).then(() => undefined);
  }

  /** New records are in the stream. */
  notice(): void {
    if (this.isNewsDue || this.stopped.signal.aborted) return;
    this.isNewsDue = true;
    this.options.cloud.clock.sleep(NEWS_MILLIS, this.stopped.signal).then(
      () => {
        this.isNewsDue = false;
        void this.inTurn(() => this.read());
      },
      // The sleep is aborted when the delivery stream is deleted.
      () => undefined,
    );
  }

  /**
   * Resolves when all records of the stream are delivered, without waiting for buffers to fill.
   * @throws the error of a delivery that fails
   */
  async drain(): Promise<void> {
    await this.inTurn(() => this.deliverAll());
    if (this.problem) throw this.problem;
  }

  /** The next objects have the new settings, and so have those that could not be delivered by the old ones. */
  update(settings: DeliverySettings): Promise<void> {
    return this.inTurn(async () => {
      const isDelivered = await this.deliverAll().then(
        () => true,
        () => false,
      );
      this.version += 1;
      this.parts = this.partsOf(settings, this.parts);
      if (!isDelivered) await this.deliverAll();
    });
  }

  /** https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-metrics.html */
  publishFreshness(at: number): void {
    const { settings, rows, backup } = this.parts;
    const age = (...oldest: number[]) => Math.max(0, Math.floor((at - Math.min(at, ...oldest)) / 1000));
    const arrived = (records: readonly SourceRecord[]) => records[0]?.arrivedMillis ?? Infinity;
    const pending = arrived(this.pending);
    this.publish("DeliveryToS3.DataFreshness", age(pending, arrived(this.batch), rows.oldestMillis()), "Seconds", at);
    if (settings.backup && backup) {
      this.publish("BackupToS3.DataFreshness", age(pending, backup.oldestMillis()), "Seconds", at);
    }
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    this.timer.abort();
    await this.tail;
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    this.tail = this.tail.then(async () => {
      if (this.stopped.signal.aborted) return;
      try {
        await work();
        this.problem = undefined;
      } catch (error) {
        await this.report(error instanceof Error ? error : new Error(String(error)));
      }
      this.setTimer();
    });
    return this.tail;
  }

  /** Firehose's log has an error once, not for each try. */
  private async report(cause: Error): Promise<void> {
    const last = this.problem;
    this.problem = new Error(`local/firehose: the delivery stream ${this.options.name}: ${cause.message}`, { cause });
    const errorCode = codeOf(cause);
    if (codeOf(last?.cause) === errorCode) return;
    // The role may have no access to the log either.
    await this.log({ errorCode, errorMessage: cause.message }).catch(() => undefined);
  }

  private async deliverAll(): Promise<void> {
    await this.read();
    await this.transform();
    await this.flush();
  }

  private async flush(now?: number): Promise<void> {
    const { rows, errors, backup } = this.parts;
    for (const destination of [rows, errors, backup]) await destination?.flush(now);
  }

  /** While objects cannot be delivered nothing more is read, so that they do not fill the memory. */
  private async read(): Promise<void> {
    const now = () => this.options.cloud.clock.now();
    await this.flush(now());
    await this.takePending();
    for await (const records of this.reader.records()) {
      this.pending = records;
      // How late the first record of the read is read.
      const behind = Math.max(0, now() - (records[0]?.arrivedMillis ?? now()));
      this.publish("KinesisMillisBehindLatest", behind, "Milliseconds");
      await this.takePending();
      await this.flush(now());
    }
  }

  /** After an error, the records that are not taken stay. */
  private async takePending(): Promise<void> {
    const { backup, settings, rows } = this.parts;
    const { transform, destination } = settings;
    let taken = 0;
    try {
      for (const record of this.pending) {
        const { data, arrivedMillis } = record;
        const isFull = this.batch.length > 0 && this.batchBytes + data.length > (transform?.batchBytes ?? 0);
        if (transform && isFull) await this.transform();
        taken += 1;
        if (settings.backup) await backup?.add({ prefix: settings.backup.prefix }, data, arrivedMillis);
        if (!transform) {
          await rows.add({ prefix: destination.prefix }, data, arrivedMillis);
          continue;
        }
        if (this.batch.length === 0) this.batchSince = this.options.cloud.clock.now();
        this.batch.push(record);
        this.batchBytes += data.length;
      }
    } finally {
      this.pending = this.pending.slice(taken);
    }
  }

  private async transform(): Promise<void> {
    const { cloud, arn } = this.options;
    const { settings, principal, rows, converter } = this.parts;
    const records = this.batch;
    if (records.length === 0) return;
    const { streamArn, transform, destination } = settings;
    const context = { cloud, principal, streamArn, deliveryStreamArn: arn };
    const batch = transform && (await transformBatch({ ...context, settings: transform }, records));
    const converted = batch && converter && (await converter.convert(batch.transformed));
    this.batch = [];
    this.batchBytes = 0;
    // An update has taken the function away.
    if (!batch) {
      for (const { data, arrivedMillis } of records)
        await rows.add({ prefix: destination.prefix }, data, arrivedMillis);
      return;
    }
    await this.deliver({ ...batch, transformed: converted?.converted ?? batch.transformed });
    if (converter && converted) {
      await this.failConversions(converted.unconverted, converter.settings);
      this.publish("SucceedConversion.Records", converted.converted.length, "Count");
      this.publish("FailedConversion.Records", converted.unconverted.length, "Count");
    }
    if (batch.problem) await this.log(batch.problem);
  }

  private async deliver({ transformed, failed }: TransformedBatch): Promise<void> {
    const { settings, rows } = this.parts;
    const { prefix } = settings.destination;
    const wanted = partitionKeysOf(prefix);
    for (const { record, data, partitionKeys } of transformed) {
      const keys = Object.fromEntries(wanted.map((key) => [key, partitionKeys[key] ?? ""]));
      const missing = wanted.filter((key) => !keys[key]);
      if (missing.length > 0) {
        const errorCode = "DynamicPartitioning.MetadataExtractionFailed";
        const errorMessage = `partitionKeys has no ${missing.join(", ")}`;
        await this.fail({ record, errorCode, errorMessage, attemptsMade: 1 });
      } else {
        await rows.add({ prefix, ...(wanted.length > 0 && { partitionKeys: keys }) }, data, record.arrivedMillis);
      }
    }
    for (const one of failed) await this.fail(one);
  }

  private async fail(failed: Failed): Promise<void> {
    const { settings, errors } = this.parts;
    const place = { prefix: settings.destination.errorPrefix, errorType: "processing-failed" };
    const line = transformFailure(failed, settings.transform?.functionArn, this.options.cloud.clock.now());
    await errors.add(place, line, failed.record.arrivedMillis);
  }

  private async failConversions(all: readonly UnconvertedRecord[], conversion: ConversionSettings): Promise<void> {
    const { settings, errors } = this.parts;
    const { accountId, region, clock } = this.options.cloud;
    const place = { prefix: settings.destination.errorPrefix, errorType: "format-conversion-failed" };
    for (const failed of all) {
      const line = conversionFailure(failed, conversion, { accountId, region, now: clock.now() });
      await errors.add(place, line, failed.record.arrivedMillis);
    }
  }

  private async log(problem: object): Promise<void> {
    const { cloud, arn } = this.options;
    const { settings, principal } = this.parts;
    const { log } = settings.destination;
    if (!log) return;
    const message = JSON.stringify({ deliveryStreamARN: arn, deliveryStreamVersionId: this.version, ...problem });
    await cloud.call(principal, "logs", "PutLogEvents", {
      logGroupName: log.group,
      logStreamName: log.stream,
      logEvents: [{ timestamp: cloud.clock.now(), message }],
    });
  }

  private setTimer(): void {
    const { cloud } = this.options;
    const { rows, errors, backup, settings } = this.parts;
    const batchDue = this.batch.length > 0 ? this.batchSince + (settings.transform?.batchMillis ?? 0) : Infinity;
    const nextDue = Math.min(batchDue, rows.nextDue(), errors.nextDue(), backup?.nextDue() ?? Infinity);
    const due = this.problem ? cloud.clock.now() + RETRY_MILLIS : nextDue;
    this.timer.abort();
    if (due === Infinity || this.stopped.signal.aborted) return;
    this.timer = new AbortController();
    cloud.clock.sleep(Math.max(0, due - cloud.clock.now()), this.timer.signal).then(
      () => void this.inTurn(() => (this.problem ? this.read() : this.flushDue())),
      // The sleep is aborted when the timer is replaced.
      () => undefined,
    );
  }

  private async flushDue(): Promise<void> {
    const now = this.options.cloud.clock.now();
    if (this.batch.length > 0 && this.batchSince + (this.parts.settings.transform?.batchMillis ?? 0) <= now)
      await this.transform();
    await this.flush(now);
  }

  /** Old destinations go on with what they hold. */
  private partsOf(settings: DeliverySettings, old?: Parts): Parts {
    const { cloud, name } = this.options;
    const nameOf = () => `${name}-${this.version}`;
    const to = (place: DestinationSettings, made: Destination | undefined, more: Partial<DestinationOptions> = {}) => {
      const repeats = cloud.redeliver ? ("objects" as const) : undefined;
      const options = { cloud, settings: place, principal: this.assume(place.roleArn), nameOf, repeats, ...more };
      if (!made) return new Destination(options);
      made.change(options);
      return made;
    };
    const { conversion } = settings;
    const converter = conversion && new ParquetConverter(cloud, conversion, this.assume(conversion.roleArn));
    const oldBackup = old?.backup?.isEmpty() === false ? old.backup : undefined;
    return {
      settings,
      principal: this.assume(settings.destination.roleArn),
      rows: to(settings.destination, old?.rows, {
        repeats: cloud.redeliver ? "pieces" : undefined,
        convert: converter && ((data) => converter.parquetOf(data)),
      }),
      errors: to({ ...settings.destination, isCompressed: false, extension: "" }, old?.errors),
      backup: settings.backup ? to(settings.backup, old?.backup) : oldBackup,
      converter,
    };
  }

  private assume(roleArn: string): Principal {
    return (this.options.cloud.service("iam") as IamService).assume(roleArn, "firehose.amazonaws.com");
  }
}

function codeOf(error: unknown): string | undefined {
  if (error === undefined) return undefined;
  return error instanceof ServiceError ? error.code : "InternalError";
}
