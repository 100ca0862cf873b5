import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { jsonValues } from "../../../cli/input/jsonValues";
import { lines } from "../../../cli/input/lines";
import { inputKind, readInputs } from "../../../cli/input/readInput";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), "input-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const write = (name: string, content: string | Buffer): string => {
  const file = path.join(dir, name);
  writeFileSync(file, content);
  return file;
};

async function read(files: string[], rowsPerRecord = 2, maxRecordBytes = 1024 * 1024) {
  const found: { text: string; partitionKey: string; format: string }[] = [];
  for await (const { payload, partitionKey, made } of readInputs(files, { rowsPerRecord, maxRecordBytes })) {
    found.push({ text: Buffer.from(payload).toString(), partitionKey, format: "format" in made ? made.format : "" });
  }
  return found;
}

test("a CSV file goes out as its header and some rows, byte for byte", async () => {
  const file = write("orders.csv", '\ufeffid;name\r\n1;"a\r\nb"\r\n2; x \r\n3;"q""q"');
  expect(await read([file])).toEqual([
    { text: 'id;name\r\n1;"a\r\nb"\r\n2; x \r\n', partitionKey: "orders.csv/1", format: "csv" },
    { text: 'id;name\r\n3;"q""q"', partitionKey: "orders.csv/2", format: "csv" },
  ]);
});

test("NDJSON goes out line by line, whatever the line ends; lines without content are none", async () => {
  const file = write("rows.ndjson", '{"a":1}\r\n\r\n{"a": 2.50}\n  \n{"a":3}');
  expect((await read([file])).map(({ text }) => text)).toEqual(['{"a":1}', '{"a": 2.50}', '{"a":3}']);
});

test("a JSON array goes out element by element, each with its own bytes", async () => {
  const file = write("rows.json", '\ufeff[ {"a": [1, {"b": "],}"}]},\n {"a":"\\"]"} , 1.10, [2,3]\n]\n');
  expect((await read([file])).map(({ text }) => text)).toEqual([
    '{"a": [1, {"b": "],}"}]}',
    '{"a":"\\"]"}',
    "1.10",
    "[2,3]",
  ]);
});

test("an object over several lines is one record", async () => {
  const file = write("one.json", '{\n  "a": {\n    "b": "}"\n  }\n}\n{\n"c":1\n}\n');
  expect((await read([file])).map(({ text }) => text)).toEqual(['{\n  "a": {\n    "b": "}"\n  }\n}', '{\n"c":1\n}']);
});

test("several files follow each other", async () => {
  const files = [write("a.ndjson", '{"a":1}\n'), write("b.csv", "x,y\n1,2\n")];
  expect((await read(files)).map(({ partitionKey }) => partitionKey)).toEqual(["a.ndjson/1", "b.csv/1"]);
});

test.each<[string, string | Buffer, string]>([
  ["a.csv", "a,b\n1,2\n", "csv"],
  ["b", "a|b\r1|2\r", "csv"],
  ["c", '  {"a":1}\n{"a":2}\n', "ndjson"],
  ["d", '{"a":1}', "ndjson"],
  ["e", '\n[{"a":1}]', "json array"],
  ["f", '{\n"a":1}', "json"],
])("%s is told by its content", async (name, content, kind) => {
  expect(await inputKind(write(name, content))).toBe(kind);
});

test.each<[string, string | Buffer, string]>([
  ["utf16.csv", Buffer.from("\ufeffa,b\n", "utf16le"), "FILE is UTF-16; convert it to UTF-8"],
  ["rows.csv.gz", Buffer.from([0x1f, 0x8b, 8, 0]), "FILE is compressed; decompress it first"],
  ["rows.parquet", "PAR1\u0015", "FILE is a Parquet file; convert it to CSV, NDJSON or JSON"],
  ["rows.avro", "Obj\u0001", "FILE is an Avro file; convert it to CSV, NDJSON or JSON"],
  ["rows.xlsx", "PK\u0003\u0004", "FILE is a ZIP archive, as XLSX files are; convert it to CSV, NDJSON or JSON"],
  ["chart.png", Buffer.from("\u0089PNG", "latin1"), "FILE is an image; convert it to CSV, NDJSON or JSON"],
  ["rows.bin", "a,b\n\u0000", "FILE is binary; convert it to CSV, NDJSON or JSON"],
  ["empty.csv", "", "FILE contains no records"],
  ["header.csv", "a,b\n", "FILE contains no records"],
  ["prose.txt", "no delimiter here\nat all\n", "FILE: no comma, semicolon, tab or pipe in the first line of 25 bytes"],
])("%s is refused by name", async (name, content, message) => {
  const file = write(name, content);
  await expect(read([file])).rejects.toThrow(message.replace("FILE", file));
});

// The stream partition key counts, too: "NAME/1" and so on, 8 bytes of the 40 here.
test.each<[string, string, string]>([
  ["a.ndjson", `{"a":1}\n\n{"a":"${"x".repeat(30)}"}\n`, "line 3: 48 bytes"],
  ["b.ndjson", `[{"a":1},\n{"a":"${"x".repeat(30)}"}]`, "element 2: 48 bytes"],
  ["c.ndjson", `{\n"a":1}\n{"a":"${"x".repeat(30)}"}`, "value 2: 48 bytes"],
])("a record that the stream does not take is told by file and place: %s", async (name, content, place) => {
  const file = write(name, content);
  await expect(read([file], 2, 40)).rejects.toThrow(
    `${file}: ${place} with the stream partition key, and the stream accepts at most 40`,
  );
});

test("a record of exactly what the stream takes is read", async () => {
  const file = write("a.ndjson", `{"a":"${"x".repeat(22)}"}`);
  expect(await read([file], 2, 40)).toHaveLength(1);
});

test("CSV records leave room for their stream partition key, and a row that is too long is told by its number", async () => {
  const file = write("a.csv", `a,b\n1,2\n${"x".repeat(40)},2\n`);
  const most = 4 + 8 + "a.csv/9007199254740991".length;
  await expect(read([file], 50, most)).rejects.toThrow(`${file}: row 2: more than 12 bytes with the header`);
  const rows = write("b.csv", "a,b\n1,2\n3,4\n5,6\n");
  expect((await read([rows], 50, most)).map(({ text }) => text)).toEqual(["a,b\n1,2\n3,4\n", "a,b\n5,6\n"]);
});

test("a directory is told to be one", async () => {
  await expect(read([dir])).rejects.toThrow(`${dir} is a directory; name the files in it`);
});

test("a file that is not there is told", async () => {
  await expect(read([path.join(dir, "none.csv")])).rejects.toThrow(`there is no file ${path.join(dir, "none.csv")}`);
});

/** The text in pieces of these sizes, again and again. */
async function* pieces(text: string, sizes: number[]): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let start = 0, turn = 0; start < bytes.length; turn++) {
    const end = start + (sizes[turn % sizes.length] as number);
    yield bytes.subarray(start, end);
    start = end;
  }
}

async function texts(values: AsyncIterable<Uint8Array>): Promise<string[]> {
  const found: string[] = [];
  for await (const value of values) found.push(Buffer.from(value).toString());
  return found;
}

async function* bytesOf(numbered: AsyncIterable<{ readonly bytes: Uint8Array }>): AsyncGenerator<Uint8Array> {
  for await (const { bytes } of numbered) yield bytes;
}

const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 });

test("wherever the chunks of a file end, an array's elements are the same", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.jsonValue(), { minLength: 1 }),
      fc.constantFrom(0, 2),
      sizes,
      async (array, indent, cuts) => {
        const found = await texts(jsonValues(pieces(JSON.stringify(array, null, indent), cuts), true));
        expect(found.map((text) => JSON.parse(text))).toEqual(JSON.parse(JSON.stringify(array)));
      },
    ),
    { numRuns: 300 },
  );
});

test("wherever the chunks of a file end, its lines are the same", async () => {
  const line = fc.string({ unit: fc.constantFrom("a", "é", " ", "{"), maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.constantFrom("\n", "\r\n"), sizes, async (all, lineEnd, cuts) => {
      const found = await texts(bytesOf(lines(pieces(all.join(lineEnd), cuts))));
      expect(found).toEqual(all.filter((one) => one.trim() !== ""));
    }),
    { numRuns: 300 },
  );
});
