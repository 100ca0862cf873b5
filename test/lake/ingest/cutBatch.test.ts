/** Bodies of requests become records by their content type; hostile ones are refused within bounded time and memory. */
import { gzipSync } from "node:zlib";
import { type CutOptions, cutBatch, oneRecord } from "../../../lake/ingest/cutBatch";
import { digestKey } from "../../../lake/ingest/partitionKey";

const OPTIONS: CutOptions = { rowsPerRecord: 50, maxRecordBytes: 1_048_576, maxRecords: 20_000, partitionKey: {} };
const NDJSON = "application/x-ndjson";

interface Given extends Partial<CutOptions> {
  type?: string | undefined;
  encoding?: string;
  key?: string;
}

const request = (body: string | Buffer, { type, encoding, key }: Given) => ({
  body: Buffer.from(body),
  contentType: type,
  contentEncoding: encoding,
  keyHeader: key,
});
const cut = (body: string | Buffer, given: Given) => cutBatch(request(body, given), { ...OPTIONS, ...given });
const payloads = (body: string | Buffer, given: Given) =>
  cut(body, given).map(({ payload }) => Buffer.from(payload).toString());

test.each([[NDJSON], ["application/ndjson"], ["application/jsonl"], ["Application/X-JsonLines; charset=utf-8"]])(
  "%s is lines",
  (type) => {
    expect(payloads('{"a":1}\r\n\n  \n {"a":2} \n{"a":3}', { type })).toEqual(['{"a":1}', ' {"a":2} ', '{"a":3}']);
  },
);

test("application/json is an array, and text/csv has rows with a header, unless it is absent", () => {
  expect(payloads('[{"a":1}, {"a":2}]', { type: "application/json" })).toEqual(['{"a":1}', '{"a":2}']);
  expect(payloads("a,b\n1,2\n", { type: "text/csv; charset=utf-8" })).toEqual(["a,b\n1,2\n"]);
  expect(payloads("a,b\n1,2\n", { type: 'text/csv; header="absent"', rowsPerRecord: 1 })).toEqual(["a,b\n", "1,2\n"]);
});

test("a byte order mark belongs to no record", () => {
  expect(payloads("\ufeff[1]", { type: "application/json" })).toEqual(["1"]);
  expect(payloads("\ufeff1\n2", { type: NDJSON })).toEqual(["1", "2"]);
  expect(payloads("\ufeffa,b\n1,2", { type: "text/csv" })).toEqual(["a,b\n1,2"]);
});

test("bytes that are not UTF-8 stay as they are", () => {
  const broken = Buffer.from([0x7b, 0xff, 0xfe, 0x7d]);
  const [record] = cut(Buffer.concat([broken, Buffer.from("\n")]), { type: NDJSON });
  expect(Buffer.from(record?.payload ?? [])).toEqual(broken);
});

test("the key is the header's, else the pointer's or the column's, else a digest of the record", () => {
  const partitionKey = { header: "x-key", pointer: "/id", column: "id" };
  const keys = (body: string, given: Given) =>
    cut(body, { partitionKey, ...given }).map((record) => record.partitionKey);
  expect(keys('{"id":"a"}\n{"id":2}\n{}', { type: NDJSON })).toEqual(["a", "2", digestKey(Buffer.from("{}"))]);
  expect(keys('{"id":"a"}\n{}', { type: NDJSON, key: "all" })).toEqual(["all", "all"]);
  expect(keys("id,v\na,1\na,2\nb,3\n", { type: "text/csv" })).toEqual(["a", "b"]);
  expect(keys("id,v\na,1\na,2\nb,3\n", { type: "text/csv", key: "all" })).toEqual(["all"]);
  expect(keys("v,w\n1,2\n", { type: "text/csv" })).toEqual([digestKey(Buffer.from("v,w\n1,2\n"))]);
});

test("one record is the body, byte for byte, also if it is compressed or not text", () => {
  const packed = gzipSync('{"a":1}');
  const record = oneRecord(request(packed, {}), OPTIONS);
  expect(record).toEqual({ payload: packed, partitionKey: digestKey(packed), rows: 1 });
  const keyed = { ...OPTIONS, partitionKey: { pointer: "/a" } };
  expect(oneRecord(request('{"a":1}', {}), keyed).partitionKey).toBe("1");
  expect(oneRecord(request('{"a":1}', { key: "k" }), keyed).partitionKey).toBe("k");
});

test("a record has at most as many bytes as the stream takes, its key included", () => {
  const options = { ...OPTIONS, maxRecordBytes: 100 };
  expect(oneRecord(request("x".repeat(68), {}), options).payload.length).toBe(68);
  expect(() => oneRecord(request("x".repeat(69), {}), options)).toThrow(
    "The record has 101 bytes with its stream partition key, and the stream takes at most 100: send a smaller one.",
  );
  expect(() => oneRecord(request("", {}), options)).toThrow("The body is empty: send one record.");
});

const TYPE =
  "The content type is not that of a batch: send application/x-ndjson, application/json (an array) or text/csv, or send any other format to /records.";
const COMPRESSED =
  "The batch is compressed, and only whole records may be: send it uncompressed, or send each compressed record to /records.";

test.each<[string, string | Buffer, Given, number, string]>([
  ["no content type", "1\n2", {}, 415, TYPE],
  ["another type", "<a/>", { type: "application/xml" }, 415, TYPE],
  ["a prefix of a type", "1", { type: "application/json5" }, 415, TYPE],
  ["an encoding", "1", { type: NDJSON, encoding: "br" }, 415, COMPRESSED],
  ["a gzip bomb", gzipSync(Buffer.alloc(50_000_000, "1\n")), { type: NDJSON }, 415, COMPRESSED],
  [
    "a gzip bomb with its encoding",
    gzipSync(Buffer.alloc(50_000_000)),
    { type: NDJSON, encoding: "gzip" },
    415,
    COMPRESSED,
  ],
  ["zstd", Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0]), { type: NDJSON }, 415, COMPRESSED],
  ["an empty body", "", { type: NDJSON }, 400, "The batch of 0 bytes has no record: send at least one."],
  ["blank lines", " \n\r\n\n", { type: NDJSON }, 400, "The batch of 5 bytes has no record: send at least one."],
  ["an empty array", "[]", { type: "application/json" }, 400, "The batch of 2 bytes has no record: send at least one."],
  [
    "a header without rows",
    "a,b\n",
    { type: "text/csv" },
    400,
    "The batch of 4 bytes has no record: send at least one.",
  ],
  [
    "a line of 10 MB",
    `{}\n${"x".repeat(10_000_000)}`,
    { type: NDJSON },
    413,
    "The line 2 has 10000032 bytes with its stream partition key, and the stream takes at most 1048576: send a smaller one.",
  ],
  [
    "an element of 10 MB",
    `[1,"${"x".repeat(10_000_000)}"]`,
    { type: "application/json" },
    413,
    "The element 2 has 10000034 bytes with its stream partition key, and the stream takes at most 1048576: send a smaller one.",
  ],
  [
    "a row of 10 MB",
    `a,b\n${"x".repeat(10_000_000)},1\n`,
    { type: "text/csv" },
    413,
    "The row 1 has 1114108 bytes with its stream partition key, and the stream takes at most 1048576: send a smaller one.",
  ],
  [
    "100,000 tiny lines",
    "1\n".repeat(100_000),
    { type: NDJSON },
    413,
    "The batch has more than 20000 records: send it in several requests.",
  ],
  [
    "100,000 tiny elements",
    `[${"1,".repeat(99_999)}1]`,
    { type: "application/json" },
    413,
    "The batch has more than 20000 records: send it in several requests.",
  ],
  [
    "3,000,000 tiny rows",
    "a\n".repeat(3_000_000),
    { type: "text/csv" },
    413,
    "The batch has more than 20000 records: send it in several requests.",
  ],
  [
    "a long header with tiny rows",
    `${"h".repeat(500_000)}\n${"1\n".repeat(100_000)}`,
    { type: "text/csv" },
    413,
    "The records of the batch have more than 33554432 bytes, because each repeats the header: send fewer rows in a request.",
  ],
  [
    "5,000,000 brackets",
    "[".repeat(5_000_000),
    { type: "application/json" },
    400,
    "The JSON array is not closed (position 5000000 of 5000000 bytes): send one whole array.",
  ],
  [
    "5,000,000 quotes",
    '"'.repeat(5_000_001),
    { type: "text/csv" },
    413,
    "The row 1 has 1114112 bytes with its stream partition key, and the stream takes at most 1048576: send a smaller one.",
  ],
])("%s is refused", (_name, body, given, status, detail) => {
  expect(() => cut(body, given)).toThrow(expect.objectContaining({ status, detail }));
});

test("100,000 tiny rows of CSV are 2,000 records, and 5 MB of 20,000 rows are 400", () => {
  expect(cut(`a,b\n${"1,2\n".repeat(100_000)}`, { type: "text/csv" })).toHaveLength(2000);
  expect(cut(`a,b\n${`1,${"x".repeat(247)}\n`.repeat(20_000)}`, { type: "text/csv" })).toHaveLength(400);
});
