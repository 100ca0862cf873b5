/** What a flush did, in words. */
import { flushLines, flushSummary } from "../../../cli/flush/flushText";

const one = { hour: "2026-11-20T10", table: "orders", rows: 1 };

test("nothing, one hour and several hours", () => {
  expect(flushLines([])).toEqual(["nothing to do: every row that landed is in its table"]);
  expect(flushLines([one])).toEqual(["1 hour: 1 row in orders (2026-11-20T10)"]);
  const more = [{ ...one, hour: "2026-11-20T09", rows: 1_807 }, one, { ...one, table: "records", rows: 2 }];
  expect(flushLines(more)).toEqual([
    "2 hours: 1,808 rows in orders, 2 rows in records",
    "  2026-11-20T09  orders 1,807",
    "  2026-11-20T10  orders 1, records 2",
  ]);
  expect(flushSummary(more)).toBe("2 hours: 1,808 rows in orders, 2 rows in records");
});
