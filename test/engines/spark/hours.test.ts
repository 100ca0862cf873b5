/** Hours on real Spark: delivered twice, run twice, late, empty, corrupt, hostile. DuckDB's twin says the same of each. */
import { gzipSync } from "node:zlib";
import type { Column } from "../../../lake/columns";
import { makeSparkLake, rawLine, SCRIPT, type SparkLake } from "./sparkLake";

const PARTITION = "dt=2026-11-20/hour=10";
let lake: SparkLake;

beforeAll(async () => {
  lake = await makeSparkLake();
});
afterAll(() => lake?.close());

/** Runs the table's hour on both; what they say of it must be the same. */
async function flattenOnBoth(table: string, columns?: readonly Column[]) {
  await lake.runSpark([table], columns && { [table]: columns });
  const spark = await lake.bySpark(table);
  const twin = await lake.byDuckDb(table, columns);
  expect(spark).toEqual(twin);
  return spark;
}

const valuesOf = ({ rows }: { rows: readonly unknown[] }) => (rows as unknown[][]).map((row) => row.slice(3));

test("running an hour twice gives the same rows, and no more files", async () => {
  lake.putRows("twice", ['{"a":1}', '{"b":["x"]}']);
  const first = await flattenOnBoth("twice");
  const second = await flattenOnBoth("twice");
  expect(second).toEqual(first);
  expect(lake.files(`ledger/twice/${PARTITION}`)).toEqual(["job.json"]);
  expect(lake.files(`parquet-output/twice/${PARTITION}`).every((file) => /^part-.*\.zstd\.parquet$/.test(file))).toBe(
    true,
  );
});

test("rows delivered twice, in objects that overlap, are there once", async () => {
  lake.putRows("overlapping", ['{"n":1}', '{"n":2}', '{"n":3}'], 1);
  lake.putRows("overlapping", ['{"n":2}', '{"n":3}', '{"n":4}'], 2);
  const found = await flattenOnBoth("overlapping");
  expect(valuesOf(found)).toEqual([["1"], ["2"], ["3"], ["4"]]);
  expect(found.report.rows).toBe(4);
});

test.each([
  ["of the lake's", "shardId-000000000000-1-3-3.ndjson.gz"],
  ["of no known form", "by-hand.gz"],
  ["that names other records", "shardId-000000000009-7-9-3.ndjson.gz"],
])("an id twice in an object whose key is one %s is one row", async (_, name) => {
  const table = `twice_in_${name.toLowerCase().replace(/[^a-z0-9]/g, "_")}`;
  const body = gzipSync(`${rawLine(1, '{"n":1}')}${rawLine(2, '{"n":2.5}')}${rawLine(2, '{"n":2.5}')}`);
  lake.put(`raw/${table}/${PARTITION}/${name}`, body);
  expect(valuesOf(await flattenOnBoth(table))).toEqual([[1], [2.5]]);
});

test("the same ids below two keys that say otherwise are one row each", async () => {
  const body = gzipSync(rawLine(1, '{"n":1}'));
  lake.put(`raw/lying/${PARTITION}/shardId-000000000000-1-1-1.ndjson.gz`, body);
  lake.put(`raw/lying/${PARTITION}/shardId-000000000000-2-2-1.ndjson.gz`, body);
  expect(valuesOf(await flattenOnBoth("lying"))).toEqual([["1"]]);
});

test("late records come in with the next run, and widen their column", async () => {
  lake.putRows("late", ['{"n":1}']);
  expect(valuesOf(await flattenOnBoth("late"))).toEqual([["1"]]);
  lake.putRows("late", ['{"n":2.5,"m":true}'], 2);
  const found = await flattenOnBoth("late");
  expect(valuesOf(found)).toEqual([
    [null, 1],
    [true, 2.5],
  ]);
  expect(found.columns.slice(3)).toEqual([
    { name: "m", type: "boolean" },
    { name: "n", type: "double" },
  ]);
});

const TIMES: readonly Column[] = [
  { name: "at", type: "timestamp" },
  { name: "day", type: "date" },
];

test("declared times of one plain form are Spark's own casts", async () => {
  const times = [
    ["2026-11-20T10:04:09.123Z", "2026-11-20"],
    ["1900-01-01T00:00:00Z", "1900-01-31"],
    ["2099-12-31T23:59:59.999999Z", "2000-02-28"],
    ["2026-11-30T01:02:03.1Z", "2026-12-31"],
  ];
  lake.putRows("times", [...times.map(([at, day]) => `{"at":"${at}","day":"${day}"}`), '{"at":null}', "{}"]);
  const found = await flattenOnBoth("times", TIMES);
  expect(valuesOf(found)).toEqual([
    ["2026-11-20 10:04:09.123", "2026-11-20"],
    ["1900-01-01 00:00:00", "1900-01-31"],
    ["2099-12-31 23:59:59.999999", "2000-02-28"],
    ["2026-11-30 01:02:03.1", "2026-12-31"],
    [null, null],
    [null, null],
  ]);
  expect(found.report.failedCasts).toBe(0);
});

test.each([
  ["2026-11-20T10:04:09+01:00", "2026-11-20 09:04:09", 0],
  [" 2026-11-20T10:04 ", "2026-11-20 10:04:00", 0],
  ["2024-02-29T10:04:09.1234567Z", "2024-02-29 10:04:09.123456", 0],
  ["0001-01-01", "0001-01-01 00:00:00", 0],
  ["", null, 0],
  ["2026-11-31T10:04:09Z", null, 1],
  ["2026-11-20T10:04:09UTC", null, 1],
  ["T10:04:09Z", null, 1],
])("one time in another form, %p, is read as the twin reads it", async (text, at, failed) => {
  const table = `time_${Buffer.from(text).toString("hex")}`;
  lake.putRows(table, ['{"at":"2026-11-20T10:04:09Z"}', `{"at":"${text}"}`]);
  const found = await flattenOnBoth(table, TIMES);
  expect(valuesOf(found)).toEqual([
    ["2026-11-20 10:04:09", null],
    [at, null],
  ]);
  expect(found.report.failedCasts).toBe(failed);
});

test("an hour without raw objects is left as it is", async () => {
  await lake.runSpark(["nothing"]);
  expect(lake.files("parquet-output/nothing")).toEqual([]);
  expect(lake.files("ledger/nothing")).toEqual([]);
});

test.each([
  ["is cut off", (whole: Buffer) => whole.subarray(0, -6), /does not decompress/],
  [
    "has a wrong checksum",
    (whole: Buffer) => Buffer.concat([whole.subarray(0, -8), Buffer.alloc(8)]),
    /does not decompress/,
  ],
  ["is not gzip", () => Buffer.from("plain"), /does not decompress/],
  [
    "has a line that is not JSON",
    () => gzipSync(`${rawLine(1, '{"n":1}')}${rawLine(2, '{"n":}')}`),
    /has a broken line 2 /,
  ],
  ["has a line that is no row", () => gzipSync(`${rawLine(1, '{"n":1}')}[]\n`), /has a broken line 2 /],
  [
    "has a number beyond a double",
    () => gzipSync(`${rawLine(1, '{"n":1}')}${rawLine(2, '{"n":1e400}')}`),
    /has a broken line 2 /,
  ],
  ["has a line too few", () => gzipSync(rawLine(1, '{"n":1}')), /has 1 lines, but its key declares 2/],
])("an object that %s fails the run by its key; what was there stays", async (_, corrupt, message) => {
  const table = `corrupt_${expect.getState().currentTestName?.length}`;
  const key = lake.putRows(table, ['{"n":1}', '{"n":2}'], 1);
  lake.putRows(table, ['{"n":3}'], 3);
  const before = await flattenOnBoth(table);
  const files = lake.files(`parquet-output/${table}`);
  lake.put(key, corrupt(gzipSync(`${rawLine(1, '{"n":1}')}${rawLine(2, '{"n":2}')}`)));

  const bySpark = await lake.runSpark([table]).catch((error: Error) => error.message);
  const byDuckDb = await lake.byDuckDb(table).catch((error: Error) => error.message);
  for (const error of [bySpark, byDuckDb]) {
    expect(error).toContain(`raw object "${key}"`);
    expect(error).toMatch(message);
    expect(error).toContain("nothing was written");
  }
  expect(lake.files(`parquet-output/${table}`)).toEqual(files);
  expect(await lake.bySpark(table)).toEqual(before);
});

test("a table after one that fails is not begun, tables before it are written", async () => {
  lake.putRows("before", ['{"n":1}']);
  lake.put(`raw/broken/${PARTITION}/shardId-000000000000-1-1-1.ndjson.gz`, Buffer.from("plain"));
  lake.putRows("after", ['{"n":1}']);
  await expect(lake.runSpark(["before", "broken", "after"])).rejects.toThrow("raw/broken/");
  expect(lake.files("ledger")).toContain(`before/${PARTITION}/job.json`);
  expect(lake.files("parquet-output/after")).toEqual([]);
});

const nested = (depth: number, inner: string) => `${'{"d":'.repeat(depth)}${inner}${"}".repeat(depth)}`;
const cases: [string, string[], unknown[][]][] = [
  [
    "integers at and past 64 bits",
    ['{"a":9223372036854775807,"b":1}', '{"a":-9223372036854775808,"b":9223372036854775808}'],
    [
      ["9223372036854775807", 1],
      ["-9223372036854775808", 2 ** 63],
    ],
  ],
  [
    "zeros, the smallest and the largest doubles",
    ['{"a":-0.0,"b":1}', '{"a":1e-400,"b":-0}', '{"a":-1e-400,"b":-0.0}', '{"a":1.7976931348623157e308,"b":5e-324}'],
    [
      [-0, 1],
      [0, 0],
      [-0, -0],
      [1.7976931348623157e308, 5e-324],
    ],
  ],
  ["keys that differ in case", ['{"Key":1,"key":2,"KEY":3}'], [["3", "1", "2"]]],
  [
    "keys with dots, backticks, quotes and slashes",
    ['{"a.b":1,"a`b":2,"a\\"b":3,"a/b":4,"a~1b":5,"a":{"b":6}}'],
    [["5", "6", "3", "1", "4", "2"]],
  ],
  [
    "unicode in keys and texts",
    ['{"größe":"é","名前":"😀","😀":{"😀":["😀",1.5e10]},"z":[["😀"]]}'],
    [["😀", ["😀", "15000000000.0"], "é", '[["😀"]]']],
  ],
  [
    "NUL in texts and keys",
    ['{"a\\u0000":"\\u0000","b":["\\u0000",{"\\u0000":1}]}'],
    [["\0", ["\0", '{"\\u0000":1}']]],
  ],
  [
    "rows of one empty object, array or null each",
    ['{"a":{},"b":[],"c":null}', "{}"],
    [
      ["{}", [], null],
      [null, null, null],
    ],
  ],
  [
    "arrays of arrays, of objects, of mixed types",
    ['{"a":[[1,2.50],[]],"b":[{"x":1e7}],"c":[1,"a",null,true]}'],
    [["[[1,2.5],[]]", '[{"x":10000000.0}]', ["1", "a", null, "true"]]],
  ],
  [
    "mixed types",
    ['{"a":1}', '{"a":"1.50"}', '{"a":1.50}', '{"a":{"b":[1e-7]}}', '{"a":[true]}'],
    [["1"], ["1.50"], ["1.5"], ['{"b":[1e-7]}'], ["[true]"]],
  ],
  ["nesting of 64", [nested(63, '{"d":1}'), nested(63, '{"d":2}')], [["1"], ["2"]]],
  [
    "arrays nested 63 times",
    [`{"a":${"[".repeat(63)}1.5${"]".repeat(63)}}`],
    [[`${"[".repeat(63)}1.5${"]".repeat(63)}`]],
  ],
  ["a field named twice", ['{"a":1,"a":"x","b":2.5}'], [["1", 2.5]]],
];

test.each(cases)("both read %s alike", async (name, rows, expected) => {
  const table = `case_${name.replace(/[^a-z0-9]/g, "_")}`;
  lake.putRows(table, rows);
  expect(valuesOf(await flattenOnBoth(table))).toEqual(expected);
});

test("a declared schema of exactly the types that rows have", async () => {
  lake.putRows("declared", ['{"a":1,"b":{"c":"x"},"d":[1],"e":true}', '{"a":2.5,"d":[],"f":"unused"}']);
  const columns: Column[] = [
    { name: "e", type: "boolean" },
    { name: "a", type: "double" },
    { name: "b_c", type: "string" },
    { name: "d", type: "array<bigint>" },
    { name: "absent", type: "timestamp" },
  ];
  expect(valuesOf(await flattenOnBoth("declared", columns))).toEqual([
    [true, 1, "x", ["1"], null],
    [null, 2.5, null, [], null],
  ]);
});

test("columns are at least as wide as in the table's other hours", async () => {
  lake.putRows("wider", ['{"a":1,"b":1,"c":[1],"d":[1],"e":true,"f":null}', '{"a":2,"b":2,"c":[],"d":[2],"e":false}']);
  const others: Column[] = [
    { name: "a", type: "double" },
    { name: "b", type: "string" },
    { name: "c", type: "array<double>" },
    { name: "d", type: "string" },
    { name: "e", type: "string" },
    { name: "f", type: "bigint" },
  ];
  lake.put("ledger/wider/columns.json", Buffer.from(JSON.stringify({ columns: others })));
  await lake.runSpark(["wider"]);
  const spark = await lake.bySpark("wider");
  expect(spark).toEqual(await lake.byDuckDb("wider", undefined, others));
  expect(spark.columns.slice(3)).toEqual(others);
  expect(valuesOf(spark)).toEqual([
    [1, "1", [1], "[1]", "true", null],
    [2, "2", [], "[2]", "false", null],
  ]);
});

test("arguments that Glue does not hand over are named", async () => {
  await expect(lake.spark.run(SCRIPT, ["--BUCKET", "lake"])).rejects.toThrow("the argument --HOUR is missing");
});
