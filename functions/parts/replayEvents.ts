/** A router asked to take records up again: the same decoding, hooks and objects, and an answer instead of a silent success. */
import { readUnformattedLine, rowIdOf } from "../../lake/envelope";
import { type ReplayAnswer, type ReplayedObject, type ReplayRequest, replayKey } from "../../lake/replay/event";
import { StayingKinds, type StayingRecords } from "../../lake/replay/stayingRecords";
import type { LandingObject } from "../../lake/routing/landingObject";
import type { ObjectStore } from "../effects/objectStore";
import { compress } from "./compress";

/** What an event asks for beside its records; undefined for an event of the stream. */
export function replayRequestOf(event: unknown): ReplayRequest | undefined {
  const request = (event as { replay?: Partial<ReplayRequest> } | null)?.replay;
  if (request === undefined) return undefined;
  const { apply, from } = request;
  if (typeof apply !== "boolean" || (from !== "unformatted" && from !== "failed")) {
    throw new Error(`the event's replay needs apply (true or false) and from ("unformatted" or "failed")`);
  }
  return { apply, from };
}

/**
 * @param objects ends with how many of the event's records are in them
 * @param where what the answer says of the router itself
 */
export async function replayObjects(
  objects: AsyncIterator<LandingObject, number>,
  { apply, from }: ReplayRequest,
  store: Pick<ObjectStore, "putIfAbsent">,
  where: Pick<ReplayAnswer, "stream" | "bucket" | "prefixes">,
): Promise<ReplayAnswer> {
  const written: ReplayedObject[] = [];
  const landed = new Set<string>();
  const stays = new StayingKinds();
  let step = await objects.next();
  for (; !step.done; step = await objects.next()) {
    const { kind, table, hour, body, range, text } = step.value;
    for (const line of text.split("\n").slice(0, -1)) {
      if (kind === "raw") landed.add(recordOf(rowIdOf(line)));
      else stays.add(refusalOf(line));
    }
    if (kind === "unformatted" && from === "unformatted") continue;
    const key = replayKey(step.value.key, body);
    const state = apply ? await store.putIfAbsent(key, compress(body)) : "planned";
    written.push({ key, kind, table, hour, lines: range.count, state });
  }
  return {
    batchItemFailures: [],
    ...where,
    routed: step.value,
    objects: written,
    landed: landed.size,
    landedIds: from === "unformatted" ? [...landed] : [],
    stays: stays.all,
  };
}

/** `shardId-000000000003/4965…/0.17` is a row of `shardId-000000000003/4965…/0`. */
function recordOf(rowId: string): string {
  return rowId.slice(0, rowId.lastIndexOf("."));
}

function refusalOf(line: string): StayingRecords {
  const { id, reason, detail } = readUnformattedLine(line);
  return { reason, detail, records: 1, example: id };
}
