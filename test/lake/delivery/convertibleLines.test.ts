/** The lines that Firehose converts to Parquet: the values of declared columns, each in its column's type. */
import type { Column } from "../../../lake/columns";
import { convertibleLines } from "../../../lake/delivery/convertibleLines";

const RECORD = {
  shard: "shardId-000000000003",
  sequenceNumber: "4965",
  partitionKey: "k",
  arrivedMillis: Date.parse("2026-11-20T10:04:09.123Z"),
  payload: new Uint8Array(),
};
const HEAD = '{"_id":"shardId-000000000003/4965/0.2","_arrived":"2026-11-20T10:04:09.123Z","_format":"json"';

const lineOf = (json: string, ...columns: Column[]) => convertibleLines(columns)(RECORD, "json")(2, json);

test.each<[string, Column["type"], string, string | undefined]>([
  ["an integer keeps its digits", "bigint", "9007199254740993", "9007199254740993"],
  ["an integer in a string", "bigint", '" 17.0 "', "17"],
  ["a double", "double", "1e400", undefined],
  ["a small double", "double", "5e-324", "5e-324"],
  ["a boolean", "boolean", '"TRUE"', "true"],
  ["a time with an offset, in UTC", "timestamp", '"2026-11-20T11:04:09.1234567+01:00"', '"2026-11-20 10:04:09.123456"'],
  ["a day", "date", '"2026-02-29"', undefined],
  ["an object in a string column", "string", '{"b": 1, "a": [2]}', '"{\\"b\\":1,\\"a\\":[2]}"'],
  ["half a surrogate pair", "string", '"a\\ud83d"', '"a\ufffd"'],
  ["a list", "array<bigint>", '[1, "2", null]', "[1,2,null]"],
  ["a list of strings", "array<string>", '["a", 1.50, {"b":1}]', '["a","1.5","{\\"b\\":1}"]'],
  ["a list with a value of another type", "array<bigint>", '[1, "x"]', undefined],
  ["a value that is no list", "array<bigint>", "1", undefined],
])("%s", (_what, type, value, json) => {
  const line = lineOf(`{"value":${value}}`, { name: "value", type });
  expect(line).toEqual(
    json === undefined
      ? { reason: "schema", detail: `a value of value does not convert to ${type}`, format: "json" }
      : `${HEAD},"value":${json}}\n`,
  );
});

test("nulls, empty texts, and fields without a column are left out", () => {
  const columns: Column[] = [
    { name: "n", type: "bigint" },
    { name: "tags", type: "array<string>" },
    { name: "shop", type: "string" },
    { name: "absent", type: "date" },
  ];
  expect(lineOf('{"n":"","tags":"","shop":null,"more":1}', ...columns)).toBe(`${HEAD}}\n`);
});

test("a column has the value of its path, or of the field whose path flattens to its name", () => {
  const columns: Column[] = [
    { name: "sku", type: "string", path: ["Item No."] },
    { name: "buyer_name", type: "string" },
  ];
  expect(lineOf('{"Item No.":"A1","Buyer":{"Name":"Ann"}}', ...columns)).toBe(
    `${HEAD},"sku":"A1","buyer_name":"Ann"}\n`,
  );
});
