import type { Row } from "../../../formats/row";
import { NO_SECRETS } from "../../../lake/callbackContext";
import { type FoldedAttributes, keyOf, openFold, type ServingFold } from "../../../lake/serving/fold";

function folded(fold: ServingFold | FoldedAttributes | undefined, ...rows: Row[]): Row | undefined {
  const each = openFold(fold, NO_SECRETS);
  return rows.reduce<Row | undefined>((item, row) => each(item, row), undefined);
}

test("without a fold, the item is the newest row", () => {
  expect(folded(undefined, { a: 1, b: 2 }, { a: 3 })).toEqual({ a: 3 });
});

test.each<[string, FoldedAttributes, Row[], Row]>([
  ["latest keeps a value that later rows lack", { n: { latest: "n" } }, [{ n: 1 }, { n: 2 }, { m: 3 }], { n: 2 }],
  ["latest takes null", { n: { latest: "n" } }, [{ n: 1 }, { n: null }], { n: null }],
  [
    "sum adds numbers and decimal strings",
    { t: { sum: "a" } },
    [{ a: 0.1 }, { a: " 0.2 " }, {}, { a: null }],
    { t: 0.3 },
  ],
  ["sum is exact beyond doubles", { t: { sum: "a" } }, [{ a: 9007199254740992n }, { a: 1 }], { t: 9007199254740993n }],
  ["count counts rows", { n: { count: true } }, [{}, { a: 1 }], { n: 2 }],
  ["last lists rows, oldest first", { l: { last: 2 } }, [{ a: 1 }, { a: 2 }, { a: 3 }], { l: [{ a: 2 }, { a: 3 }] }],
  ["last with of lists values", { l: { last: 2, of: "a" } }, [{ a: 1 }, {}, { a: null }, { a: 3 }], { l: [null, 3] }],
  ["inherited names are no members", { l: { latest: "toString" } }, [{}], {}],
])("%s", (_, fold, rows, item) => {
  expect(folded(fold, ...rows)).toEqual(item);
});

test("a sum of another value does not fold the row, and names no value", () => {
  expect(() => folded({ total: { sum: "a" } }, { a: "4,50" })).toThrow(
    /^value: the sum "total" needs a number, and the row has a string$/,
  );
});

test("a callback folds each row into a copy of the item", () => {
  const fold: ServingFold = (item, row) => {
    const grown = item ?? { ids: [] };
    (grown.ids as number[]).push(Number(row.id));
    if (row.id === 2) throw new Error("the row has 2");
    return grown;
  };
  const each = openFold(fold, NO_SECRETS);
  const one = each(undefined, { id: 1 });
  expect(() => each(one, { id: 2 })).toThrow(/^fold: fold threw Error$/);
  expect(one).toEqual({ ids: [1] });
  expect(each(one, { id: 3 })).toEqual({ ids: [1, 3] });
});

test.each<[string, unknown, string]>([
  ["null", null, "fold: fold returned null, not a row"],
  ["a list", [], "fold: fold returned an array, not a row"],
  [
    "a promise",
    Promise.reject(new Error("late")),
    "fold: fold returned a promise (callbacks are synchronous), not a row",
  ],
  ["nothing", undefined, "fold: fold returned undefined, not a row"],
  ["NaN", { n: Number.NaN }, "value: n is NaN"],
  ["an attribute of the view", { _last: "x" }, 'value: the item has "_last", an attribute of the view itself'],
])("a callback that returns %s does not fold the row", (_, item, problem) => {
  expect(() => folded((() => item) as ServingFold, {})).toThrow(problem);
});

test("callbacks read secrets", () => {
  const context = { secret: (name: string) => `${name}!` };
  expect(openFold((_, __, { secret }) => ({ salt: secret("SALT") }), context)(undefined, {})).toEqual({
    salt: "SALT!",
  });
  expect(keyOf((_, { secret }) => secret("K"), {}, "p", context)).toBe("K!");
});

test.each<[string, Parameters<typeof keyOf>[0], Row, string | false]>([
  ["the stream partition key without a key", undefined, {}, "p-1"],
  ["a member", "customer", { customer: "ann" }, "ann"],
  ["a member that is a number", "customer", { customer: 17 }, "17"],
  ["a member that is a bigint", "customer", { customer: 9007199254740993n }, "9007199254740993"],
  ["what a callback returns", (row) => `c-${row.id}`, { id: 1 }, "c-1"],
  ["false for a row that is not of the view", () => false, {}, false],
])("the key is %s", (_, key, row, expected) => {
  expect(keyOf(key, row, "p-1", NO_SECRETS)).toBe(expected);
});

test.each<[string, Parameters<typeof keyOf>[0], Row, string]>([
  ["a row without the member", "customer", {}, "key: key is undefined, not a string"],
  ["a member that is false", "customer", { customer: false }, "key: key is a boolean, not a string"],
  ["an empty key", () => "", {}, "key: key has 0 bytes; DynamoDB takes 1 to 2048"],
  ["a long key", () => "ä".repeat(1025), {}, "key: key has 2050 bytes; DynamoDB takes 1 to 2048"],
  ["a callback that throws", () => ({}) as never, {}, "key: key is an object of Object, not a string"],
  [
    "a key that throws",
    () => {
      throw new TypeError("of ann");
    },
    {},
    "key: key threw TypeError",
  ],
])("%s is not folded", (_, key, row, problem) => {
  expect(() => keyOf(key, row, "p-1", NO_SECRETS)).toThrow(problem);
});
