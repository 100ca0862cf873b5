import fs from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type FileForm, resultIn } from "../../../cli/query/resultForms";
import type { ResultColumn, StringResult } from "../../../cli/run/athena";
import { openDuckDb } from "../../../local/duckdb/duckdb";

type Cells = StringResult["rows"];

const column = (Name: string, Type: string, more: Partial<ResultColumn> = {}): ResultColumn => ({
  Name,
  Type,
  ...more,
});

function written(form: FileForm, columns: readonly ResultColumn[], rows: Cells): Buffer {
  return Buffer.concat([...resultIn(form, { columns, rows })].map((chunk) => Buffer.from(chunk)));
}

test("CSV quotes what readers would split or trim, and tells null from the empty string", () => {
  const columns = [column("a,b", "varchar"), column("c", "varchar")];
  const rows = [
    ['say "hi"', "two\nlines"],
    [" edge", ""],
    [null, "plain"],
  ];
  expect(written("csv", columns, rows).toString()).toBe('"a,b",c\n"say ""hi""","two\nlines"\n" edge",""\n,plain\n');
});

test("JSON has all digits of numbers, and strings where JSON has no number", () => {
  const columns = [
    column("big", "bigint"),
    column("money", "decimal"),
    column("d", "double"),
    column("ok", "boolean"),
    column("s", "varchar"),
  ];
  const rows = [
    ["9007199254740993", "10.10", "1.0E10", "true", "7"],
    ["-1", "0.00", "NaN", "false", 'a"b\u0000'],
    [null, null, "Infinity", null, null],
  ];
  expect(written("ndjson", columns, rows).toString().split("\n")).toEqual([
    '{"big":9007199254740993,"money":10.10,"d":1.0E10,"ok":true,"s":"7"}',
    '{"big":-1,"money":0.00,"d":"NaN","ok":false,"s":"a\\"b\\u0000"}',
    '{"big":null,"money":null,"d":"Infinity","ok":null,"s":null}',
    "",
  ]);
});

test("every line of JSON and NDJSON parses, over several chunks and without rows", () => {
  const columns = [column("n", "integer")];
  const rows = Array.from({ length: 2500 }, (_, index) => [String(index)]);
  const expected = rows.map(([n]) => ({ n: Number(n) }));
  expect(JSON.parse(written("json", columns, rows).toString())).toEqual(expected);
  const lines = written("ndjson", columns, rows).toString().trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line))).toEqual(expected);
  expect(written("json", columns, []).toString()).toBe("[]\n");
  expect(written("ndjson", columns, []).toString()).toBe("");
  expect(written("csv", columns, []).toString()).toBe("n\n");
});

async function readBack(columns: readonly ResultColumn[], rows: Cells) {
  const folder = fs.mkdtempSync(path.join(tmpdir(), "parquet-"));
  const file = path.join(folder, "rows.parquet");
  fs.writeFileSync(file, written("parquet", columns, rows));
  const db = await openDuckDb();
  try {
    const read = await db.table(`SELECT * FROM '${file}'`);
    return { types: read.columns.map(({ type }) => type), rows: read.rows };
  } finally {
    db.close();
    fs.rmSync(folder, { recursive: true });
  }
}

test("another engine reads the Parquet file with the query's types and every value", async () => {
  const columns = [
    column("flag", "boolean"),
    column("tiny", "tinyint"),
    column("n", "integer"),
    column("big", "bigint"),
    column("d", "double"),
    column("money", "decimal", { Precision: 18, Scale: 2 }),
    column("wide", "decimal", { Precision: 38, Scale: 2 }),
    column("day", "date"),
    column("at", "timestamp"),
    column("list", "array"),
    column("s", "varchar"),
  ];
  const rows = [
    [
      "true",
      "-1",
      "7",
      "9007199254740993",
      "1.5E-3",
      "-0.05",
      "1.25",
      "1969-12-31",
      "2026-11-21 18:00:00.123456",
      "[1, 2]",
      "é",
    ],
    [null, null, null, null, null, null, null, null, null, null, null],
  ];
  expect(await readBack(columns, rows)).toEqual({
    types: [
      "BOOLEAN",
      "INTEGER",
      "INTEGER",
      "BIGINT",
      "DOUBLE",
      "DECIMAL(18,2)",
      "VARCHAR",
      "DATE",
      "TIMESTAMP",
      "VARCHAR",
      "VARCHAR",
    ],
    rows: [
      [
        true,
        -1,
        7,
        "9007199254740993",
        0.0015,
        "-0.05",
        "1.25",
        "1969-12-31",
        "2026-11-21 18:00:00.123456",
        "[1, 2]",
        "é",
      ],
      [null, null, null, null, null, null, null, null, null, null, null],
    ],
  });
});

test("a Parquet file without rows has the columns", async () => {
  expect(await readBack([column("n", "bigint"), column("s", "varchar")], [])).toEqual({
    types: ["BIGINT", "VARCHAR"],
    rows: [],
  });
});

test.each([
  ["integer", "1.5", 3],
  ["date", "yesterday", 9],
  ["timestamp", "2026-11-21T18:00:00Z", 20],
  ["boolean", "yes", 3],
  ["double", "1,5", 3],
])("a value that is no %s is refused in Parquet without its text", (type, value, length) => {
  expect(() => written("parquet", [column("c", type)], [[value]])).toThrow(
    `streamlake query: column "c": a value of ${length} characters is no ${type}; write it as csv`,
  );
});

test("CSV of a single column has a line for each row that readers do not skip", () => {
  expect(written("csv", [column("note", "varchar")], [["a"], [null], [""]]).toString()).toBe('note\na\n""\n""\n');
});
