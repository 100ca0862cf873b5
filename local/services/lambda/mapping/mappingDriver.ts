/** Runs one event source mapping: performs the commands of the state machine with the permissions of the function's role. */

import { ServiceError } from "../../../cloud/service";
import type { FailedBatch } from "./failureDelivery";
import { giveUpBatch } from "./giveUpBatch";
import { EVENT_FRAME_BYTES, eventJson } from "./kinesisEvent";
import type { MappingConfig } from "./mappingConfig";
import type { MappingDriverOptions } from "./mappingDriverOptions";
import { MappingMetrics } from "./mappingMetrics";
import type { BufferedRecord, Mapping, MappingCommand, MappingInput, Position } from "./mappingState";
import type { MappingSettings } from "./readMappingConfig";
import {
  type Checkpoints,
  checkpointsOf,
  endlessBatch,
  isDrained,
  NEW_MAPPING,
  nextWake,
  stepMapping,
} from "./stepMapping";
import { StreamReader } from "./streamReader";

/** Time that news is collected, so that a busy producer does not cause one read per call. AWS polls once a second. */
const NEWS_MILLIS = 10;

export class MappingDriver {
  readonly failed: FailedBatch[] = [];
  private state: Mapping = NEW_MAPPING;
  /** Shards with news that the state does not contain yet; undefined means all shards. */
  private readonly news = new Set<string | undefined>();
  private readonly stopped = new AbortController();
  private timer = new AbortController();
  private dueAt = Number.POSITIVE_INFINITY;
  private isStopped = false;
  /** The error that ended the mapping permanently: a denied call or a defect. */
  private problem: Error | undefined;
  private readonly waiting = new Set<() => void>();

  private reader: StreamReader;
  private metrics: MappingMetrics;
  private isNewsDue = false;
  /** The positions at which delivery continues after a pause, by shard. */
  private checkpoints: Checkpoints = new Map();
  private isPaused = true;
  private startedMillis = 0;
  private readBytes = 0;
  /** Number of commands in progress. */
  private underWay = 0;

  /** The driver is paused until `start`. */
  constructor(private options: MappingDriverOptions) {
    this.reader = new StreamReader(options.cloud, options.principal, options.source);
    this.metrics = new MappingMetrics(options);
  }

  get settings(): MappingSettings {
    return this.options.settings;
  }

  get functionArn(): string {
    return this.options.functionArn;
  }

  /** The payload bytes of records that are finished: delivered, or discarded. */
  get deliveredBytes(): number {
    return this.readBytes - heldPayloadBytes(this.state);
  }

  /** Starts, or continues after a pause. */
  start(): void {
    this.isPaused = false;
    this.problem = undefined;
    this.startedMillis = this.options.cloud.clock.now();
    this.perform({ type: "listShards" });
  }

  /** Replaces the options; called only while paused. */
  take(options: MappingDriverOptions): void {
    this.options = options;
    this.reader = new StreamReader(options.cloud, options.principal, options.source);
    this.metrics = new MappingMetrics(options);
  }

  /** Stops delivery until the next `start`; resolves once the commands in progress have ended. */
  async pause(): Promise<void> {
    if (this.isPaused) return;
    this.isPaused = true;
    this.timer.abort();
    this.dueAt = Number.POSITIVE_INFINITY;
    while (this.underWay > 0) await new Promise<void>((resolve) => this.waiting.add(resolve));
    const reached = [...checkpointsOf(this.state)].map(([shard, position]): [string, Position] => [
      shard,
      // Nothing was read yet, but records that arrived since the start must be delivered.
      position.type === "LATEST" ? { type: "AT_TIMESTAMP", timestamp: this.startedMillis } : position,
    ]);
    this.checkpoints = new Map([...this.checkpoints, ...reached]);
    this.readBytes = this.deliveredBytes;
    this.state = NEW_MAPPING;
    this.wakeWaiting();
  }

  /**
   * Reports new records on a shard, or without a shard, other news about all shards. News is collected for
   * `NEWS_MILLIS`.
   */
  notice(shard?: string): void {
    this.news.add(shard);
    if (this.isNewsDue || this.isStopped || this.isPaused) return;
    this.isNewsDue = true;
    this.options.cloud.clock.sleep(NEWS_MILLIS, this.stopped.signal).then(
      () => {
        this.isNewsDue = false;
        const news = [...this.news];
        this.news.clear();
        for (const each of news) this.step({ type: "news", ...(each !== undefined && { shard: each }) });
      },
      // The sleep is aborted when the mapping stops.
      () => undefined,
    );
  }

  /**
   * Resolves when all records of the stream are processed, without waiting for windows; rejects if that is impossible.
   */
  async drain(): Promise<void> {
    if (this.isPaused) return;
    this.step({ type: "news" });
    this.step({ type: "drain", on: true });
    while (!this.problem && !this.isStopped && !this.isPaused && !isDrained(this.state) && !this.endlessBatch()) {
      await new Promise<void>((resolve) => this.waiting.add(resolve));
    }
    this.step({ type: "drain", on: false });
    if (this.problem) throw this.problem;
    const endless = this.endlessBatch();
    if (endless) throw new Error(endless);
  }

  stop(): void {
    this.isStopped = true;
    this.stopped.abort();
    this.timer.abort();
    this.wakeWaiting();
  }

  private step(input: MappingInput): void {
    if (this.isStopped || this.problem) return;
    const { config } = this;
    const now = this.options.cloud.clock.now();
    const { mapping, commands } = stepMapping(this.state, config, input, now, this.checkpoints);
    this.state = mapping;
    // A discarded batch is always delivered; other commands are skipped here and start again from the checkpoints.
    for (const command of commands) if (!this.isPaused || command.type === "giveUp") this.perform(command);
    if (!this.isPaused) this.setTimer(now);
    if (isDrained(mapping) || this.endlessBatch()) this.wakeWaiting();
  }

  /** Shards that appeared during a pause are read from their first record. */
  private get config(): MappingConfig {
    const { config } = this.options.settings;
    return this.checkpoints.size === 0 ? config : { ...config, startingPosition: { type: "TRIM_HORIZON" } };
  }

  private endlessBatch(): string | undefined {
    return endlessBatch(this.state, this.options.settings.config, this.options.functionArn);
  }

  private setTimer(now: number): void {
    const due = nextWake(this.state, this.options.settings.config, now) ?? Number.POSITIVE_INFINITY;
    if (due === this.dueAt) return;
    this.dueAt = due;
    this.timer.abort();
    if (due === Number.POSITIVE_INFINITY) return;
    this.timer = new AbortController();
    const { signal } = this.timer;
    this.options.cloud.clock.sleep(Math.max(0, due - now), signal).then(
      () => {
        if (signal.aborted) return;
        this.dueAt = Number.POSITIVE_INFINITY;
        this.step({ type: "time" });
      },
      // The sleep is aborted when the timer is replaced.
      () => undefined,
    );
  }

  private perform(command: MappingCommand): void {
    this.underWay++;
    const ended = () => {
      this.underWay--;
      if (this.isPaused) this.wakeWaiting();
    };
    this.answer(command)
      .then(
        (input) => this.step(input),
        (error) => this.fail(error),
      )
      .finally(ended);
  }

  private fail(error: unknown): void {
    if (this.isStopped) return;
    const cause = error instanceof Error ? error : new Error(String(error));
    this.problem ??= new Error(
      `local/lambda: the event source mapping of ${this.options.functionArn}: ${cause.message}`,
      {
        cause,
      },
    );
    this.timer.abort();
    this.wakeWaiting();
  }

  private wakeWaiting(): void {
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }

  private async answer(command: MappingCommand): Promise<MappingInput> {
    switch (command.type) {
      case "listShards":
        return { type: "shards", shards: await this.reader.listShards() };
      case "getIterator": {
        const iterator = await this.reader.getIterator(command.shard, command.position);
        return { type: "iterator", shard: command.shard, iterator };
      }
      case "read":
        return this.read(command);
      case "invoke":
        return this.invoke(command);
      case "giveUp":
        return this.giveUp(command);
    }
  }

  private async read({ shard, iterator }: MappingCommand & { type: "read" }): Promise<MappingInput> {
    const input = await this.reader.read(shard, iterator);
    if (input.type === "records") {
      this.readBytes += payloadBytes(input.records);
      if (input.records.length > 0) this.metrics.polled(input.records.length);
    }
    return input;
  }

  private async invoke({ shard, batch }: MappingCommand & { type: "invoke" }): Promise<MappingInput> {
    const { source } = this.options;
    this.metrics.invoked(batch.records);
    try {
      const end = await this.options.invoke(eventJson(source, shard, batch.records, EVENT_FRAME_BYTES + batch.bytes));
      const { requestId } = end;
      if (end.functionError) {
        this.metrics.failed(batch.records.length);
        const reason = describeError(end.payload);
        return { type: "result", shard, batch: batch.id, result: { kind: "functionError", requestId, reason } };
      }
      const response = JSON.parse(end.payload) as unknown;
      return { type: "result", shard, batch: batch.id, result: { kind: "returned", response, requestId } };
    } catch (error) {
      if (!(error instanceof ServiceError && error.code === "TooManyRequestsException")) throw error;
      this.metrics.failed(batch.records.length);
      return { type: "result", shard, batch: batch.id, result: { kind: "throttled" } };
    }
  }

  private async giveUp(command: MappingCommand & { type: "giveUp" }): Promise<MappingInput> {
    const { failureBucket, failureTopic } = this.options.settings;
    const failed = await giveUpBatch(this.options, command);
    this.failed.push(failed);
    this.metrics.discarded(failed, (failureBucket ?? failureTopic) !== undefined);
    return { type: "delivered", shard: command.shard, batch: command.batch.id };
  }
}

function heldPayloadBytes({ shards }: Mapping): number {
  let bytes = 0;
  for (const { lanes } of shards.values()) {
    for (const { buffer, batches } of lanes) {
      bytes += payloadBytes(buffer);
      for (const batch of batches) bytes += payloadBytes(batch.records);
    }
  }
  return bytes;
}

function payloadBytes(records: readonly BufferedRecord[]): number {
  return records.reduce((sum, { data }) => sum + Buffer.byteLength(data, "base64"), 0);
}

function describeError(payload: string): string {
  const { errorType, errorMessage } = JSON.parse(payload) as { errorType?: string; errorMessage?: string };
  return `${errorType}: ${errorMessage}`;
}
