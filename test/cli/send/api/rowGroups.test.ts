/** Requests of rows: which bytes go where, and how many rows together. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { inputRecords } from "../../../../cli/input/readInput";
import { requestOf, rowGroups } from "../../../../cli/send/api/rowGroups";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), "groups-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

async function requests(files: Record<string, string | Buffer>, limits = {}, reading = {}) {
  const names = Object.keys(files).map((name) => {
    writeFileSync(path.join(dir, name), files[name] as string);
    return path.join(dir, name);
  });
  const options = { rowsPerRecord: 1, maxRecordBytes: 1_000_000, stdin: (async function* () {})(), ...reading };
  const groups = rowGroups(inputRecords(names, options), { rows: 3, bytes: 1000, ...limits });
  const found: [string, string, string, number[]][] = [];
  for await (const group of groups) {
    const { path: target, contentType, body } = requestOf(group);
    found.push([target, contentType, body.toString("latin1"), group.rows.map(({ number }) => number)]);
  }
  return found;
}

test("CSV goes with its header in each batch, other text line by line", async () => {
  const csv = "id,name\r\n1,a\r\n2,b\r\n3,c\r\n4,d";
  expect(await requests({ "a.csv": csv, "b.ndjson": '{"id":5}\n{"id":6}', "c.json": '[{"id":\n7},8]' })).toEqual([
    ["/batches", "text/csv", "id,name\r\n1,a\r\n2,b\r\n3,c\r\n", [1, 2, 3]],
    ["/batches", "text/csv", "id,name\r\n4,d\n", [4]],
    ["/batches", "application/x-ndjson", '{"id":5}\n{"id":6}\n', [1, 2]],
    ["/batches", "application/x-ndjson", '{"id": 7}\n8\n', [1, 2]],
  ]);
});

test("each line of NDJSON ends in a line feed, also after carriage returns", async () => {
  expect(await requests({ "a.ndjson": '{"id":1}\r\r\n{"id":2}\r\n{"id":3}\r' })).toEqual([
    [
      "/batches",
      "application/x-ndjson",
      expect.stringMatching(/^\{"id":1\}\r*\n\{"id":2\}\r*\n\{"id":3\}\r*\n$/),
      [1, 2, 3],
    ],
  ]);
});

test("CSV without its header says so", async () => {
  expect(await requests({ "a.csv": "id,name\n1,a\n2,b\n" }, {}, { withHeader: false })).toEqual([
    ["/batches", "text/csv; header=absent", "1,a\n2,b\n", [1, 2]],
  ]);
});

test("a batch has at most as many bytes as the limit, unless one row has more", async () => {
  const rows = ["1,aaaaaaaaaaaaaaaaaaaa", "2,b", "3,c", "4,d"];
  const found = await requests({ "a.csv": ["id,x", ...rows].join("\n") }, { bytes: 14, rows: 10 });
  expect(found.map(([, , body]) => body)).toEqual([
    "id,x\n1,aaaaaaaaaaaaaaaaaaaa\n",
    "id,x\n2,b\n3,c\n",
    "id,x\n4,d\n",
  ]);
});

test("what is no text and no line goes alone, byte for byte", async () => {
  const binary = Buffer.from([0x53, 0x4c, 0, 0xff, 0x0a, 1]);
  const broken = '{\n"id":1}\n{"id":\n]';
  expect(await requests({ "a.xml": "<a>\n<b/>\n</a>", "b.bin": binary, "c.json": broken })).toEqual([
    ["/records", "application/octet-stream", "<a>\n<b/>\n</a>", [1]],
    ["/records", "application/octet-stream", binary.toString("latin1"), [1]],
    ["/batches", "application/x-ndjson", '{ "id":1}\n', [1]],
    ["/records", "application/octet-stream", '{"id":\n]', [2]],
  ]);
});

test("CSV that is not UTF-8 goes as records of bytes, which API Gateway does not change", async () => {
  const latin = Buffer.concat([Buffer.from("id,name\n1,a\n2,Z"), Buffer.from([0xfc]), Buffer.from("rich\n3,c\n4,d\n")]);
  expect(await requests({ "a.csv": latin })).toEqual([
    ["/records", "application/octet-stream", "id,name\n1,a\n2,Z\xfcrich\n3,c\n", [1, 2, 3]],
    ["/batches", "text/csv", "id,name\n4,d\n", [4]],
  ]);
});
