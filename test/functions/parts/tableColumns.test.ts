/** Types that widen over hours: which hours are planned again, and when that ends. */
import { type TableColumnsOptions, updateColumns } from "../../../functions/parts/tableColumns";
import { createPlanHours, type PlanHoursConfig, type PlanResult } from "../../../functions/planHours";
import type { Column } from "../../../lake/columns";
import { memoryStore } from "../support/memoryStore";

const CONFIG: PlanHoursConfig = {
  prefixes: { raw: "raw/", ledger: "ledger/" },
  workflow: "etl",
  lookbackHours: 1,
  hoursPerPass: 48,
  hasCrawler: true,
};
const EXECUTION = "arn:aws:states:us-east-1:123456789012:execution:etl:one";
const partition = (hour: string) => `records/dt=${hour.slice(0, 10)}/hour=${hour.slice(11)}`;
const rawKey = (hour: string) => `raw/${partition(hour)}/shardId-000000000000-1-10-10.ndjson.gz`;
const report = (columns: Record<string, string>) =>
  JSON.stringify({
    objects: [],
    rows: 0,
    columns: Object.entries(columns).map(([name, type]) =>
      type.endsWith("?") ? { name, type: type.slice(0, -1), guessed: true } : { name, type },
    ),
  });

/** A lake of hours, each with a raw object and the columns of its report. */
function lakeOf(hours: Record<string, Record<string, string>>, rest: Record<string, string> = {}) {
  const content: Record<string, string> = { ...rest };
  for (const [hour, columns] of Object.entries(hours)) {
    content[rawKey(hour)] = "";
    content[`ledger/${partition(hour)}/job.json`] = report({ _id: "string", _arrived: "timestamp", ...columns });
  }
  return memoryStore(content);
}

function known(store: ReturnType<typeof memoryStore>) {
  const { columns, narrow } = JSON.parse(String(store.objects.get("ledger/records/columns.json")));
  return {
    columns: columns.map((column: Column) => `${column.name} ${column.type}${column.guessed ? "?" : ""}`),
    narrow,
  };
}

type Store = TableColumnsOptions["store"] & ReturnType<typeof memoryStore>;

/** Takes in the columns of hours, as their reconciliation does; whether that changed the table's. */
async function flattened(store: Store, hours: string[], declared: TableColumnsOptions["declared"] = {}) {
  const { hasChanged } = await updateColumns({ store, prefixes: CONFIG.prefixes, declared }, "records", hours);
  return hasChanged;
}

/** The hours of a plan up to an hour. */
async function planned(store: Store, hour: string, config: Partial<PlanHoursConfig> = {}) {
  const plan = createPlanHours({ ...CONFIG, ...config }, { store });
  await plan({ step: "claim", execution: EXECUTION, hour });
  const { hours } = (await plan({ step: "plan", execution: EXECUTION, skip: [] })) as PlanResult;
  return hours.map((one) => one.hour);
}

const [H8, H9, H10, H11] = ["2026-11-20T08", "2026-11-20T09", "2026-11-20T10", "2026-11-20T11"] as const;
/** An hour without rows: what is planned for it are narrow hours. */
const LATER = "2026-11-20T23";

test("an hour that is wider than those before has them planned again, once", async () => {
  const store = lakeOf({ [H8]: { a: "bigint" }, [H9]: { a: "bigint", b: "string" } });
  await flattened(store, [H8, H9]);
  expect(await planned(store, LATER)).toEqual([]);
  expect(known(store)).toEqual({ columns: ["a bigint", "b string"], narrow: [] });

  store.objects.set(rawKey(H10), Buffer.from(""));
  store.objects.set(`ledger/${partition(H10)}/job.json`, Buffer.from(report({ a: "string" })));
  expect(await flattened(store, [H10])).toBe(true);
  expect(await planned(store, LATER)).toEqual([H8, H9]);
  expect(known(store)).toEqual({ columns: ["a string", "b string"], narrow: [H8, H9] });

  store.objects.set(`ledger/${partition(H8)}/job.json`, Buffer.from(report({ a: "string" })));
  expect(await flattened(store, [H8])).toBe(false);
  expect(await planned(store, LATER)).toEqual([H9]);
});

test("hours left narrow are in the next plan, however long ago they were, as long as their raw rows are there", async () => {
  const columns = JSON.stringify({ columns: [{ name: "a", type: "string" }], narrow: [H8, H9] });
  const store = lakeOf({ [H8]: { a: "bigint" }, [H11]: {} }, { "ledger/records/columns.json": columns });
  expect(await planned(store, H11)).toEqual([H8, H11]);
});

test("narrow hours without any raw object are forgotten, and those with some are not", async () => {
  const columns = JSON.stringify({ columns: [{ name: "a", type: "string" }], narrow: [H8, H9, H10] });
  const store = lakeOf({ [H8]: { a: "bigint" } }, { "ledger/records/columns.json": columns });
  await planned(store, LATER);
  expect(known(store).narrow).toEqual([H8]);
});

test("no more narrow hours are looked at than a pass takes", async () => {
  const all = Array.from({ length: 24 }, (_, index) => `2026-11-19T${String(index).padStart(2, "0")}`);
  const columns = JSON.stringify({ columns: [{ name: "a", type: "string" }], narrow: all });
  const hours = Object.fromEntries(all.map((hour) => [hour, { a: "bigint" }]));
  const store = lakeOf(hours, { "ledger/records/columns.json": columns });
  expect(await planned(store, LATER, { hoursPerPass: 3 })).toEqual(all.slice(0, 3));
  expect(store.requests.filter((request) => request.endsWith("/job.json"))).toHaveLength(16);
});

test("an hour of whose raw objects some are gone is not written again from the rest", async () => {
  const columns = JSON.stringify({ columns: [{ name: "a", type: "string" }], narrow: [H8] });
  const store = lakeOf({ [H8]: { a: "bigint" } }, { "ledger/records/columns.json": columns });
  const gone = rawKey(H8).replace("-1-10-10", "-11-20-10");
  const reportOf = (objects: string[]) =>
    Buffer.from(JSON.stringify({ objects, rows: 20, columns: [{ name: "a", type: "bigint" }] }));
  store.objects.set(`ledger/${partition(H8)}/job.json`, reportOf([rawKey(H8), gone]));
  expect(await planned(store, LATER)).toEqual([]);

  store.objects.set(gone, Buffer.from(""));
  expect(await planned(store, LATER)).toEqual([H8]);
});

test("two hours flattened at once with different types: the narrower is planned again", async () => {
  const store = lakeOf({ [H8]: { a: "bigint" }, [H9]: { a: "double" } });
  await flattened(store, [H8, H9]);
  expect(await planned(store, LATER)).toEqual([H8]);
});

test("an hour whose type cannot be widened changes nothing when it is flattened again, and stays narrow", async () => {
  const store = lakeOf({ [H8]: { a: "bigint" }, [H9]: { a: "double" } });
  await flattened(store, [H8, H9]);
  expect(await flattened(store, [H8])).toBe(false);
  expect(known(store).narrow).toEqual([H8]);
});

test("a column of nulls takes the type of the first hour that has values", async () => {
  const store = lakeOf({ [H8]: { a: "string?", b: "array<string>?", c: "string" } });
  await flattened(store, [H8]);
  expect(known(store).columns).toEqual(["a string?", "b array<string>?", "c string"]);
  store.objects.set(
    `ledger/${partition(H9)}/job.json`,
    Buffer.from(report({ a: "bigint", b: "array<bigint>", c: "string?" })),
  );
  await flattened(store, [H9]);
  expect(await planned(store, LATER)).toEqual([H8]);
  expect(known(store)).toEqual({ columns: ["a bigint", "b array<bigint>", "c string"], narrow: [H8] });
});

test("a declared schema has every hour of another type planned again", async () => {
  const store = lakeOf({ [H8]: { a: "bigint" }, [H9]: { a: "double" }, [H11]: { a: "double" } });
  const declared = { records: [{ name: "a", type: "double" } as const, { name: "new", type: "string" } as const] };
  expect(await planned(store, H11, { declared })).toEqual([H8, H11]);
  expect(known(store)).toEqual({ columns: ["a double", "new string"], narrow: [H8] });
  store.objects.set(`ledger/${partition(H8)}/job.json`, Buffer.from(report({ a: "double" })));
  await flattened(store, [H8, H11], declared);
  expect(known(store).narrow).toEqual([]);
});

test("another workflow's change in between is taken in", async () => {
  const store = lakeOf({ [H8]: { a: "bigint" }, [H9]: { a: "double" } });
  const inner = store.putIfUnchanged;
  let raced = false;
  const racing = {
    ...store,
    putIfUnchanged: async (key: string, body: Uint8Array, version: string | undefined) => {
      if (!raced) {
        raced = true;
        const theirs = JSON.stringify({ columns: [{ name: "a", type: "double" }], narrow: [] });
        store.objects.set(key, Buffer.from(theirs));
      }
      return inner(key, body, version);
    },
  };
  await flattened(racing, [H8]);
  expect(known(store)).toEqual({ columns: ["a double"], narrow: [H8] });
});

test("a table's columns that do not read fail the plan by their key", async () => {
  const store = lakeOf({ [H8]: {} }, { "ledger/records/columns.json": "{}" });
  await expect(planned(store, H8)).rejects.toThrow(
    'lake: "ledger/records/columns.json" does not say a table\'s columns; remove it, and the next hour makes it anew',
  );
});
