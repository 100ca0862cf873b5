/** Replays an object of `unformatted/`: records that have rows afterwards leave it, and their bytes move to `replayed/`. */
import { gunzipSync, gzipSync } from "node:zlib";
import { readUnformattedLine } from "../envelope";
import type { LandedObject } from "../objectKey";
import { replayRecords } from "./batches";
import { eventRecordOf } from "./event";
import { keptLines } from "./keptLines";
import { replayedKey } from "./keys";
import type { ReplayBucket, ReplayRun } from "./run";

export async function replayUnformattedObject(
  { target, router, request, findings }: ReplayRun,
  object: LandedObject,
): Promise<void> {
  const { reasons, dryRun } = request;
  const bucket = target.bucket(router.bucket);
  const body = await bucket.get(object.key);
  if (!body) return findings.leaveOut("an object that another replay has taken up");
  const lines = gunzipSync(body).toString("utf8").split("\n").slice(0, -1);
  const chosen = lines.map(readUnformattedLine).filter(({ reason, stream }) => {
    if (stream !== router.stream) findings.leaveOut(`a record of the stream "${stream}", which another router reads`);
    return stream === router.stream && (reasons.length === 0 || reasons.includes(reason));
  });
  const landed = new Set<string>();
  const records = chosen.map(eventRecordOf);
  for await (const answer of replayRecords(target, records, { dryRun, source: "unformatted" })) {
    findings.add(answer);
    for (const id of answer.landedIds) landed.add(id);
  }
  if (!dryRun && landed.size > 0) await supersede(bucket, router.prefixes.unformatted, object, lines, landed);
}

/**
 * Moves lines whose rows are in `raw/` now to `replayed/`. The object is deleted last: a replay that stops in between
 * may leave a line in two places, but never loses it, and the next replay completes the move.
 */
async function supersede(
  bucket: ReplayBucket,
  prefix: string,
  object: LandedObject,
  lines: readonly string[],
  landed: ReadonlySet<string>,
): Promise<void> {
  const isLanded = (line: string) => landed.has(readUnformattedLine(line).id);
  const found = lines.filter(isLanded);
  // Without a line to move, the rest would be the object itself, and its deletion would lose all lines.
  if (found.length === 0)
    throw new Error(`replay: the landed records are not those of ${object.key}; it stays as it is`);
  const kept = textOf(found);
  await bucket.put(replayedKey(object.key, prefix, kept), gzipSync(kept));
  const rest = lines.filter((line) => !isLanded(line));
  if (rest.length > 0) {
    const { key, body } = keptLines(prefix, object, rest);
    await bucket.put(key, gzipSync(body));
  }
  await bucket.delete(object.key);
}

function textOf(lines: readonly string[]): Buffer {
  return Buffer.from(lines.map((line) => `${line}\n`).join(""));
}
