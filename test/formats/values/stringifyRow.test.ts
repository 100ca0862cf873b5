/** The JSON text of a row, where JSON.stringify throws or writes what other parsers refuse. */
import type { Row } from "../../../formats/row";
import { stringifyRow } from "../../../formats/values/stringifyRow";

test.each<[string, unknown, string]>([
  ["plain values", { a: 1, b: "x", c: null, d: [true] }, '{"a":1,"b":"x","c":null,"d":[true]}'],
  ["a bigint", { a: 12345678901234567890n }, '{"a":12345678901234567890}'],
  [
    "bigints deep inside",
    { a: [{ b: [-9007199254740993n, 1, null] }], c: "x" },
    '{"a":[{"b":[-9007199254740993,1,null]}],"c":"x"}',
  ],
  ["undefined beside a bigint", { a: 1n, b: undefined, c: [1n, undefined] }, '{"a":1,"c":[1,null]}'],
  ["numbers that are not finite", { a: Number.NaN, b: Number.POSITIVE_INFINITY }, '{"a":null,"b":null}'],
  ["half a surrogate pair", { a: "x\ud83d", "\udc00": "\ud83d\ude00" }, '{"a":"x\ufffd","\ufffd":"\ud83d\ude00"}'],
  [
    "the text of an escape",
    { a: "\\ud83d", b: "\\\\ud83d", c: "\\\ud83d" },
    '{"a":"\\\\ud83d","b":"\\\\\\\\ud83d","c":"\\\\\ufffd"}',
  ],
  ["line ends", { a: "x\r\ny\u2028" }, '{"a":"x\\r\\ny\u2028"}'],
  ["a name that is __proto__", JSON.parse('{"__proto__":1}'), '{"__proto__":1}'],
])("%s", (_, row, expected) => {
  expect(stringifyRow(row as Row)).toBe(expected);
});

test("a row that refers to itself throws", () => {
  const row: Row = {};
  row.self = row;

  expect(() => stringifyRow(row)).toThrow(RangeError);
});
