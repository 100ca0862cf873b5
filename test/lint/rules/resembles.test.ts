/** Names that are misspelt, and names of other programs, which differ on purpose. */
import { resembles } from "../../../lint/rules/resembles";

test.each([
  ["oders-prod", "orders-prod"],
  ["orders-prod", "orders-prdo"],
  ["prod-orders-prod", "prod-orders-prrod"],
  ["data-data-orders", "data-datas-orders"],
  ["Orders_Prod", "orders-prod"],
  ["ordersprod", "orders-prod"],
  ["orders1prod", "orders-1-prod"],
  ["shop-1-10", "shop_1_10"],
])("%s is a misspelt %s", (given, name) => {
  expect(resembles(given, name)).toBe(true);
});

test.each([
  ["orders", "orders"],
  ["prod-orders-prod", "prod-orders-test"],
  ["data-data", "data-prod"],
  ["orders-eu-orders", "orders-eu-stage"],
  ["shop-1-10", "shop-11-0"],
  ["shop-110", "shop-11-0"],
  ["orders-1", "orders-2"],
  ["orders-dev", "orders-prod"],
])("%s is a name of its own beside %s", (given, name) => {
  expect(resembles(given, name)).toBe(false);
});
