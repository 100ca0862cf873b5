/** CSV is cut into records that repeat the header, keep each row's bytes, and end where the key changes. */
import fc from "fast-check";
import { type CsvCut, csvRecords } from "../../../lake/ingest/csvRecords";

const CUT: CsvCut = { rowsPerRecord: 2, maxRecordBytes: 1000, hasHeader: true, key: undefined, column: undefined };

const cut = (text: string, options: Partial<CsvCut> = {}) =>
  [...csvRecords(Buffer.from(text), { ...CUT, ...options })].map(({ payload, key, rows }) => [
    payload.toString(),
    key,
    rows,
  ]);

test.each<[string, string, Partial<CsvCut>, unknown[]]>([
  [
    "rows",
    "a,b\n1,2\n3,4\n5,6\n",
    {},
    [
      ["a,b\n1,2\n3,4\n", undefined, 2],
      ["a,b\n5,6\n", undefined, 1],
    ],
  ],
  ["CRLF and no last line end", "a,b\r\n1,2\r\n3,4", {}, [["a,b\r\n1,2\r\n3,4", undefined, 2]]],
  [
    "line ends within quotes",
    'a;b\n"1\n2";"x""\n"\n3;4\n',
    { rowsPerRecord: 1 },
    [
      ['a;b\n"1\n2";"x""\n"\n', undefined, 1],
      ["a;b\n3;4\n", undefined, 1],
    ],
  ],
  ["blank lines", "\n\na,b\n\n1,2\n\n\n3,4\n", {}, [["a,b\n1,2\n3,4\n", undefined, 2]]],
  [
    "one column",
    "a\n1\n2\n3\n",
    {},
    [
      ["a\n1\n2\n", undefined, 2],
      ["a\n3\n", undefined, 1],
    ],
  ],
  [
    "no header",
    "1,2\n3,4\n5,6\n",
    { hasHeader: false },
    [
      ["1,2\n3,4\n", undefined, 2],
      ["5,6\n", undefined, 1],
    ],
  ],
  ["a header alone", "a,b\n", {}, []],
  ["a header without a line end", "a,b", {}, []],
  ["ragged rows, which routers keep with their reason", "a,b\n1\n2,3,4\n", {}, [["a,b\n1\n2,3,4\n", undefined, 2]]],
  ["a given key", "a,b\n1,2\n3,4\n", { key: "k", column: "a" }, [["a,b\n1,2\n3,4\n", "k", 2]]],
  [
    "a column",
    "id,b\nx,1\nx,2\nx,3\ny,4\nx,5\n",
    { column: "id" },
    [
      ["id,b\nx,1\nx,2\n", "x", 2],
      ["id,b\nx,3\n", "x", 1],
      ["id,b\ny,4\n", "y", 1],
      ["id,b\nx,5\n", "x", 1],
    ],
  ],
  [
    "a quoted column with empty values",
    'a,"the id"\n1,"x,1"\n2,\n3,""\n',
    { column: "the id" },
    [
      ['a,"the id"\n1,"x,1"\n', "x,1", 1],
      ['a,"the id"\n2,\n3,""\n', undefined, 2],
    ],
  ],
  ["a column that is not there", "a,b\n1,2\n", { column: "id" }, [["a,b\n1,2\n", undefined, 1]]],
  ["a row that is not CSV", 'id,b\n "x",1\n', { column: "id" }, [['id,b\n "x",1\n', undefined, 1]]],
])("%s", (_name, text, options, records) => {
  expect(cut(text, options)).toEqual(records);
});

test("a record of long rows has fewer rows, and stays within its bytes", () => {
  const row = `${"x".repeat(40)},y\n`;
  const records = cut(`a,b\n${row.repeat(10)}`, { rowsPerRecord: 100, maxRecordBytes: 130 });
  expect(records.map(([, , rows]) => rows)).toEqual([2, 2, 2, 2, 2]);
});

test.each<[string, string, Partial<CsvCut>, number, string]>([
  [
    "a long row",
    `a,b\n1,2\n${"x".repeat(100)},y\n`,
    { maxRecordBytes: 100 },
    413,
    "The row 2 with the header has 139 bytes with its stream partition key, and the stream takes at most 100: send a smaller one.",
  ],
  [
    "an endless row",
    `a,b\n${"x".repeat(300_000)}`,
    { maxRecordBytes: 65_000 },
    413,
    "The row 1 has 65532 bytes with its stream partition key, and the stream takes at most 65000: send a smaller one.",
  ],
  [
    "an open quote",
    'a,b\n1,2\n3,"4\n5,6\n',
    {},
    400,
    "The quote that opens in row 2 is never closed: close it, or double it.",
  ],
])("%s is refused by its row", (_name, text, options, status, detail) => {
  expect(() => cut(text, options)).toThrow(expect.objectContaining({ status, detail }));
});

test("for any cells, the records' rows are the body's rows, in order and whole", () => {
  const cell = fc.string({ unit: fc.constantFrom("a", ",", ";", '"', "\n", "\r", "é", " ") });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 1, max: 7 }),
      (rows, rowsPerRecord) => {
        const line = (cells: readonly string[]) =>
          `${cells.map((text) => `"${text.replaceAll('"', '""')}"`).join(",")}\n`;
        const parts = cut(`"h","i"\n${rows.map(line).join("")}`, { rowsPerRecord, maxRecordBytes: 100_000 });
        expect(parts.map(([payload]) => String(payload).slice(8)).join("")).toBe(rows.map(line).join(""));
        expect(parts.every(([payload]) => String(payload).startsWith('"h","i"\n'))).toBe(true);
        expect(parts.map(([, , count]) => count as number).reduce((sum, count) => sum + count, 0)).toBe(rows.length);
      },
    ),
    { seed: 5, numRuns: 300 },
  );
});
