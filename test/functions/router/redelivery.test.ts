import { gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { FORMATS } from "../../../formats/registry";
import { createRouter } from "../../../functions/router";
import { readUnformattedLine } from "../../../lake/envelope";
import { countDistinctRows } from "../../../lake/hourly/distinctRows";
import { aggregate } from "../../formats/support/aggregate";
import { ARRIVED_SECONDS, kinesisEvent, type TestRecord } from "../support/kinesisEvents";
import { type MemoryStore, memoryStore } from "../support/memoryStore";

const CONFIG = {
  formats: { json: {}, ndjson: {}, csv: {} },
  table: "records",
  prefixes: { raw: "raw/", unformatted: "unformatted/" },
  concurrentWrites: 4,
};

function handlerOn(store: MemoryStore) {
  const hooks = { table: (row: object) => ("sku" in row ? "orders" : "records") };
  return createRouter(CONFIG, {
    hooks,
    formats: FORMATS,
    effects: { stream: "clicks", store, log: () => undefined },
  });
}

function linesIn(store: MemoryStore, prefix: string): string[] {
  return [...store.objects]
    .filter(([key]) => key.startsWith(prefix))
    .flatMap(([, body]) => gunzipSync(body).toString("utf8").split("\n").slice(0, -1));
}

const payloads = fc.oneof(
  fc.record({ n: fc.integer(), text: fc.string() }).map((row) => Buffer.from(JSON.stringify(row))),
  fc.constant(Buffer.from("sku,quantity\nA-1,2\nB-2,3\n")),
  fc.constant(gzipSync('{"n":1}\n{"sku":"C-3"}\n')),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
);

test("whatever writes fail, delivering again from the reported record lands every record, and each row once", async () => {
  const batch = fc.array(fc.tuple(payloads, fc.constantFrom(0, 3600)), { minLength: 1, maxLength: 25 });
  await fc.assert(
    fc.asyncProperty(batch, fc.infiniteStream(fc.boolean()), async (content, faults) => {
      const records: TestRecord[] = content.map(([data, later], index) => ({
        sequenceNumber: String(1000 + index),
        data,
        arrived: ARRIVED_SECONDS + later,
      }));
      const quiet = memoryStore();
      await handlerOn(quiet)(kinesisEvent(records));

      let faultsLeft = 6;
      const store = memoryStore({}, () => {
        if (faultsLeft === 0 || !faults.next().value) return undefined;
        faultsLeft -= 1;
        return new Error("SlowDown");
      });
      let rest = records;
      while (rest.length > 0) {
        const { batchItemFailures } = await handlerOn(store)(kinesisEvent(rest));
        const checkpoint = batchItemFailures[0]?.itemIdentifier ?? "9999";
        rest = rest.filter(({ sequenceNumber }) => sequenceNumber >= checkpoint);
      }

      for (const prefix of ["raw/", "unformatted/"]) {
        expect([...new Set(linesIn(store, prefix))].sort()).toEqual(linesIn(quiet, prefix).sort());
      }
      const rawKeys = [...store.objects.keys()].filter((key) => key.startsWith("raw/"));
      const read = async (key: string) => store.objects.get(key) as Uint8Array;
      expect(await countDistinctRows(rawKeys, read)).toBe(linesIn(quiet, "raw/").length);
      for (const line of linesIn(store, "unformatted/")) {
        const { id, payload } = readUnformattedLine(line);
        const original = content[Number(id.split("/")[1]) - 1000]?.[0];
        expect(Buffer.compare(Buffer.from(payload), original ?? Buffer.alloc(0))).toBe(0);
      }
    }),
    { numRuns: 60 },
  );
});

test("rows that another version of the program selects between the same records are not taken for those that are there", async () => {
  const records = [1, 2, 3, 4].map((n) => ({ sequenceNumber: String(1000 + n), data: JSON.stringify({ n }) }));
  const store = memoryStore({}, (key) => (key.startsWith("PUT raw/rest/") ? new Error("AccessDenied") : undefined));
  const version = (sales: readonly number[]) =>
    createRouter(
      { ...CONFIG, formats: { json: {} } },
      {
        formats: FORMATS,
        hooks: { table: ({ n }) => (sales.includes(n as number) ? "sales" : "rest") },
        effects: { stream: "clicks", store, log: () => undefined },
      },
    );
  await version([1, 2, 4])(kinesisEvent(records));
  const sales = () => linesIn(store, "raw/sales/").map((line) => (JSON.parse(line) as { data: { n: number } }).data.n);
  expect(sales()).toEqual([1, 2, 4]);
  // The batch was not finished, and is delivered again after an update.
  await version([1, 3, 4])(kinesisEvent(records));
  expect([...new Set(sales())].sort()).toEqual([1, 2, 3, 4]);
  const keys = [...store.objects.keys()];
  await version([1, 3, 4])(kinesisEvent(records));
  expect([...store.objects.keys()]).toEqual(keys);
});

test("objects of any versions, batches and filters have one key if and only if they have the same ids", async () => {
  const user = (n: number) => ({ partitionKey: "u", payload: Buffer.from(`{"n":${n}}`) });
  const record = fc.oneof(
    fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 4 }).map((rows) => aggregate(rows.map(user))),
    fc
      .array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 4 })
      .map((rows) => Buffer.from(`n\n${rows.join("\n")}\n`)),
  );
  const deliveries = fc.array(
    fc.record({ first: fc.nat(3), length: fc.nat(6), filter: fc.nat(63), tables: fc.nat(15), refused: fc.nat(15) }),
    { minLength: 2, maxLength: 8 },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(record, { minLength: 6, maxLength: 6 }), deliveries, async (payloads, all) => {
      const idsByKey = new Map<string, string>();
      const keyByIds = new Map<string, string>();
      for (const { first, length, filter, tables, refused } of all) {
        const isIn = (set: number, n: unknown) => ((set >> Number(n)) & 1) === 1;
        const store = memoryStore();
        const router = createRouter(CONFIG, {
          formats: FORMATS,
          hooks: {
            accept: ({ n }) => (isIn(refused, n) ? "refused" : true),
            table: ({ n }) => (isIn(tables, n) ? "orders" : "records"),
          },
          effects: { stream: "clicks", store, log: () => undefined },
        });
        const batch = payloads.flatMap((data, index) => [{ sequenceNumber: String(100 + index), data }]);
        const some = batch.slice(first, first + length).filter((_, index) => isIn(filter, first + index));
        await router(kinesisEvent(some));
        for (const [key, body] of store.objects) {
          const folder = key.slice(0, key.indexOf("/dt="));
          const lines = gunzipSync(body).toString("utf8").split("\n").slice(0, -1);
          const ids = [folder, ...lines.map((line) => JSON.parse(line)._id ?? JSON.parse(line).id)].join();
          expect(idsByKey.get(key) ?? ids).toBe(ids);
          expect(keyByIds.get(ids) ?? key).toBe(key);
          idsByKey.set(key, ids);
          keyByIds.set(ids, key);
        }
      }
    }),
    { numRuns: 100 },
  );
});

test("records that unfold are landed in parts, so that they never lie in memory all at once", async () => {
  const store = memoryStore();
  const unfolding = gzipSync('{"a":1}\n'.repeat(8000));
  const records = Array.from({ length: 30 }, (_, index) => ({ sequenceNumber: String(100 + index), data: unfolding }));
  const handler = createRouter(CONFIG, {
    formats: FORMATS,
    effects: { stream: "clicks", store, log: () => undefined },
  });
  expect(await handler(kinesisEvent(records))).toEqual({ batchItemFailures: [] });
  expect([...store.objects.keys()].map((key) => key.split("hour=10/")[1])).toEqual([
    "shardId-000000000003-100-128-232000-d8efe1a393d38192e.ndjson.gz",
    "shardId-000000000003-129-129-8000-d7beaf586ae3c055d.ndjson.gz",
  ]);
});
