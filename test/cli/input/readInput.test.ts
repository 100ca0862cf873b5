import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { jsonValues } from "../../../cli/input/jsonValues";
import { lines } from "../../../cli/input/lines";
import { checkInput, type InputOptions, readInputs } from "../../../cli/input/readInput";
import { avro } from "../../../formats/avro/avro";
import { parquet } from "../../../formats/parquet/parquet";

/** `{"a":1}` and `{"a":2}` with line ends, one frame each. */
const ZSTD_OF_TWO_LINES = "KLUv/SQIQQAAeyJhIjoxfQri7+zgKLUv/SQIQQAAeyJhIjoyfQqGqDo9";

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

async function* nothing(): AsyncGenerator<Buffer> {}

async function read(
  files: string[],
  rowsPerRecord = 2,
  maxRecordBytes = 1024 * 1024,
  more: Partial<InputOptions> = {},
) {
  const options = { rowsPerRecord, maxRecordBytes, stdin: nothing(), ...more };
  const found: { text: string; partitionKey: string; format: string }[] = [];
  for await (const { payload, partitionKey, made } of readInputs(files, options)) {
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
  expect(await checkInput(write(name, content), nothing())).toBe(kind);
});

test.each<[string, string | Buffer, string]>([
  ["utf16.csv", Buffer.from("\ufeffa,b\n", "utf16le"), "FILE is UTF-16; convert it to UTF-8"],
  ["rows.csv.gz", Buffer.from([0x1f, 0x8b, 8, 0]), "FILE is broken: its gzip data does not decompress"],
  ["rows.csv.zst", Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0]), "FILE is broken: its zstd data does not decompress"],
  ["short.parquet", "PAR1\u0015", "FILE: 5 bytes: they do not end as a Parquet file does"],
  ["cut.parquet", `PAR1${"\u0015".repeat(20)}`, "FILE: 24 bytes: they do not end as a Parquet file does"],
  ["rows.parquet.gz", gzipSync("PAR1\u0015"), "FILE is Parquet, which is read from its end; decompress it first"],
  ["rows.avro", "Obj\u0001", "FILE: the file is cut short"],
  ["rows.xlsx", "PK\u0003\u0004", "FILE is a ZIP archive, as XLSX files are; convert it to CSV, NDJSON or JSON"],
  ["chart.png", Buffer.from("\u0089PNG", "latin1"), "FILE is an image; convert it to CSV, NDJSON or JSON"],
  ["empty.csv", "", "FILE contains no records"],
  ["header.csv", "a,b\n", "FILE contains no records"],
  [
    "prose.txt",
    "no delimiter here\nat all\n",
    "FILE: no comma, semicolon, tab or pipe in the first line of 25 bytes, and the content is of no other format; leave the file out, as by a pattern like *.csv",
  ],
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

test("a file that is not there is told", async () => {
  await expect(read([path.join(dir, "none.csv")])).rejects.toThrow(`there is no file ${path.join(dir, "none.csv")}`);
});

const stdin = async function* (...chunks: (string | Buffer)[]): AsyncGenerator<Buffer> {
  for (const chunk of chunks) yield Buffer.from(chunk);
};

test("an array that is cut short is refused after its last element", async () => {
  for (const [content, elements] of [
    ['[{"a":1},{"a":2}', 2],
    ['[{"a":1},{"a":2},\n', 2],
    ['[{"a":1},{"a', 2],
    ['[{"a":1}]\n[', 1],
  ] as const) {
    const file = write("cut.json", content);
    const sent: unknown[] = [];
    const reading = (async () => {
      for await (const record of readInputs([file], { rowsPerRecord: 1, maxRecordBytes: 1024, stdin: stdin() })) {
        sent.push(record);
      }
    })();
    await expect(reading).rejects.toThrow(`${file}: the JSON array is not closed; the file is cut short`);
    expect(sent).toHaveLength(elements);
  }
});

test("an object beside an array is a value of its own", async () => {
  const file = write("rows.json", '[{"a":1},{"a":2}]\n{"a":3,"b":[4,5]}\n[{"a":6}]');
  const texts = (await read([file])).map(({ text }) => text);
  expect(texts).toEqual(['{"a":1}', '{"a":2}', '{"a":3,"b":[4,5]}', '{"a":6}']);
});

test("a pipe is read from its first byte, once: no check opens it", async () => {
  const content = Array.from({ length: 20_000 }, (_, index) => `{"a":${index}}\n`).join("");
  const [pipe, file] = [path.join(dir, "pipe"), write("rows.ndjson", content)];
  execFileSync("mkfifo", [pipe]);
  const writer = spawn("sh", ["-c", 'cat "$0" > "$1"', file, pipe]);
  expect(await checkInput(pipe, nothing())).toBeUndefined();
  const texts = (await read([pipe])).map(({ text }) => text);
  expect(texts.join("\n")).toBe(content.trimEnd());
  if (writer.exitCode === null) await once(writer, "exit");
});

test("bytes of gzip that Node.js would skip are an error, zeros at the end are padding", async () => {
  const [first, second] = [gzipSync('{"a":1}\n'), gzipSync('{"a":2}\n')];
  const padded = write("padded.ndjson.gz", Buffer.concat([first, Buffer.alloc(2_000_000)]));
  expect((await read([padded])).map(({ text }) => text)).toEqual(['{"a":1}']);
  for (const zeros of [1, 2_000_000]) {
    const hole = write("hole.ndjson.gz", Buffer.concat([first, Buffer.alloc(zeros), second]));
    await expect(read([hole])).rejects.toThrow(`${hole} is broken: its gzip data does not decompress`);
  }
});

test("gzip and zstd around a file are unpacked, frame after frame", async () => {
  const gzip = write("a.csv.gz", Buffer.concat([gzipSync("a,b\n1,2\n"), gzipSync("3,4\n")]));
  const zstd = write("b.ndjson.zst", Buffer.from(ZSTD_OF_TWO_LINES, "base64"));
  expect(await read([gzip, zstd], 50)).toEqual([
    { text: "a,b\n1,2\n3,4\n", partitionKey: "a.csv.gz/1", format: "csv" },
    { text: '{"a":1}', partitionKey: "b.ndjson.zst/1", format: "json" },
    { text: '{"a":2}', partitionKey: "b.ndjson.zst/2", format: "json" },
  ]);
});

test("zstd whose checksum or size does not match is an error, and frames without data are skipped", async () => {
  const frames = Buffer.from(ZSTD_OF_TWO_LINES, "base64");
  const skippable = Buffer.from("502a4d1803000000616263", "hex");
  const around = write("around.ndjson.zst", Buffer.concat([skippable, frames, skippable]));
  expect((await read([around])).map(({ text }) => text)).toEqual(['{"a":1}', '{"a":2}']);
  // `{"a":1}` becomes `{"a":0}`, which only the checksum shows.
  const other = Buffer.from(frames);
  other[other.indexOf("1}")] = "0".charCodeAt(0);
  const longer = Buffer.from("28b52ffd2004190000616263", "hex");
  const cut = Buffer.from("502a4d180300000061", "hex");
  for (const bytes of [other, frames.subarray(0, -1), longer, cut, Buffer.concat([frames, Buffer.from("more")])]) {
    const file = write("broken.zst", bytes);
    await expect(read([file])).rejects.toThrow(`${file} is broken: its zstd data does not decompress`);
  }
});

test("standard input is read once, in chunks of any size, and detected like a file", async () => {
  expect(await read(["-"], 50, 1024, { stdin: stdin("a", ",b\n1", ",2\n") })).toEqual([
    { text: "a,b\n1,2\n", partitionKey: "stdin/1", format: "csv" },
  ]);
  await expect(read(["-"], 50, 1024, { stdin: stdin() })).rejects.toThrow("standard input contains no records");
  await expect(read(["-"], 50, 1024, { stdin: stdin("PAR1\u0015") })).rejects.toThrow(
    "standard input is Parquet, which is read from its end; name the file instead",
  );
});

test("of several files, those without records are named, and one has to have some", async () => {
  const files = [write("a.csv", "a,b\n"), write("b.csv", "a,b\n1,2\n")];
  const empty: string[] = [];
  expect(await read(files, 50, 1024, { onEmpty: (file) => empty.push(file) })).toHaveLength(1);
  expect(empty).toEqual([files[0]]);
  await expect(read([files[0] as string, files[0] as string])).rejects.toThrow("none of the 2 files contains records");
});

test("a document and binary data are one record, byte for byte, up to the size of a record", async () => {
  const document = '<?xml version="1.0"?>\n<order><id>1</id></order>\n';
  const files = [write("a.xml", document), write("b.msgpack", Buffer.from([0x81, 0xa1, 0x61, 0x01]))];
  expect(await read(files)).toEqual([
    { text: document, partitionKey: "a.xml/1", format: "xml" },
    { text: Buffer.from([0x81, 0xa1, 0x61, 0x01]).toString(), partitionKey: "b.msgpack/1", format: "binary" },
  ]);
  await expect(read(files.slice(0, 1), 50, 40)).rejects.toThrow(
    `${files[0]}: the document is one record, which the stream accepts up to 40 bytes; split it first`,
  );
});

test.each([
  ["avro", "rows of Avro, sent as NDJSON"],
  ["parquet", "rows of Parquet, sent as NDJSON"],
] as const)("rows of %s are sent as lines of NDJSON, in records of some rows", async (format, how) => {
  const rows = [1, 2, 3].map((id) => ({ id, name: `n${id}` }));
  const schemas = [
    { type: "record", name: "r", fields: ["id", "name"].map((name, at) => ({ name, type: at ? "string" : "long" })) },
  ];
  const bytes = format === "avro" ? avro.encode(rows, { schemas }) : parquet.encode(rows, {});
  const file = write(`rows.${format}`, Buffer.from(bytes));
  const converted: [string, string][] = [];
  const found = await read([file], 2, 1024, { onConverted: (...one) => converted.push(one) });
  expect(found).toEqual([
    { text: '{"id":1,"name":"n1"}\n{"id":2,"name":"n2"}\n', partitionKey: `rows.${format}/1`, format: "ndjson" },
    { text: '{"id":3,"name":"n3"}\n', partitionKey: `rows.${format}/2`, format: "ndjson" },
  ]);
  expect(converted).toEqual([[file, how]]);
  await expect(read([file], 2, 40)).rejects.toThrow(`${file}: row 1: 21 bytes as JSON, and a record has room for `);
});

test("the bytes of a file are counted as they are read, packed ones before they are unpacked", async () => {
  const content = gzipSync("a,b\n1,2\n".repeat(1000));
  const file = write("a.csv.gz", content);
  let bytes = 0;
  await read([file], 50, 1024, {
    onBytes: (more) => {
      bytes += more;
    },
  });
  expect(bytes).toBe(content.length);
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
