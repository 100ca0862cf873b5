/** Live views in local's Athena: the rows of `raw/` have the values that the flatten job gives them, each row once. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Column } from "../../../lake/columns";
import { queryLake } from "../../../local/queryLake";
import { HOUR, makeWorld, NOW, type World } from "../../local/support/glueWorld";
import { declareLiveTables } from "../../local/support/lakeTables";

const VECTORS = join(__dirname, "../../fixtures/flatten/rows");

let world: World;
beforeEach(async () => {
  world = await makeWorld();
});
afterEach(() => world.close());

async function query(sql: string): Promise<readonly (readonly (string | null)[])[]> {
  const { rows } = await queryLake({ dataDir: world.cloud.dataDir, sql, nowMillis: NOW });
  return rows;
}

async function flatten(tables: Readonly<Record<string, readonly Column[]>>, hour = HOUR): Promise<void> {
  const run = await world.runJob({
    "--HOUR": hour,
    "--TABLES": Object.keys(tables).join(","),
    "--COLUMNS": JSON.stringify(tables),
  });
  expect(run).toMatchObject({ JobRunState: "SUCCEEDED" });
}

const declaredVectors = readdirSync(VECTORS).flatMap((name) => {
  const { declared } = JSON.parse(readFileSync(join(VECTORS, name, "expected.json"), "utf8")) as {
    declared?: Column[];
  };
  return declared ? [{ name, columns: declared }] : [];
});

test.each(declaredVectors)(
  "before and after the hour is flattened, the view has the same rows: $name",
  async ({ name, columns }) => {
    const rows = readFileSync(join(VECTORS, name, "rows.ndjson"), "utf8")
      .trimEnd()
      .split("\n");
    await declareLiveTables(world, { t: columns });
    await world.putRaw("t", rows);
    const before = await query("SELECT * FROM t_live ORDER BY _id");
    expect(before).toHaveLength(rows.length);
    await flatten({ t: columns });
    expect(before).toEqual(await query("SELECT * FROM t ORDER BY _id"));
    expect(await query("SELECT * FROM t_live ORDER BY _id")).toEqual(before);
  },
);

const TOTALS: Column[] = [{ name: "total", type: "bigint" }];

test("a row is there once: late rows, rows in two objects, and hours that are flattened in part", async () => {
  await declareLiveTables(world, { t: TOTALS });
  await world.putRaw("t", ['{"total":1}', '{"total":2}']);
  await flatten({ t: TOTALS });
  await world.putRaw("t", ['{"total":2}', '{"total":3}'], 2);
  expect(await query("SELECT total FROM t ORDER BY 1")).toEqual([["1"], ["2"]]);
  expect(await query("SELECT total FROM t_live ORDER BY 1")).toEqual([["1"], ["2"], ["3"]]);
  for (const key of world.keys("parquet-output/")) await world.call("s3", "DeleteObject", { Bucket: "lake", Key: key });
  expect(await query("SELECT total FROM t ORDER BY 1")).toEqual([]);
  expect(await query("SELECT total FROM t_live ORDER BY 1")).toEqual([["1"], ["2"], ["3"]]);
});

test("columns that are called like the view's own change nothing", async () => {
  const columns: Column[] = ["n", "_copy", "_source"].map((name) => ({ name, type: "bigint" }));
  await declareLiveTables(world, { t: columns });
  await world.putRaw("t", [
    '{"n":1,"_copy":0,"_source":7}',
    '{"n":2,"_copy":1,"_source":0}',
    '{"n":3,"_copy":2,"_source":-1}',
  ]);
  const all = [
    ["1", "0", "7"],
    ["2", "1", "0"],
    ["3", "2", "-1"],
  ];
  const rows = "SELECT n, _copy, _source FROM t_live ORDER BY n";
  expect(await query(rows)).toEqual(all);
  await flatten({ t: columns });
  expect(await query(rows)).toEqual(all);
});

test("raw rows are shown for liveDays, and flattened rows for ever", async () => {
  await declareLiveTables(world, { t: TOTALS });
  await world.putRaw("t", ['{"total":1}'], 1, "2026-11-17T10");
  await flatten({ t: TOTALS }, "2026-11-17T10");
  await world.putRaw("t", ['{"total":2}'], 2, "2026-11-17T11");
  await world.putRaw("t", ['{"total":3}'], 3, "2026-11-18T00");
  expect(await query("SELECT total, dt FROM t_live ORDER BY 1")).toEqual([
    ["1", "2026-11-17"],
    ["3", "2026-11-18"],
  ]);
});

test("a column without a path has the first field whose path flattens to its name", async () => {
  const columns: Column[] = [
    { name: "order_line_sku", type: "string" },
    { name: "total", type: "string" },
    { name: "x__y", type: "string" },
  ];
  const rows = [
    '{"Order Line":{"SKU":"a"},"TOTAL":1.50}',
    '{"order":{"line.sku":"b"},"total":{"a":[1]}}',
    '{"order":{"line":{"SKU":"c"}},"order_line_sku":"later","Total":"first","total":"later"}',
    '{"order-line-sku":"d","x":{"_y":"f"}}',
    '{"x_":{"y":"g"},"order":7}',
    "{}",
  ];
  await declareLiveTables(world, { t: columns });
  for (const [index, row] of rows.entries()) {
    const hour = `2026-11-20T0${index}`;
    await world.putRaw("t", [row], index, hour);
  }
  const before = await query("SELECT order_line_sku, total, x__y FROM t_live ORDER BY hour");
  expect(before).toEqual([
    ["a", "1.5", null],
    ["b", '{"a":[1]}', null],
    ["c", "first", null],
    ["d", null, "f"],
    [null, null, "g"],
    [null, null, null],
  ]);
  for (const index of rows.keys()) await flatten({ t: columns }, `2026-11-20T0${index}`);
  expect(await query("SELECT order_line_sku, total, x__y FROM t ORDER BY hour")).toEqual(before);
});
