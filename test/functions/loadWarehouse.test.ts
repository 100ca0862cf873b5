/** The plans of a warehouse's loads, and what crashes, overlaps and late objects leave of them: each row once. */
import { gzipSync } from "node:zlib";
import { createLoadWarehouse, type LoadPlan, type LoadWarehouseConfig } from "../../functions/loadWarehouse";
import { seeded } from "../formats/support/seeded";
import { type MemoryStore, memoryStore } from "./support/memoryStore";
import { ModelRedshift } from "./support/modelRedshift";

const NOW = Date.parse("2026-11-20T10:30:00Z");
const CONFIG: LoadWarehouseConfig = {
  database: "lake",
  tables: { orders: [{ name: "total", type: "bigint" }], clicks: [{ name: "page", type: "string" }] },
  rawPrefix: "raw/",
  lookbackHours: 48,
  loadMebibytes: 32,
};

interface World {
  readonly lake: MemoryStore;
  readonly loads: MemoryStore;
  readonly redshift: ModelRedshift;
  now: number;
  /** Fails the request of that number, of those to the warehouse's own bucket. */
  failAt: number;
  /** Streams by the names of their views. */
  streams: Record<string, string>;
  plan(config?: Partial<LoadWarehouseConfig>, namespace?: string): Promise<LoadPlan>;
}

function makeWorld(): World {
  const lake = memoryStore();
  let requests = 0;
  const loads = memoryStore({}, () => (++requests === world.failAt ? new Error("the function ends") : undefined));
  const redshift = new ModelRedshift(loads);
  const world: World = {
    lake,
    loads,
    redshift,
    now: NOW,
    failAt: 0,
    streams: {},
    plan: (config = {}, namespace = "ns-1") => {
      requests = 0;
      return createLoadWarehouse(
        { ...CONFIG, ...config },
        {
          lake,
          loads,
          loadsBucket: "loads",
          database: redshift.database(),
          schema: "lake",
          namespace,
          roleArn: "arn:aws:iam::123456789012:role/copy",
          streams: world.streams,
          now: () => world.now,
        },
      )();
    },
  };
  return world;
}

/** Lands rows first to last of a shard in one object, as a router does. */
function land(world: World, table: string, first: number, last: number, hour = "10"): string[] {
  const ids = Array.from({ length: last - first + 1 }, (_, index) => `shardId-0/${first + index}/0.0`);
  const lines = ids.map(
    (id, index) =>
      `{"_id":"${id}","_arrived":"2026-11-20T${hour}:00:00.000Z","_format":"json","_stream":"s","_key":"k","data":{"total":${first + index}}}\n`,
  );
  const key = `raw/${table}/dt=2026-11-20/hour=${hour}/shardId-0-${first}-${last}-${ids.length}.ndjson.gz`;
  world.lake.objects.set(key, gzipSync(lines.join("")));
  return ids;
}

function commit({ redshift }: World, plan: LoadPlan): void {
  for (const { statements } of plan.loads) {
    const transaction = redshift.submit(statements);
    redshift.advance(transaction);
    redshift.advance(transaction);
  }
}

test("the first plan makes the tables and returns the load of each table with new objects", async () => {
  const world = makeWorld();
  land(world, "orders", 1, 2);
  const plan = await world.plan();
  expect(world.redshift.statements).toEqual([
    "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'lake'",
    'CREATE SCHEMA IF NOT EXISTS "lake"',
    'CREATE TABLE IF NOT EXISTS "lake"."orders" ("_id" VARCHAR(256) NOT NULL, "_arrived" TIMESTAMP, "_format" VARCHAR(256), "total" BIGINT, PRIMARY KEY ("_id")) DISTKEY ("_id") SORTKEY ("_arrived")',
    'CREATE TABLE IF NOT EXISTS "lake"."clicks" ("_id" VARCHAR(256) NOT NULL, "_arrived" TIMESTAMP, "_format" VARCHAR(256), "page" VARCHAR(65535), PRIMARY KEY ("_id")) DISTKEY ("_id") SORTKEY ("_arrived")',
    'CREATE TABLE IF NOT EXISTS "lake"."streamlake_loads" ("table_name" VARCHAR(256) NOT NULL, "hour" VARCHAR(13) NOT NULL, "objects" VARCHAR(64) NOT NULL, "load" VARCHAR(64) NOT NULL, "object_count" BIGINT, "row_count" BIGINT, "changed_values" BIGINT, "loaded_at" TIMESTAMP DEFAULT GETDATE())',
    'GRANT USAGE ON SCHEMA "lake" TO PUBLIC',
    'GRANT SELECT ON ALL TABLES IN SCHEMA "lake" TO PUBLIC',
  ]);
  const id = "ID";
  const [load] = plan.loads;
  const text = (value: string) => value.replaceAll(load?.id as string, id);
  expect(plan.failures).toEqual([]);
  expect(plan.loads.map(({ table, rows }) => ({ table, rows }))).toEqual([{ table: "orders", rows: 2 }]);
  expect(load?.statements.map(text)).toEqual([
    'LOCK "lake"."streamlake_loads"',
    'CREATE TEMP TABLE "staging" (LIKE "lake"."orders")',
    `COPY "staging" FROM 's3://loads/loads/orders/${id}/manifest.json' IAM_ROLE 'arn:aws:iam::123456789012:role/copy' FORMAT JSON 'auto' TIMEFORMAT 'auto' GZIP MANIFEST COMPUPDATE OFF STATUPDATE OFF`,
    'MERGE INTO "lake"."orders" USING "staging" ON "orders"."_id" = "staging"."_id" WHEN MATCHED THEN UPDATE SET "_arrived" = "staging"."_arrived", "_format" = "staging"."_format", "total" = "staging"."total" WHEN NOT MATCHED THEN INSERT ("_id", "_arrived", "_format", "total") VALUES ("staging"."_id", "staging"."_arrived", "staging"."_format", "staging"."total")',
    `INSERT INTO "lake"."streamlake_loads" ("table_name", "hour", "objects", "load", "object_count", "row_count", "changed_values") VALUES ('orders', '2026-11-20T10', '${id}', '${id}', 1, 2, 0)`,
    'DROP TABLE "staging"',
  ]);
  expect(JSON.parse(String(world.loads.objects.get(`loads/orders/${load?.id}/manifest.json`)))).toEqual({
    entries: [{ url: `s3://loads/loads/orders/${load?.id}/0000.ndjson.gz`, mandatory: true }],
  });
});

test("what is loaded is not planned again, and an idle warehouse is not woken", async () => {
  const world = makeWorld();
  const ids = land(world, "orders", 1, 3);
  commit(world, await world.plan());
  expect((await world.plan()).loads).toEqual([]);
  expect(world.redshift.ids("orders")).toEqual(ids);
  world.redshift.statements.length = 0;
  world.loads.requests.length = 0;
  expect(await world.plan()).toEqual({ loads: [], failures: [] });
  expect(world.redshift.statements).toEqual([]);
  expect(world.loads.requests).toEqual(["GET last-seen.json"]);
});

test("overlapping loads whose sets do not nest leave the warehouse idle", async () => {
  const world = makeWorld();
  const later = land(world, "orders", 4, 6);
  const first = await world.plan();
  world.lake.objects.clear();
  const earlier = land(world, "orders", 1, 3);
  const second = await world.plan();
  commit(world, first);
  commit(world, second);
  land(world, "orders", 4, 6);
  expect(await world.plan()).toEqual({ loads: [], failures: [] });
  world.redshift.statements.length = 0;
  expect(await world.plan()).toEqual({ loads: [], failures: [] });
  expect(world.redshift.statements).toEqual([]);
  expect(world.redshift.ids("orders")).toEqual([...earlier, ...later]);
});

test("a raw object that is deleted after it was loaded leaves the warehouse idle", async () => {
  const world = makeWorld();
  land(world, "orders", 1, 3);
  const kept = land(world, "orders", 4, 6);
  commit(world, await world.plan());
  world.lake.objects.delete("raw/orders/dt=2026-11-20/hour=10/shardId-0-1-3-3.ndjson.gz");
  await world.plan();
  world.redshift.statements.length = 0;
  expect(await world.plan()).toEqual({ loads: [], failures: [] });
  expect(world.redshift.statements).toEqual([]);
  const late = land(world, "orders", 7, 8);
  const plan = await world.plan();
  expect(plan.loads.map(({ rows }) => rows)).toEqual([2]);
  commit(world, plan);
  expect(world.redshift.ids("orders")).toEqual(expect.arrayContaining([...kept, ...late]));
});

test("late objects of earlier hours are found, up to the lookback", async () => {
  const world = makeWorld();
  const ids = land(world, "orders", 1, 3);
  commit(world, await world.plan());
  await world.plan();
  const late = land(world, "orders", 4, 5, "03");
  commit(world, await world.plan());
  expect(world.redshift.ids("orders")).toEqual([...ids, ...late].sort());
  world.now += 60 * 3_600_000;
  land(world, "orders", 6, 7, "03");
  expect((await world.plan()).loads).toEqual([]);
});

test("objects of other bounds with the same rows add nothing", async () => {
  const world = makeWorld();
  land(world, "orders", 1, 6);
  land(world, "orders", 4, 9);
  const plan = await world.plan();
  expect(plan.loads.map(({ rows }) => rows)).toEqual([9]);
  commit(world, plan);
  land(world, "orders", 2, 7);
  commit(world, await world.plan());
  expect(world.redshift.ids("orders")).toEqual(Array.from({ length: 9 }, (_, index) => `shardId-0/${index + 1}/0.0`));
});

test("a new namespace, a warehouse that is restored, and a new column are seen", async () => {
  const world = makeWorld();
  land(world, "orders", 1, 3);
  commit(world, await world.plan());
  await world.plan();
  world.redshift.tables.clear();
  expect((await world.plan()).loads).toEqual([]);
  world.now += 24 * 3_600_000;
  expect((await world.plan({ lookbackHours: 96 })).loads.map(({ rows }) => rows)).toEqual([3]);
  world.now -= 24 * 3_600_000;
  commit(world, await world.plan({}, "ns-2"));
  await world.plan({}, "ns-2");
  world.redshift.tables.clear();
  expect((await world.plan({}, "ns-3")).loads.map(({ rows }) => rows)).toEqual([3]);
  world.redshift.statements.length = 0;
  const total = { name: "total", type: "bigint" } as const;
  await world.plan({ tables: { ...CONFIG.tables, orders: [total, { name: "tags", type: "array<string>" }] } }, "ns-3");
  expect(world.redshift.statements).toContain('ALTER TABLE "lake"."orders" ADD COLUMN "tags" SUPER');
});

test("a load takes objects up to its size, oldest hours first, and the next one the others", async () => {
  const world = makeWorld();
  for (const [first, hour] of [
    [1, "10"],
    [11, "09"],
    [21, "08"],
  ] as const) {
    land(world, "orders", first, first + 9, hour);
  }
  const loaded: string[][] = [];
  for (let round = 0; round < 4; round++) {
    const plan = await world.plan({ loadMebibytes: 1e-6 });
    commit(world, plan);
    loaded.push(plan.loads.map(({ statements }) => /2026-11-20T\d\d/.exec(statements.join())?.[0] ?? ""));
  }
  expect(loaded).toEqual([["2026-11-20T08"], ["2026-11-20T09"], ["2026-11-20T10"], []]);
  expect(world.redshift.ids("orders")).toHaveLength(30);
});

const BAD = "raw/orders/dt=2026-11-20/hour=02/x.ndjson.gz";
const BAD_CAUSE = `"${BAD}" (27 bytes) does not read as a raw object: lake: a line of 6 characters is not a row of raw/`;
const unreadable = (cause: string) => [{ step: "read the objects of orders", error: "UnreadableObject", cause }];

test("an object that does not read is reported with its key and left out; all others are loaded", async () => {
  const world = makeWorld();
  world.lake.objects.set(BAD, gzipSync("secret\n"));
  const early = land(world, "orders", 1, 2, "02");
  const ids = land(world, "orders", 3, 4);
  land(world, "clicks", 1, 1);
  const plan = await world.plan();
  expect(plan.loads.map(({ table, rows }) => ({ table, rows }))).toEqual([
    { table: "orders", rows: 4 },
    { table: "clicks", rows: 1 },
  ]);
  expect(plan.failures).toEqual(unreadable(BAD_CAUSE));
  commit(world, plan);
  expect(world.redshift.ids("orders")).toEqual([...early, ...ids]);
  world.lake.objects.set(BAD.replace("x", "y"), gzipSync("secret\n").subarray(0, 9));
  expect(await world.plan()).toEqual({
    loads: [],
    failures: unreadable(`${BAD_CAUSE}; number of other objects of this table that do not read: 1`),
  });
});

test("an object that does not read is tried again at each start, and wakes the warehouse once it reads", async () => {
  const world = makeWorld();
  world.lake.objects.set(BAD, gzipSync("secret\n"));
  land(world, "orders", 3, 4);
  commit(world, await world.plan());
  await world.plan();
  world.redshift.statements.length = 0;
  expect(await world.plan()).toEqual({ loads: [], failures: unreadable(BAD_CAUSE) });
  expect(world.redshift.statements).toEqual([]);
  const repaired = makeWorld();
  land(repaired, "orders", 1, 2, "02");
  world.lake.objects.set(BAD, [...repaired.lake.objects.values()][0] as Uint8Array);
  const plan = await world.plan();
  expect(plan.failures).toEqual([]);
  commit(world, plan);
  expect(world.redshift.ids("orders")).toHaveLength(4);
});

test.each([
  [
    "is removed",
    (world: World) => {
      world.lake.objects.delete(BAD);
    },
  ],
  [
    "is older than the lookback",
    (world: World) => {
      world.now += 42 * 3_600_000;
    },
  ],
])("an object that does not read is no failure once it %s", async (_, change) => {
  const world = makeWorld();
  world.lake.objects.set(BAD, gzipSync("secret\n"));
  land(world, "orders", 1, 2);
  commit(world, await world.plan());
  expect((await world.plan()).failures).toHaveLength(1);
  change(world);
  expect(await world.plan()).toEqual({ loads: [], failures: [] });
});

test("a set of loaded objects that is gone means that they are merged again", async () => {
  const world = makeWorld();
  const ids = land(world, "orders", 1, 3);
  commit(world, await world.plan());
  for (const key of [...world.loads.objects.keys()].filter((each) => each.startsWith("sets/"))) {
    world.loads.objects.delete(key);
  }
  const more = land(world, "orders", 4, 5);
  const plan = await world.plan();
  expect(plan.loads.map(({ rows }) => rows)).toEqual([5]);
  commit(world, plan);
  expect(world.redshift.ids("orders")).toEqual([...ids, ...more]);
});

/**
 * Executions that start, overlap, crash at any request of a plan, stop before or after they submit a load, and give up on
 * loads that commit later, while objects land, also late and with overlapping bounds.
 */
async function schedule(
  seed: number,
  lock: boolean,
): Promise<{ expected: string[]; actual: string[]; idleStatements: string[] }> {
  const { below: pick } = seeded(seed);
  const world = makeWorld();
  const expected = new Set<string>();
  const planned: LoadPlan[] = [];
  const without = (statements: readonly string[]) => (lock ? statements : statements.slice(1));
  const submitted = (plan: LoadPlan) => plan.loads.map(({ statements }) => world.redshift.submit(without(statements)));
  let next = 1;
  for (let turn = 0; turn < 40; turn++) {
    const action = pick(5);
    if (action === 0) {
      const first = Math.max(1, next - pick(4));
      const last = next + pick(4);
      const hour = ["10", "10", "09", "02"][pick(4)];
      for (const id of land(world, "orders", first, last, hour)) expected.add(id);
      next = last + 1;
    } else if (action === 1) {
      world.failAt = pick(3) === 0 ? 1 + pick(8) : 0;
      await world.plan().then(
        (plan) => planned.push(plan),
        (error: Error) => expect(error.message).toBe("the function ends"),
      );
      world.failAt = 0;
    } else if (action === 2 && planned.length > 0) {
      // Crashed, submitted now or later, or submitted twice: the answer of the first call was lost.
      const plan = planned.splice(pick(planned.length), 1)[0] as LoadPlan;
      const fate = pick(4);
      if (fate > 0) submitted(plan);
      if (fate === 1) submitted(plan);
    } else {
      const runnable = world.redshift.runnable();
      if (runnable.length > 0) world.redshift.advance(runnable[pick(runnable.length)] as never);
    }
  }
  for (let last = 0; last < 50; last++) {
    for (let running = world.redshift.runnable(); running.length > 0; running = world.redshift.runnable()) {
      world.redshift.advance(running[0] as never);
    }
    const plan = await world.plan();
    if (plan.loads.length === 0) break;
    submitted(plan);
  }
  const actual = world.redshift.ids("orders");
  // Retention, or a replay's clean-up.
  const raw = [...world.lake.objects.keys()];
  if (raw.length > 0) world.lake.objects.delete(raw[pick(raw.length)] as string);
  expect((await world.plan()).loads).toEqual([]);
  world.redshift.statements.length = 0;
  expect(await world.plan()).toEqual({ loads: [], failures: [] });
  return { expected: [...expected].sort(), actual, idleStatements: world.redshift.statements };
}

test("each row is there once after 100 seeded schedules of crashes, overlaps, time-outs and late objects, and then Redshift is left alone", async () => {
  for (let seed = 1; seed <= 100; seed++) {
    const { expected, actual, idleStatements } = await schedule(seed, true);
    expect({ seed, rows: actual, idleStatements }).toEqual({ seed, rows: expected, idleStatements: [] });
  }
}, 60_000);

test("without the lock, some of these schedules leave a row twice", async () => {
  const wrong: number[] = [];
  for (let seed = 1; seed <= 100; seed++) {
    const { expected, actual } = await schedule(seed, false);
    if (actual.length > expected.length) wrong.push(seed);
  }
  expect(wrong.length).toBeGreaterThan(0);
}, 60_000);

describe("views of streams", () => {
  const LIST = "SELECT TRIM(name) FROM svv_mv_info WHERE database_name = 'lake' AND schema_name = 'lake'";
  const SCHEMA = `CREATE EXTERNAL SCHEMA IF NOT EXISTS "lake_streams" FROM KINESIS IAM_ROLE 'arn:aws:iam::123456789012:role/copy'`;
  const CREATE =
    'CREATE MATERIALIZED VIEW "lake"."live" AUTO REFRESH YES AS SELECT "approximate_arrival_timestamp", "partition_key", "shard_id", "sequence_number", "refresh_time", JSON_PARSE(kinesis_data) AS "data" FROM "lake_streams"."clicks-1a2b" WHERE CAN_JSON_PARSE(kinesis_data)';
  const GRANT = 'GRANT SELECT ON "lake"."live" TO PUBLIC';
  const ofViews = ({ redshift }: World) =>
    redshift.statements.filter((sql) => /svv_mv_info|EXTERNAL|VIEW|"live"/.test(sql));

  async function withTables(): Promise<World> {
    const world = makeWorld();
    land(world, "orders", 1, 2);
    await world.plan();
    world.redshift.statements.length = 0;
    return world;
  }

  test("are made once, also while nothing new lands", async () => {
    const world = await withTables();
    world.streams = { live: "clicks-1a2b" };
    commit(world, await world.plan());
    expect(ofViews(world)).toEqual([LIST, SCHEMA, CREATE, GRANT]);
    await world.plan();
    await world.plan();
    world.redshift.statements.length = 0;
    land(world, "orders", 3, 4);
    await world.plan();
    expect(ofViews(world)).toEqual([LIST]);
  });

  test("that cannot be made are a failure, are tried again, and stop no load", async () => {
    const world = await withTables();
    world.streams = { live: "clicks-1a2b" };
    world.redshift.failing = CREATE;
    const failures = [
      { step: "make the view live of the stream clicks-1a2b", error: "StreamView", cause: `ERROR: ${CREATE}` },
    ];
    const plan = await world.plan();
    expect(plan.failures).toEqual(failures);
    expect(plan.loads.map(({ table }) => table)).toEqual(["orders"]);
    commit(world, plan);
    expect(await world.plan()).toEqual({ loads: [], failures });
    world.redshift.failing = GRANT;
    expect((await world.plan()).failures).toMatchObject([{ cause: `ERROR: ${GRANT}` }]);
    expect(world.redshift.views).toEqual(new Set());
    world.redshift.failing = undefined;
    expect(await world.plan()).toEqual({ loads: [], failures: [] });
    expect(world.redshift.views).toEqual(new Set(["live"]));
  });

  test("of a stream whose name has capitals are a failure, because Redshift folds names", async () => {
    const world = await withTables();
    world.streams = { live: "Clicks" };
    const cause = "Redshift reads names of streams without capitals";
    expect((await world.plan()).failures).toEqual([
      { step: "make the view live of the stream Clicks", error: "StreamView", cause },
    ]);
    expect(ofViews(world)).toEqual([LIST, LIST]);
  });

  test("that another plan makes meanwhile are no failure", async () => {
    const world = await withTables();
    world.streams = { live: "clicks-1a2b" };
    world.redshift.failing = CREATE;
    world.redshift.onFailure = () => world.redshift.views.add("live");
    expect((await world.plan()).failures).toEqual([]);
  });
});
