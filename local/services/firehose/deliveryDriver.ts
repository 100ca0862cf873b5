/** Runs one delivery stream: reads its stream, transforms batches, and delivers rows, failed records and the backup. */
import type { Principal } from "../../cloud/iam/principal";
import type { CloudContext } from "../../cloud/service";
import type { IamService } from "../iam/service";
import { Destination } from "./destination";
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

interface Parts {
  readonly settings: DeliverySettings;
  readonly principal: Principal;
  readonly rows: Destination;
  readonly errors: Destination;
  readonly backup: Destination | undefined;
}

export class DeliveryDriver {
  /** Rises by 1 with each update. */
  version = 1;
  private parts: Parts;
  private readonly reader: SourceReader;
  private batch: SourceRecord[] = [];
  private batchBytes = 0;
  private batchSince = 0;
  /** Work is done one piece after the other. */
  private tail: Promise<void> = Promise.resolve();
  private readonly stopped = new AbortController();
  private timer = new AbortController();
  private isNewsDue = false;
  /** The error that ended the delivery: a denied call or a defect. */
  private problem: Error | undefined;

  constructor(
    private readonly options: DriverOptions,
    settings: DeliverySettings,
  ) {
    this.parts = this.partsOf(settings);
    const reads = this.assume(settings.sourceRoleArn);
    this.reader = new SourceReader(options.cloud, reads, settings.streamArn);
  }

  get settings(): DeliverySettings {
    return this.parts.settings;
  }

  start(): Promise<void> {
    return this.reader.start();
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

  /** Resolves when all records of the stream are delivered, without waiting for buffers to fill. */
  async drain(): Promise<void> {
    await this.inTurn(async () => {
      await this.read();
      await this.transform();
      const { rows, errors, backup } = this.parts;
      for (const destination of [rows, errors, backup]) await destination?.flush();
    });
    if (this.problem) throw this.problem;
  }

  /** The next objects have the new settings. */
  async update(settings: DeliverySettings): Promise<void> {
    await this.drain();
    this.parts = this.partsOf(settings);
    this.version += 1;
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    this.timer.abort();
    await this.tail;
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    this.tail = this.tail.then(async () => {
      if (this.problem || this.stopped.signal.aborted) return;
      try {
        await work();
        this.setTimer();
      } catch (error) {
        const cause = error instanceof Error ? error : new Error(String(error));
        const message = `local/firehose: the delivery stream ${this.options.name}: ${cause.message}`;
        this.problem = new Error(message, { cause });
      }
    });
    return this.tail;
  }

  private async read(): Promise<void> {
    const { backup, settings, rows } = this.parts;
    const { transform, destination } = settings;
    for await (const records of this.reader.records()) {
      for (const record of records) {
        const { data, arrivedMillis } = record;
        await backup?.add({ prefix: settings.backup?.prefix ?? "" }, data, arrivedMillis);
        if (!transform) {
          await rows.add({ prefix: destination.prefix }, data, arrivedMillis);
          continue;
        }
        if (this.batch.length > 0 && this.batchBytes + data.length > transform.batchBytes) await this.transform();
        if (this.batch.length === 0) this.batchSince = this.options.cloud.clock.now();
        this.batch.push(record);
        this.batchBytes += data.length;
      }
    }
  }

  private async transform(): Promise<void> {
    const { cloud, arn } = this.options;
    const { settings, principal } = this.parts;
    const records = this.batch;
    if (records.length === 0 || !settings.transform) return;
    this.batch = [];
    this.batchBytes = 0;
    const { streamArn, transform } = settings;
    const context = { cloud, principal, settings: transform, streamArn, deliveryStreamArn: arn };
    const batch = await transformBatch(context, records);
    if (batch.problem) await this.log(batch.problem);
    await this.deliver(batch);
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

  /** The members are those of an object that Firehose wrote: https://github.com/floci-io/floci/pull/3393 */
  private async fail({ record, errorCode, errorMessage, attemptsMade }: Failed): Promise<void> {
    const { settings, errors } = this.parts;
    const line = {
      rawData: Buffer.from(record.data).toString("base64"),
      errorCode,
      errorMessage,
      attemptsMade,
      arrivalTimestamp: record.arrivedMillis,
      attemptEndingTimestamp: this.options.cloud.clock.now(),
      lambdaARN: settings.transform?.functionArn,
    };
    const place = { prefix: settings.destination.errorPrefix, errorType: "processing-failed" };
    await errors.add(place, Buffer.from(`${JSON.stringify(line)}\n`), record.arrivedMillis);
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
    const due = Math.min(batchDue, rows.nextDue(), errors.nextDue(), backup?.nextDue() ?? Infinity);
    this.timer.abort();
    if (due === Infinity || this.stopped.signal.aborted) return;
    this.timer = new AbortController();
    cloud.clock.sleep(Math.max(0, due - cloud.clock.now()), this.timer.signal).then(
      () => void this.inTurn(() => this.flushDue()),
      // The sleep is aborted when the timer is replaced.
      () => undefined,
    );
  }

  private async flushDue(): Promise<void> {
    const { rows, errors, backup, settings } = this.parts;
    const now = this.options.cloud.clock.now();
    if (this.batch.length > 0 && this.batchSince + (settings.transform?.batchMillis ?? 0) <= now)
      await this.transform();
    for (const destination of [rows, errors, backup]) await destination?.flush(now);
  }

  private partsOf(settings: DeliverySettings): Parts {
    const { cloud, name } = this.options;
    const nameOf = () => `${name}-${this.version}`;
    const to = (place: DestinationSettings, redelivers: boolean) =>
      new Destination({ cloud, settings: place, principal: this.assume(place.roleArn), nameOf, redelivers });
    return {
      settings,
      principal: this.assume(settings.destination.roleArn),
      rows: to(settings.destination, cloud.redeliver),
      errors: to({ ...settings.destination, isCompressed: false, extension: "" }, false),
      backup: settings.backup && to(settings.backup, false),
    };
  }

  private assume(roleArn: string): Principal {
    return (this.options.cloud.service("iam") as IamService).assume(roleArn, "firehose.amazonaws.com");
  }
}
