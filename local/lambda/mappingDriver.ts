/** Runs one event source mapping: does what the state machine asks for, with the permissions of the function's role. */

import type { Principal } from "../iam/principal";
import { failureKey, failureRecord } from "../mapping/failureRecord";
import { EVENT_FRAME_BYTES, type EventSource, eventJson } from "../mapping/kinesisEvent";
import type { Mapping, MappingCommand, MappingInput } from "../mapping/mappingState";
import type { MappingSettings } from "../mapping/readMappingConfig";
import { isDrained, NEW_MAPPING, nextWake, stepMapping } from "../mapping/stepMapping";
import { type CloudContext, ServiceError } from "../service";
import { uuid } from "../workflow/functions";
import { announceFailure, deliverFailure, type FailedBatch } from "./failureDelivery";
import type { InvocationEnd } from "./functionProcess";
import { StreamReader } from "./streamReader";

export interface MappingDriverOptions {
  readonly uuid: string;
  readonly settings: MappingSettings;
  readonly cloud: CloudContext;
  /** The function's role. */
  readonly principal: Principal;
  readonly source: EventSource;
  readonly functionArn: string;
  invoke(event: Uint8Array): Promise<InvocationEnd>;
}

/** How long news is gathered, so that a busy producer does not lead to a read for each of its calls. AWS polls each second. */
const NEWS_MILLIS = 10;
/** Failures of one batch after which draining gives up, where retries have no end. */
const ENDLESS_FAILURES = 5;

export class MappingDriver {
  readonly failed: FailedBatch[] = [];
  private state: Mapping = NEW_MAPPING;
  /** Shards with records that are not known of yet; undefined stands for all shards. */
  private readonly news = new Set<string | undefined>();
  private readonly stopped = new AbortController();
  private timer = new AbortController();
  private dueAt = Number.POSITIVE_INFINITY;
  private isStopped = false;
  /** What ended the mapping for good: a denied call, a defect. */
  private problem: Error | undefined;
  private readonly waiting = new Set<() => void>();

  private readonly reader: StreamReader;
  private isNewsDue = false;

  constructor(private readonly options: MappingDriverOptions) {
    this.reader = new StreamReader(options.cloud, options.principal, options.source);
  }

  start(): void {
    this.perform({ type: "listShards" });
  }

  /** Records came to this shard; other news concerns all of them. News of a moment is acted on together. */
  notice(shard?: string): void {
    this.news.add(shard);
    if (this.isNewsDue || this.isStopped) return;
    this.isNewsDue = true;
    this.options.cloud.clock.sleep(NEWS_MILLIS, this.stopped.signal).then(
      () => {
        this.isNewsDue = false;
        const news = [...this.news];
        this.news.clear();
        for (const each of news) this.step({ type: "news", ...(each !== undefined && { shard: each }) });
      },
      // The mapping was stopped meanwhile.
      () => undefined,
    );
  }

  /** Resolves when everything in the stream is seen through, without waiting for windows; rejects when that cannot be. */
  async drain(): Promise<void> {
    this.step({ type: "news" });
    this.step({ type: "drain", on: true });
    while (!this.problem && !this.isStopped && !isDrained(this.state) && !this.endlessBatch()) {
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
    const { config } = this.options.settings;
    const now = this.options.cloud.clock.now();
    const { mapping, commands } = stepMapping(this.state, config, input, now);
    this.state = mapping;
    for (const command of commands) this.perform(command);
    this.setTimer(now);
    if (isDrained(mapping) || this.endlessBatch()) this.wakeWaiting();
  }

  /** What is to be said of a batch that has failed again and again, where nothing ever ends its retries. */
  private endlessBatch(): string | undefined {
    const { config } = this.options.settings;
    if (config.retryAttempts >= 0 || config.maxRecordAgeMillis >= 0) return undefined;
    for (const shard of this.state.shards.values()) {
      for (const { batches } of shard.lanes) {
        const [batch] = batches;
        if (!batch || batch.failures < ENDLESS_FAILURES) continue;
        const first = batch.records[0]?.sequenceNumber;
        return `local/lambda: the event source mapping of ${this.options.functionArn}: the batch from ${shard.id} ${first} has failed ${batch.failures} times (${batch.last?.reason}), and its retries have no end; set maximumRetryAttempts or maximumRecordAgeInSeconds`;
      }
    }
    return undefined;
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
      // The timer was set anew.
      () => undefined,
    );
  }

  private perform(command: MappingCommand): void {
    this.answer(command).then(
      (input) => this.step(input),
      (error) => this.fail(error),
    );
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
        return this.reader.read(command.shard, command.iterator);
      case "invoke":
        return this.invoke(command);
      case "giveUp":
        return this.giveUp(command);
    }
  }

  private async invoke({ shard, batch }: MappingCommand & { type: "invoke" }): Promise<MappingInput> {
    const { source } = this.options;
    try {
      const end = await this.options.invoke(eventJson(source, shard, batch.records, EVENT_FRAME_BYTES + batch.bytes));
      const { requestId } = end;
      if (end.functionError) {
        const reason = describeError(end.payload);
        return { type: "result", shard, batch: batch.id, result: { kind: "functionError", requestId, reason } };
      }
      const response = JSON.parse(end.payload) as unknown;
      return { type: "result", shard, batch: batch.id, result: { kind: "returned", response, requestId } };
    } catch (error) {
      if (!(error instanceof ServiceError && error.code === "TooManyRequestsException")) throw error;
      return { type: "result", shard, batch: batch.id, result: { kind: "throttled" } };
    }
  }

  private async giveUp({ shard, batch, condition }: MappingCommand & { type: "giveUp" }): Promise<MappingInput> {
    const { cloud, principal, functionArn, settings, source } = this.options;
    const now = cloud.clock.now();
    const document = failureRecord({
      shard,
      batch,
      condition,
      functionArn,
      source,
      requestId: uuid(cloud.random),
      now,
    });
    const { failureBucket, failureTopic } = settings;
    const delivery =
      failureTopic === undefined
        ? await deliverFailure(cloud, principal, failureBucket, {
            key: failureKey(this.options.uuid, shard, now, uuid(cloud.random)),
            document,
          })
        : await announceFailure(cloud, principal, failureTopic, document);
    this.failed.push({
      mapping: this.options.uuid,
      shard,
      firstSequenceNumber: batch.records[0]?.sequenceNumber ?? "",
      lastSequenceNumber: batch.records.at(-1)?.sequenceNumber ?? "",
      records: batch.records.length,
      condition,
      reason: batch.last?.reason ?? "never delivered to the function",
      ...delivery,
    });
    return { type: "delivered", shard, batch: batch.id };
  }
}

function describeError(payload: string): string {
  const { errorType, errorMessage } = JSON.parse(payload) as { errorType?: string; errorMessage?: string };
  return `${errorType}: ${errorMessage}`;
}
