/** Answers a replay event: writes the objects that a router makes of its records, and reports each of them. */
import { readUnformattedLine, rowIdOf } from "../../lake/envelope";
import type { ReplayAnswer, ReplayEvent, ReplayedObject } from "../../lake/replay/event";
import { replayKey } from "../../lake/replay/keys";
import type { ReplayRouter } from "../../lake/replay/run";
import { StayingKinds, type StayingRecords } from "../../lake/replay/stayingKinds";
import type { LandingObject } from "../../lake/routing/landingObject";
import type { ObjectStore } from "../effects/objectStore";
import { compress } from "./compress";

/**
 * @param objects returns the number of records in its objects
 * @param router described in the answer
 */
export async function replayObjects(
  objects: AsyncIterator<LandingObject, number>,
  { dryRun, source }: ReplayEvent["replay"],
  store: Pick<ObjectStore, "putIfAbsent">,
  router: ReplayRouter,
): Promise<ReplayAnswer> {
  const written: ReplayedObject[] = [];
  const landed = new Set<string>();
  const stays = new StayingKinds();
  let step = await objects.next();
  for (; !step.done; step = await objects.next()) {
    const { kind, table, hour, body, range, text } = step.value;
    for (const line of text.split("\n").slice(0, -1)) {
      if (kind === "raw") landed.add(recordOf(rowIdOf(line)));
      else stays.add(stayingRecord(line));
    }
    if (kind === "unformatted" && source === "unformatted") continue;
    const key = replayKey(step.value.key, body);
    const state = dryRun ? "planned" : await store.putIfAbsent(key, compress(body));
    written.push({ key, kind, table, hour, lines: range.count, state });
  }
  return {
    batchItemFailures: [],
    ...router,
    routed: step.value,
    objects: written,
    landed: landed.size,
    landedIds: source === "unformatted" ? [...landed] : [],
    stays: stays.all,
  };
}

/** `shardId-000000000003/4965…/0.17` is a row of `shardId-000000000003/4965…/0`. */
function recordOf(rowId: string): string {
  return rowId.slice(0, rowId.lastIndexOf("."));
}

function stayingRecord(line: string): StayingRecords {
  const { id, reason, detail } = readUnformattedLine(line);
  return { reason, detail, records: 1, example: id };
}
