/** Sends records to a router in events small enough for Lambda's request and response limits. */
import type { ReplayAnswer, ReplayEvent } from "./event";
import type { ReplayTarget } from "./run";

/** Lambda's limit of 6 MB for an event, less the JSON around the records. */
const MAX_CHARACTERS = 5_500_000;
/** Each record has a line in the answer, which Lambda also limits to 6 MB. */
export const MAX_RECORDS = 5_000;

/**
 * Replays every record. If an event unpacks to more than one invocation can process, the router routes only its first
 * records; the rest is sent again.
 */
export async function* replayRecords(
  target: Pick<ReplayTarget, "invoke">,
  records: readonly object[],
  replay: ReplayEvent["replay"],
): AsyncGenerator<ReplayAnswer, void> {
  for (const batch of batches(records)) {
    let left = batch;
    while (left.length > 0) {
      const answer = await target.invoke({ Records: left, replay });
      if (!(answer.routed > 0)) {
        throw new Error(
          `replay: the router routed ${answer.routed} of ${left.length} records; it must route 1 or more`,
        );
      }
      yield answer;
      left = left.slice(answer.routed);
    }
  }
}

function* batches<Item extends object>(records: readonly Item[]): Generator<Item[], void> {
  let batch: Item[] = [];
  let characters = 0;
  for (const record of records) {
    const size = JSON.stringify(record).length;
    if (batch.length > 0 && (characters + size > MAX_CHARACTERS || batch.length === MAX_RECORDS)) {
      yield batch;
      batch = [];
      characters = 0;
    }
    batch.push(record);
    characters += size;
  }
  if (batch.length > 0) yield batch;
}
