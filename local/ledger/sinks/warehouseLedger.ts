/** The ledger of a warehouse: each of its tables has the rows of the lake's raw objects, each once. */
import { createReadStream, mkdtempSync, rmSync } from "node:fs";
import path from "node:path";
import { createGunzip } from "node:zlib";
import { openDuckDb } from "../../duckdb/duckdb";
import { filesBelow } from "../../duckdb/files";
import { lineHeads } from "../lineHeads";
import { type Line, LineLoader } from "../lineLoader";
import { keyOf, tableOfKey } from "./deliveredTables";
import { Findings, type SinkLedger } from "./sinkLedger";

export interface WarehouseSources {
  readonly workgroup: string;
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

const IDS_PER_PAGE = 50_000;

export async function readWarehouseLedger(
  { workgroup, lakeDir, rows }: WarehouseSources,
  dataDir: string,
): Promise<SinkLedger> {
  const scratch = mkdtempSync(path.join(dataDir, "ledger-"));
  try {
    const db = await openDuckDb({ databasePath: path.join(scratch, "ledger.duckdb"), memoryMebibytes: 160 });
    try {
      const tables = await rows(TABLES);
      const loader = new LineLoader(db, scratch);
      await loader.load("loaded", COLUMNS, loadedIds(tables as string[][], rows));
      const names = new Set(tables.map(([, table]) => String(table)));
      await loader.load("raw", COLUMNS, rawIds(lakeDir, names));
      const findings = new Findings();
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
          tables: names.size,
          repeated: await repeatedRows(rows),
        },
        balanced: findings.all().length === 0,
        findings: findings.all(),
        unchecked: [],
      };
    } finally {
      db.close();
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The tables with the ids of rows. */
const TABLES = "SELECT table_schema, table_name FROM information_schema.columns WHERE column_name = '_id'";

/** The tables of loads; they have a line for each load and hour, with the rows of the whole load. */
const LOADS = "SELECT table_schema, table_name FROM information_schema.columns WHERE column_name = 'row_count'";

/** How many rows were copied and merged once more, by loads of the same objects. */
async function repeatedRows(rows: WarehouseSources["rows"]): Promise<number> {
  let repeated = 0;
  for (const [schema, table] of await rows(LOADS)) {
    const loads = await rows(
      `SELECT max(row_count), count(*) / count(DISTINCT hour) FROM "${schema}"."${table}" GROUP BY table_name, load`,
    );
    for (const [rowCount, times] of loads) repeated += Number(rowCount) * (Number(times) - 1);
  }
  return repeated;
}

async function* loadedIds(
  tables: readonly (readonly string[])[],
  rows: WarehouseSources["rows"],
): AsyncGenerator<Line> {
  for (const [schema, table] of tables) {
    let after = "";
    for (;;) {
      // An id that is there several times must not be cut in two pages.
      const page = await rows(
        `SELECT _id, count(*) FROM "${schema}"."${table}" WHERE _id > '${after}' GROUP BY _id ORDER BY _id LIMIT ${IDS_PER_PAGE}`,
      );
      yield page.map(([id, times]) => `${table}\t${id}\n`.repeat(Number(times))).join("");
      if (page.length < IDS_PER_PAGE) break;
      after = String(page.at(-1)?.[0]);
    }
  }
}

const HEAD = /^\{"_id":"([^"]+)"/;
const MAX_HEAD_BYTES = 512;

async function* rawIds(lakeDir: string, tables: ReadonlySet<string>): AsyncGenerator<Line> {
  for (const file of filesBelow(lakeDir, ".ndjson.gz")) {
    const table = tableOfKey(keyOf(lakeDir, file));
    if (table === undefined || !tables.has(table)) continue;
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
