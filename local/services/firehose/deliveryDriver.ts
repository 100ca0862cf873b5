/** Runs one delivery stream: reads its stream in batches, and delivers each when its size or time is full. */
import type { Publish } from "../../cloud/metrics/metrics";
import { type CloudContext, ServiceError } from "../../cloud/service";
import type { IamService } from "../iam/service";
import { Outlets } from "./outlets";
import type { DeliverySettings } from "./settings";
import { SourceReader, type SourceRecord } from "./sourceReader";

export interface DriverOptions {
  readonly cloud: CloudContext;
  readonly name: string;
  readonly arn: string;
}

/** Time that news is collected, so that a busy producer does not cause one read per call. */
const NEWS_MILLIS = 10;
/** Wait after an error, before the next try. */
const RETRY_MILLIS = 60_000;

export class DeliveryDriver {
  /** Rises by 1 with each update. */
  version = 1;
  private outlets: Outlets;
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
    const { cloud, name } = options;
    this.publish = cloud.metrics.publisher("AWS/Firehose", { DeliveryStreamName: name });
    this.outlets = this.outletsOf(settings);
    const reads = (cloud.service("iam") as IamService).assume(settings.sourceRoleArn, "firehose.amazonaws.com");
    this.reader = new SourceReader(cloud, reads, settings.streamArn);
  }

  get settings(): DeliverySettings {
    return this.outlets.settings;
  }

  start(): Promise<void> {
    return Promise.all([this.reader.start(), this.outlets.check()]).then(() => undefined);
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
      this.outlets = this.outletsOf(settings, this.outlets);
      if (!isDelivered) await this.deliverAll();
    });
  }

  publishFreshness(at: number): void {
    const arrived = (records: readonly SourceRecord[]) => records[0]?.arrivedMillis ?? Infinity;
    this.outlets.publishFreshness(at, arrived(this.pending), arrived(this.batch));
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
    await this.outlets.log({ errorCode, errorMessage: cause.message }).catch(() => undefined);
  }

  private async deliverAll(): Promise<void> {
    await this.read();
    await this.transform();
    await this.outlets.flush();
  }

  /** While objects cannot be delivered nothing more is read, so that they do not fill the memory. */
  private async read(): Promise<void> {
    const now = () => this.options.cloud.clock.now();
    await this.outlets.flush(now());
    await this.takePending();
    for await (const records of this.reader.records()) {
      this.pending = records;
      // How late the first record of the read is read.
      const behind = Math.max(0, now() - (records[0]?.arrivedMillis ?? now()));
      this.publish("KinesisMillisBehindLatest", behind, "Milliseconds");
      await this.takePending();
      await this.outlets.flush(now());
    }
  }

  /** After an error, the records that are not taken stay. */
  private async takePending(): Promise<void> {
    const { transform } = this.outlets.settings;
    let taken = 0;
    try {
      for (const record of this.pending) {
        const isFull = this.batch.length > 0 && this.batchBytes + record.data.length > (transform?.batchBytes ?? 0);
        if (transform && isFull) await this.transform();
        taken += 1;
        await this.outlets.backUp(record);
        if (!transform) {
          await this.outlets.deliverAsIs(record);
          continue;
        }
        if (this.batch.length === 0) this.batchSince = this.options.cloud.clock.now();
        this.batch.push(record);
        this.batchBytes += record.data.length;
      }
    } finally {
      this.pending = this.pending.slice(taken);
    }
  }

  private async transform(): Promise<void> {
    const records = this.batch;
    if (records.length === 0) return;
    const outcome = await this.outlets.transform(records);
    this.batch = [];
    this.batchBytes = 0;
    if (outcome) await this.outlets.deliver(outcome);
    // An update has taken the function away.
    else for (const record of records) await this.outlets.deliverAsIs(record);
  }

  private setTimer(): void {
    const { cloud } = this.options;
    const due = this.problem ? cloud.clock.now() + RETRY_MILLIS : Math.min(this.batchDue(), this.outlets.nextDue());
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
    if (this.batchDue() <= now) await this.transform();
    await this.outlets.flush(now);
  }

  private batchDue(): number {
    if (this.batch.length === 0) return Infinity;
    return this.batchSince + (this.outlets.settings.transform?.batchMillis ?? 0);
  }

  private outletsOf(settings: DeliverySettings, old?: Outlets): Outlets {
    return new Outlets({ ...this.options, publish: this.publish, version: this.version }, settings, old);
  }
}

function codeOf(error: unknown): string | undefined {
  if (error === undefined) return undefined;
  return error instanceof ServiceError ? error.code : "InternalError";
}
