import type { Row } from "../../../formats/row";
import { attributesOf, rowOf, sizeOf, storedRow } from "../../../lake/serving/attributes";

test("a row of every kind of value is the same after it is stored", () => {
  const row: Row = {
    text: "ä",
    number: 1.5,
    big: 9007199254740993n,
    yes: true,
    none: null,
    list: [1, "a", [null]],
    map: { a: { b: 1 } },
  };
  Object.defineProperty(row, "__proto__", { value: 1, enumerable: true, writable: true, configurable: true });
  const stored = storedRow(row);
  expect(stored).toEqual(row);
  const attributes = attributesOf(stored);
  expect(JSON.parse(JSON.stringify(attributes))).toEqual(
    JSON.parse(
      `{"text":{"S":"ä"},"number":{"N":"1.5"},"big":{"N":"9007199254740993"},"yes":{"BOOL":true},"none":{"NULL":true},
        "list":{"L":[{"N":"1"},{"S":"a"},{"L":[{"NULL":true}]}]},"map":{"M":{"a":{"M":{"b":{"N":"1"}}}}},
        "__proto__":{"N":"1"}}`,
    ),
  );
  expect(rowOf(JSON.parse(JSON.stringify(attributes)))).toEqual(stored);
});

test("members that are undefined are left out, and half surrogate pairs become U+FFFD", () => {
  expect(storedRow({ gone: undefined, half: "a\ud83d" })).toEqual({ half: "a\ufffd" });
});

const nested = (levels: number): unknown => (levels === 0 ? 1 : { a: nested(levels - 1) });

test("32 levels can be stored", () => {
  expect(() => storedRow(nested(32) as object)).not.toThrow();
});

test.each<[string, object, string]>([
  ["33 levels", nested(33) as object, "value: a is nested beyond 32 levels"],
  [
    "33 levels of lists",
    { a: JSON.parse(`${"[".repeat(33)}${"]".repeat(33)}`) },
    "value: a is nested beyond 32 levels",
  ],
  ["a date", { day: new Date(0) }, "value: day is an object of Date"],
  ["a function", { f: () => 1 }, "value: f is a function"],
  ["a symbol", { s: Symbol("x") }, "value: s is a symbol"],
  ["NaN below a map", { map: { n: Number.NaN } }, "value: map is NaN"],
  ["undefined in a list", { list: [undefined] }, "value: list is undefined"],
  ["a name without characters", { "": 1 }, "value: the item has an attribute without a name"],
  ["a long name", { ["n".repeat(65_536)]: 1 }, "value: the name of an attribute has more than 65535 bytes"],
])("%s cannot be stored", (_, row, problem) => {
  expect(() => storedRow(row)).toThrow(problem);
});

test("a set, which the library does not write, is not read", () => {
  expect(() => rowOf({ s: { SS: ["a"] } } as never)).toThrow(
    'the attribute "s" is of type SS, which the view does not write',
  );
});

test("the size is at least DynamoDB's: names and values in UTF-8, three bytes for a map or list, one for each element", () => {
  expect(sizeOf({ ä: { S: "öö" }, b: { BOOL: true } })).toBe(2 + 4 + 1 + 1);
  expect(sizeOf({ m: { M: { a: { S: "x" } } }, l: { L: [{ NULL: true }, { NULL: true }] } })).toBe(
    1 + 3 + 1 + (1 + 1) + 1 + 3 + 2 * 2,
  );
  // Two digits a byte, and one byte more (DynamoDB developer guide).
  expect(sizeOf({ n: { N: "123456" } })).toBeGreaterThanOrEqual(1 + 3 + 1);
});
