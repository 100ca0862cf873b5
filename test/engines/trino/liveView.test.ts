/** Trino reads a lake's catalog and objects as Athena's engine does: live views, and the rows of flattened tables. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Column } from "../../../lake/columns";
import type { GlueTable } from "../../../local/catalog/catalog";
import { queryLake } from "../../../local/queryLake";
import { HOUR, makeWorld, NOW, type World } from "../../local/support/glueWorld";
import { declareLiveTables } from "../../local/support/lakeTables";
import { startTrino, type Trino } from "./trino";

const VECTORS = join(__dirname, "../../fixtures/flatten/rows");

let world: World;
let trino: Trino;
beforeAll(async () => {
  world = await makeWorld();
  trino = await startTrino(await world.cloud.listen(0), "lake", NOW);
});
afterAll(async () => {
  await trino.close();
  await world.close();
});

/** The query of a view, which the connector does not read from a catalog with Athena's definitions. */
async function viewSql(name: string): Promise<string> {
  const asked = { DatabaseName: "lake", Name: name };
  const { Table } = await world.call<{ Table: GlueTable }>("glue", "GetTable", asked);
  const definition = (Table.ViewOriginalText ?? "").slice("/* Presto View: ".length, -" */".length);
  return (JSON.parse(Buffer.from(definition, "base64").toString("utf8")) as { originalSql: string }).originalSql;
}

async function both(table: string, sql: string) {
  const rows = async (from: string) => (await trino.query(sql.replace("FROM t", () => `FROM ${from} AS t`))).rows;
  return { table: await rows(table), view: await rows(`(${await viewSql(`${table}_live`)})`) };
}

/** Trino spells 1e22 in JSON as 1.0E22. */
const SPELT_DIFFERENTLY = "declared-texts-of-elements";

const declaredVectors = readdirSync(VECTORS).flatMap((name) => {
  const { declared } = JSON.parse(readFileSync(join(VECTORS, name, "expected.json"), "utf8")) as {
    declared?: Column[];
  };
  return declared && name !== SPELT_DIFFERENTLY ? [{ name, table: name.replaceAll("-", "_"), columns: declared }] : [];
});

test.each(declaredVectors)(
  "raw rows have the values of the flattened table: $name",
  async ({ name, table, columns }) => {
    const rows = readFileSync(join(VECTORS, name, "rows.ndjson"), "utf8")
      .trimEnd()
      .split("\n");
    await declareLiveTables(world, { [table]: columns });
    await world.putRaw(table, rows);
    const sql = "SELECT * FROM t ORDER BY _id";
    const before = await both(table, sql);
    expect(before.table).toEqual([]);
    expect(before.view).toHaveLength(rows.length);
    const declared = JSON.stringify({ [table]: columns });
    await world.runJob({ "--HOUR": HOUR, "--TABLES": table, "--COLUMNS": declared });
    const after = await both(table, sql);
    expect(after.table).toEqual(before.view);
    expect(after.view).toEqual(before.view);
  },
);

const COLUMNS: Column[] = [
  { name: "order_id", type: "string" },
  { name: "customer_name", type: "string" },
  { name: "total", type: "double" },
  { name: "count", type: "bigint" },
  { name: "at", type: "timestamp" },
  { name: "day", type: "date" },
  { name: "is_paid", type: "boolean" },
  { name: "tags", type: "array<string>" },
  { name: "prices", type: "array<double>" },
  { name: "_", type: "string" },
];

/** Values that are easily read differently. Views may spell numbers with an exponent in another way, in columns of strings. */
const VALUES = [
  ...[
    null,
    true,
    false,
    0,
    -0,
    1.5,
    12345678.25,
    12345678.25,
    123456789012,
    9007199254740991,
    "",
    " ",
    "\t7 ",
    "+5",
    "5.",
    ".5",
    "1e400",
  ],
  ...["TRUE", "nan", "Infinity", "2026-11-20", "2026-02-30", "2026-11-20T10:04", "2026-11-20 10:04:09.1236+05:30"],
  ...[
    "2026-11-20T10:04:09Z",
    "0001-01-01",
    "9999-12-31T23:59:59.999Z",
    'ünï\u0000\u2028"\\',
    '[1,"2",null]',
    "[",
    "null",
  ],
  ...[[], [1, "2.5", null, { b: 1, a: [2] }, "x"], { z: 1, a: "x" }, {}],
];
const FIELDS = ["order_id", "Order ID", "customer", "total", "count", "at", "day", "is_paid", "tags", "prices", ""];

/** Rows of pseudorandom fields and values, from a seed. */
function hostileRows(count: number): string[] {
  let seed = 20_261_120;
  const next = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  const value = () => VALUES[next(VALUES.length)];
  return Array.from({ length: count }, () => {
    const fields = FIELDS.filter(() => next(3) > 0);
    return JSON.stringify(
      Object.fromEntries(fields.map((field) => [field, field === "customer" ? { Name: value() } : value()])),
    );
  });
}

test("raw rows of hostile values have the values of the flattened table, hour by hour", async () => {
  await declareLiveTables(world, { hostile: COLUMNS });
  const rows = hostileRows(200);
  // A row an hour: which field has a column is decided by all rows of an hour.
  const hours = Array.from({ length: 20 }, (_, index) => `2026-11-${index < 10 ? 19 : 20}T0${index % 10}`);
  for (const [index, hour] of hours.entries()) await world.putRaw("hostile", [rows[index] as string], index, hour);
  const before = await both("hostile", "SELECT * FROM t ORDER BY dt, hour");
  for (const hour of hours) {
    const declared = JSON.stringify({ hostile: COLUMNS });
    await world.runJob({ "--HOUR": hour, "--TABLES": "hostile", "--COLUMNS": declared });
  }
  const after = await both("hostile", "SELECT * FROM t ORDER BY dt, hour");
  expect(before.view).toHaveLength(hours.length);
  expect(before.view).toEqual(after.table);
});

test("types of a view are those of its table, in Trino and in local", async () => {
  const { types } = await trino.query(`SELECT * FROM (${await viewSql("hostile_live")})`);
  expect(types).toEqual((await trino.query("SELECT * FROM hostile")).types);
  const sql = "SELECT * FROM hostile_live LIMIT 0";
  const { columns } = await queryLake({ dataDir: world.cloud.dataDir, sql, nowMillis: NOW });
  expect(columns.map(({ Type }) => Type)).toEqual([
    ...["varchar", "timestamp", "varchar", "varchar", "varchar", "double", "bigint", "timestamp", "date", "boolean"],
    ...["array", "array", "varchar", "varchar", "varchar"],
  ]);
});
