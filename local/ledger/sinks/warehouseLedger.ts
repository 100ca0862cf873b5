/** The ledger of a warehouse: each of its declared tables has the rows of the lake's raw objects, each once. */
import { createReadStream, mkdtempSync, rmSync } from "node:fs";
import path from "node:path";
import { createGunzip } from "node:zlib";
import { catalogQuery, LOADS_TABLE, literal, tableName } from "../../../lake/warehouse/tables";
import { openDuckDb } from "../../duckdb/duckdb";
import { filesBelow } from "../../duckdb/files";
import { lineHeads } from "../lineHeads";
import { type Line, LineLoader } from "../lineLoader";
import { keyOf, tableOfKey } from "./deliveredTables";
import { Findings, type SinkLedger } from "./sinkLedger";

export interface WarehouseSources {
  readonly workgroup: string;
  readonly schema: string;
  /** The declared tables. */
  readonly tables: readonly string[];
  /** False if loads are started by hand alone: tables that no load has made are then not checked. */
  readonly isScheduled: boolean;
  /** The folders of the tables' raw objects, `raw/sales/`; a table without one has all of its name in the bucket. */
  readonly folders: readonly string[];
  /** The folder of the lake bucket's objects. */
  readonly lakeDir: string;
  /** Runs SQL on the warehouse. */
  readonly rows: (sql: string) => Promise<readonly (readonly unknown[])[]>;
}

const COLUMNS = "name VARCHAR, id VARCHAR";

/** Rows of raw/ may lie in several objects; a row of the warehouse is one. */
const CHECKS = [
  {
    what: "rows of raw/ are missing in the warehouse",
    sql: "SELECT name || ' ' || id AS id FROM (SELECT DISTINCT name, id FROM raw) ANTI JOIN loaded USING (name, id)",
  },
  {
    what: "rows of the warehouse are not in raw/",
    sql: "SELECT name || ' ' || id AS id FROM (SELECT DISTINCT name, id FROM loaded) ANTI JOIN raw USING (name, id)",
  },
  {
    what: "rows are in the warehouse more than once",
    sql: "SELECT name || ' ' || id AS id FROM loaded GROUP BY name, loaded.id HAVING count(*) > 1",
  },
] as const;

const MISSING = "declared tables are missing in the warehouse";
const NOT_LOADED = "declared tables are not in the warehouse, and its loads are started by hand";
const OF_STREAMS = "views of streams have records, not rows";

const IDS_PER_PAGE = 50_000;

export async function readWarehouseLedger(
  { workgroup, schema, tables, isScheduled, folders, lakeDir, rows }: WarehouseSources,
  dataDir: string,
): Promise<SinkLedger> {
  const scratch = mkdtempSync(path.join(dataDir, "ledger-"));
  try {
    const db = await openDuckDb({ databasePath: path.join(scratch, "ledger.duckdb"), memoryMebibytes: 160 });
    try {
      const columns = await rows(catalogQuery(schema));
      const present = new Set(columns.flatMap(([table, column]) => (column === "_id" ? [String(table)] : [])));
      const findings = new Findings();
      const unchecked = new Findings();
      for (const table of tables) {
        if (present.has(table)) continue;
        if (isScheduled) findings.add(MISSING, table);
        else unchecked.add(NOT_LOADED, table);
      }
      const views = await rows(`SELECT name FROM svv_mv_info WHERE schema_name = ${literal(schema)} ORDER BY name`);
      for (const [view] of views) unchecked.add(OF_STREAMS, String(view));
      const loadable = tables.filter((table) => isScheduled || present.has(table));
      const loader = new LineLoader(db, scratch);
      const readable = tables.filter((table) => present.has(table));
      await loader.load("loaded", COLUMNS, loadedIds(schema, readable, rows));
      await loader.load("raw", COLUMNS, rawIds(lakeDir, folders, new Set(loadable)));
      for (const { what, sql } of CHECKS) {
        const [counted] = await db.rows(`SELECT count(*) AS count FROM (${sql})`);
        const examples = await db.rows(`SELECT id FROM (${sql}) ORDER BY id LIMIT 5`);
        findings.addMany(
          what,
          Number(counted?.count),
          examples.map(({ id }) => String(id)),
        );
      }
      const [counts = {}] = await db.rows(
        "SELECT (SELECT count(*) FROM (SELECT DISTINCT name, id FROM raw)) AS raw, (SELECT count(*) FROM loaded) AS loaded",
      );
      return {
        kind: "Warehouse",
        resource: workgroup,
        counts: {
          raw: Number(counts.raw),
          rows: Number(counts.loaded),
          tables: readable.length,
          repeated: columns.some(([table]) => table === LOADS_TABLE) ? await repeatedRows(schema, rows) : 0,
        },
        balanced: findings.all().length === 0,
        findings: findings.all(),
        unchecked: unchecked.all(),
      };
    } finally {
      db.close();
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * How many rows were copied and merged once more, by loads of the same objects. The table of loads has a line for each load and
 * hour, with the rows of the whole load.
 */
async function repeatedRows(schema: string, rows: WarehouseSources["rows"]): Promise<number> {
  const loads = await rows(
    `SELECT max(row_count), count(*) / count(DISTINCT hour) FROM ${tableName(schema, LOADS_TABLE)} GROUP BY table_name, load`,
  );
  return loads.reduce((sum, [rowCount, times]) => sum + Number(rowCount) * (Number(times) - 1), 0);
}

async function* loadedIds(
  schema: string,
  tables: readonly string[],
  rows: WarehouseSources["rows"],
): AsyncGenerator<Line> {
  for (const table of tables) {
    let after = "";
    for (;;) {
      // An id that is there several times must not be cut in two pages.
      const page = await rows(
        `SELECT _id, count(*) FROM ${tableName(schema, table)} WHERE _id > ${literal(after)} GROUP BY _id ORDER BY _id LIMIT ${IDS_PER_PAGE}`,
      );
      yield page.map(([id, times]) => `${table}\t${id}\n`.repeat(Number(times))).join("");
      if (page.length < IDS_PER_PAGE) break;
      after = String(page.at(-1)?.[0]);
    }
  }
}

const HEAD = /^\{"_id":"([^"]+)"/;
const MAX_HEAD_BYTES = 512;

async function* rawIds(lakeDir: string, folders: readonly string[], tables: ReadonlySet<string>): AsyncGenerator<Line> {
  for (const { table, file } of rawFiles(lakeDir, folders, tables)) {
    for await (const heads of lineHeads(createReadStream(file).pipe(createGunzip()), MAX_HEAD_BYTES)) {
      yield heads
        .flatMap((head) => {
          // Objects of unformatted/ have the names of tables, too, and their lines have no _id.
          const id = HEAD.exec(head.toString("latin1"))?.[1];
          return id === undefined ? [] : [`${table}\t${id}\n`];
        })
        .join("");
    }
  }
}

function rawFiles(lakeDir: string, folders: readonly string[], tables: ReadonlySet<string>) {
  const own = folders.filter((folder) => tables.has(path.posix.basename(folder)));
  const known = new Set(own.map((folder) => path.posix.basename(folder)));
  const files = own.flatMap((folder) =>
    filesBelow(path.join(lakeDir, folder), ".ndjson.gz").map((file) => ({ table: path.posix.basename(folder), file })),
  );
  if ([...tables].every((table) => known.has(table))) return files;
  const others = filesBelow(lakeDir, ".ndjson.gz").flatMap((file) => {
    const table = tableOfKey(keyOf(lakeDir, file));
    return table !== undefined && tables.has(table) && !known.has(table) ? [{ table, file }] : [];
  });
  return [...files, ...others];
}
