import { declare, routeRecords } from "streamlake/testing";
import { expect, test } from "vitest";
import { pipeline } from "./pipeline";

const routed = (...records: string[]) => routeRecords(() => pipeline().router, records);

test("sales land with the same columns, whatever their format", async () => {
  const { rows } = await routed(
    '{"transaction_id":"t-1","at":"2026-11-20T08:00:00Z","store":{"id":"s-01"},"items":[],"total":7.5}',
    "order_id,line,at,shop,quantity,unit_price\nt-2,1,2026-11-20T09:00:00Z,s-02,3,2.50\n",
  );
  expect(rows).toEqual({
    sales: [
      { sale_id: "t-1", sold_at: "2026-11-20T08:00:00Z", shop: "s-01", total: 7.5 },
      { sale_id: "t-2", sold_at: "2026-11-20T09:00:00Z", shop: "s-02", total: 7.5 },
    ],
  });
});

test("records that cannot be used are kept, with the reason", async () => {
  const { rows, unformatted } = await routed(
    '{"sensor_id":7,"measured_at":"2026-11-20T08:00:00Z","temperature":4.5}',
    "order_id,line,at,shop,quantity,unit_price\nt-3,1,2026-11-20T09:00:00Z,s-02,-3,2.50\n",
    "{",
  );
  expect(Object.keys(rows)).toEqual(["readings"]);
  expect(unformatted).toMatchObject([
    { record: 1, reason: "rejected", detail: "total is negative" },
    { record: 2, reason: "format" },
  ]);
});

test("no crawler runs, because all columns are declared", async () => {
  const { all } = await declare(pipeline);
  expect(all("aws:glue/crawler:Crawler")).toEqual([]);
});
