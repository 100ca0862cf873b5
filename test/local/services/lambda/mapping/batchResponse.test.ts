/** What each shape of a partial batch response means. */
import { readBatchResponse } from "../../../../../local/services/lambda/mapping/batchResponse";

const BATCH = ["99", "100", "101"];

test.each([
  ["{}", {}],
  ["null", null],
  ["nothing", undefined],
  ["an empty text", ""],
  ["[]", []],
  ["an empty list", { batchItemFailures: [] }],
  ["a null list", { batchItemFailures: null }],
  ["another key", { failures: [{ itemIdentifier: "99" }] }],
])("%s is success", (_name, response) => {
  expect(readBatchResponse(response, BATCH)).toBeUndefined();
});

test.each([
  ["an empty identifier", { batchItemFailures: [{ itemIdentifier: "" }] }],
  ["a null identifier", { batchItemFailures: [{ itemIdentifier: null }] }],
  ["an identifier that is a number", { batchItemFailures: [{ itemIdentifier: 101 }] }],
  ["an identifier under another key", { batchItemFailures: [{ id: "101" }] }],
  ["an identifier that is not in the batch", { batchItemFailures: [{ itemIdentifier: "102" }] }],
  ["one good identifier and one unknown", { batchItemFailures: [{ itemIdentifier: "101" }, { itemIdentifier: "7" }] }],
  ["a null item", { batchItemFailures: [null] }],
  ["a text item", { batchItemFailures: ["101"] }],
  ["a list that is an object", { batchItemFailures: { itemIdentifier: "101" } }],
  ["a text", "ok"],
  ["a number", 3],
])("%s fails the whole batch", (_name, response) => {
  expect(readBatchResponse(response, BATCH)).toBe(0);
});

test("the lowest of several sequence numbers counts, by value and in any order", () => {
  const failures = [{ itemIdentifier: "101" }, { itemIdentifier: "100" }];
  expect(readBatchResponse({ batchItemFailures: failures }, BATCH)).toBe(1);
});

test("ten thousand failures in one response are read in linear time", () => {
  const batch = Array.from({ length: 10_000 }, (_, index) => String(index));
  const batchItemFailures = batch.map((itemIdentifier) => ({ itemIdentifier })).reverse();
  expect(readBatchResponse({ batchItemFailures }, batch)).toBe(0);
});
