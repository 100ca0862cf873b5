/** Sends records through a router in events that Lambda takes, with room for the answer. */
import type { ReplayAnswer, ReplayRequest } from "./event";
import type { ReplayTarget } from "./target";

/** Of an event's 6 MB, less what frames the records. */
const MAX_CHARACTERS = 5_500_000;
/** Each has a line in the answer, which is bounded as the event is. */
export const MAX_RECORDS = 5_000;

/** Every record once, whatever the router leaves of an event, because it unfolds to more than one invocation should take. */
export async function* replayRecords(
  target: Pick<ReplayTarget, "invoke">,
  records: readonly object[],
  request: ReplayRequest,
): AsyncGenerator<ReplayAnswer, void> {
  for (const batch of batches(records)) {
    let left = batch;
    while (left.length > 0) {
      const answer = await target.invoke(left, request);
      if (!(answer.routed > 0)) {
        throw new Error(
          `replay: the router says that it routed ${answer.routed} of ${left.length} records; it routes 1 or more`,
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
