/** What is an aggregated record, and what only looks like one. */

import { createHash } from "node:crypto";
import { isAggregated, unaggregate } from "../../formats/aggregated";
import { aggregate } from "./support/aggregate";

const MAGIC = Buffer.from("f3899ac2", "hex");
const sealed = (message: Buffer) => Buffer.concat([MAGIC, message, createHash("md5").update(message).digest()]);
const message = (hex: string) => sealed(Buffer.from(hex.replaceAll(" ", ""), "hex"));

test("the documented message, with an explicit hash key and tags, gives its user records", () => {
  // Partition keys "a" and "b", hash key "7"; record (1, 0, "x"), record (0, -, "", tag {k: v}).
  const bytes = message("0a0161 0a0162 120137 1a07 0801 1000 1a0178 1a0c 0800 1a00 2206 0a016b 120176");
  expect(unaggregate(bytes)).toEqual([
    { partitionKey: "b", payload: Buffer.from("x") },
    { partitionKey: "a", payload: Buffer.from("") },
  ]);
});

test("what is packed begins with the magic and ends with the checksum", () => {
  const bytes = aggregate([{ partitionKey: "a", payload: Buffer.from("x") }]);
  expect(bytes.toString("hex")).toBe(
    `f3899ac20a01611a0508001a0178${createHash("md5").update(Buffer.from("0a01611a0508001a0178", "hex")).digest("hex")}`,
  );
});

describe("ordinary bytes are", () => {
  const whole = aggregate([{ partitionKey: "a", payload: Buffer.from('{"a":1}') }]);
  const changed = (at: number) => Buffer.from(whole.map((byte, index) => (index === at ? byte ^ 1 : byte)));
  test.each<[string, Buffer]>([
    ["text", Buffer.from('{"a":1}')],
    ["no bytes", Buffer.alloc(0)],
    ["the magic alone", MAGIC],
    ["another magic", changed(3)],
    ["a changed byte", changed(9)],
    ["a changed checksum", changed(whole.length - 1)],
    ["a record cut short", whole.subarray(0, whole.length - 1)],
    ["a message without user records", message("0a0161")],
    ["an empty message", message("")],
    ["a partition key that there is not", message("0a0161 1a05 0801 1a0178")],
    ["a user record without partition key", message("0a0161 1a03 1a0178")],
    ["a user record without data", message("0a0161 1a02 0800")],
    ["a field longer than the message", message("0a0161 1a7f 0800")],
    ["a number without end", message("08ffffffffffffffffffffff")],
    ["a field of another type", message("0d00000000")],
    ["field number 0", message("0000")],
  ])("%s", (_, bytes) => {
    expect(unaggregate(bytes)).toBeUndefined();
  });
});

test("no text begins as an aggregated record does", () => {
  expect(isAggregated(Buffer.from("F3899AC2"))).toBe(false);
});
