/** Runs an asynchronous function over many items, with limited concurrency. */

/** Maximum number of concurrent requests of a handler to S3. */
export const CONCURRENT_REQUESTS = 16;

/** Returns the results in the order of the items. The first failure rejects, and no further item is started. */
export async function mapConcurrently<Item, Result>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  let failed = false;
  const lane = async () => {
    while (next < items.length && !failed) {
      const index = next++;
      try {
        results[index] = await work(items[index] as Item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
  return results;
}
