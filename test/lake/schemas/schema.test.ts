/** A schema declared in TypeScript, as JSON Schema and as Avro: its columns, its check and its row's type. */
import type { Row } from "../../../formats/row";
import { openValidator } from "../../../lake/schemas/check";
import { defineSchema, type RowOf } from "../../../lake/schemas/schema";

const orders = defineSchema({
  name: "orders",
  fields: {
    order_id: "string",
    placed_at: "timestamp",
    "due?": "date",
    Total: "double",
    count: "bigint",
    "gift?": "boolean",
    address: { City: "string", "zip?": "string" },
    "tags?": "array<string>",
    lines: [{ sku: "string", "count?": "bigint" }],
  },
});

const ORDER = {
  order_id: "o-1",
  placed_at: "2026-11-20T10:04:09.123Z",
  Total: 12.5,
  count: 3,
  address: { City: "Oslo" },
  lines: [{ sku: "a" }],
};

const COLUMNS = [
  ["order_id", "string", ["order_id"], true],
  ["placed_at", "timestamp", ["placed_at"], true],
  ["due", "date", ["due"], false],
  ["total", "double", ["Total"], true],
  ["count", "bigint", ["count"], true],
  ["gift", "boolean", ["gift"], false],
  ["address_city", "string", ["address", "City"], true],
  ["address_zip", "string", ["address", "zip"], false],
  ["tags", "array<string>", ["tags"], false],
  ["lines", "string", ["lines"], true],
];

const columnsOf = (schema: { columns: readonly { name: string; type: string; path: unknown; required: boolean }[] }) =>
  schema.columns.map(({ name, type, path, required }) => [name, type, path, required]);

test("fields become columns in the declared order, each with its path", () => {
  expect(columnsOf(orders)).toEqual(COLUMNS);
});

test("the same schema as JSON Schema has the same columns", () => {
  const text = { type: "string" } as const;
  const same = defineSchema({
    name: "orders",
    jsonSchema: {
      type: "object",
      properties: {
        order_id: text,
        placed_at: { type: "string", format: "date-time" },
        due: { type: ["string", "null"], format: "date" },
        Total: { type: "number" },
        count: { type: "integer" },
        gift: { anyOf: [{ type: "boolean" }, { type: "null" }] },
        address: { $ref: "#/$defs/address" },
        tags: { type: "array", items: text },
        lines: { type: "array", items: { type: "object" } },
      },
      required: ["order_id", "placed_at", "Total", "count", "address", "lines"],
      $defs: { address: { type: "object", properties: { City: text, zip: text }, required: ["City"] } },
    },
  });
  expect(columnsOf(same)).toEqual(COLUMNS);
});

test("the same schema as Avro has the same columns", () => {
  const same = defineSchema({
    avro: {
      type: "record",
      name: "Orders",
      namespace: "shop",
      fields: [
        { name: "order_id", type: "string" },
        { name: "placed_at", type: { type: "long", logicalType: "timestamp-millis" } },
        { name: "due", type: ["null", { type: "int", logicalType: "date" }] },
        { name: "Total", type: "double" },
        { name: "count", type: "long" },
        { name: "gift", type: "boolean", default: false },
        {
          name: "address",
          type: {
            type: "record",
            name: "Address",
            fields: [
              { name: "City", type: "string" },
              { name: "zip", type: ["null", "string"] },
            ],
          },
        },
        { name: "tags", type: { type: "array", items: "string" }, default: [] },
        { name: "lines", type: { type: "array", items: "Address" } },
      ],
    },
  });
  expect(same.name).toBe("orders");
  expect(columnsOf(same)).toEqual(COLUMNS);
  expect(openValidator(same.validator)({ ...ORDER, lines: [{ City: "Bergen" }] }, "avro")).toBeUndefined();
  expect(openValidator(same.validator)({ ...ORDER, lines: [{ sku: "a" }] }, "avro")).toBe(
    "/lines/0 must have required property 'City'",
  );
});

test("a schema may refer to itself: the column there is text", () => {
  const tree = defineSchema({
    avro: {
      type: "record",
      name: "Node",
      fields: [
        { name: "value", type: "int" },
        { name: "next", type: ["null", "Node"] },
      ],
    },
  });
  expect(columnsOf(tree)).toEqual([
    ["value", "bigint", ["value"], true],
    ["next_value", "bigint", ["next", "value"], false],
    ["next_next", "string", ["next", "next"], false],
  ]);
  const check = openValidator(tree.validator);
  expect(check({ value: 1, next: { value: 2, next: null } }, "avro")).toBeUndefined();
  expect(check({ value: 1, next: { value: "x", next: null } }, "avro")).toContain("/next");
});

test("a schema is plain data", () => {
  expect(JSON.parse(JSON.stringify(orders))).toEqual(orders);
});

test("the row's type follows the declaration", () => {
  const order: RowOf<typeof orders> = { ...ORDER, gift: null };
  // @ts-expect-error: a text is not a number
  const wrong: RowOf<typeof orders> = { ...ORDER, Total: "12.5" };
  // @ts-expect-error: order_id is not optional
  const missing: RowOf<typeof orders> = { ...ORDER, order_id: undefined };
  const status = defineSchema({
    name: "status",
    jsonSchema: {
      type: "object",
      properties: { state: { enum: ["new", "paid"] }, at: { type: ["string", "null"] } },
      required: ["state"],
    },
  });
  const paid: RowOf<typeof status> = { state: "paid" };
  // @ts-expect-error: not one of the states
  const lost: RowOf<typeof status> = { state: "lost" };
  expect([order, wrong, missing, paid, lost]).toHaveLength(5);
});

const check = openValidator(orders.validator);

const mismatches: [string, object, string][] = [
  ["a missing field", { order_id: undefined }, "/ must have required property 'order_id'"],
  ["another type", { Total: "12.5" }, "/Total must be number"],
  ["a fraction", { count: 1.5 }, "/count must be integer"],
  ["an integer past 64 bits", { count: 9223372036854775808n }, "/count must be < 9223372036854776000"],
  ["a day that is not", { due: "2026-02-29" }, '/due must match format "date"'],
  ["a time that is not", { placed_at: "2026-11-20T24:00:00Z" }, '/placed_at must match format "date-time"'],
  ["a nested field", { address: { City: 1 } }, "/address/City must be string"],
  ["an element", { lines: [{ sku: "a" }, {}] }, "/lines/1 must have required property 'sku'"],
];

test.each(mismatches)("%s is told by path and rule, without the value", (_, change, detail) => {
  expect(check({ ...ORDER, ...change } as unknown as Row, "json")).toBe(detail);
});

test.each([
  ["absent fields", {}],
  ["nulls", { due: null, gift: null, tags: null }],
  ["further fields", { colour: "red" }],
  ["the largest integer", { count: 9223372036854775807n }],
  ["the smallest integer", { count: -9223372036854775808n }],
  ["a wide integer among doubles", { Total: 12345678901234567890n }],
  ["times as the lake reads them", { placed_at: "2026-11-20 10:04" }],
  ["nulls in lists", { tags: ["a", null] }],
])("%s match", (_, change) => {
  expect(check({ ...ORDER, ...change } as Row, "json")).toBeUndefined();
});

const flat = defineSchema({
  name: "flat",
  jsonSchema: {
    type: "object",
    properties: {
      id: { type: "string", minLength: 1 },
      n: { type: "integer", minimum: 0 },
      price: { type: ["number", "null"] },
      ok: { type: "boolean" },
      day: { type: "string", format: "date" },
      state: { enum: ["new", "paid"] },
    },
    required: ["id", "price"],
  },
});

test.each([
  [{ id: "1", n: " 7 ", price: "1.5e3", ok: "TRUE", day: "2026-11-20", state: "paid" }, undefined],
  [{ id: "1", n: "", price: "", ok: "", day: "" }, undefined],
  [{ id: "", n: "1", price: "1" }, "/id must NOT have fewer than 1 characters"],
  [{ id: "1", n: "-1", price: "1" }, "/n must be >= 0"],
  [{ id: "1", n: "0x10", price: "1" }, "/n must be integer"],
  [{ id: "1", n: "1e2", price: "1" }, "/n must be integer"],
  [{ id: "1", price: "dear" }, "/price must be number,null"],
  [{ id: "1", price: "1", state: "lost" }, "/state must be equal to one of the allowed values"],
])("texts of CSV %j are checked as what they mean", (row, detail) => {
  expect(openValidator(flat.validator)(row as Row, "csv")).toBe(detail);
});

test("the same texts in JSON stay texts", () => {
  expect(openValidator(flat.validator)({ id: "1", price: "1" }, "json")).toBe("/price must be number,null");
});

test("names that came with the data are not told", () => {
  const map = defineSchema({
    name: "map",
    jsonSchema: {
      type: "object",
      properties: { by_user: { type: "object", additionalProperties: { type: "integer" } } },
    },
  });
  expect(openValidator(map.validator)({ by_user: { "ann@example.org": "x" } }, "json")).toBe(
    "/by_user/* must be integer",
  );
});

test("names that every object has count only where a row has them", () => {
  const odd = defineSchema({ name: "odd", fields: { constructor: "string", "toString?": "bigint" } });
  expect(openValidator(odd.validator)({}, "json")).toBe("/ must have required property 'constructor'");
  expect(openValidator(odd.validator)({ constructor: "a" }, "json")).toBeUndefined();
});

const declare = defineSchema as (declaration: unknown) => unknown;
test.each([
  [{ name: "a", fields: {} }, 'schema "a": it has no fields; name at least one'],
  [
    { name: "a", fields: { x: "int" } },
    'schema "a": field "x" has the type "int"; use boolean, bigint, double, string, timestamp, date, array<…> of one, { … } or [{ … }]',
  ],
  [
    { name: "a", fields: { x: "string", "x?": "string" } },
    'schema "a": field "x" is there twice, once as optional; keep one',
  ],
  [{ name: "a" }, 'schema "a": it is declared by nothing; use one of fields, jsonSchema and avro'],
  [{ fields: { x: "string" } }, "a schema needs a name, such as orders"],
  [{ name: "a", jsonSchema: { type: "array" } }, 'schema "a": its root is not an object; give it the type "object"'],
  [
    { name: "a", jsonSchema: { type: "object", properties: { x: { type: "string", format: "email" } } } },
    'schema "a": unknown format "email" ignored in schema at path "#/properties/x"',
  ],
  [
    { name: "a", jsonSchema: { type: "object", properties: { x: { typ: "string" } } } },
    'schema "a": strict mode: unknown keyword: "typ"',
  ],
  [
    { name: "a", jsonSchema: { type: "object", properties: { x: { type: "array", uniqueItems: true } } } },
    'schema "a": uniqueItems needs maxItems beside it, 1000 at most',
  ],
  [
    {
      name: "a",
      jsonSchema: { $schema: "http://json-schema.org/draft-04/schema#", type: "object", properties: { x: {} } },
    },
    'schema "a": $schema is "http://json-schema.org/draft-04/schema#"; use JSON Schema 2020-12 or draft-07',
  ],
  [
    { avro: { type: "enum", name: "E", symbols: ["A"] } },
    'schema "e": its Avro schema is not a record; rows are records',
  ],
  [
    { avro: { type: "record", name: "R", fields: [{ name: "x", type: "Other" }] } },
    'schema "r": Avro type "Other" is not known; name it before it is used',
  ],
])("%j is refused", (declaration, message) => {
  expect(() => declare(declaration)).toThrow(message);
});

test("fields whose flattened names collide keep columns of their own", () => {
  const both = defineSchema({ name: "both", fields: { a_b: "string", a: { b: "bigint" }, dt: "date" } });
  expect(columnsOf(both)).toEqual([
    ["a_b_2", "string", ["a_b"], true],
    ["a_b", "bigint", ["a", "b"], true],
    ["dt_2", "date", ["dt"], true],
  ]);
});
