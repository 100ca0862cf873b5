/** Firehose's conversion of a record: what the OpenX deserializer makes of JSON, and the errors of what does not fit. */
import type { ColumnType } from "../../../../lake/columns";
import { ConversionError, convertRecord } from "../../../../local/services/firehose/convertRecord";

const convert = (text: string, type: ColumnType = "string") => convertRecord(Buffer.from(text), [{ name: "v", type }]);

test.each<[string, ColumnType, string]>([
  ["9007199254740993", "bigint", "9007199254740993"],
  ['"17"', "bigint", "17"],
  ['"1.5"', "double", "1.5"],
  ['"True"', "boolean", "true"],
  ['"2026-1-2"', "date", '"2026-01-02"'],
  ['"2017-02-07T15:13:01.39256Z"', "timestamp", '"2017-02-07 15:13:01.39256"'],
  ['"2017-2-7 5:13:01.14"', "timestamp", '"2017-02-07 05:13:01.14"'],
  ["1518033528", "timestamp", '"2018-02-07 19:58:48.000"'],
  ["1518033528123", "timestamp", '"2018-02-07 19:58:48.123"'],
  ["1518033528.123", "timestamp", '"2018-02-07 19:58:48.123"'],
  ['{"a": 1}', "string", '"{\\"a\\":1}"'],
  ['[1,"2",null]', "array<bigint>", "[1,2,null]"],
  ["7", "array<bigint>", "[7]"],
])("%s as %s", (value, type, json) => {
  expect(convert(`{"v":${value}}`, type)).toBe(`{"v":${json}}\n`);
});

test("a record may have several objects, with names in any case; nulls and other fields are left out", () => {
  expect(convert('{"V":"a"}{"v":null}\n {"w":1}\n')).toBe('{"v":"a"}\n{}\n{}\n');
});

test.each<[string, string, ColumnType, string, string]>([
  ["no JSON", '{"v":1', "bigint", "ParseError", "Encountered malformed JSON. "],
  ["brackets that do not match", '{"v":[1}}', "bigint", "ParseError", "Encountered malformed JSON. "],
  ["nothing", " \n", "bigint", "MalformedData", "The record was empty or contained only whitespace."],
  ["a list", "[1]", "bigint", "MalformedData", "Data does not match the schema. A JSON object is required."],
  ["a word", '{"v":"oops"}', "double", "MalformedData", 'Data does not match the schema. For input string: "oops"'],
  [
    "a word after an object that fits",
    '{"v":1}{"v":"oops"}',
    "bigint",
    "MalformedData",
    "Data does not match the schema.",
  ],
  ["a fraction", '{"v":1.5}', "bigint", "MalformedData", 'Data does not match the schema. For input string: "1.5"'],
  [
    "65 bits",
    '{"v":9223372036854775808}',
    "bigint",
    "MalformedData",
    "Data does not match the schema. For input string:",
  ],
  ["an offset", '{"v":"2026-11-20T10:00:00+01:00"}', "timestamp", "MalformedData", "Data does not match the schema."],
  ["a day", '{"v":"2026-02-30"}', "date", "MalformedData", "Data does not match the schema."],
  [
    "an object",
    '{"v":{}}',
    "date",
    "MalformedData",
    "Data does not match the schema. A date cannot hold a JSON object.",
  ],
])("%s fails the whole record", (_what, text, type, code, message) => {
  let thrown: unknown;
  try {
    convert(text, type);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(ConversionError);
  expect((thrown as ConversionError).code).toBe(`DataFormatConversion.${code}`);
  expect((thrown as ConversionError).message.startsWith(message)).toBe(true);
});
