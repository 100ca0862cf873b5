/** Compares what the view of delivered Parquet answers with the delivered rows: each of them once, in its hour. */
import type { DuckDb } from "../../duckdb/duckdb";
import { type LakeQuery, queryLake } from "../../queryLake";
import type { Line, LineLoader } from "../lineLoader";

export interface DeliveredView {
  readonly database: string;
  readonly name: string;
}

/** A query returns at most this many ids. */
const MAX_IDS = 50_000;

/** Loads the ids of the view's rows; returns the checks of them against `delivered_ids`, each with the SQL of wrong ids. */
export async function loadView(
  { database, name }: DeliveredView,
  loader: LineLoader,
  lake: Pick<LakeQuery, "dataDir" | "nowMillis">,
): Promise<{ readonly what: string; readonly sql: string }[]> {
  const query = async (sql: string) => (await queryLake({ ...lake, database, sql })).rows;
  await loader.load("view_ids", "id VARCHAR, times INTEGER, hour VARCHAR", idsOf(name, query));
  return [
    {
      what: `delivered rows are missing in the view ${name}`,
      sql: "SELECT id FROM delivered_ids ANTI JOIN view_ids USING (id)",
    },
    {
      what: `rows of the view ${name} are not delivered`,
      sql: "SELECT DISTINCT id FROM view_ids ANTI JOIN delivered_ids USING (id)",
    },
    {
      what: `rows are in the view ${name} more than once`,
      sql: "SELECT id FROM view_ids GROUP BY id HAVING sum(times) > 1",
    },
    {
      what: `rows of the view ${name} are in another hour than delivered`,
      sql: `SELECT DISTINCT id FROM view_ids SEMI JOIN delivered_ids USING (id)
        WHERE (id, hour) NOT IN (SELECT (id, regexp_extract(folder, '/(.*)$', 1)) FROM delivered)`,
    },
  ];
}

export async function rowsInView(db: DuckDb): Promise<number> {
  const [counted] = await db.rows("SELECT coalesce(sum(times), 0)::DOUBLE AS rows FROM view_ids");
  return Number(counted?.rows);
}

/** Reads hour by hour, because Athena then compares the copies of the rows of one hour only. */
async function* idsOf(
  view: string,
  query: (sql: string) => Promise<readonly (readonly (string | null)[])[]>,
): AsyncGenerator<Line> {
  const hours = await query(`SELECT DISTINCT "dt", "hour" FROM "${view}" ORDER BY "dt", "hour"`);
  for (const [dt, hour] of hours) {
    for (let after = ""; ; ) {
      const page = await query(
        `SELECT "_id", count(*) FROM "${view}" WHERE "dt" = '${dt}' AND "hour" = '${hour}' AND "_id" > '${after}' ` +
          `GROUP BY "_id" ORDER BY "_id" LIMIT ${MAX_IDS}`,
      );
      yield page.map(([id, times]) => `${id}\t${times}\tdt=${dt}/hour=${hour}\n`).join("");
      if (page.length < MAX_IDS) break;
      after = String(page.at(-1)?.[0]);
    }
  }
}
