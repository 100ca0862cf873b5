/** Derives shards, batches and calls from traffic that is even over the active hours and over all shards. */
import type { ProgramResource } from "./declaredProgram";
import { DAYS_A_MONTH, GB, KB, MILLION, numberOf, type Program, type Traffic } from "./model";

/** A new on-demand stream writes 4 MB/s (https://docs.aws.amazon.com/streams/latest/dev/how-do-i-size-a-stream.html). */
const LEAST_ON_DEMAND_SHARDS = 4;
/** Capacity follows twice the highest traffic of the last 30 days (same page). */
const ON_DEMAND_HEADROOM = 2;
/** Records and bytes that a shard takes each second. */
const SHARD = { records: 1000, bytes: 1024 ** 2 };
/** A batch ends at 6 MB of payload (https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html). */
const BATCH_BYTES = 6 * 1024 ** 2;
/** The names, ARNs and numbers around the data of a record in an event, about. */
const ENVELOPE_BYTES = 500;
const DEFAULT_BATCH_SIZE = 100;
/** Lambda polls each shard once a second (https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html). */
const POLL_SECONDS = 1;

export function isOnDemand({ inputs }: ProgramResource): boolean {
  return (inputs.streamModeDetails as { streamMode?: string } | undefined)?.streamMode === "ON_DEMAND";
}

/** Gigabytes of a million records, each counted in whole steps. */
export function gigabytesPerMillion({ recordBytes }: Traffic, stepBytes = KB): number {
  return (Math.ceil(recordBytes / stepBytes) * stepBytes * MILLION) / GB;
}

/** Records each second of an active hour. */
function ratePerSecond({ recordsPerDay = 0, activeHours }: Traffic): number {
  return recordsPerDay / (activeHours * 3600);
}

/** The shards that the traffic needs. */
export function neededShards(traffic: Traffic): number {
  const rate = ratePerSecond(traffic);
  return Math.max(1, Math.ceil(Math.max(rate / SHARD.records, (rate * traffic.recordBytes) / SHARD.bytes)));
}

export function shardsOf(stream: ProgramResource, traffic: Traffic): number {
  if (!isOnDemand(stream)) return numberOf(stream.inputs.shardCount, 1);
  return Math.max(LEAST_ON_DEMAND_SHARDS, ON_DEMAND_HEADROOM * neededShards(traffic));
}

/** The records of a mean batch of a mapping; undefined without a rate or for a stream outside of the program. */
export function recordsPerCall(mapping: ProgramResource, program: Program, traffic: Traffic): number | undefined {
  const stream = program.streamOf(mapping);
  if (stream === undefined || traffic.recordsPerDay === undefined) return undefined;
  const { batchSize, maximumBatchingWindowInSeconds, parallelizationFactor } = mapping.inputs;
  const lanes = shardsOf(stream, traffic) * numberOf(parallelizationFactor, 1);
  const seconds = Math.max(POLL_SECONDS, numberOf(maximumBatchingWindowInSeconds, 0));
  const inEvent = Math.ceil(traffic.recordBytes / 3) * 4 + ENVELOPE_BYTES;
  return Math.min(
    numberOf(batchSize, DEFAULT_BATCH_SIZE),
    Math.max(1, (ratePerSecond(traffic) / lanes) * seconds),
    Math.max(1, Math.floor(BATCH_BYTES / inEvent)),
  );
}

/** The calls of all enabled mappings of a function for a million records of each stream; undefined as `recordsPerCall`. */
export function callsPerMillion(of: ProgramResource, program: Program, traffic: Traffic): number | undefined {
  let calls = 0;
  for (const mapping of program.mappingsOf(of)) {
    if (mapping.inputs.enabled === false) continue;
    const records = recordsPerCall(mapping, program, traffic);
    if (records === undefined) return undefined;
    calls += MILLION / records;
  }
  return calls;
}

/** Millions of records of each stream in a month. */
export function millionsAMonth({ recordsPerDay }: Traffic): number | undefined {
  return recordsPerDay === undefined ? undefined : (recordsPerDay * DAYS_A_MONTH) / MILLION;
}
