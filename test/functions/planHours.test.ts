import { createPlanHours } from "../../functions/planHours";
import { fingerprintOf } from "../../lake/hourly/ledger";
import { memoryStore } from "./support/memoryStore";

const CONFIG = { prefixes: { raw: "raw/", ledger: "ledger/" }, lookbackHours: 24 };

function raw(table: string, day: string, hour: string, first = 1): string {
  return `raw/${table}/dt=${day}/hour=${hour}/shardId-000000000000-${first}-${first + 9}-10.ndjson.gz`;
}

function store(...keys: string[]) {
  return memoryStore(Object.fromEntries(keys.map((key) => [key, ""])));
}

test("hours come oldest first, each with its tables in one text", async () => {
  const effects = {
    store: store(
      raw("records", "2026-11-20", "10"),
      raw("orders", "2026-11-20", "10"),
      raw("records", "2026-11-19", "11"),
    ),
  };
  expect(await createPlanHours(CONFIG, effects)({ hour: "2026-11-20T10" })).toEqual({
    hours: [
      { hour: "2026-11-19T11", tables: "records" },
      { hour: "2026-11-20T10", tables: "orders,records" },
    ],
  });
});

test("a lake without rows has no hours to do, at the cost of one listing", async () => {
  const empty = store();
  expect(await createPlanHours(CONFIG, { store: empty })({ hour: "2026-11-20T10" })).toEqual({ hours: [] });
  expect(empty.requests).toEqual(["LIST raw/ by /"]);
});

test("only the days within the lookback are listed", async () => {
  const lake = store(raw("records", "2020-01-01", "00"), raw("records", "2026-11-20", "10"));
  await createPlanHours(CONFIG, { store: lake })({ hour: "2026-11-20T10" });
  expect(lake.requests.sort()).toEqual([
    "GET ledger/records/columns.json",
    "LIST ledger/records/dt=2026-11-19/",
    "LIST ledger/records/dt=2026-11-20/",
    "LIST raw/ by /",
    "LIST raw/records/dt=2026-11-19/",
    "LIST raw/records/dt=2026-11-20/",
  ]);
});

test("tables that are named are not looked for, and others are left alone", async () => {
  const lake = store(raw("records", "2026-11-20", "10"), raw("orders", "2026-11-20", "10"));
  const plan = createPlanHours({ ...CONFIG, tables: ["orders"], lookbackHours: 1 }, { store: lake });
  expect(await plan({ hour: "2026-11-20T10" })).toEqual({ hours: [{ hour: "2026-11-20T10", tables: "orders" }] });
  expect(lake.requests.sort()).toEqual([
    "GET ledger/orders/columns.json",
    "LIST ledger/orders/dt=2026-11-20/",
    "LIST raw/orders/dt=2026-11-20/",
  ]);
});

test("a folder that is not a table is passed over", async () => {
  const lake = store("raw/Not a table/dt=2026-11-20/hour=10/s-1-1-1.ndjson.gz");
  expect(await createPlanHours(CONFIG, { store: lake })({ hour: "2026-11-20T10" })).toEqual({ hours: [] });
});

test("a sealed hour is done, until a late object arrives", async () => {
  const key = raw("records", "2026-11-20", "10");
  const seal = `ledger/records/dt=2026-11-20/hour=10/sealed-${fingerprintOf([key])}.json`;
  const plan = (...keys: string[]) => createPlanHours(CONFIG, { store: store(...keys) })({ hour: "2026-11-20T10" });
  expect(await plan(key, seal)).toEqual({ hours: [] });
  expect(await plan(key, seal, raw("records", "2026-11-20", "10", 11))).toEqual({
    hours: [{ hour: "2026-11-20T10", tables: "records" }],
  });
});

test("prefixes may be several folders deep", async () => {
  const config = { prefixes: { raw: "a/b/raw/", ledger: "a/b/ledger/" }, lookbackHours: 1 };
  const effects = { store: store(`a/b/${raw("records", "2026-11-20", "10")}`) };
  expect(await createPlanHours(config, effects)({ hour: "2026-11-20T10" })).toEqual({
    hours: [{ hour: "2026-11-20T10", tables: "records" }],
  });
});

test.each([
  [undefined, "undefined"],
  [{}, "undefined"],
  [{ hour: "2026-11-20T10:00:00Z" }, '"2026-11-20T10:00:00Z"'],
  [{ hour: 10 }, "10"],
])("the input %p is refused", async (input, got) => {
  await expect(createPlanHours(CONFIG, { store: store() })(input)).rejects.toThrow(
    `planHours: the input needs "hour", a UTC hour such as "2026-11-20T10"; got ${got}`,
  );
});

test("a listing that fails fails the plan", async () => {
  const failing = memoryStore({ [raw("records", "2026-11-20", "10")]: "" }, (request) =>
    request.startsWith("LIST ledger/") ? new Error("AccessDenied") : undefined,
  );
  await expect(createPlanHours(CONFIG, { store: failing })({ hour: "2026-11-20T10" })).rejects.toThrow("AccessDenied");
});
