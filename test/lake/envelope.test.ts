import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { rawLineWriter, readLines, readUnformattedLine, recordId, rowIdOf, unformattedLine } from "../../lake/envelope";
import { readRawLine } from "./support/readRawLine";
import { record } from "./support/records";

const names = fc.oneof(fc.string({ unit: "grapheme" }), fc.constantFrom('","data":', '"', "\\", "\n", "}"));

test("a record's identity is its shard, its sequence number and its part", () => {
  expect(recordId("shardId-000000000003", "4965")).toBe("shardId-000000000003/4965/0");
});

test("a line of raw/ reads back, its data as the text it was", () => {
  const line = rawLineWriter(record(4965, ""), "clicks", "json")(17, '{"a": 1.10, "b": ",\\"data\\":"}');
  expect(readRawLine(line.trimEnd())).toEqual({
    id: "shardId-000000000003/4965/0.17",
    arrived: "2026-11-20T10:04:09.123Z",
    format: "json",
    stream: "clicks",
    key: "u-17",
    json: '{"a": 1.10, "b": ",\\"data\\":"}',
  });
});

test("whatever stream, stream partition key and data hold, a line of raw/ is one line of JSON and reads back", () => {
  fc.assert(
    fc.property(names, names, fc.nat(), fc.dictionary(names, names), (stream, key, index, data) => {
      const json = JSON.stringify(data);
      const line = rawLineWriter(record(1, "", { partitionKey: key }), stream, "json")(index, json);
      expect(line.indexOf("\n")).toBe(line.length - 1);
      const read = readRawLine(line.slice(0, -1));
      expect(read).toMatchObject({ stream, key, json });
      expect(rowIdOf(line)).toBe(read.id);
      expect(JSON.parse(line)).toEqual(expect.objectContaining({ _id: read.id, data: JSON.parse(json) }));
    }),
  );
});

test.each(["", "{}", '{"id":"x"}', '{"_id":"x","data":{"a":1', "\u0000\u0001"])("%p is not a line of raw/", (line) => {
  expect(() => readRawLine(line)).toThrow(`lake: a line of ${line.length} characters is not a row of raw/`);
});

test.each(["", "{}", '{"id":"x"}', '{"_id":"x'])("%p has no id", (line) => {
  expect(() => rowIdOf(line)).toThrow(`lake: a line of ${line.length} characters is not a row of raw/`);
});

test("a line of unformatted/ gives back the record's bytes, whatever they are", () => {
  fc.assert(
    fc.property(fc.uint8Array(), names, (payload, key) => {
      const line = unformattedLine(record(1, payload, { partitionKey: key }), "clicks", {
        reason: "empty",
        detail: "d",
      });
      const read = readUnformattedLine(line.trimEnd());
      expect({ ...read, payload: [...read.payload] }).toEqual({
        id: "shardId-000000000003/1/0",
        arrived: "2026-11-20T10:04:09.123Z",
        reason: "empty",
        detail: "d",
        stream: "clicks",
        key,
        payload: [...payload],
      });
    }),
  );
});

test("a payload that is part of a larger buffer is written alone", () => {
  const part = Uint8Array.from([1, 2, 3, 4]).subarray(1, 3);
  expect(readUnformattedLine(unformattedLine(record(1, part), "s", { reason: "format", detail: "" })).payload).toEqual(
    Buffer.from([2, 3]),
  );
});

test("an object's lines come without their newlines", () => {
  expect(readLines(gzipSync("a\nb\n"))).toEqual(["a", "b"]);
});

test("an object that was cut short does not read", () => {
  expect(() => readLines(gzipSync("a\nb"))).toThrow("lake: the object does not end with a newline");
  expect(() => readLines(gzipSync("a\nb\n").subarray(0, 12))).toThrow("unexpected end of file");
});
