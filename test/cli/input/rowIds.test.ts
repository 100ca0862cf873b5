/** Ids of rows: the same for the same content, in a column that rows of each format can have. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { inputSteps } from "../../../cli/input/inputSteps";
import { readInputs } from "../../../cli/input/readInput";
import { addRowIds, contentDigest, rowIdProblem } from "../../../cli/input/rowIds";
import { avro } from "../../../formats/avro/avro";

const DIGEST = "00112233445566778899aabbccddeeff";
const PREFIX = "0011223344556677";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), "row-ids-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

async function read(name: string, content: string | Buffer) {
  const file = path.join(dir, name);
  writeFileSync(file, content);
  const steps = inputSteps();
  const options = {
    ...{ rowsPerRecord: 1, maxRecordBytes: 1000, stdin: (async function* () {})(), ...steps },
    rowIds: () => addRowIds("row_id", DIGEST, name),
  };
  const found: string[] = [];
  for await (const { payload } of readInputs([file], options)) found.push(Buffer.from(payload).toString());
  return { found, notes: steps.notes({ files: [file], bytes: 0, note: undefined }, dir) };
}

test("the column is the first of CSV, with the delimiter of the file, and the other bytes stay", async () => {
  const { found } = await read("a.csv", '\ufeffid;name\r\n1;"a;\r\nb"\r\n\r\n2\r\n3;c;d');
  expect(found).toEqual([
    `row_id;id;name\r\n${PREFIX}-1;1;"a;\r\nb"\r\n`,
    `row_id;id;name\r\n${PREFIX}-2;2\r\n`,
    `row_id;id;name\r\n${PREFIX}-3;3;c;d`,
  ]);
});

test("it is the first member of JSON objects, and the other bytes stay", async () => {
  const { found, notes } = await read("a.ndjson", ' {"id": 1.0}\n{}\n\n{"o":{"row_id":1}}\n{"é":"\\u00e9"}');
  expect(found).toEqual([
    ` {"row_id":"${PREFIX}-1","id": 1.0}`,
    `{"row_id":"${PREFIX}-2"}`,
    `{"row_id":"${PREFIX}-3","o":{"row_id":1}}`,
    `{"row_id":"${PREFIX}-4","é":"\\u00e9"}`,
  ]);
  expect(notes).toEqual([]);
});

test("what is no JSON object is sent as it is, and counted", async () => {
  const { found, notes } = await read("a.json", '[{"id":1}, 2, [3], {"id":4}, {"id":}]');
  expect(found).toEqual([`{"row_id":"${PREFIX}-1","id":1}`, "2", "[3]", `{"row_id":"${PREFIX}-4","id":4}`, '{"id":}']);
  expect(notes).toEqual(["a.json: 3 records without an id, because only JSON objects have members"]);
});

test("rows of Avro, which are sent as NDJSON, have it too", async () => {
  const schemas = [{ type: "record", name: "order", fields: [{ name: "id", type: "long" }] }];
  const { found } = await read("a.avro", Buffer.from(avro.encode([{ id: 5 }], { schemas })));
  expect(found).toEqual([`{"row_id":"${PREFIX}-1","id":5}\n`]);
});

test.each([
  ["a.csv", 'id,"row_id"\n1,2\n'],
  ["a.ndjson", '{"id":1,"row_id":null}\n{"id":2}'],
])("rows of %s that have the column already are refused", async (name, content) => {
  await expect(read(name, content)).rejects.toThrow(
    `${name}: its rows have a column "row_id"; choose another name with --row-id`,
  );
});

test("the digest is that of the content, packed or not", async () => {
  const [plain, packed, other] = ["a", "a.gz", "b"].map((name) => path.join(dir, name)) as [string, string, string];
  writeFileSync(plain, "id\n1\n");
  writeFileSync(packed, gzipSync("id\n1\n"));
  writeFileSync(other, "id\n2\n");
  expect(await contentDigest(packed)).toBe(await contentDigest(plain));
  expect(await contentDigest(plain)).toBe("7cde7fb64fd82bd152710cf238e017b9ab46c0592483edc067ba4f6c75fac108");
  expect(await contentDigest(other)).not.toBe(await contentDigest(plain));
});

test("XML and binary data have no columns", () => {
  expect(["xml", "binary", "csv", "json", "parquet"].map((kind) => rowIdProblem(kind as "xml"))).toEqual([
    "XML, whose document is one record without columns",
    "binary data, which is one record without columns",
    undefined,
    undefined,
    undefined,
  ]);
});
