import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { DuckDBInstance } from "@duckdb/node-api";
import { rawLineWriter, unformattedLine } from "../../../lake/envelope";
import { objectKey } from "../../../lake/objectKey";
import type { IncomingRecord } from "../../../lake/record";
import { type Ledger, readLedger } from "../../../local/ledger/ledger";

const PREFIXES = { raw: "raw/", unformatted: "unformatted/", parquet: "parquet-output/" };
const HOUR = "2026-11-20T10";
const ARRIVED = Date.parse("2026-11-20T10:04:09.123Z");
const SHARD = "shardId-000000000001";

let dir: string;
let lakeDir: string;
let scratchDir: string;

beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), "ledger [test]* "));
  lakeDir = path.join(dir, "it's a lake");
  scratchDir = path.join(dir, "scratch");
  mkdirSync(scratchDir);
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const record = (sequenceNumber: string, payload = "x", subSequence?: number): IncomingRecord => ({
  shard: SHARD,
  sequenceNumber,
  arrivedMillis: ARRIVED,
  partitionKey: "k",
  payload: Buffer.from(payload),
  subSequence,
});
const positions = (...sequenceNumbers: string[]) =>
  sequenceNumbers.map((sequenceNumber) => ({ stream: "clicks", shard: SHARD, sequenceNumber }));
const rowId = (sequenceNumber: string, place: number) => `${SHARD}/${sequenceNumber}/0.${place}`;

function writeObject(key: string, body: Uint8Array | string): void {
  const file = path.join(lakeDir, key);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, body);
}

/** One object of raw/: sequence numbers and how many rows each record has. */
function writeRaw(records: [string, number][], options: { table?: string; lines?: number } = {}): void {
  const lines = records.flatMap(([sequenceNumber, rows]) => {
    const write = rawLineWriter(record(sequenceNumber), "clicks", "json");
    return Array.from({ length: rows }, (_, place) => write(place, `{"n":${place}}`));
  });
  const range = { shard: SHARD, first: records[0]?.[0] ?? "", last: records.at(-1)?.[0] ?? "" };
  const key = objectKey(PREFIXES.raw, options.table ?? "records", HOUR, {
    ...range,
    count: options.lines ?? lines.length,
  });
  writeObject(key, gzipSync(lines.join("")));
}

function writeUnformatted(...sequenceNumbers: string[]): void {
  const lines = sequenceNumbers.map((one) => unformattedLine(record(one), "clicks", { reason: "format", detail: "d" }));
  const range = {
    shard: SHARD,
    first: sequenceNumbers[0] ?? "",
    last: sequenceNumbers.at(-1) ?? "",
    count: lines.length,
  };
  writeObject(objectKey(PREFIXES.unformatted, "records", HOUR, range), gzipSync(lines.join("")));
}

async function writeTable(ids: string[], table = "records", part = "part-0"): Promise<void> {
  const file = path.join(lakeDir, PREFIXES.parquet, table, "dt=2026-11-20/hour=10", `${part}.parquet`);
  mkdirSync(path.dirname(file), { recursive: true });
  const connection = await (await DuckDBInstance.create()).connect();
  const values = ids.map((id) => `('${id}', 1)`).join(", ");
  await connection.run(
    `COPY (SELECT * FROM (VALUES ${values}) AS t(_id, n)) TO '${file.replaceAll("'", "''")}' (FORMAT parquet)`,
  );
  connection.closeSync();
}

const read = (sent: ReturnType<typeof positions>, failedDir?: string): Promise<Ledger> =>
  readLedger({ sent: [sent], lakeDir, failedDirs: failedDir ? [failedDir] : [] }, scratchDir);

test("a run without any record is balanced", async () => {
  expect(await read([])).toEqual({
    records: { sent: 0, landed: 0, unformatted: 0, failed: 0 },
    rows: { raw: 0, tables: 0 },
    rawObjects: 0,
    failedBatches: 0,
    byReason: {},
    tables: {},
    lost: 0,
    duplicated: 0,
    unknown: 0,
    balanced: true,
    findings: [],
  });
});

test("rows that no job flattens may stay in raw/, and those of a table are still checked", async () => {
  writeRaw([["10", 2]]);
  const sources = { sent: [positions("10")], lakeDir, failedDirs: [] };
  expect(await readLedger({ ...sources, isFlattened: false }, scratchDir)).toMatchObject({
    rows: { raw: 2, tables: 0 },
    balanced: true,
  });
  expect(await readLedger(sources, scratchDir)).toMatchObject({ lost: 2, balanced: false });
  await writeTable([rowId("10", 7)]);
  expect(await readLedger({ ...sources, isFlattened: false }, scratchDir)).toMatchObject({ lost: 0, unknown: 1 });
});

/** Rows of record 10 at these places in raw/ and in the table, and others that were refused by themselves. */
async function writeRowsApart(raw: number[], refused: number[]): Promise<void> {
  const range = { shard: SHARD, first: "10", last: "10" };
  const write = rawLineWriter(record("10"), "clicks", "csv");
  const rawKey = objectKey(PREFIXES.raw, "records", HOUR, { ...range, count: raw.length });
  writeObject(rawKey, gzipSync(raw.map((place) => write(place, "{}")).join("")));
  const lines = refused.map((row) =>
    unformattedLine({ ...record("10"), row }, "clicks", { reason: "format", detail: "d" }),
  );
  const key = objectKey(PREFIXES.unformatted, "records", HOUR, { ...range, count: refused.length });
  writeObject(key, gzipSync(lines.join("")));
  await writeTable(raw.map((place) => rowId("10", place)));
}

test("rows that were refused by themselves balance with the other rows of their record", async () => {
  await writeRowsApart([0, 2], [1, 3]);

  expect(await read(positions("10"))).toMatchObject({
    balanced: true,
    records: { sent: 1, landed: 1, unformatted: 0, failed: 0 },
    rows: { raw: 2, tables: 2 },
    byReason: { format: 2 },
  });
});

test("a row between the good and the bad rows of its record is missed", async () => {
  await writeRowsApart([0, 2], [3]);

  expect((await read(positions("10"))).findings).toEqual([
    {
      what: "rows between the first and the last of their record are in none of raw/ and unformatted/",
      count: 1,
      examples: [`clicks/${SHARD}/10`],
    },
  ]);
});

test("a row in raw/ and by itself in unformatted/ is in two places", async () => {
  await writeRowsApart([0, 1], [1]);

  expect((await read(positions("10"))).findings).toEqual([
    { what: "rows are in raw/ and in unformatted/", count: 1, examples: [`clicks/${SHARD}/10`] },
  ]);
});

test("rows, unformatted records and a failed batch balance, though two raw objects overlap", async () => {
  writeRaw([
    ["10", 1],
    ["11", 2],
  ]);
  writeRaw([
    ["11", 2],
    ["12", 1],
  ]);
  writeUnformatted("13", "14");
  await writeTable([rowId("10", 0), rowId("11", 0), rowId("11", 1), rowId("12", 0)]);
  const failedDir = path.join(dir, "failed");
  const failed = path.join(failedDir, "aws/lambda/3b0e/shardId-000000000001/2026/11/20/2026-11-20T10.05.00-77aa");
  mkdirSync(path.dirname(failed), { recursive: true });
  const event = {
    Records: ["15", "12"].map((one) => ({
      eventID: `${SHARD}:${one}`,
      eventSourceARN: "arn:aws:kinesis:us-east-1:123456789012:stream/clicks",
    })),
  };
  writeFileSync(failed, JSON.stringify({ version: "1.0", payload: JSON.stringify(event) }));

  const ledger = await read(positions("10", "11", "12", "13", "14", "15"), failedDir);
  expect(ledger.findings).toEqual([]);
  expect(ledger.records).toEqual({ sent: 6, landed: 3, unformatted: 2, failed: 1 });
  expect(ledger.rows).toEqual({ raw: 4, tables: 4 });
  expect([ledger.rawObjects, ledger.failedBatches]).toEqual([2, 1]);
  expect(ledger.byReason).toEqual({ format: 2 });
  expect(ledger.tables).toEqual({ records: { rows: 4, files: 1 } });
  expect(ledger.balanced).toBe(true);
  expect(readdirSync(scratchDir)).toEqual([]);
});

describe("a ledger is broken by", () => {
  const cases: [string, () => Promise<void>, string[], Pick<Ledger, "lost" | "duplicated" | "unknown" | "findings">][] =
    [
      [
        "a record that is nowhere",
        async () => {
          writeRaw([["10", 1]]);
          await writeTable([rowId("10", 0)]);
        },
        ["10", "11", "12"],
        {
          lost: 2,
          duplicated: 0,
          unknown: 0,
          findings: [
            {
              what: "records of the stream are in none of raw/, unformatted/ and the failed batches",
              count: 2,
              examples: [`clicks/${SHARD}/11`, `clicks/${SHARD}/12`],
            },
          ],
        },
      ],
      [
        "a record in raw/ and in unformatted/",
        async () => {
          writeRaw([["10", 1]]);
          writeUnformatted("10");
          await writeTable([rowId("10", 0)]);
        },
        ["10"],
        {
          lost: 0,
          duplicated: 1,
          unknown: 0,
          findings: [{ what: "records are in raw/ and in unformatted/", count: 1, examples: [`clicks/${SHARD}/10`] }],
        },
      ],
      [
        "a row that its table lacks",
        async () => {
          writeRaw([["10", 3]]);
          await writeTable([rowId("10", 0), rowId("10", 2)]);
        },
        ["10"],
        {
          lost: 1,
          duplicated: 0,
          unknown: 0,
          findings: [{ what: "rows of raw/ are missing in their table", count: 1, examples: [rowId("10", 1)] }],
        },
      ],
      [
        "a row that its table has three times, in two files",
        async () => {
          writeRaw([["10", 1]]);
          await writeTable([rowId("10", 0), rowId("10", 0)]);
          await writeTable([rowId("10", 0)], "records", "part-1");
        },
        ["10"],
        {
          lost: 0,
          duplicated: 2,
          unknown: 0,
          findings: [{ what: "rows are in a table more than once", count: 2, examples: [rowId("10", 0)] }],
        },
      ],
      [
        "a row in two tables",
        async () => {
          writeRaw([["10", 1]]);
          writeRaw([["10", 1]], { table: "orders" });
          await writeTable([rowId("10", 0)]);
          await writeTable([rowId("10", 0)], "orders");
        },
        ["10"],
        {
          lost: 0,
          duplicated: 1,
          unknown: 0,
          findings: [{ what: "rows are in more than one table", count: 1, examples: [rowId("10", 0)] }],
        },
      ],
      [
        "a record and a row that nobody sent",
        async () => {
          writeRaw([["10", 1]]);
          writeUnformatted("99");
          await writeTable([rowId("10", 0), rowId("98", 0)]);
        },
        ["10"],
        {
          lost: 0,
          duplicated: 0,
          unknown: 2,
          findings: [
            {
              what: "records in raw/, unformatted/ or a failed batch are not in the stream",
              count: 1,
              examples: [`clicks/${SHARD}/99`],
            },
            { what: "rows of a table are not in raw/", count: 1, examples: [rowId("98", 0)] },
          ],
        },
      ],
    ];

  test.each(cases)("%s", async (_, arrange, sent, expected) => {
    await arrange();
    const ledger = await read(positions(...sent));
    expect(ledger).toMatchObject(expected);
    expect(ledger.balanced).toBe(false);
  });

  test("an object with fewer lines than its key counts", async () => {
    writeRaw([["10", 2]], { lines: 3 });
    await writeTable([rowId("10", 0), rowId("10", 1)]);
    const ledger = await read(positions("10"));
    expect(ledger.lost).toBe(1);
    expect(ledger.findings[0]?.what).toBe("lines are missing in objects whose key counts them");
  });

  test("a row missing between the rows of its record", async () => {
    const write = rawLineWriter(record("10"), "clicks", "csv");
    const key = objectKey(PREFIXES.raw, "records", HOUR, { shard: SHARD, first: "10", last: "10", count: 2 });
    writeObject(key, gzipSync(write(0, "{}") + write(3, "{}")));
    await writeTable([rowId("10", 0), rowId("10", 3)]);
    const ledger = await read(positions("10"));
    expect(ledger).toMatchObject({ lost: 2, duplicated: 0, unknown: 0, balanced: false });
  });
});

describe("an aggregated record", () => {
  const range = (count: number) => ({ shard: SHARD, first: "10", last: "10", count });
  const row = (part: number, place: number) => rawLineWriter(record("10", "x", part), "clicks", "json")(place, "{}");
  const refused = (part: number) =>
    unformattedLine(record("10", "x", part), "clicks", { reason: "format", detail: "d" });
  const writeParts = (rows: string[], unformatted: string[]) => {
    writeObject(objectKey(PREFIXES.raw, "records", HOUR, range(rows.length)), gzipSync(rows.join("")));
    writeObject(
      objectKey(PREFIXES.unformatted, "records", HOUR, range(unformatted.length)),
      gzipSync(unformatted.join("")),
    );
  };
  const ids = (...parts: [number, number][]) => parts.map(([part, place]) => `${SHARD}/10/${part}.${place}`);

  test("balances with some of its user records in raw/ and others in unformatted/", async () => {
    writeParts([row(0, 0), row(0, 1), row(2, 0)], [refused(1), refused(3)]);
    await writeTable(ids([0, 0], [0, 1], [2, 0]));
    const ledger = await read(positions("10"));
    expect(ledger.findings).toEqual([]);
    expect(ledger.records).toEqual({ sent: 1, landed: 1, unformatted: 0, failed: 0 });
    expect(ledger.byReason).toEqual({ format: 2 });
  });

  test.each<[string, string[], string[], [number, number][], Partial<Ledger>, string]>([
    [
      "a user record that is nowhere",
      [row(0, 0), row(3, 0)],
      [refused(1)],
      [
        [0, 0],
        [3, 0],
      ],
      { lost: 1, duplicated: 0, unknown: 0 },
      "user records between the first and the last of their aggregated record are in none of raw/ and unformatted/",
    ],
    [
      "a user record in raw/ and in unformatted/",
      [row(0, 0), row(1, 0)],
      [refused(1)],
      [
        [0, 0],
        [1, 0],
      ],
      { lost: 0, duplicated: 1, unknown: 0 },
      "records are in raw/ and in unformatted/",
    ],
    [
      "a row missing in one of its user records",
      [row(0, 0), row(1, 0), row(1, 2)],
      [refused(2)],
      [
        [0, 0],
        [1, 0],
        [1, 2],
      ],
      { lost: 1, duplicated: 0, unknown: 0 },
      "rows between the first and the last of their record are in none of raw/ and unformatted/",
    ],
  ])("breaks the ledger by %s", async (_, rows, unformatted, landed, expected, what) => {
    writeParts(rows, unformatted);
    await writeTable(ids(...landed));
    const ledger = await read(positions("10"));
    expect(ledger).toMatchObject(expected);
    expect(ledger.findings.map((finding) => finding.what)).toEqual([what]);
  });
});

test("the same sequence number in two streams is two records", async () => {
  writeRaw([["10", 1]]);
  await writeTable([rowId("10", 0)]);
  const ledger = await read([...positions("10"), { stream: "orders", shard: SHARD, sequenceNumber: "10" }]);
  expect(ledger.lost).toBe(1);
  expect(ledger.findings[0]?.examples).toEqual([`orders/${SHARD}/10`]);
});

test("rows whose ids begin with their router's source are those of the stream's records", async () => {
  const write = rawLineWriter(record("10"), "clicks", "csv");
  const lines = [0, 1].map((place) => write(place, "{}").replace(SHARD, `eu.${SHARD}`));
  const key = objectKey(PREFIXES.raw, "records", HOUR, { shard: SHARD, first: "10", last: "10", count: 2 });
  writeObject(key, gzipSync(lines.join("")));
  await writeTable([`eu.${rowId("10", 0)}`]);
  expect(await read(positions("10"))).toMatchObject({
    records: { sent: 1, landed: 1 },
    unknown: 0,
    lost: 1,
    findings: [{ what: "rows of raw/ are missing in their table", examples: [`eu.${rowId("10", 1)}`] }],
  });
});

test("the ledger of one stream ignores the other streams of the lake", async () => {
  const write = (stream: string, sequenceNumber: string) => {
    const line = rawLineWriter(record(sequenceNumber), stream, "json")(0, "{}");
    const range = { shard: SHARD, first: sequenceNumber, last: sequenceNumber, count: 1 };
    writeObject(objectKey(PREFIXES.raw, "records", HOUR, range), gzipSync(line));
  };
  write("clicks", "10");
  write("orders", "20");
  await writeTable([rowId("10", 0), rowId("20", 0), rowId("20", 0)]);

  const of = (stream: string, sequenceNumber: string) =>
    readLedger({ stream, sent: [[{ stream, shard: SHARD, sequenceNumber }]], lakeDir, failedDirs: [] }, scratchDir);
  expect(await of("clicks", "10")).toMatchObject({
    balanced: true,
    records: { sent: 1, landed: 1 },
    rows: { raw: 1, tables: 1 },
  });
  expect(await of("orders", "20")).toMatchObject({
    balanced: false,
    rows: { raw: 1, tables: 2 },
    findings: [{ what: "rows are in a table more than once", count: 1, examples: [rowId("20", 0)] }],
  });
});

test("a batch that another function of the stream failed on is not the router's", async () => {
  const failedDir = path.join(dir, "failed");
  const write = (functionName: string, sequenceNumber: string) => {
    const file = path.join(
      failedDir,
      "aws/lambda",
      functionName,
      "shardId-000000000001/2026/11/20/2026-11-20T10.05.00-77aa",
    );
    mkdirSync(path.dirname(file), { recursive: true });
    const eventSourceARN = "arn:aws:kinesis:us-east-1:123456789012:stream/clicks";
    const payload = JSON.stringify({ Records: [{ eventID: `${SHARD}:${sequenceNumber}`, eventSourceARN }] });
    const functionArn = `arn:aws:lambda:us-east-1:123456789012:function:${functionName}:$LATEST`;
    writeFileSync(file, JSON.stringify({ version: "1.0", requestContext: { functionArn }, payload }));
  };
  write("router", "10");
  write("audit", "11");
  const sources = { sent: [positions("10", "11")], lakeDir, failedDirs: [failedDir], functionNames: ["router"] };
  expect(await readLedger(sources, scratchDir)).toMatchObject({
    records: { sent: 2, failed: 1 },
    failedBatches: 1,
    lost: 1,
    findings: [
      {
        what: "records of the stream are in none of raw/, unformatted/ and the failed batches",
        examples: [`clicks/${SHARD}/11`],
      },
    ],
  });
});

test("another lake of the bucket has the same rows, and does not stand for a lost one", async () => {
  const write = (prefix: string) => {
    const line = rawLineWriter(record("10"), "clicks", "json");
    const key = objectKey(`${prefix}raw/`, "records", HOUR, { shard: SHARD, first: "10", last: "10", count: 2 });
    writeObject(key, gzipSync(line(0, "{}") + line(1, "{}")));
  };
  const table = async (prefix: string, ids: string[]) => {
    const whole = lakeDir;
    lakeDir = path.join(whole, prefix);
    await writeTable(ids);
    lakeDir = whole;
  };
  for (const prefix of ["a/", "b/"]) write(prefix);
  await table("a", [rowId("10", 0), rowId("10", 1)]);
  await table("b", [rowId("10", 0)]);
  const of = (prefix: string) =>
    readLedger(
      { sent: [positions("10")], lakeDir, failedDirs: [], isOwnKey: (key) => key.startsWith(prefix) },
      scratchDir,
    );
  expect(await of("a/")).toMatchObject({ balanced: true, rows: { raw: 2, tables: 2 }, rawObjects: 1 });
  expect(await of("b/")).toMatchObject({
    rows: { raw: 2, tables: 1 },
    findings: [{ what: "rows of raw/ are missing in their table", count: 1, examples: [rowId("10", 1)] }],
  });
});
