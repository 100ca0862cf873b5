import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { countDistinctRows, planCount } from "../../../lake/hourly/distinctRows";
import type { LandingObject } from "../../../lake/routing/landingObject";
import { decodeLines, OPTIONS, record } from "../support/records";
import { routeBatch } from "../support/routeBatch";

/** A lake of the given batches, each a list of sequence numbers; a record's rows are as many as its number's last digit. */
function lakeOf(batches: number[][], shard = "shardId-000000000000") {
  const objects = new Map<string, LandingObject>();
  for (const batch of batches) {
    const records = batch.map((sequence) => record(sequence, rowsOf(sequence), { shard }));
    for (const object of routeBatch(records, decodeLines, {}, OPTIONS)) objects.set(object.key, object);
  }
  const read: string[] = [];
  return {
    keys: [...objects.keys()],
    read,
    count: () =>
      countDistinctRows(objects.keys(), async (key) => {
        read.push(key);
        return gzipSync(objects.get(key)?.text ?? "");
      }),
  };
}

function rowsOf(sequence: number): string {
  return Array.from({ length: (sequence % 10) + 1 }, (_, row) => `{"row":${row}}`).join("\n");
}

function rowsIn(sequences: Iterable<number>): number {
  return [...new Set(sequences)].reduce((sum, sequence) => sum + (sequence % 10) + 1, 0);
}

test("objects that do not overlap are counted from their keys alone", async () => {
  const lake = lakeOf([
    [10, 11, 12],
    [13, 14],
    [20, 30],
  ]);
  expect(await lake.count()).toBe(6 + 9 + 2);
  expect(lake.read).toEqual([]);
});

test("a batch that was cut again is read, and each row counted once", async () => {
  const lake = lakeOf([
    [10, 11, 12],
    [10, 11],
    [12, 13],
    [50, 51],
  ]);
  expect(await lake.count()).toBe(rowsIn([10, 11, 12, 13, 50, 51]));
  expect(lake.read.map((key) => key.split("shardId-000000000000-")[1])).toEqual([
    "10-11-3-dec9fe0ef57cfc089.ndjson.gz",
    "10-12-6-deb18cd671bc509a9.ndjson.gz",
    "12-13-7-de447868d3b96266a.ndjson.gz",
  ]);
});

test("parallel lanes of one shard overlap in range and share no row", async () => {
  const lake = lakeOf([
    [10, 12, 14],
    [11, 13, 15],
  ]);
  expect(await lake.count()).toBe(rowsIn([10, 11, 12, 13, 14, 15]));
  expect(lake.read).toHaveLength(2);
});

test("the same range on two shards does not overlap", async () => {
  const keys = [...lakeOf([[10, 11]]).keys, ...lakeOf([[10, 11]], "shardId-000000000001").keys];
  expect(planCount(keys)).toEqual({ counted: 6, overlaps: [] });
});

test("a key given twice is one object", () => {
  const { keys } = lakeOf([[10, 11]]);
  expect(planCount([...keys, ...keys])).toEqual({ counted: 3, overlaps: [] });
});

test("sequence numbers of different length are compared as numbers", () => {
  expect(
    planCount(
      lakeOf([
        [8, 9],
        [10, 11],
      ]).keys,
    ),
  ).toMatchObject({ counted: 9 + 10 + 1 + 2, overlaps: [] });
});

test("a key that is not ours is refused by name", () => {
  expect(() => planCount(["raw/records/notes.txt"])).toThrow(
    'lake: "raw/records/notes.txt" is not the key of a landed object; only routers and Firehose may write there',
  );
});

test("beside a delivered object, a key that is not ours is refused by name", async () => {
  const counting = countDistinctRows([DELIVERED("a"), "raw/records/notes.txt"], async () => lines("s/1/0.0"));
  await expect(counting).rejects.toThrow('lake: "raw/records/notes.txt" is not the key of a landed object');
});

const DELIVERED = (name: string) =>
  `raw/records/dt=2026-11-20/hour=10/shop-1-2026-11-20-10-05-00-${name}.delivered.ndjson.gz`;
const lines = (...ids: string[]) => gzipSync(ids.map((id) => `{"_id":"${id}","data":{}}\n`).join(""));

test("with an object that Firehose delivered, all objects are read, and each row is counted once", async () => {
  const landed = "raw/records/dt=2026-11-20/hour=10/shardId-000000000000-10-11-2.ndjson.gz";
  const objects: Record<string, Buffer> = {
    [DELIVERED("a")]: lines("s/10/0.0", "s/11/0.0", "s/12/0.0"),
    [DELIVERED("b")]: lines("s/12/0.0", "s/12/1.0", "t/12/0.0"),
    [landed]: lines("s/10/0.0", "s/9/0.0"),
  };
  expect(await countDistinctRows(Object.keys(objects), async (key) => objects[key] as Buffer)).toBe(6);
});

test("100,000 rows that are delivered twice, cut again, are counted once", async () => {
  const ids = Array.from({ length: 100_000 }, (_, index) => `shardId-000000000000/${1000 + index}/0.0`);
  const objects: Record<string, Buffer> = {
    [DELIVERED("a")]: lines(...ids),
    [DELIVERED("b")]: lines(...ids.slice(0, 40_000)),
    [DELIVERED("c")]: lines(...ids.slice(40_000)),
  };
  expect(await countDistinctRows(Object.keys(objects), async (key) => objects[key] as Buffer)).toBe(100_000);
});

test.each([
  ["a line that is not a row", gzipSync('{"id":"x"}\n')],
  ["no newline at its end", gzipSync('{"_id":"x"}')],
  ["other bytes", Buffer.from("x")],
])("a delivered object with %s is named", async (_what, body) => {
  const counting = countDistinctRows([DELIVERED("a")], async () => body);
  await expect(counting).rejects.toThrow(
    `lake: "${DELIVERED("a")}" (${body.length} bytes) does not read as a raw object`,
  );
});

test("an object that does not read is named", async () => {
  const { keys } = lakeOf([
    [10, 12],
    [11, 13],
  ]);
  await expect(countDistinctRows(keys, async () => Buffer.from("not gzip"))).rejects.toThrow(
    `lake: "${keys[0]}" (8 bytes) does not read as a raw object`,
  );
});

test("a read that fails rejects with its own error", async () => {
  const { keys } = lakeOf([
    [10, 12],
    [11, 13],
    [12, 14],
  ]);
  const unreachable = new Error("unreachable");
  await expect(countDistinctRows(keys, () => Promise.reject(unreachable))).rejects.toBe(unreachable);
});

/** The lanes of one mapping never share first and last record; other batches with both and as many rows would share a key. */
function haveKeysOfTheirOwn(batches: number[][]): boolean {
  const members = new Map<string, string>();
  return batches.every((batch) => {
    const key = `${batch[0]}-${batch.at(-1)}-${rowsIn(batch)}`;
    const former = members.get(key) ?? String(batch);
    members.set(key, former);
    return former === String(batch);
  });
}

test("however batches are cut, repeated and spread over lanes, each row is counted once", async () => {
  const batch = fc
    .tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 12 }), fc.constantFrom(1, 2, 3))
    .map(([first, count, step]) => Array.from({ length: count }, (_, index) => first + index * step));
  await fc.assert(
    fc.asyncProperty(fc.array(batch, { maxLength: 12 }), async (batches) => {
      fc.pre(haveKeysOfTheirOwn(batches));
      expect(await lakeOf(batches).count()).toBe(rowsIn(batches.flat()));
    }),
  );
});
