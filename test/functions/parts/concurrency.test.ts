import { mapConcurrently } from "../../../functions/parts/concurrency";

test("results keep the order of the items, and no more run at once than allowed", async () => {
  let underWay = 0;
  let most = 0;
  const results = await mapConcurrently([5, 1, 4, 2, 3], 2, async (item) => {
    underWay += 1;
    most = Math.max(most, underWay);
    for (let turn = 0; turn < item; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    underWay -= 1;
    return item * 10;
  });
  expect(results).toEqual([50, 10, 40, 20, 30]);
  expect(most).toBe(2);
});

test("nothing is begun after the first failure", async () => {
  const begun: number[] = [];
  const run = mapConcurrently([1, 2, 3, 4], 1, async (item) => {
    begun.push(item);
    if (item === 2) throw new Error("two");
  });
  await expect(run).rejects.toThrow("two");
  expect(begun).toEqual([1, 2]);
});

test("no items give no results", async () => {
  expect(await mapConcurrently([], 4, async () => 1)).toEqual([]);
});
