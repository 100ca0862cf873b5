/** Replays records of `unformatted/`: those that have rows by then leave it, their bytes kept beside the lake's tables. */
import { gunzipSync, gzipSync } from "node:zlib";
import { defaults } from "../defaults";
import { readUnformattedLine } from "../envelope";
import { type LandedObject, objectKey } from "../objectKey";
import { compareSequence } from "../sequenceNumber";
import { replayRecords } from "./batches";
import { eventRecordOf, replayedKey, replayKey } from "./event";
import type { ReplayBucket, ReplayChoice, ReplayFindings, ReplayRouter, ReplayTarget } from "./target";

export async function replayUnformattedObject(
  target: ReplayTarget,
  router: ReplayRouter,
  object: LandedObject,
  { reasons, apply }: ReplayChoice,
  findings: ReplayFindings,
): Promise<void> {
  const bucket = target.bucket(router.bucket);
  const body = await bucket.get(object.key);
  if (!body) return findings.leaveOut("an object that another replay has taken up");
  const lines = gunzipSync(body).toString("utf8").split("\n").slice(0, -1);
  const chosen = lines.map(readUnformattedLine).filter(({ reason, stream }) => {
    if (stream !== router.stream) findings.leaveOut(`a record of the stream "${stream}", which another router reads`);
    return stream === router.stream && (reasons.length === 0 || reasons.includes(reason));
  });
  const landed = new Set<string>();
  const request = { apply, from: "unformatted" } as const;
  for await (const answer of replayRecords(target, chosen.map(eventRecordOf), request)) {
    findings.add(answer);
    for (const id of answer.landedIds) landed.add(id);
  }
  if (apply && landed.size > 0) await supersede(bucket, router.prefixes.unformatted, object, lines, landed);
}

/**
 * The rows are in `raw/` by now. The lines of their records are kept, then the object is written anew with the others, and
 * goes last: whoever stops in between leaves a line twice, never nowhere, and the next replay ends it.
 */
async function supersede(
  bucket: ReplayBucket,
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
