/** Replays records of `unformatted/`: those that have rows by then leave it, their bytes kept beside the lake's tables. */
import { gunzipSync, gzipSync } from "node:zlib";
import { defaults } from "../../lake/defaults";
import { readUnformattedLine } from "../../lake/envelope";
import { type LandedObject, objectKey, parseObjectKey } from "../../lake/objectKey";
import { eventRecordOf, type ReplayAnswer, replayedKey, replayKey } from "../../lake/replay";
import { compareSequence } from "../../lake/sequenceNumber";
import { batches } from "./batches";
import type { Findings } from "./findings";
import type { Bucket, ReplayTarget } from "./target";

export interface Choice {
  /** Closed list of reasons; all when empty. */
  readonly reasons: readonly string[];
  /** Tables of `unformatted/`, which are the routers' own; all when empty. */
  readonly tables: readonly string[];
  /** First and last hour, both included. */
  readonly from?: string;
  readonly to?: string;
  readonly apply: boolean;
}

type Router = Pick<ReplayAnswer, "stream" | "bucket" | "prefixes">;

export async function replayUnformatted(
  target: ReplayTarget,
  router: Router,
  choice: Choice,
  findings: Findings,
): Promise<void> {
  const bucket = target.bucket(router.bucket);
  // Listed first: objects that a replay puts are not to be found by the same one.
  const keys: string[] = [];
  for await (const key of bucket.list(router.prefixes.unformatted)) keys.push(key);
  for (const key of keys) {
    const object = parseObjectKey(key);
    if (!object || !isChosen(object, choice)) continue;
    await replayObject(target, bucket, router, object, choice, findings);
  }
}

function isChosen({ table, hour }: LandedObject, { tables, from = "", to }: Choice): boolean {
  return (tables.length === 0 || tables.includes(table)) && hour >= from && (to === undefined || hour <= to);
}

async function replayObject(
  target: ReplayTarget,
  bucket: Bucket,
  router: Router,
  object: LandedObject,
  { reasons, apply }: Choice,
  findings: Findings,
): Promise<void> {
  const lines = gunzipSync(await bucket.get(object.key))
    .toString("utf8")
    .split("\n")
    .slice(0, -1);
  const chosen = lines.map(readUnformattedLine).filter(({ reason, stream }) => {
    if (stream !== router.stream) findings.leaveOut(`a record of the stream "${stream}", which another router reads`);
    return stream === router.stream && (reasons.length === 0 || reasons.includes(reason));
  });
  const landed = new Set<string>();
  for (const records of batches(chosen.map(eventRecordOf))) {
    const answer = await target.invoke(records, { apply, from: "unformatted" });
    findings.add(records.length, answer);
    for (const id of answer.landed) landed.add(id);
  }
  if (apply && landed.size > 0) await supersede(bucket, router.prefixes.unformatted, object, lines, landed);
}

/**
 * The rows are in `raw/` by now. The lines of their records are kept, then the object is written anew with the others, and
 * goes last: whoever stops in between leaves a line twice, never nowhere, and the next replay ends it.
 */
async function supersede(
  bucket: Bucket,
  prefix: string,
  object: LandedObject,
  lines: readonly string[],
  landed: ReadonlySet<string>,
): Promise<void> {
  const isLanded = (line: string) => landed.has(readUnformattedLine(line).id);
  const kept = textOf(lines.filter(isLanded));
  await bucket.put(replayedKey(defaults.prefixes.replayed, object.key, prefix, kept), gzipSync(kept));
  const rest = lines.filter((line) => !isLanded(line));
  if (rest.length > 0) {
    const body = textOf(rest);
    const sequences = rest.map((line) => readUnformattedLine(line).id.split("/")[1] as string).sort(compareSequence);
    const range = {
      shard: object.shard,
      first: sequences[0] as string,
      last: sequences.at(-1) as string,
      count: rest.length,
    };
    await bucket.put(replayKey(objectKey(prefix, object.table, object.hour, range), body), gzipSync(body));
  }
  await bucket.delete(object.key);
}

function textOf(lines: readonly string[]): Buffer {
  return Buffer.from(lines.map((line) => `${line}\n`).join(""));
}
