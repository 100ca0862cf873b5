/** Alerts: said once in a window, never more than it may say, by however many functions at once, and not lost to a crash. */

import fc from "fast-check";
import { type AlertsConfig, createAlerts } from "../../functions/alerts";
import type { AlertRules } from "../../lake/alerts";
import { formatLoaders } from "../../lake/formats";
import { aggregate } from "../formats/support/aggregate";
import { ARRIVED_SECONDS, kinesisEvent, type TestRecord } from "./support/kinesisEvents";
import { type MemoryStore, memoryStore } from "./support/memoryStore";

const CONFIG: AlertsConfig = {
  formats: { json: {}, ndjson: {}, csv: {} },
  prefix: "alerts/shop/",
  windowMinutes: 60,
  messagesPerWindow: 3,
};
const RULES: AlertRules = { large: (row) => Number(row.total) > 100 && `over 100 in ${row.country}` };

interface Sent {
  readonly subject: string;
  readonly body: string;
}

/** One function; several on one store and topic are instances beside each other. */
function instance(
  store: MemoryStore,
  sent: Sent[],
  { rules = RULES, config = CONFIG, fault = (): Error | undefined => undefined } = {},
) {
  const log: Record<string, unknown>[] = [];
  const topic = {
    publish: async (message: Sent) => {
      const error = fault();
      if (error) throw error;
      sent.push(message);
      return `id-${sent.length}`;
    },
  };
  const effects = { stream: "clicks", store, topic, log: (entry: Record<string, unknown>) => log.push(entry) };
  const handler = createAlerts(config, { rules, formats: formatLoaders(config.formats), effects });
  return { log, run: (records: TestRecord[]) => handler(kinesisEvent(records)) };
}

const order = (sequenceNumber: number, country: string, total = 500): TestRecord => ({
  sequenceNumber: String(sequenceNumber),
  data: JSON.stringify({ total, country }),
});
const texts = (sent: readonly Sent[]) => sent.map(({ body }) => JSON.parse(body).text as string);

test("a message says which rule, what, and which row; the claim holds the message's id", async () => {
  const store = memoryStore();
  const sent: Sent[] = [];
  const { run, log } = instance(store, sent);
  expect(await run([order(101, "DE", 5), order(102, "DE")])).toEqual({ batchItemFailures: [] });
  expect(sent).toHaveLength(1);
  expect(sent[0]?.subject).toBe("Alert: large");
  expect(JSON.parse(sent[0]?.body ?? "")).toEqual({
    rule: "large",
    text: "over 100 in DE",
    stream: "clicks",
    row: "shardId-000000000003/102/0.0",
    arrived: "2026-11-20T10:04:09.123Z",
    window: "20261120T1000Z",
  });
  const claim = "alerts/shop/20261120T1000Z/large-f265e2fab67ff07f.json";
  expect([...store.objects.keys()]).toEqual([claim, "alerts/shop/20261120T1000Z/message-00.json"]);
  expect(JSON.parse(String(store.objects.get(claim)))).toEqual({
    rule: "large",
    text: "over 100 in DE",
    row: "shardId-000000000003/102/0.0",
    messageId: "id-1",
  });
  expect(log).toEqual([{ message: "evaluated", records: 2, sent: 1, repeated: 0, held: 0 }]);
});

test("rows of every format are looked at, records that do not decode are passed over", async () => {
  const sent: Sent[] = [];
  const { run } = instance(memoryStore(), sent);
  await run([
    { sequenceNumber: "1", data: "total,country\n1,DE\n500,FR\n" },
    { sequenceNumber: "2", data: '{"total":' },
    { sequenceNumber: "3", data: '{"total":500,"country":"IT"}\n{"total":501,"country":"FR"}\n' },
  ]);
  expect(texts(sent)).toEqual(["over 100 in FR", "over 100 in IT"]);
});

test("user records of an aggregated record are looked at one by one, and the row's id tells their place", async () => {
  const store = memoryStore();
  const sent: Sent[] = [];
  const { run, log } = instance(store, sent);
  const users = ['{"total":500,"country":"DE"}', '{"total":', '{"total":5}\n{"total":501,"country":"FR"}\n'];
  const data = aggregate(users.map((text) => ({ partitionKey: "k", payload: Buffer.from(text) })));
  expect(await run([{ sequenceNumber: "7", data }])).toEqual({ batchItemFailures: [] });
  expect(sent.map(({ body }) => JSON.parse(body)).map(({ text, row }) => [text, row])).toEqual([
    ["over 100 in DE", "shardId-000000000003/7/0.0"],
    ["over 100 in FR", "shardId-000000000003/7/2.1"],
  ]);
  expect(log).toEqual([{ message: "evaluated", records: 1, sent: 2, repeated: 0, held: 0 }]);
});

test("an aggregated record whose message cannot be sent stops the batch there, and is not said in part twice", async () => {
  const store = memoryStore();
  const sent: Sent[] = [];
  let failing = true;
  const fault = () => (failing && sent.length === 1 ? new Error("Throttled") : undefined);
  const { run } = instance(store, sent, { fault });
  const users = [order(0, "DE"), order(0, "FR")].map(({ data }) => ({ partitionKey: "k", payload: Buffer.from(data) }));
  const batch = [{ sequenceNumber: "7", data: aggregate(users) }];
  expect(await run(batch)).toEqual({ batchItemFailures: [{ itemIdentifier: "7" }] });
  failing = false;
  expect(await run(batch)).toEqual({ batchItemFailures: [] });
  expect(texts(sent)).toEqual(["over 100 in DE", "over 100 in FR"]);
});

test("a million rows of the same alert are one message and three writes, and a new window says it again", async () => {
  const store = memoryStore();
  const sent: Sent[] = [];
  const { run, log } = instance(store, sent);
  const csv = `total,country\n${"500,DE\n".repeat(100_000)}`;
  for (let batch = 0; batch < 10; batch += 1) await run([{ sequenceNumber: String(batch), data: csv }]);
  expect(sent).toHaveLength(1);
  expect(store.requests).toHaveLength(3);
  expect(log.at(-1)).toEqual({ message: "evaluated", records: 1, sent: 0, repeated: 100_000, held: 0 });
  await run([{ ...order(20, "DE"), arrived: ARRIVED_SECONDS + 3600 }]);
  expect(texts(sent)).toEqual(["over 100 in DE", "over 100 in DE"]);
});

test("a window says no more than it may, the last message says so, and then nothing is asked of the store", async () => {
  const store = memoryStore();
  const sent: Sent[] = [];
  const { run, log } = instance(store, sent);
  await run(Array.from({ length: 1000 }, (_, index) => order(1000 + index, `country ${index}`)));
  expect(texts(sent)).toEqual(["over 100 in country 0", "over 100 in country 1", "over 100 in country 2"]);
  expect(sent.map(({ body }) => JSON.parse(body).note)).toEqual([
    undefined,
    undefined,
    "The last message of the window 20261120T1000Z; further alerts of it are held back.",
  ]);
  expect(store.requests).toHaveLength(9);
  expect(log).toEqual([{ message: "evaluated", records: 1000, sent: 3, repeated: 0, held: 997 }]);
});

test("of many functions at once one says it, and together they keep to the limit", async () => {
  const store = memoryStore();
  const sent: Sent[] = [];
  const instances = Array.from({ length: 8 }, () => instance(store, sent));
  await Promise.all(instances.map(({ run }, shard) => run([{ ...order(1, "DE"), shard: `shard-${shard}` }])));
  expect(texts(sent)).toEqual(["over 100 in DE"]);
  await Promise.all(
    instances.map(({ run }, shard) =>
      run([0, 1, 2, 3].map((n) => ({ ...order(n + 2, `C${shard}${n}`), shard: `s${shard}` }))),
    ),
  );
  expect(sent).toHaveLength(3);
});

test("a message that cannot be sent stops the batch there, and is sent when that is delivered again", async () => {
  const store = memoryStore();
  const sent: Sent[] = [];
  let failing = true;
  const { run, log } = instance(store, sent, { fault: () => (failing ? new Error("Throttled") : undefined) });
  const batch = [order(7, "DE", 1), order(8, "DE"), order(9, "FR")];
  expect(await run(batch)).toEqual({ batchItemFailures: [{ itemIdentifier: "8" }] });
  expect(log).toEqual([{ message: "alert failed", sent: 0, repeated: 0, held: 0, error: "Error: Throttled" }]);
  failing = false;
  expect(await run(batch.slice(1))).toEqual({ batchItemFailures: [] });
  expect(texts(sent)).toEqual(["over 100 in DE", "over 100 in FR"]);
});

test("where a function fails and another takes over, the message keeps its place in the window", async () => {
  const store = memoryStore();
  const sent: Sent[] = [];
  const config = { ...CONFIG, messagesPerWindow: 1 };
  await instance(store, sent, { config, fault: () => new Error("Throttled") }).run([order(8, "DE")]);
  await instance(store, sent, { config }).run([order(8, "DE")]);
  expect(texts(sent)).toEqual(["over 100 in DE"]);
});

test("a batch that is delivered again after it succeeded says nothing again", async () => {
  const store = memoryStore();
  const sent: Sent[] = [];
  await instance(store, sent).run([order(8, "DE"), order(9, "FR")]);
  const { run, log } = instance(store, sent);
  await run([order(8, "DE"), order(9, "FR")]);
  expect(sent).toHaveLength(2);
  expect(log).toEqual([{ message: "evaluated", records: 2, sent: 0, repeated: 2, held: 0 }]);
});

test("a rule that fails is an alert of its own, without the row's content", async () => {
  const sent: Sent[] = [];
  const rules: AlertRules = {
    broken: (row) => {
      throw new TypeError(String(row.country));
    },
  };
  const { run } = instance(memoryStore(), sent, { rules });
  await run([order(1, "secret"), order(2, "secret too")]);
  expect(texts(sent)).toEqual(["the rule broken threw TypeError"]);
  expect(JSON.stringify(sent)).not.toContain("secret");
});

test("whatever fails and however often it is delivered again, every alert is said and the limit is kept", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 12 }),
      fc.array(fc.boolean(), { maxLength: 20 }),
      fc.array(fc.boolean(), { maxLength: 20 }),
      async (countries, storeFaults, topicFaults) => {
        const next = (faults: boolean[]) => (faults.shift() ? new Error("fault") : undefined);
        const store = memoryStore({}, () => next(storeFaults));
        const sent: Sent[] = [];
        const config = { ...CONFIG, messagesPerWindow: 5 };
        const batch = countries.map((country, index) => order(index + 1, `C${country}`));
        let from = 0;
        for (let delivery = 0; from >= 0; delivery += 1) {
          expect(delivery).toBeLessThan(50);
          // Each delivery by a function that knows nothing.
          const { run } = instance(store, sent, { config, fault: () => next(topicFaults) });
          const [failure] = (await run(batch.slice(from))).batchItemFailures;
          from = failure ? Number(failure.itemIdentifier) - 1 : -1;
        }
        const said = texts(sent);
        expect([...new Set(said)].sort()).toEqual([...new Set(countries)].map((c) => `over 100 in C${c}`).sort());
      },
    ),
    { numRuns: 200 },
  );
});
