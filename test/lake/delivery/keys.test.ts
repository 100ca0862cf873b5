/** The prefixes that Firehose evaluates, and the keys that it makes of them. */
import { deliveryPrefix, failedDeliveryPrefix, parseDeliveredKey, tablesOfPrefix } from "../../../lake/delivery/keys";
import { objectKey, parseObjectKey } from "../../../lake/objectKey";

const DELIVERED =
  "team/raw/orders/dt=2026-11-20/hour=10/shop-delivery-4f2a-1-2026-11-20-10-05-02-8d1f5f2c-7a11-4b2a-9b1e-123456789012.delivered.ndjson.gz";

test("rows have the prefix of routers, and failed records one beside unformatted/", () => {
  expect(deliveryPrefix("team/raw/", "orders")).toBe(
    "team/raw/orders/dt=!{partitionKeyFromLambda:dt}/hour=!{partitionKeyFromLambda:hour}/",
  );
  expect(deliveryPrefix("raw/", undefined)).toMatch(/^raw\/!{partitionKeyFromLambda:table}\/dt=/);
  expect(failedDeliveryPrefix("team/unformatted/", "shop")).toBe(
    "team/failed-deliveries/shop/!{firehose:error-output-type}/dt=!{timestamp:yyyy-MM-dd}/hour=!{timestamp:HH}/",
  );
  expect(failedDeliveryPrefix("unformatted/", "shop")).toMatch(/^failed-deliveries\/shop\//);
});

test.each([
  [deliveryPrefix("team/raw/", "orders"), { root: "team/raw/", table: "orders" }],
  [deliveryPrefix("raw/", undefined), { root: "raw/" }],
  ["orders/dt=!{timestamp:yyyy-MM-dd}/", { root: "", table: "orders" }],
  ["archive/all-!{timestamp:yyyy}/", { root: "archive/" }],
  ["archive/", { root: "archive/" }],
])("the prefix %s has the tables below its root", (prefix, tables) => {
  expect(tablesOfPrefix(prefix)).toEqual(tables);
});

test("a delivered key has its table and hour, and is never the key of a router, even if its digits look like a range", () => {
  expect(parseDeliveredKey(DELIVERED)).toEqual({ key: DELIVERED, table: "orders", hour: "2026-11-20T10" });
  const digits = DELIVERED.replace("9b1e-123456789012", "9111-123456789012");
  expect([DELIVERED, digits].map(parseObjectKey)).toEqual([undefined, undefined]);
});

test("a router's key, and one without an hour, are not delivered ones", () => {
  const range = { shard: "shardId-000000000003", first: "1", last: "9", count: 9 };
  expect(parseDeliveredKey(objectKey("raw/", "orders", "2026-11-20T10", range))).toBeUndefined();
  expect(parseDeliveredKey("raw/orders/a.delivered.ndjson.gz")).toBeUndefined();
  expect(parseDeliveredKey(DELIVERED.replace("hour=10", "hour=24"))).toBeUndefined();
});
