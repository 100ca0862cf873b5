/** Answers a replay event: writes the objects of the routed records, and reports each of them. */
import { readUnformattedLine, rowIdOf } from "../../lake/envelope";
import type { ReplayAnswer, ReplayEvent, ReplayedObject } from "../../lake/replay/event";
import { keptLines } from "../../lake/replay/keptLines";
import { replayKey } from "../../lake/replay/keys";
import type { ReplayRouter } from "../../lake/replay/run";
import { StayingKinds, type StayingRecords } from "../../lake/replay/stayingKinds";
import type { LandingObject } from "../../lake/routing/landingObject";
import type { ObjectStore } from "../effects/objectStore";
import { compress } from "./compress";

/**
 * @param objects returns the number of records in its objects
 * @param ids identities of the event's records, some of which may be single refused rows
 * @param router included in the answer
 */
export async function replayObjects(
  objects: AsyncIterator<LandingObject, number>,
  ids: ReadonlySet<string>,
  { dryRun, source }: ReplayEvent["replay"],
  store: Pick<ObjectStore, "putIfAbsent">,
  router: ReplayRouter,
): Promise<ReplayAnswer> {
  const written: ReplayedObject[] = [];
  const landed = new Set<string>();
  const stays = new StayingKinds();
  let step = await objects.next();
  for (; !step.done; step = await objects.next()) {
    const { kind, table, hour, text } = step.value;
    let { body } = step.value;
    let lines = text.split("\n").slice(0, -1);
    let key = replayKey(step.value.key, body);
    for (const line of lines) {
      if (kind === "raw") landed.add(recordOf(rowIdOf(line), ids));
      else stays.add(stayingRecord(line));
    }
    if (kind === "unformatted" && source === "unformatted") {
      // Records that still cannot be used stay where they are. Bad rows are written if other rows of their record land.
      lines = lines.filter((line) => !ids.has(readUnformattedLine(line).id));
      if (lines.length === 0) continue;
      ({ key, body } = keptLines(router.prefixes.unformatted, { table, hour, shard: step.value.range.shard }, lines));
    }
    const state = dryRun ? "planned" : await store.putIfAbsent(key, compress(body));
    written.push({ key, kind, table, hour, lines: lines.length, state });
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

/**
 * `shardId-000000000003/4965…/0.17` is a row of `shardId-000000000003/4965…/0`, unless the row is a record of the event
 * itself.
 */
function recordOf(rowId: string, ids: ReadonlySet<string>): string {
  return ids.has(rowId) ? rowId : rowId.slice(0, rowId.lastIndexOf("."));
}

function stayingRecord(line: string): StayingRecords {
  const { id, reason, detail } = readUnformattedLine(line);
  return { reason, detail, records: 1, example: id };
}
