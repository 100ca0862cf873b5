/** Crawls in local: the tables and partitions they find, what they leave alone, and their states. */
import { makeWorld, type World } from "../../support/glueWorld";

let world: World;
afterEach(() => world.close());

interface Table {
  readonly Name: string;
  readonly StorageDescriptor: { readonly Columns: { Name: string; Type: string }[]; readonly Location: string };
  readonly PartitionKeys: { Name: string; Type: string }[];
}

async function tables(): Promise<Table[]> {
  return (await world.call<{ TableList: Table[] }>("glue", "GetTables", { DatabaseName: "lake" })).TableList;
}

async function partitions(table: string, Expression?: string): Promise<string[]> {
  const input = { DatabaseName: "lake", TableName: table, Expression };
  const found = await world.call<{ Partitions: { Values: string[] }[] }>("glue", "GetPartitions", input);
  return found.Partitions.map(({ Values }) => Values.join("/"));
}

async function hours(...all: readonly (readonly [table: string, hour: string, row: string])[]): Promise<void> {
  for (const [table, hour, row] of all) {
    await world.putRaw(table, [row], 1, hour);
    await world.runJob({ "--HOUR": hour, "--TABLES": table });
  }
}

test("a crawl makes one table of each folder below its target, with the hours as partitions", async () => {
  world = await makeWorld();
  await hours(
    ["records", "2026-11-20T09", '{"a":1}'],
    ["records", "2026-11-20T10", '{"a":2,"b":["x"]}'],
    ["other", "2026-11-20T10", '{"c":true}'],
  );
  expect(await world.crawl()).toEqual({ Status: "SUCCEEDED", StartTime: 1795173000 });
  const [other, records] = (await tables()).sort((a, b) => (a.Name < b.Name ? -1 : 1));
  expect(other?.Name).toBe("other");
  expect(records?.StorageDescriptor.Location).toBe("s3://lake/parquet-output/records/");
  expect(records?.StorageDescriptor.Columns).toEqual([
    { Name: "_id", Type: "string" },
    { Name: "_arrived", Type: "timestamp" },
    { Name: "_format", Type: "string" },
    { Name: "a", Type: "bigint" },
    { Name: "b", Type: "array<string>" },
  ]);
  expect(records?.PartitionKeys).toEqual([
    { Name: "dt", Type: "string" },
    { Name: "hour", Type: "string" },
  ]);
  expect(await partitions("records")).toEqual(["2026-11-20/09", "2026-11-20/10"]);
  expect(await partitions("records", "dt = '2026-11-20' AND hour > '09'")).toEqual(["2026-11-20/10"]);
  expect(await partitions("records", "((dt >= '2026-11-20')) AND (hour IN ('08', '09') OR hour = '11')")).toEqual([
    "2026-11-20/09",
  ]);
  expect(await partitions("records", "NOT hour BETWEEN '10' AND '12'")).toEqual(["2026-11-20/09"]);
  expect(await partitions("records", "hour NOT IN ('09')")).toEqual(["2026-11-20/10"]);
  const inSegment = async (SegmentNumber: number) => {
    const input = { DatabaseName: "lake", TableName: "records", Segment: { SegmentNumber, TotalSegments: 3 } };
    return (await world.call<{ Partitions: { Values: string[] }[] }>("glue", "GetPartitions", input)).Partitions;
  };
  const segments = await Promise.all([0, 1, 2].map(inSegment));
  expect(segments.map((found) => found.length)).toEqual([1, 1, 0]);
  expect(new Set(segments.flat().map(({ Values }) => Values.join("/"))).size).toBe(2);
  const asked = { DatabaseName: "lake", TableName: "records", PartitionsToGet: [{ Values: ["2026-11-20", "10"] }] };
  const { Partitions } = await world.call<{ Partitions: { Values: string[]; StorageDescriptor: object }[] }>(
    "glue",
    "BatchGetPartition",
    { ...asked, PartitionsToGet: [...asked.PartitionsToGet, { Values: ["2026-11-20", "11"] }] },
  );
  expect(Partitions.map(({ Values }) => Values)).toEqual([["2026-11-20", "10"]]);
  expect(Partitions[0]?.StorageDescriptor).toMatchObject({ NumberOfBuckets: 0, SortColumns: [] });
});

test("a later crawl adds columns and partitions, and numbers widen", async () => {
  world = await makeWorld();
  await hours(["records", "2026-11-20T09", '{"a":1}']);
  await world.crawl();
  await hours(["records", "2026-11-20T10", '{"a":1.5,"z":"new"}']);
  await world.crawl();
  const [records] = await tables();
  expect(records?.StorageDescriptor.Columns.slice(3)).toEqual([
    { Name: "a", Type: "double" },
    { Name: "z", Type: "string" },
  ]);
  expect(await partitions("records")).toEqual(["2026-11-20/09", "2026-11-20/10"]);
});

test("updateBehavior LOG keeps the columns of a table that is there", async () => {
  world = await makeWorld({ crawler: { schemaChangePolicy: { updateBehavior: "LOG", deleteBehavior: "LOG" } } });
  await hours(["records", "2026-11-20T09", '{"a":1}']);
  await world.crawl();
  await hours(["records", "2026-11-20T10", '{"z":1}']);
  await world.crawl();
  const [records] = await tables();
  expect(records?.StorageDescriptor.Columns.slice(3)).toEqual([{ Name: "a", Type: "bigint" }]);
  expect(await partitions("records")).toHaveLength(2);
});

test("excluded folders and objects that Athena does not see are left out", async () => {
  world = await makeWorld();
  await hours(["orders", "2026-11-20T10", '{"a":1}']);
  await world.put("parquet-output/records/_SUCCESS", "");
  await world.put("parquet-output/records_$folder$", "");
  expect(await world.crawl()).toMatchObject({ Status: "SUCCEEDED" });
  expect(await tables()).toEqual([]);
});

test.each([
  ["parquet-output/records/dt=2026-11-20/notes.txt", "is not a Parquet object"],
  ["parquet-output/records/2026/11/part.parquet", "is not name=value"],
])("an object %s fails the crawl: %s", async (key, message) => {
  world = await makeWorld();
  await world.put(key, "x");
  expect(await world.crawl()).toMatchObject({ Status: "FAILED", ErrorMessage: expect.stringContaining(message) });
});

test("a table that the program declared is never taken over", async () => {
  world = await makeWorld({ crawler: { s3Targets: [{ path: "s3://lake/parquet-output/" }] } });
  await world.declare("aws:glue/catalogTable:CatalogTable", "orders", {
    name: "orders",
    databaseName: "lake",
    storageDescriptor: { location: "s3://lake/parquet-output/orders/", columns: [], serDeInfo: {} },
  });
  await hours(["orders", "2026-11-20T10", '{"a":1}']);
  expect(await world.crawl()).toMatchObject({
    Status: "FAILED",
    ErrorMessage: 'table "orders" already exists and no crawler created it; exclude its folder',
  });
});

test("a crawler that runs cannot be started again", async () => {
  world = await makeWorld();
  await world.call("glue", "StartCrawler", { Name: "crawler" });
  expect(await world.call("glue", "GetCrawler", { Name: "crawler" })).toMatchObject({ Crawler: { State: "RUNNING" } });
  await expect(world.call("glue", "StartCrawler", { Name: "crawler" })).rejects.toMatchObject({
    code: "CrawlerRunningException",
  });
  await expect(world.call("glue", "StartCrawler", { Name: "none" })).rejects.toMatchObject({
    code: "EntityNotFoundException",
  });
});

test.each([
  [
    { schemaChangePolicy: { deleteBehavior: "DEPRECATE_IN_DATABASE" } },
    'schemaChangePolicy.deleteBehavior "DEPRECATE_IN_DATABASE"',
  ],
  [
    { schemaChangePolicy: { deleteBehavior: "LOG", updateBehavior: "NONE" } },
    'schemaChangePolicy.updateBehavior "NONE"',
  ],
  [{ recrawlPolicy: { recrawlBehavior: "CRAWL_EVENT_MODE" } }, 'recrawlPolicy.recrawlBehavior "CRAWL_EVENT_MODE"'],
])("a crawler with %j is refused", async (crawler, message) => {
  await expect(makeWorld({ crawler })).rejects.toThrow(`local/glue: ${message} of "crawler" is not simulated`);
  world = await makeWorld();
});

test("a partition expression that is not simulated is refused", async () => {
  world = await makeWorld();
  await hours(["records", "2026-11-20T10", "{}"]);
  await world.crawl();
  await expect(partitions("records", "dt LIKE '2026%'")).rejects.toThrow(
    "local/glue: the partition expression \"dt LIKE '2026%'\" is not simulated",
  );
});

test("the service has the runs of jobs and the crawls with their effects, oldest first", async () => {
  world = await makeWorld();
  await hours(["records", "2026-11-20T09", '{"a":1}']);
  await world.crawl();
  await hours(["records", "2026-11-20T10", '{"a":2,"b":"x"}']);
  await world.crawl();
  await world.runJob({ "--TABLES": "absent" });
  await world.put("parquet-output/records/dt=2026-11-20/hour=11/other.txt", "no Parquet");
  await world.crawl();
  const runs = world.glue.runs();
  expect(runs.map(({ kind, name, state, arguments: given }) => [kind, name, state, given["--HOUR"]])).toEqual([
    ["job", "flatten", "SUCCEEDED", "2026-11-20T09"],
    ["job", "flatten", "SUCCEEDED", "2026-11-20T10"],
    ["job", "flatten", "SUCCEEDED", "2026-11-20T10"],
    ["crawl", "crawler", "SUCCEEDED", undefined],
    ["crawl", "crawler", "SUCCEEDED", undefined],
    ["crawl", "crawler", "FAILED", undefined],
  ]);
  expect(runs.map(({ effects }) => effects)).toEqual([
    [{ kind: "flattened", table: "records", rows: 1, objects: 1, files: 1 }],
    [{ kind: "flattened", table: "records", rows: 1, objects: 1, files: 1 }],
    [],
    [{ kind: "crawled", table: "records", columns: 4, isNew: true, newColumns: 4, newPartitions: 1 }],
    [{ kind: "crawled", table: "records", columns: 5, isNew: false, newColumns: 1, newPartitions: 1 }],
    [],
  ]);
  expect(runs.map(({ startMillis, endMillis }) => [startMillis, endMillis])).toEqual(
    runs.map(() => [1795173000000, 1795173000000]),
  );
  expect(runs.at(-1)?.error).toBe(
    '"parquet-output/records/dt=2026-11-20/hour=11/other.txt" is not a Parquet object; crawling other formats is not simulated',
  );
});
