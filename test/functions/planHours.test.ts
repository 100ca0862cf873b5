import { createPlanHours, type PlanHoursConfig, type PlanResult } from "../../functions/planHours";
import { fingerprintOf } from "../../lake/hourly/ledger";
import { type MemoryStore, memoryStore } from "./support/memoryStore";

const CONFIG: PlanHoursConfig = {
  prefixes: { raw: "raw/", ledger: "ledger/" },
  workflow: "etl",
  lookbackHours: 24,
  hoursPerPass: 48,
  hasCrawler: true,
};
const LEASE = "ledger/hourly-leases/etl.json";
const ONE = "arn:aws:states:us-east-1:123456789012:execution:etl:one";
const TWO = "arn:aws:states:us-east-1:123456789012:execution:etl:two";
const LAST = "2026-11-20T10";

function raw(table: string, day: string, hour: string, first = 1): string {
  return `raw/${table}/dt=${day}/hour=${hour}/shardId-000000000000-${first}-${first + 9}-10.ndjson.gz`;
}

function lake(...keys: string[]): MemoryStore {
  return memoryStore(Object.fromEntries(keys.map((key) => [key, ""])));
}

/** A claim of the hour and a plan by the same execution. */
async function planned(store: MemoryStore, config: Partial<PlanHoursConfig> = {}, skip: string[] = []) {
  const plan = createPlanHours({ ...CONFIG, ...config }, { store });
  await plan({ step: "claim", execution: ONE, hour: LAST });
  store.requests.length = 0;
  return (await plan({ step: "plan", execution: ONE, skip, hasCrawled: false })) as PlanResult;
}

const leaseOf = (store: MemoryStore) => JSON.parse(String(store.objects.get(LEASE)));

test("hours come oldest first, each with its tables in one string", async () => {
  const store = lake(
    raw("records", "2026-11-20", "10"),
    raw("orders", "2026-11-20", "10"),
    raw("records", "2026-11-19", "11"),
  );
  expect(await planned(store)).toEqual({
    hours: [
      { hour: "2026-11-19T11", tables: "records" },
      { hour: LAST, tables: "orders,records" },
    ],
    isMore: false,
    isCrawlDue: true,
    requests: 0,
  });
});

test("a lake without rows has no hours to do, at the cost of one listing", async () => {
  const empty = lake();
  expect(await planned(empty)).toEqual({ hours: [], isMore: false, isCrawlDue: false, requests: 0 });
  expect(empty.requests).toEqual([`GET ${LEASE}`, "LIST raw/ by /"]);
});

test("HoursLate counts hours without a seal, not those whose columns are narrow", async () => {
  const day = "2026-11-01";
  const narrow = JSON.stringify({ columns: [{ name: "a", type: "string" }], narrow: [`${day}T08`, `${day}T09`] });
  const store = lake(raw("records", day, "08"), raw("records", day, "09"), raw("records", "2026-11-20", "08"));
  store.objects.set("ledger/records/columns.json", Buffer.from(narrow));
  const counts: unknown[] = [];
  const plan = createPlanHours(CONFIG, { store, publish: (_, each) => void counts.push(each) });
  await plan({ step: "claim", execution: ONE, hour: LAST });
  await plan({ step: "plan", execution: ONE, skip: [] });
  expect(counts).toEqual([{ HoursOpen: 3, HoursLate: 1, CrawlDue: 0 }]);
});

test("only the days within the lookback are listed", async () => {
  const store = lake(raw("records", "2020-01-01", "00"), raw("records", "2026-11-20", "10"));
  await planned(store);
  expect(store.requests.filter((request) => !request.endsWith(LEASE)).sort()).toEqual([
    "GET ledger/records/columns.json",
    "LIST ledger/records/dt=2026-11-19/",
    "LIST ledger/records/dt=2026-11-20/",
    "LIST raw/ by /",
    "LIST raw/records/dt=2026-11-19/",
    "LIST raw/records/dt=2026-11-20/",
  ]);
});

test("hours before the lookback and after the hour asked for are not planned", async () => {
  const store = lake(
    raw("records", "2026-11-20", "11"),
    raw("records", "2026-11-20", "08"),
    raw("records", "2026-11-20", "07"),
  );
  expect((await planned(store, { lookbackHours: 3 })).hours).toEqual([{ hour: "2026-11-20T08", tables: "records" }]);
});

test("tables that are named are not looked for, and others are left alone", async () => {
  const store = lake(raw("records", "2026-11-20", "10"), raw("orders", "2026-11-20", "10"));
  const { hours } = await planned(store, { tables: ["orders"], lookbackHours: 1 });
  expect(hours).toEqual([{ hour: LAST, tables: "orders" }]);
  expect(store.requests.filter((request) => !request.endsWith(LEASE)).sort()).toEqual([
    "GET ledger/orders/columns.json",
    "LIST ledger/orders/dt=2026-11-20/",
    "LIST raw/orders/dt=2026-11-20/",
  ]);
});

test("a folder that is not a table is passed over", async () => {
  expect((await planned(lake("raw/Not a table/dt=2026-11-20/hour=10/s-1-1-1.ndjson.gz"))).hours).toEqual([]);
});

test("a sealed hour is done, until a late object arrives", async () => {
  const key = raw("records", "2026-11-20", "10");
  const seal = `ledger/records/dt=2026-11-20/hour=10/sealed-${fingerprintOf([key])}.json`;
  expect((await planned(lake(key, seal))).hours).toEqual([]);
  expect((await planned(lake(key, seal, raw("records", "2026-11-20", "10", 11)))).hours).toEqual([
    { hour: LAST, tables: "records" },
  ]);
});

test("prefixes may be several folders deep", async () => {
  const store = lake(`a/b/${raw("records", "2026-11-20", "10")}`);
  const prefixes = { raw: "a/b/raw/", ledger: "a/b/ledger/" };
  expect((await planned(store, { prefixes, lookbackHours: 1 })).hours).toEqual([{ hour: LAST, tables: "records" }]);
});

test("a plan has so many hours at most, and tells that there are more", async () => {
  const store = lake(...["08", "09", "10"].map((hour) => raw("records", "2026-11-20", hour)));
  expect(await planned(store, { hoursPerPass: 2 })).toMatchObject({
    hours: [{ hour: "2026-11-20T08" }, { hour: "2026-11-20T09" }],
    isMore: true,
  });
});

test("hours to skip are left out; the plan counts the requests of other executions", async () => {
  const store = lake(raw("records", "2026-11-20", "10"));
  expect(await planned(store, {}, [LAST])).toMatchObject({ hours: [], requests: 0 });
  const plan = createPlanHours(CONFIG, { store });
  await plan({ step: "claim", execution: TWO, hour: LAST });
  expect(await plan({ step: "plan", execution: ONE, skip: [LAST] })).toMatchObject({ hours: [], requests: 1 });
});

describe("the lease", () => {
  test("one execution takes it; the hour of another is left to it, and it plans up to that hour", async () => {
    const store = lake(raw("records", "2026-11-20", "11"));
    const plan = createPlanHours(CONFIG, { store });
    expect(await plan({ step: "claim", execution: ONE, hour: LAST })).toEqual({
      isHeld: true,
      holder: ONE,
      isLeft: true,
    });
    expect(await plan({ step: "claim", execution: TWO, hour: "2026-11-20T11" })).toEqual({
      isHeld: false,
      holder: ONE,
      isLeft: true,
    });
    expect(await plan({ step: "claim", execution: TWO, hour: "2026-09-20T11" })).toMatchObject({ isLeft: false });
    expect(await plan({ step: "plan", execution: ONE, skip: [] })).toMatchObject({
      hours: [{ hour: "2026-11-20T11" }],
    });
  });

  test("it is released only when nobody asked since the last plan", async () => {
    const plan = createPlanHours(CONFIG, { store: lake() });
    await plan({ step: "claim", execution: ONE, hour: LAST });
    await plan({ step: "claim", execution: TWO, hour: LAST });
    expect(await plan({ step: "release", execution: ONE, planned: 0 })).toEqual({ isReleased: false });
    expect(await plan({ step: "plan", execution: ONE, skip: [] })).toMatchObject({ requests: 1 });
    expect(await plan({ step: "release", execution: ONE, planned: 1 })).toEqual({ isReleased: true });
    expect(await plan({ step: "claim", execution: TWO, hour: LAST })).toEqual({
      isHeld: true,
      holder: TWO,
      isLeft: true,
    });
  });

  test("a request survives a plan that fails, one whose answer is lost, and a holder that gives up", async () => {
    let isBroken = true;
    const store = memoryStore({ [raw("records", "2026-11-20", "11")]: "" }, (request) =>
      isBroken && request.startsWith("LIST ledger/") ? new Error("AccessDenied") : undefined,
    );
    const plan = createPlanHours(CONFIG, { store });
    await plan({ step: "claim", execution: ONE, hour: LAST });
    await plan({ step: "claim", execution: TWO, hour: "2026-11-20T11" });
    await expect(plan({ step: "plan", execution: ONE, skip: [] })).rejects.toThrow("AccessDenied");
    isBroken = false;
    for (const _ of ["lost", "received"]) {
      expect(await plan({ step: "plan", execution: ONE, skip: [] })).toMatchObject({ requests: 1 });
    }
    expect(await plan({ step: "release", execution: ONE, planned: 0 })).toEqual({ isReleased: false });
    expect(await plan({ step: "release", execution: ONE, planned: 0, isForced: true })).toEqual({ isReleased: true });
    await plan({ step: "claim", execution: TWO, hour: "2026-11-20T09" });
    expect(await plan({ step: "plan", execution: TWO, skip: [] })).toMatchObject({
      hours: [{ hour: "2026-11-20T11" }],
    });
  });

  test("an execution without it cannot plan, and releases nothing", async () => {
    const plan = createPlanHours(CONFIG, { store: lake() });
    await plan({ step: "claim", execution: ONE, hour: LAST });
    await expect(plan({ step: "plan", execution: TWO, skip: [] })).rejects.toMatchObject({
      name: "LeaseLost",
      message: `planHours: "${TWO}" does not hold the lease of "etl"; its holder is ${ONE}`,
    });
    expect(await plan({ step: "release", execution: TWO, planned: 0 })).toEqual({ isReleased: true });
    expect(await plan({ step: "claim", execution: TWO, hour: LAST })).toEqual({
      isHeld: false,
      holder: ONE,
      isLeft: true,
    });
  });

  test("two claims at once have one winner", async () => {
    const plan = createPlanHours(CONFIG, { store: lake() });
    const claims = [ONE, TWO].map((execution) => plan({ step: "claim", execution, hour: LAST }));
    expect((await Promise.all(claims)).filter((claim) => "isHeld" in claim && claim.isHeld)).toHaveLength(1);
  });

  test("a crawl stays due until one has succeeded", async () => {
    const store = lake(raw("records", "2026-11-20", "10"));
    await planned(store);
    const plan = createPlanHours(CONFIG, { store });
    await plan({ step: "release", execution: ONE, planned: 0 });
    expect(leaseOf(store)).toMatchObject({ holder: null, isCrawlDue: true });
    await plan({ step: "claim", execution: TWO, hour: LAST });
    expect(await plan({ step: "plan", execution: TWO, skip: [LAST] })).toMatchObject({ hours: [], isCrawlDue: true });
    await plan({ step: "release", execution: TWO, planned: 0, hasCrawled: true });
    expect(leaseOf(store)).toMatchObject({ holder: null, isCrawlDue: false });
  });

  test("CrawlDue is of crawls that failed: neither of a second plan, nor of a crawl that was not tried", async () => {
    const store = lake(raw("records", "2026-11-20", "10"));
    const counts: unknown[] = [];
    const plan = createPlanHours(CONFIG, { store, publish: (_, { CrawlDue }) => void counts.push(CrawlDue) });
    const planTwice = async (execution: string) => {
      await plan({ step: "claim", execution, hour: LAST });
      await plan({ step: "plan", execution, skip: [] });
      await plan({ step: "plan", execution, skip: [LAST] });
    };
    await planTwice(ONE);
    await plan({ step: "release", execution: ONE, planned: 0 });
    await planTwice(TWO);
    expect(counts).toEqual([0, 0, 0, 0]);
    await plan({ step: "release", execution: TWO, planned: 0, hasCrawlFailed: true });
    expect(leaseOf(store)).toMatchObject({ holder: null, isCrawlDue: true, hasCrawlFailed: true });
    await planTwice(ONE);
    expect(counts.slice(4)).toEqual([1, 1]);
    await plan({ step: "release", execution: ONE, planned: 0, hasCrawled: true });
    expect(leaseOf(store)).not.toHaveProperty("hasCrawlFailed");
    await planTwice(TWO);
    expect(counts.slice(6)).toEqual([0, 0]);
  });

  test("hours of declared tables alone need no crawl", async () => {
    const declared = { records: [{ name: "a", type: "double" } as const] };
    expect((await planned(lake(raw("records", "2026-11-20", "10")), { declared })).isCrawlDue).toBe(false);
  });
});

test.each([undefined, {}, { step: "claim", hour: LAST }])(
  "the input %p, without an execution, is refused",
  async (input) => {
    await expect(createPlanHours(CONFIG, { store: lake() })(input)).rejects.toThrow(
      'planHours: the input needs "execution", an ARN; got undefined',
    );
  },
);

test.each([
  [{ step: "claim" }, 'planHours: the input needs "hour", a UTC hour such as "2026-11-20T10"; got undefined'],
  [{ step: "claim", hour: 10 }, 'planHours: the input needs "hour", a UTC hour such as "2026-11-20T10"; got 10'],
  [{ step: "plan", skip: "x" }, 'planHours: the input needs "skip", a list of hours; got string'],
  [{ step: "release" }, 'planHours: the input needs "planned", the "requests" of the last plan; got undefined'],
  [{ step: "sweep" }, 'planHours: step is "sweep"; use "claim", "plan" or "release"'],
])("the input %p is refused", async (input, message) => {
  await expect(createPlanHours(CONFIG, { store: lake() })({ ...input, execution: ONE })).rejects.toThrow(message);
});

test("a listing that fails fails the plan", async () => {
  const failing = memoryStore({ [raw("records", "2026-11-20", "10")]: "" }, (request) =>
    request.startsWith("LIST ledger/") ? new Error("AccessDenied") : undefined,
  );
  await expect(planned(failing)).rejects.toThrow("AccessDenied");
});
