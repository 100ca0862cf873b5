/** The stream partition key comes from the request or the record, fits Kinesis, and is a digest otherwise. */
import { digestKey, isPointer, keyAt, keyOf } from "../../../lake/ingest/partitionKey";

test("a digest has 32 hexadecimal characters and depends on the bytes alone", () => {
  expect(digestKey(Buffer.from('{"id":1}'))).toBe(digestKey(Uint8Array.from(Buffer.from('{"id":1}'))));
  expect(digestKey(Buffer.from("a"))).toBe("ca978112ca1bbdcafac231b39a23dc4d");
  expect(digestKey(Buffer.from("b"))).toBe("3e23e8160039594a33894f6564e1b134");
});

test.each([
  ["c-1", "c-1"],
  ["", undefined],
  [undefined, undefined],
  ["x".repeat(256), "x".repeat(256)],
  ["x".repeat(257), digestKey(Buffer.from("x".repeat(257)))],
  ["a\ud800b", "a\ufffdb"],
  ["😀", "😀"],
])("the value %j becomes the key %j", (value, key) => {
  expect(keyOf(value)).toBe(key);
});

test.each([
  ['{"id":"c-1"}', "/id", "c-1"],
  ['{"customer":{"id":7}}', "/customer/id", "7"],
  ['{"list":[{"ok":true}]}', "/list/0/ok", "true"],
  ['{"a/b":{"c~d":"x"}}', "/a~1b/c~0d", "x"],
  ['{"":"empty"}', "/", "empty"],
  ['{"id":null}', "/id", undefined],
  ['{"id":{}}', "/id", undefined],
  ['{"id":""}', "/id", undefined],
  ["{}", "/id", undefined],
  ["{}", "/__proto__/constructor/name", undefined],
  ["[1]", "/length", undefined],
  ['"text"', "/0", undefined],
  ["not JSON", "/id", undefined],
  ["", "/id", undefined],
  ["[".repeat(100_000), "/0", undefined],
])("in %s, %s gives %j", (payload, pointer, key) => {
  expect(keyAt(Buffer.from(payload), pointer)).toBe(key);
});

test("broken UTF-8 in a record is no key of another record", () => {
  expect(keyAt(Buffer.from([0x7b, 0xff, 0x7d]), "/id")).toBeUndefined();
});

test.each([
  ["/id", true],
  ["/a/b~1c", true],
  ["/", true],
  ["", false],
  ["id", false],
  ["/a~2", false],
  ["/a~", false],
])("%s is a pointer: %s", (text, expected) => {
  expect(isPointer(text)).toBe(expected);
});
