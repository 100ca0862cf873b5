/** Cuts records into events that Lambda takes, with room for the answer. */

/** Of an event's 6 MB, less what frames the records. */
const MOST_CHARACTERS = 5_500_000;
/** Each has a line in the answer, which is bounded as the event is. */
const MOST_RECORDS = 5_000;

export function* batches<Item extends object>(records: readonly Item[]): Generator<Item[], void> {
  let batch: Item[] = [];
  let characters = 0;
  for (const record of records) {
    const size = JSON.stringify(record).length;
    if (batch.length > 0 && (characters + size > MOST_CHARACTERS || batch.length === MOST_RECORDS)) {
      yield batch;
      batch = [];
      characters = 0;
    }
    batch.push(record);
    characters += size;
  }
  if (batch.length > 0) yield batch;
}
