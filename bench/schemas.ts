/** Measures the check of rows against a schema: defined with the program, opened at cold start, run once per row. */

import { openValidator } from "../lake/schemas/check";
import { defineSchema } from "../lake/schemas/schema";

const orders = defineSchema({
  name: "orders",
  fields: {
    order_id: "string",
    customer: "string",
    country: "string",
    placed_at: "timestamp",
    total: "double",
    quantity: "bigint",
    "gift?": "boolean",
    "note?": "string",
    address: { city: "string", "zip?": "string" },
    lines: [{ sku: "string", quantity: "bigint" }],
  },
});
const row = {
  order_id: "o-1234",
  customer: "c-99",
  country: "NO",
  placed_at: "2026-11-20T10:04:09.123Z",
  total: 99.5,
  quantity: 3,
  gift: false,
  address: { city: "Oslo", zip: "0150" },
  lines: [{ sku: "a-1", quantity: 3 }],
};
const texts = { ...row, total: "99.5", quantity: "3", gift: "false", lines: [{ sku: "a-1", quantity: "3" }] };

/** Microseconds per call, the best of nine rounds. */
function micros(calls: number, run: () => unknown): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 9; round++) {
    const start = process.hrtime.bigint();
    for (let call = 0; call < calls; call++) run();
    best = Math.min(best, Number(process.hrtime.bigint() - start) / 1000 / calls);
  }
  return best;
}

const check = openValidator(orders.validator);
const failing = { ...row, total: "99.5" };
const figures: [string, number, string][] = [
  ["code of the check", orders.validator.code.length, "bytes"],
  ["opening it (cold start)", micros(20, () => openValidator(orders.validator)(row, "json")), "µs"],
  ["a row that matches", micros(200_000, () => check(row, "json")), "µs"],
  ["a row of texts that matches", micros(50_000, () => check(texts, "csv")), "µs"],
  ["a row that does not match", micros(50_000, () => check(failing, "json")), "µs"],
  ["JSON.parse of the same row", micros(50_000, () => JSON.parse(JSON.stringify(row))), "µs, with its writing"],
];
for (const [what, figure, unit] of figures) console.log(`${what.padEnd(28)} ${figure.toFixed(2).padStart(10)} ${unit}`);
