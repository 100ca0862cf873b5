/** A load as a warehouse runs it: COPY into a staging table, MERGE, and a row in the table of loads, as one transaction. */
import { gzipSync } from "node:zlib";
import { COPY_ROLE, makeRedshift, type Redshift } from "../../support/redshift";

let redshift: Redshift;

beforeEach(async () => {
  redshift = await makeRedshift();
  await redshift.run('CREATE SCHEMA IF NOT EXISTS "lake"');
  await redshift.run(
    `CREATE TABLE IF NOT EXISTS "lake"."orders" ("_id" VARCHAR(256) NOT NULL, "_arrived" TIMESTAMP, "amount" DOUBLE PRECISION,
     "tags" SUPER, PRIMARY KEY ("_id")) DISTKEY ("_id") SORTKEY ("_arrived")`,
  );
  await redshift.run(
    'CREATE TABLE IF NOT EXISTS "lake"."loads" ("load" VARCHAR(64) NOT NULL, "row_count" BIGINT, "loaded_at" TIMESTAMP DEFAULT GETDATE())',
  );
});
afterEach(() => redshift.close());

const load = (id: string, rows: number) => [
  'LOCK "lake"."loads"',
  'CREATE TEMP TABLE "staging" (LIKE "lake"."orders")',
  `COPY "staging" FROM 's3://lake/manifests/${id}' IAM_ROLE '${COPY_ROLE}' FORMAT JSON 'auto' TIMEFORMAT 'auto' GZIP MANIFEST COMPUPDATE OFF STATUPDATE OFF`,
  `MERGE INTO "lake"."orders" USING "staging" ON "orders"."_id" = "staging"."_id"
   WHEN MATCHED THEN UPDATE SET "_arrived" = "staging"."_arrived", "amount" = "staging"."amount", "tags" = "staging"."tags"
   WHEN NOT MATCHED THEN INSERT ("_id", "_arrived", "amount", "tags")
   VALUES ("staging"."_id", "staging"."_arrived", "staging"."amount", "staging"."tags")`,
  `INSERT INTO "lake"."loads" ("load", "row_count") VALUES ('${id}', ${rows})`,
  'DROP TABLE "staging"',
];

async function putObjects(id: string, ...objects: readonly (readonly object[])[]): Promise<void> {
  const entries: object[] = [];
  for (const [index, rows] of objects.entries()) {
    const key = `loads/${id}-${index}.gz`;
    await redshift.put(key, gzipSync(rows.map((row) => `${JSON.stringify(row)}\n`).join("")));
    entries.push({ url: `s3://lake/${key}`, mandatory: true });
  }
  await redshift.put(`manifests/${id}`, JSON.stringify({ entries }));
}

test("a load that runs twice leaves each row once, and the second load changes nothing", async () => {
  const rows = [
    { _id: "a", _arrived: "2026-11-20T10:00:00.123Z", amount: 1.5, tags: ["x", { y: 1 }] },
    { _id: "b", _arrived: "2026-11-20T10:00:01Z", amount: null },
  ];
  await putObjects("one", [rows[0] as object], [rows[1] as object]);
  for (const times of [1, 2]) {
    const { Status, Error: error, SubStatements } = await redshift.batch(...load("one", 2));
    expect({ times, Status, error }).toEqual({ times, Status: "FINISHED", error: undefined });
    expect(SubStatements?.map(({ ResultRows }) => ResultRows)).toEqual([0, 0, 2, 2, 1, 0]);
    expect(await redshift.rows("SELECT * FROM lake.orders ORDER BY _id")).toEqual([
      ["a", "2026-11-20 10:00:00.123", 1.5, '["x",{"y":1}]'],
      ["b", "2026-11-20 10:00:01", null, null],
    ]);
  }
  expect(await redshift.rows("SELECT load, row_count, loaded_at FROM lake.loads")).toEqual([
    ["one", 2, "2026-11-20 10:00:00"],
    ["one", 2, "2026-11-20 10:00:00"],
  ]);
});

test("a statement that fails rolls back the whole batch", async () => {
  await putObjects("two", [{ _id: "a", amount: 1 }]);
  const statements = load("two", 1).map((sql) => sql.replace("'two', 1", "'two', 'many'"));
  const { Status, Error: error, SubStatements } = await redshift.batch(...statements);
  expect(Status).toBe("FAILED");
  expect(error).toBe("ERROR: Invalid digit, Value 'm', Pos 0, Type: Long");
  expect(SubStatements?.map((statement) => statement.Status)).toEqual([
    ...["FINISHED", "FINISHED", "FINISHED", "FINISHED", "FAILED", "ABORTED"],
  ]);
  expect(await redshift.rows("SELECT count(*) FROM lake.orders")).toEqual([[0]]);
});

test("the catalog lists tables and columns under Redshift's names of types", async () => {
  await redshift.run('ALTER TABLE "lake"."orders" ADD COLUMN "note" VARCHAR(5)');
  expect(
    await redshift.rows(
      "SELECT column_name, data_type, character_maximum_length FROM information_schema.columns WHERE table_schema = 'lake' AND table_name = 'orders' ORDER BY ordinal_position",
    ),
  ).toEqual([
    ["_id", "character varying", 256],
    ["_arrived", "timestamp without time zone", null],
    ["amount", "double precision", null],
    ["tags", "super", null],
    ["note", "character varying", 5],
  ]);
  expect(await redshift.rows("SELECT table_schema, table_name FROM information_schema.tables ORDER BY 2")).toEqual([
    ["lake", "loads"],
    ["lake", "orders"],
  ]);
  await redshift.run("INSERT INTO lake.orders (_id) VALUES ('a')");
  await expect(redshift.run("UPDATE lake.orders SET note = 'longer'")).rejects.toThrow(
    "ERROR: value too long for type character varying(5)",
  );
});

test("rights are read: GRANT on schemas and tables is accepted, of a table that is not there refused", async () => {
  await redshift.run('GRANT USAGE ON SCHEMA "lake" TO PUBLIC');
  await redshift.run('GRANT SELECT ON ALL TABLES IN SCHEMA "lake" TO PUBLIC');
  await redshift.run('REVOKE INSERT, UPDATE ON lake.orders FROM "IAMR:reader"');
  await expect(redshift.run("GRANT SELECT ON lake.nothing TO PUBLIC")).rejects.toThrow(
    'ERROR: relation "lake.nothing" does not exist',
  );
});

test("TRUNCATE commits the transaction, so a later failure does not undo it", async () => {
  await redshift.run("INSERT INTO lake.orders (_id) VALUES ('a')");
  const { Status } = await redshift.batch("TRUNCATE lake.orders", "SELECT nothing FROM lake.orders");
  expect(Status).toBe("FAILED");
  expect(await redshift.rows("SELECT count(*) FROM lake.orders")).toEqual([[0]]);
});

test("GETDATE is the time of the statement, in defaults too", async () => {
  redshift.advance(3_600_000);
  await redshift.run("INSERT INTO lake.loads (load) VALUES ('x')");
  expect(await redshift.rows("SELECT loaded_at, GETDATE(), CURRENT_DATE FROM lake.loads")).toEqual([
    ["2026-11-20 11:00:00", "2026-11-20 11:00:00", "2026-11-20"],
  ]);
});
