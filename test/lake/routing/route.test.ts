import fc from "fast-check";
import { FormatError } from "../../../formats/formatError";
import type { Unpacked } from "../../../formats/row";
import { readUnformattedLine } from "../../../lake/envelope";
import type { LandingObject } from "../../../lake/routing/landingObject";
import { landingObjects } from "../../../lake/routing/landingObjects";
import { ARRIVED, decodeLines, OPTIONS, record } from "../support/records";
import { routeBatch } from "../support/routeBatch";

const HOUR = 3_600_000;

test("a row lands in the envelope of its record, spliced, under a key that names the range", () => {
  const objects = routeBatch([record(4965, '{"amount": 1.10}')], decodeLines, {}, OPTIONS);
  expect(objects).toMatchObject([
    {
      key: "raw/records/dt=2026-11-20/hour=10/shardId-000000000003-4965-4965-1-dbc5e59ba9f3a22b4.ndjson.gz",
      kind: "raw",
      table: "records",
      hour: "2026-11-20T10",
      range: { shard: "shardId-000000000003", first: "4965", last: "4965", count: 1 },
      text:
        '{"_id":"shardId-000000000003/4965/0.0","_arrived":"2026-11-20T10:04:09.123Z","_format":"json",' +
        '"_stream":"clicks","_key":"u-17","data":{"amount": 1.10}}\n',
      refused: [],
    },
  ]);
});

test("a record that does not decode lands in unformatted/ with its bytes and the reason", () => {
  const objects = routeBatch([record(4966, "{")], decodeLines, {}, OPTIONS);
  expect(objects).toMatchObject([
    {
      key: "unformatted/records/dt=2026-11-20/hour=10/shardId-000000000003-4966-4966-1-dba942afe03d43895.ndjson.gz",
      kind: "unformatted",
      table: "records",
      hour: "2026-11-20T10",
      range: { shard: "shardId-000000000003", first: "4966", last: "4966", count: 1 },
      text:
        '{"id":"shardId-000000000003/4966/0","arrived":"2026-11-20T10:04:09.123Z","reason":"format",' +
        '"detail":"json: 1 bytes do not parse","stream":"clicks","key":"u-17","payload":"ew=="}\n',
      refused: [{ reason: "format", format: "json", records: 1 }],
    },
  ]);
});

test("a record of many rows counts its rows and numbers them", () => {
  const [object] = routeBatch([record(7, '{"a":1}\n{"a":2}\n{"a":3}'), record(9, '{"a":4}')], decodeLines, {}, OPTIONS);
  expect(object?.range).toEqual({ shard: "shardId-000000000003", first: "7", last: "9", count: 4 });
  expect(idsIn(object?.text)).toEqual([
    "shardId-000000000003/7/0.0",
    "shardId-000000000003/7/0.1",
    "shardId-000000000003/7/0.2",
    "shardId-000000000003/9/0.0",
  ]);
});

test("records of two hours land in two objects, each with its own range", () => {
  const batch = [
    record(1, "{}", { arrivedMillis: ARRIVED }),
    record(2, "{}", { arrivedMillis: ARRIVED + HOUR }),
    record(3, "{}", { arrivedMillis: ARRIVED }),
  ];
  expect(keysOf(batch)).toEqual([
    "raw/records/dt=2026-11-20/hour=10/shardId-000000000003-1-3-2-dc897e446a82b191c.ndjson.gz",
    "raw/records/dt=2026-11-20/hour=11/shardId-000000000003-2-2-1-debbb15517f4b7914.ndjson.gz",
  ]);
});

test("the range is of sequence numbers, not of places in the batch", () => {
  expect(keysOf([record(10, "{}"), record(9, "{}"), record(100, "{}"), record(11, "{}")])).toEqual([
    "raw/records/dt=2026-11-20/hour=10/shardId-000000000003-9-100-4-d3c5f7cea372a941d.ndjson.gz",
  ]);
});

test("records of two shards never share an object", () => {
  expect(keysOf([record(1, "{}"), record(1, "{}", { shard: "shardId-000000000004" })])).toEqual([
    "raw/records/dt=2026-11-20/hour=10/shardId-000000000003-1-1-1-ded0df6e73b9dfba2.ndjson.gz",
    "raw/records/dt=2026-11-20/hour=10/shardId-000000000004-1-1-1-d30d7e03f6167ed48.ndjson.gz",
  ]);
});

test("an object that grows past the limit is closed before the next record, never inside one", () => {
  const batch = [1, 2, 3, 4, 5].map((sequence) => record(sequence, `{"a":1}\n{"b":2}`));
  const line = routeBatch(batch.slice(0, 1), decodeLines, {}, OPTIONS)[0]?.text.length ?? 0;
  const options = { ...OPTIONS, maxGatheredCharacters: line * 1.5 };
  expect(
    routeBatch(batch, decodeLines, {}, options).map(({ range }) => [range.first, range.last, range.count]),
  ).toEqual([
    ["1", "2", 4],
    ["3", "4", 4],
    ["5", "5", 2],
  ]);
});

test("a full object is handed over before the records after it are decoded", async () => {
  let decoded = 0;
  const decode: typeof decodeLines = (payload) => {
    decoded += 1;
    return decodeLines(payload);
  };
  const objects = landingObjects(
    [record(1, "{}"), record(2, "{}")],
    decode,
    {},
    { ...OPTIONS, maxGatheredCharacters: 1 },
  );
  expect((await objects.next()).value).toMatchObject({ range: { first: "1", last: "1" } });
  expect(decoded).toBe(1);
});

test.each([
  ["the text that it has become", { unpackedBytes: 1_000, values: 1_000, characters: 1_200 }, 2],
  ["what was unpacked", { unpackedBytes: 15, values: 1_000, characters: 10_000 }, 2],
  ["its values", { unpackedBytes: 1_000, values: 250, characters: 10_000 }, 3],
  ["its values and a sixteenth of what was unpacked", { unpackedBytes: 1_000, values: 201, characters: 10_000 }, 2],
  ["the same, which is a quarter more", { unpackedBytes: 1_000, values: 201.25, characters: 10_000 }, 3],
  ["neither, as long as neither is passed", { unpackedBytes: 40, values: 402.5, characters: 10_000 }, 4],
  ["its first record, however large", { unpackedBytes: 0, values: 0, characters: 0 }, 1],
])("a batch ends behind the record that passes the bounds by %s", async (_, bounds, routed) => {
  const batch = [1, 2, 3, 4].map((sequence) => record(sequence, '{"a":1}'));
  const decode = (payload: Uint8Array, unpacked: Unpacked = { bytes: 0, values: 0 }) => {
    unpacked.bytes += 10;
    unpacked.values += 100;
    return decodeLines(payload);
  };
  const objects = landingObjects(batch, decode, {}, { ...OPTIONS, bounds });
  const { range } = (await objects.next()).value as LandingObject;

  expect([range.first, range.last, range.count]).toEqual(["1", String(routed), routed]);
  expect(await objects.next()).toEqual({ done: true, value: routed });
});

test("a batch ends by what was unpacked of records that are refused", async () => {
  const batch = [1, 2, 3, 4].map((sequence) => record(sequence, "x"));
  const decode = (_: Uint8Array, unpacked: Unpacked = { bytes: 0, values: 0 }) => {
    unpacked.bytes += 10_000;
    throw new FormatError("avro", "detail");
  };
  const bounds = { unpackedBytes: 15_000, values: 100_000, characters: 100_000 };
  const objects = landingObjects(batch, decode, {}, { ...OPTIONS, bounds });

  expect((await objects.next()).value).toMatchObject({ range: { first: "1", last: "2" } });
  expect(await objects.next()).toEqual({ done: true, value: 2 });
});

test("a decoder that fails in its own way keeps the record and names the failure, without its message", () => {
  const decode = () => {
    throw new RangeError("secret payload");
  };
  const [object] = routeBatch([record(1, "x")], decode, {}, OPTIONS);
  expect(readUnformattedLine(object?.text.trimEnd() ?? "")).toMatchObject({
    reason: "format",
    detail: "the decoder failed with RangeError",
  });
});

test.each(["too-large", "limits", "checksum", "empty", "format"] as const)(
  "the decoder's reason %s is kept",
  (reason) => {
    const decode = () => {
      throw new FormatError("csv", "detail", reason);
    };
    const [object] = routeBatch([record(1, "x")], decode, {}, OPTIONS);
    expect(object?.refused).toEqual([{ reason, format: "csv", detail: "csv: detail", records: 1 }]);
  },
);

test("rows of formats that are not JSON are written as JSON, exactly", () => {
  const decode = () => ({ format: "binary", rows: [{ row: { big: 18446744073709551615n, text: "é" } }] });
  const [object] = routeBatch([record(1, "x")], decode, {}, OPTIONS);
  expect(object?.text).toContain(
    '"_format":"binary","_stream":"clicks","_key":"u-17","data":{"big":18446744073709551615,"text":"é"}}\n',
  );
});

test("a partition key with quotes and newlines stays one line", () => {
  const [object] = routeBatch([record(1, "{}", { partitionKey: 'a"\n\u2028,"data":' })], decodeLines, {}, OPTIONS);
  expect(object?.text.split("\n")).toHaveLength(2);
  expect(JSON.parse(object?.text ?? "")).toMatchObject({ _key: 'a"\n\u2028,"data":', data: {} });
});

test("whatever a batch holds, each record is in exactly one kind of object, and its bytes come back from unformatted/", () => {
  const payload = fc.oneof(fc.constant('{"a":1}'), fc.constant('{"a":1}\n{"b":[2]}'), fc.string(), fc.uint8Array());
  fc.assert(
    fc.property(fc.array(fc.tuple(payload, fc.integer({ min: 0, max: 3 * HOUR }))), (records) => {
      const batch = records.map(([content, after], index) =>
        record(index + 1, content, { arrivedMillis: ARRIVED + after }),
      );
      const objects = routeBatch(batch, decodeLines, {}, OPTIONS);
      const places = new Map<string, string>();
      for (const object of objects) {
        const lines = object.text.split("\n").slice(0, -1);
        expect(lines).toHaveLength(object.range.count);
        for (const line of lines) {
          const { _id, id } = JSON.parse(line) as { _id?: string; id?: string };
          const sequence = (_id ?? id ?? "").split("/")[1] ?? "";
          expect(places.get(sequence) ?? object.kind).toBe(object.kind);
          places.set(sequence, object.kind);
          if (object.kind === "raw") continue;
          const original = batch[Number(sequence) - 1]?.payload ?? [];
          expect([...readUnformattedLine(line).payload]).toEqual([...original]);
        }
      }
      expect(places.size).toBe(batch.length);
    }),
  );
});

test("a redelivered batch gives the same objects, and a batch cut elsewhere gives other keys", () => {
  const batch = [1, 2, 3, 4].map((sequence) => record(sequence, `{"n":${sequence}}`));
  expect(routeBatch(batch, decodeLines, {}, OPTIONS)).toEqual(routeBatch(batch, decodeLines, {}, OPTIONS));
  const cuts = [
    batch.slice(0, 3),
    batch.slice(0, 2),
    batch.slice(1),
    [batch[0], batch[2]].flatMap((each) => each ?? []),
  ];
  const keys = [batch, ...cuts].flatMap((cut) => keysOf(cut));
  expect(new Set(keys).size).toBe(5);
});

function keysOf(batch: ReturnType<typeof record>[]): string[] {
  return routeBatch(batch, decodeLines, {}, OPTIONS).map(({ key }) => key);
}

function idsIn(text = ""): string[] {
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => (JSON.parse(line) as { _id: string })._id);
}
