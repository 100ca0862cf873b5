/** The check of a delivery stream's backup finds the order of records of several shards, in a bounded number of comparisons. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { checkBackup } from "../../../../local/ledger/sinks/backupLedger";
import { Findings } from "../../../../local/ledger/sinks/sinkLedger";

const work = mkdtempSync(path.join(tmpdir(), "backup-ledger-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** @param shards the records of each */
async function checked(shards: readonly (readonly string[])[], objects: readonly string[]) {
  const base = mkdtempSync(path.join(work, "case-"));
  const backup = path.join(base, "backup");
  mkdirSync(backup);
  const logs = shards.map((records, index) => {
    const log = path.join(base, `log-${index}.ndjson`);
    const lines = records.map((text, number) => {
      const Data = Buffer.from(text).toString("base64");
      const record = { SequenceNumber: String(number + 1), ApproximateArrivalTimestamp: 1, PartitionKey: "k", Data };
      return `${JSON.stringify(record)}\n`;
    });
    writeFileSync(log, lines.join(""));
    return { shard: `shardId-${index}`, path: log };
  });
  for (const [index, text] of objects.entries()) writeFileSync(path.join(backup, `object-${index}`), gzipSync(text));
  const [findings, unchecked] = [new Findings(), new Findings()];
  const compared = jest.spyOn(Buffer.prototype, "compare");
  try {
    const found = await checkBackup(backup, logs, findings, unchecked);
    const bytes = compared.mock.calls.reduce((sum, [, start, end]) => sum + Number(end) - Number(start), 0);
    return { found, bytes, findings: findings.all(), unchecked: unchecked.all() };
  } finally {
    compared.mockRestore();
  }
}

const LINES = ['{"n":1}\n{"n":2}', '{"n":1}'] as const;

test.each<[string, string[][], string[]]>([
  ["one record begins with another's bytes, and comes first", [[LINES[0]], [LINES[1]]], [LINES.join("")]],
  ["one record begins with another's bytes, and comes last", [[LINES[0]], [LINES[1]]], [`${LINES[1]}${LINES[0]}`]],
  [
    "two shards have the same record",
    [
      ["x", "y"],
      ["x", "z"],
    ],
    ["xzxy"],
  ],
  [
    "two shards have the same record, at the end of an object",
    [
      ["x", "y"],
      ["x", "z"],
    ],
    ["x", "zxy"],
  ],
  ["the longest record is not the next", [["ab"], ["a", "bx"]], ["abxab"]],
  [
    "an object is repeated",
    [
      ["x", "y"],
      ["x", "z"],
    ],
    ["xz", "xz", "xy"],
  ],
  ["many records are the same", [Array(50).fill("x"), Array(70).fill("x")], ["x".repeat(120)]],
])("a backup is read as its records are: %s", async (_, shards, objects) => {
  expect(await checked(shards, objects)).toMatchObject({ found: shards.flat().length, findings: [], unchecked: [] });
});

test("bytes of no record are found, among records that are the same", async () => {
  const { findings, unchecked } = await checked(
    [
      ["x", "y"],
      ["x", "z"],
    ],
    ["xqxy"],
  );
  expect(findings.map(({ what, count }) => [what, count])).toEqual([
    ["backup objects have bytes that are not those of the next record of a shard", 1],
    ["records are missing in the backup", 3],
  ]);
  expect(unchecked).toEqual([]);
});

const WRONG_BYTES = "backup objects have bytes that are not those of the next record of a shard";
const MISSING = "records are missing in the backup";
const PING = '{"ping":1}';

test.each<[string, string[]]>([
  ["another byte", [`${PING.repeat(80)}{"amount":900}`]],
  ["another record of as many bytes", [`${PING.repeat(80)}{"ping":1}\n\n\n\n`]],
  ["the bytes of a record in another order", [`${PING.repeat(80)}{"amount":010}`]],
  ["a record before those of its shard", [`${PING.repeat(39)}{"amount":100}${PING.repeat(41)}`]],
])("a backup of equal records in two shards is not whole with %s", async (_, objects) => {
  const shards = [[...Array(40).fill(PING), '{"amount":100}'], Array(40).fill(PING)];
  expect(objects.join("")).toHaveLength(shards.flat().join("").length);
  const { findings, unchecked } = await checked(shards, objects);
  expect(findings.map(({ what }) => what)).toEqual([WRONG_BYTES, MISSING]);
  expect(unchecked).toEqual([]);
});

test("runs of equal records in two shards are read, whatever their order", async () => {
  const shards = [
    [...Array(300).fill(PING), "A"],
    [...Array(300).fill(PING), "B"],
  ];
  const backup = `${PING.repeat(310)}B${PING.repeat(290)}A`;
  expect(await checked(shards, [backup])).toMatchObject({ found: 602, findings: [], unchecked: [] });
});

test("hostile records take comparisons in proportion to their bytes, and are not checked", async () => {
  const same = "x".repeat(500);
  const shards = Array.from({ length: 20 }, (_, index) => [...Array(40).fill(same), String.fromCharCode(65 + index)]);
  const total = shards.flat().join("").length;
  const wrong = `${same.repeat(39)}A${same.repeat(761)}BCDEFGHIJKLMNOPQRST`;
  expect(wrong).toHaveLength(total);
  const { found, bytes, findings, unchecked } = await checked(shards, [wrong]);
  expect(found).toBeUndefined();
  expect(findings).toEqual([]);
  expect(unchecked).toEqual([
    {
      what: "backups have the bytes of the stream's records, which have more possible orders than are tried",
      count: 1,
      examples: ["backup"],
    },
  ]);
  expect(bytes).toBeLessThan(66 * total + 16 * 1024 * 1024);
  expect(bytes).toBeGreaterThan(10 * total);
});
