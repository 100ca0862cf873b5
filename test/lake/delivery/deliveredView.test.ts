/** The view of delivered Parquet has each row once, whatever its columns are called. */
import type { Column } from "../../../lake/columns";
import { deliveredViewSql } from "../../../lake/delivery/deliveredView";
import { openDuckDb } from "../../../local/duckdb/duckdb";

test("columns that are called like the view's own number of copies change nothing", async () => {
  const names = ["_id", "_arrived", "_copy", "_copy_", "dt", "hour"];
  const columns = names.map((name): Column => ({ name, type: "string" }));
  const db = await openDuckDb();
  try {
    await db.run(`CREATE TABLE files AS SELECT id AS _id, '1' AS _arrived, id % 3 AS _copy, id % 2 AS _copy_, 'd' AS dt, 'h' AS hour
      FROM range(6) AS rows(id) UNION ALL SELECT id, '2', id % 3, id % 2, 'd', 'h' FROM range(6) AS rows(id)`);
    const rows = await db.rows(`SELECT * FROM (${deliveredViewSql("files", columns)}) AS v ORDER BY _id`);
    expect(rows.map((row) => names.map((name) => String(row[name])).join(" "))).toEqual([
      "0 1 0 0 d h",
      "1 1 1 1 d h",
      "2 1 2 0 d h",
      "3 1 0 1 d h",
      "4 1 1 0 d h",
      "5 1 2 1 d h",
    ]);
  } finally {
    db.close();
  }
});
