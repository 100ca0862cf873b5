/** The ledger of a warehouse compares the ids of its tables with the rows of the lake's raw objects. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { readWarehouseLedger } from "../../../../local/ledger/sinks/warehouseLedger";

const work = mkdtempSync(path.join(tmpdir(), "warehouse-ledger-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const id = (place: number) => `shardId-000000000000/4960/0.${place}`;

/** Two delivered objects that overlap, and one of a table that is not loaded. */
function land(table: string, name: string, places: readonly number[], raw = "raw"): void {
  const folder = path.join(work, "lake", raw, table, "dt=2026-11-20", "hour=10");
  mkdirSync(folder, { recursive: true });
  const lines = places.map((place) => `{"_id":"${id(place)}","_arrived":"2026-11-20 10:00:00.000","data":{}}\n`);
  writeFileSync(path.join(folder, `${name}.delivered.ndjson.gz`), gzipSync(lines.join("")));
}

beforeAll(() => {
  land("sales", "a", [0, 1, 2]);
  land("sales", "b", [2, 3]);
  land("clicks", "c", [7]);
});

const OF = {
  workgroup: "wh",
  schema: "lake",
  tables: ["sales"],
  isScheduled: true,
  folders: ["raw/clicks/", "raw/sales/"] as readonly string[],
};

/** @param present the tables in the schema of the warehouse */
function ledger(
  ids: readonly (readonly [place: number, times: number])[],
  more: Partial<typeof OF> = {},
  present = ["sales", "copy_of_sales", "streamlake_loads"],
  views: readonly string[] = [],
) {
  const rows = async (sql: string) => {
    if (sql === "SELECT name FROM svv_mv_info WHERE schema_name = 'lake' ORDER BY name")
      return views.map((view) => [view]);
    if (sql.includes("information_schema")) {
      expect(sql).toMatch(/ WHERE table_schema = 'lake'$/);
      return present.flatMap((table) => [
        [table, table === "streamlake_loads" ? "load" : "_id"],
        [table, "total"],
      ]);
    }
    // The first load was copied once, the second one three times.
    if (sql.includes('FROM "lake"."streamlake_loads"')) {
      return [
        [2, 1],
        [2, 3],
      ];
    }
    expect(sql).toContain('FROM "lake"."sales"');
    return ids.map(([place, times]) => [id(place), times]);
  };
  return readWarehouseLedger({ ...OF, ...more, lakeDir: path.join(work, "lake"), rows }, work);
}

test("each row of the loaded tables is in the warehouse once", async () => {
  const ids = [0, 1, 2, 3].map((place) => [place, 1] as const);
  expect(await ledger(ids)).toEqual({
    kind: "Warehouse",
    resource: "wh",
    counts: { raw: 4, rows: 4, tables: 1, repeated: 4 },
    balanced: true,
    findings: [],
    unchecked: [],
  });
});

test("a table of another lake in the bucket is not one of the warehouse's", async () => {
  land("sales", "d", [8], "other/raw");
  const ids = [0, 1, 2, 3].map((place) => [place, 1] as const);
  expect(await ledger(ids)).toMatchObject({ counts: { raw: 4, rows: 4 }, balanced: true });
  // Without the folders, its rows count.
  expect(await ledger(ids, { folders: [] })).toMatchObject({ counts: { raw: 5, rows: 4 }, balanced: false });
  rmSync(path.join(work, "lake", "other"), { recursive: true });
});

test("missing, repeated and unknown rows are found by their ids", async () => {
  const { balanced, findings } = await ledger([
    [0, 1],
    [1, 2],
    [2, 1],
    [9, 1],
  ]);
  expect(balanced).toBe(false);
  expect(findings).toEqual([
    { what: "rows of raw/ are missing in the warehouse", count: 1, examples: [`sales ${id(3)}`] },
    { what: "rows of the warehouse are not in raw/", count: 1, examples: [`sales ${id(9)}`] },
    { what: "rows are in the warehouse more than once", count: 1, examples: [`sales ${id(1)}`] },
  ]);
});

test("a declared table that no load has made is found, with its rows; where loads are started by hand, it is not checked", async () => {
  const ids = [0, 1, 2, 3].map((place) => [place, 1] as const);
  const tables = ["sales", "clicks"];
  expect(await ledger(ids, { tables })).toMatchObject({
    counts: { raw: 5, rows: 4, tables: 1 },
    balanced: false,
    findings: [
      { what: "declared tables are missing in the warehouse", count: 1, examples: ["clicks"] },
      { what: "rows of raw/ are missing in the warehouse", count: 1, examples: [`clicks ${id(7)}`] },
    ],
    unchecked: [],
  });
  expect(await ledger(ids, { tables, isScheduled: false })).toMatchObject({
    counts: { raw: 4, rows: 4, tables: 1 },
    balanced: true,
    unchecked: [
      {
        what: "declared tables are not in the warehouse, and its loads are started by hand",
        count: 1,
        examples: ["clicks"],
      },
    ],
  });
});

test("a view of a stream is not checked, and the ledger names it", async () => {
  const ids = [0, 1, 2, 3].map((place) => [place, 1] as const);
  const { balanced, unchecked } = await ledger(ids, {}, undefined, ["live"]);
  expect(balanced).toBe(true);
  expect(unchecked).toEqual([{ what: "views of streams have records, not rows", count: 1, examples: ["live"] }]);
});
