/** A CSV file as records: byte-exact rows, the header in each, whatever the dialect and wherever the chunks end. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { type CsvFileOptions, type CsvFileRecord, readCsvFile } from "../../../formats/csv/file";
import { CsvRowBytes } from "../../../formats/csv/rowBytes";
import { createDecoder } from "../support/createDecoder";
import { encode } from "../support/encode";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "streamlake-csv-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function read(content: string | Buffer, options: CsvFileOptions): Promise<CsvFileRecord[]> {
  const file = path.join(folder, "input.csv");
  writeFileSync(file, content);
  const records: CsvFileRecord[] = [];
  for await (const record of readCsvFile(file, options)) records.push(record);
  return records;
}

async function payloads(content: string | Buffer, options: CsvFileOptions): Promise<string[]> {
  return (await read(content, options)).map(({ payload }) => payload.toString());
}

describe("readCsvFile", () => {
  test.each([
    ["commas and LF", "a,b\n1,2\n3,4\n5,6\n", ["a,b\n1,2\n3,4\n", "a,b\n5,6\n"]],
    ["semicolons and CRLF", "a;b\r\n1;2\r\n3;4\r\n5;6\r\n", ["a;b\r\n1;2\r\n3;4\r\n", "a;b\r\n5;6\r\n"]],
    ["pipes and CR, no final line end", "a|b\r1|2\r3|4\r5|6", ["a|b\r1|2\r3|4\r", "a|b\r5|6"]],
    ["a byte order mark and empty lines", "\ufeffa,b\n\n1,2\n\n3,4\n", ["a,b\n1,2\n3,4\n"]],
    [
      "line ends and delimiters inside quotes",
      'a,b\n"1\n1","x,\r\ny"\n2,"q""\n"\n',
      ['a,b\n"1\n1","x,\r\ny"\n2,"q""\n"\n'],
    ],
    ["a quote inside a cell", 'a,b\n7" frame,1\n2,3\n', ['a,b\n7" frame,1\n2,3\n']],
  ])("puts the header before every two rows: %s", async (_, content, expected) => {
    expect(await payloads(content, { rowsPerRecord: 2 })).toEqual(expected);
  });

  test("counts rows from 1 and leaves the header out", async () => {
    const records = await read("a,b\n1,2\n3,4\n5,6\n", { rowsPerRecord: 2 });

    expect(records.map(({ rows, firstRow }) => ({ rows, firstRow }))).toEqual([
      { rows: 2, firstRow: 1 },
      { rows: 1, firstRow: 3 },
    ]);
  });

  test("sends no header where the columns are declared instead", async () => {
    const options = { rowsPerRecord: 1, header: false, columns: ["a", "b"] };

    expect(await payloads("1,2\n3,4\n", options)).toEqual(["1,2\n", "3,4\n"]);
  });

  test("cuts a single declared column", async () => {
    expect(await payloads("id\nx\ny\n", { rowsPerRecord: 1, columns: ["id"] })).toEqual(["id\nx\n", "id\ny\n"]);
  });

  test("puts fewer rows into a record whose bytes are bounded", async () => {
    expect(await payloads("a,b\n1,2\n3,4\n", { rowsPerRecord: 10, recordBytes: 10 })).toEqual([
      "a,b\n1,2\n",
      "a,b\n3,4\n",
    ]);
  });

  test("gives no record for a file without rows", async () => {
    expect(await read("", { rowsPerRecord: 1 })).toEqual([]);
    expect(await read("a,b\n", { rowsPerRecord: 1 })).toEqual([]);
  });

  test.each([
    ["no delimiter", "id\n1\n", "no comma, semicolon, tab or pipe in the first line of 5 bytes"],
    ["an unclosed quote", 'a,b\n1,2\n3,"4\n', "row 2: a quote is not closed"],
    ["a row that no record can hold", `a,b\n1,${"x".repeat(70)}\n`, "row 1: more than 64 bytes with the header"],
  ])("refuses %s", async (_, content, detail) => {
    await expect(read(content, { rowsPerRecord: 5, recordBytes: 64 })).rejects.toMatchObject({ format: "csv", detail });
  });

  test("stops at a row that never ends without reading it all into memory", async () => {
    const content = Buffer.concat([Buffer.from('a,b\n1,"'), Buffer.alloc(3 * 1024 * 1024, "x")]);

    await expect(read(content, { rowsPerRecord: 5 })).rejects.toMatchObject({ reason: "limits" });
  });
});

test("the records of a file decode to the rows of the whole file, wherever its chunks end", () => {
  const cell = fc.string({ unit: fc.constantFrom("x", '"', ",", ";", "\r", "\n", " ", "é", "\t"), maxLength: 6 });
  const rows = fc.array(fc.record({ a: cell, b: cell }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(
      rows,
      fc.integer({ min: 1, max: 9 }),
      fc.constantFrom("\n", "\r\n", "\r"),
      (table, chunkBytes, lineEnd) => {
        const text = Buffer.from(encode("csv", table)).toString();
        const bytes = Buffer.from(withLineEnds(text, lineEnd));
        const cutter = new CsvRowBytes(",");
        const cut: Buffer[] = [];
        for (let at = 0; at < bytes.length; at += chunkBytes)
          cut.push(...cutter.push(bytes.subarray(at, at + chunkBytes)));
        cut.push(...(cutter.end() ?? []));

        expect(Buffer.concat(cut).equals(bytes)).toBe(true);
        const [header, ...lines] = cut as [Buffer, ...Buffer[]];
        const decode = createDecoder({ csv: {} });
        expect(lines.flatMap((line) => decode(Buffer.concat([header, line])).rows.map(({ row }) => row))).toEqual(
          table,
        );
      },
    ),
  );
});

/** Changes the line ends outside quotes. */
function withLineEnds(text: string, lineEnd: string): string {
  return text.replace(/"(?:[^"]|"")*"|\n/g, (found) => (found === "\n" ? lineEnd : found));
}
