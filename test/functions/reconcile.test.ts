import { gzipSync } from "node:zlib";
import { createReconcile } from "../../functions/reconcile";
import { fingerprintOf } from "../../lake/hourly/ledger";
import { decodeLines, OPTIONS, record } from "../lake/support/records";
import { routeBatch } from "../lake/support/routeBatch";
import { memoryStore } from "./support/memoryStore";
import { parquetOf } from "./support/parquet";

const CONFIG = { prefixes: { raw: "raw/", parquet: "parquet-output/", ledger: "ledger/" } };
const INPUT = { hour: "2026-11-20T10", tables: "records" };
const PARTITION = "dt=2026-11-20/hour=10";

/** A batch as it lies in `raw/`, one row a record. */
function landed(sequences: number[], table = "records"): Record<string, Uint8Array> {
  const records = sequences.map((sequence) => record(sequence, "{}"));
  const objects = routeBatch(records, decodeLines, {}, { ...OPTIONS, table });
  return Object.fromEntries(objects.map(({ key, text }) => [key, gzipSync(text)]));
}

function report(objects: string[], rows: number, table = "records"): Record<string, string> {
  const text = JSON.stringify({ objects, rows, columns: [], failedCasts: 0 });
  return { [`ledger/${table}/${PARTITION}/job.json`]: text };
}

test("an hour that adds up is sealed with the fingerprint of what the job read", async () => {
  const raw = { ...landed([1, 2, 3]), ...landed([4, 5]) };
  const keys = Object.keys(raw);
  const store = memoryStore({
    ...raw,
    ...report(keys, 5),
    [`parquet-output/records/${PARTITION}/part-0.parquet`]: await parquetOf(2),
    [`parquet-output/records/${PARTITION}/part-1.parquet`]: await parquetOf(3),
    [`parquet-output/records/${PARTITION}/_SUCCESS`]: "",
  });
  expect(await createReconcile(CONFIG, { store })(INPUT)).toEqual({
    hour: "2026-11-20T10",
    tables: [{ table: "records", objects: 2, rawRows: 5, rows: 5 }],
    isWidened: false,
    isNarrow: false,
  });
  const seal = `ledger/records/${PARTITION}/sealed-${fingerprintOf(keys)}.json`;
  expect(String(store.objects.get(seal))).toBe(
    '{"hour":"2026-11-20T10","table":"records","objects":2,"rawRows":5,"rows":5}\n',
  );
});

test("counting costs one request a Parquet object, and none for raw objects that do not overlap", async () => {
  const raw = { ...landed([1, 2, 3]), ...landed([4, 5]) };
  const parquet = await parquetOf(5);
  const store = memoryStore({
    ...raw,
    ...report(Object.keys(raw), 5),
    [`parquet-output/records/${PARTITION}/part-0.parquet`]: parquet,
  });
  await createReconcile(CONFIG, { store })(INPUT);
  expect(store.requests).toEqual([
    "GET ledger/records/columns.json",
    "LIST ledger/records/",
    `GET ledger/records/${PARTITION}/job.json`,
    `GET ledger/records/${PARTITION}/job.json`,
    `LIST parquet-output/records/${PARTITION}/`,
    `GET parquet-output/records/${PARTITION}/part-0.parquet 0-${parquet.length}`,
    `PUT ledger/records/${PARTITION}/sealed-${fingerprintOf(Object.keys(raw))}.json`,
  ]);
});

test("a footer that is longer than the first guess takes a second request", async () => {
  const raw = landed([1, 2, 3]);
  const parquet = await parquetOf(3, 1500);
  const key = `parquet-output/records/${PARTITION}/part-0.parquet`;
  const store = memoryStore({ ...raw, ...report(Object.keys(raw), 3), [key]: parquet });
  expect(await createReconcile(CONFIG, { store })(INPUT)).toMatchObject({ tables: [{ rows: 3 }] });
  const footer = parquet.readUInt32LE(parquet.length - 8) + 8;
  expect(footer).toBeGreaterThan(65_536);
  expect(store.requests.filter((request) => request.startsWith(`GET ${key}`))).toEqual([
    `GET ${key} ${parquet.length - 65_536}-${parquet.length}`,
    `GET ${key} ${parquet.length - footer}-${parquet.length}`,
  ]);
});

test("rows of overlapping batches count once", async () => {
  const raw = { ...landed([1, 2, 3]), ...landed([1, 2]), ...landed([3, 4]) };
  const store = memoryStore({
    ...raw,
    ...report(Object.keys(raw), 4),
    [`parquet-output/records/${PARTITION}/part-0.parquet`]: await parquetOf(4),
  });
  expect(await createReconcile(CONFIG, { store })(INPUT)).toMatchObject({ tables: [{ rawRows: 4, rows: 4 }] });
});

test("the columns of an hour are known before it is sealed, and it tells where others are narrower", async () => {
  const reportOf = (objects: string[], type: string) =>
    JSON.stringify({ objects, rows: 2, columns: [{ name: "a", type }], failedCasts: 0 });
  const raw = landed([1, 2]);
  const store = memoryStore({
    ...raw,
    [`ledger/records/${PARTITION}/job.json`]: reportOf(Object.keys(raw), "string"),
    "ledger/records/dt=2026-11-20/hour=09/job.json": reportOf([], "bigint"),
    "ledger/records/columns.json": JSON.stringify({ columns: [{ name: "a", type: "bigint" }], narrow: [] }),
    [`parquet-output/records/${PARTITION}/part-0.parquet`]: await parquetOf(2),
  });
  expect(await createReconcile(CONFIG, { store })(INPUT)).toMatchObject({ isWidened: true, isNarrow: false });
  const writes = store.requests.filter((request) => request.startsWith("PUT"));
  expect(writes[0]).toBe("PUT ledger/records/columns.json");
  expect(writes[1]).toMatch(/sealed-/);
  expect(JSON.parse(String(store.objects.get("ledger/records/columns.json"))).narrow).toEqual(["2026-11-20T09"]);
});

test("an hour that was flattened before its table was widened is narrow and not sealed", async () => {
  const raw = landed([1, 2]);
  const columns = [{ name: "a", type: "bigint" }];
  const store = memoryStore({
    ...raw,
    [`ledger/records/${PARTITION}/job.json`]: JSON.stringify({
      objects: Object.keys(raw),
      rows: 2,
      columns,
      failedCasts: 0,
    }),
    "ledger/records/columns.json": JSON.stringify({ columns: [{ name: "a", type: "string" }], narrow: [] }),
    [`parquet-output/records/${PARTITION}/part-0.parquet`]: await parquetOf(2),
  });
  expect(await createReconcile(CONFIG, { store })(INPUT)).toMatchObject({ isWidened: false, isNarrow: true });
  expect([...store.objects.keys()].filter((key) => key.includes("/sealed-"))).toEqual([]);
});

test("an object that landed after the job listed the hour is late: sealed without it", async () => {
  const raw = landed([1, 2]);
  const store = memoryStore({
    ...raw,
    ...landed([3]),
    ...report(Object.keys(raw), 2),
    [`parquet-output/records/${PARTITION}/part-0.parquet`]: await parquetOf(2),
  });
  await createReconcile(CONFIG, { store })(INPUT);
  expect(store.objects.has(`ledger/records/${PARTITION}/sealed-${fingerprintOf(Object.keys(raw))}.json`)).toBe(true);
});

test.each([
  [2, "1 rows are lost (raw 3 in 1 objects, Parquet 2)"],
  [5, "2 rows are too many (raw 3 in 1 objects, Parquet 5)"],
])("an hour with 3 raw rows and %i in Parquet breaks the ledger and is not sealed", async (rows, finding) => {
  const raw = landed([1, 2, 3]);
  const store = memoryStore({
    ...raw,
    ...report(Object.keys(raw), 3),
    [`parquet-output/records/${PARTITION}/part-0.parquet`]: await parquetOf(rows),
  });
  await expect(createReconcile(CONFIG, { store })(INPUT)).rejects.toMatchObject({
    name: "LedgerBroken",
    message: `reconcile: table "records", hour 2026-11-20T10: ${finding}`,
  });
  expect([...store.objects.keys()].filter((key) => key.includes("sealed-"))).toEqual([]);
});

test("one broken table does not keep the others of the hour from their seals", async () => {
  const orders = landed([1, 2], "orders");
  const records = landed([1, 2], "records");
  const store = memoryStore({
    ...orders,
    ...records,
    ...report(Object.keys(orders), 2, "orders"),
    ...report(Object.keys(records), 2, "records"),
    [`parquet-output/records/${PARTITION}/part-0.parquet`]: await parquetOf(2),
  });
  await expect(createReconcile(CONFIG, { store })({ ...INPUT, tables: "orders,records" })).rejects.toThrow(
    'reconcile: table "orders", hour 2026-11-20T10: 2 rows are lost (raw 2 in 1 objects, Parquet 0)',
  );
  expect([...store.objects.keys()].filter((key) => key.includes("sealed-"))).toEqual([
    `ledger/records/${PARTITION}/sealed-${fingerprintOf(Object.keys(records))}.json`,
  ]);
});

test("a table whose job left no report breaks the ledger", async () => {
  await expect(createReconcile(CONFIG, { store: memoryStore() })(INPUT)).rejects.toMatchObject({
    name: "LedgerBroken",
    message: `reconcile: table "records", hour 2026-11-20T10: the job left no report "ledger/records/${PARTITION}/job.json"`,
  });
});

test("a table whose job began to write and did not end breaks the ledger", async () => {
  const store = memoryStore({ [`ledger/records/${PARTITION}/job.json`]: '{"started":true}' });
  await expect(createReconcile(CONFIG, { store })(INPUT)).rejects.toThrow(
    'reconcile: table "records", hour 2026-11-20T10: a run of the job did not end, or another goes on',
  );
});

test("a raw object that must be read and is gone is named", async () => {
  const raw = { ...landed([1, 2, 3]), ...landed([1, 2]) };
  const keys = Object.keys(raw);
  const store = memoryStore(report(keys, 3));
  await expect(createReconcile(CONFIG, { store })(INPUT)).rejects.toThrow(
    `reconcile: the job read "${keys[1]}", which is there no more`,
  );
});

test.each([
  ["nothing", ""],
  ["text", "not Parquet at all"],
])("a Parquet object that holds %s is named", async (_name, content) => {
  const key = `parquet-output/records/${PARTITION}/part-0.parquet`;
  const store = memoryStore({ ...report([], 0), [key]: content });
  await expect(createReconcile(CONFIG, { store })(INPUT)).rejects.toThrow(
    `reconcile: "${key}" (${content.length} bytes) does not read as Parquet`,
  );
});

test.each([undefined, "", "a,,b", "Orders", 5])("the tables %p are refused", async (tables) => {
  const run = createReconcile(CONFIG, { store: memoryStore() })({ hour: "2026-11-20T10", tables });
  await expect(run).rejects.toThrow(
    `reconcile: the input needs "tables", such as "orders,records"; got ${JSON.stringify(tables)}`,
  );
});
