/** The streams of a run, found by name or ARN, and the checks that their operations share. */
import { type CloudContext, ServiceError } from "../../cloud/service";
import type { Shard, Stream } from "./stream";

/** An operation's reference to its stream: name, ARN, or both. */
export interface StreamReference {
  readonly StreamName?: string;
  readonly StreamARN?: string;
}

/** Sent to listeners after an append to a shard, or after a reshard added shards (with 0 records). */
export interface PutNews {
  readonly streamName: string;
  readonly streamArn: string;
  readonly shardId: string;
  readonly records: number;
}

/** Faults that tests and demonstrations inject, by count and never at random. */
export interface KinesisFaults {
  /** Refuses every n-th record since this was set, as if the shard's rate were exceeded. */
  readonly putRecords?: { readonly failEveryNth: number };
}

export class Streams {
  readonly byName = new Map<string, Stream>();
  private readonly listeners = new Set<(news: PutNews) => void>();
  private faults: KinesisFaults = {};
  private putsSinceFaults = 0;

  constructor(readonly cloud: Pick<CloudContext, "region" | "accountId" | "clock" | "dataDir" | "metrics">) {}

  arnOf(reference: StreamReference): string {
    if (typeof reference.StreamARN === "string") return reference.StreamARN;
    if (typeof reference.StreamName === "string") return this.arnOfName(reference.StreamName);
    throw invalid("Either StreamName or StreamARN should be provided.");
  }

  arnOfName(name: string): string {
    return `arn:aws:kinesis:${this.cloud.region}:${this.cloud.accountId}:stream/${name}`;
  }

  get(reference: StreamReference): Stream {
    const arn = this.arnOf(reference);
    const name = arn.slice(arn.indexOf("/") + 1);
    const stream = this.byName.get(name);
    if (stream && stream.settings.arn === arn) return stream;
    throw notFound(`Stream ${name} under account ${this.cloud.accountId} not found.`);
  }

  shard(stream: Stream, id: unknown): Shard {
    const shard = stream.shard(String(id));
    if (shard) return shard;
    const { accountId } = this.cloud;
    throw notFound(
      `Could not find shard ${id} in stream ${stream.settings.name} under account ${accountId}. Valid shard names look like: shardId-123456789012`,
    );
  }

  onPut(listener: (news: PutNews) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  tell(stream: Stream, shard: Shard, records: number): void {
    const news = { streamName: stream.settings.name, streamArn: stream.settings.arn, shardId: shard.id, records };
    for (const listener of this.listeners) listener(news);
  }

  setFaults(faults: KinesisFaults): void {
    this.faults = faults;
    this.putsSinceFaults = 0;
  }

  /** Counts a record; true if an injected fault refuses it. */
  isFaulty(): boolean {
    const every = this.faults.putRecords?.failEveryNth;
    return every !== undefined && ++this.putsSinceFaults % every === 0;
  }
}

export function invalid(message: string): ServiceError {
  return new ServiceError("InvalidArgumentException", message);
}

function notFound(message: string): ServiceError {
  return new ServiceError("ResourceNotFoundException", message);
}

/** AWS's error for an input that violates a constraint, without the value, which may be data of a user. */
export function constraint(member: string, rule: string): ServiceError {
  return new ServiceError(
    "ValidationException",
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must ${rule}`,
  );
}
