/** Redshift's statements, each run by the Data API over a namespace's database. */
import { makeRedshift, type Redshift } from "../../../support/redshift";

let redshift: Redshift;

beforeEach(async () => {
  redshift = await makeRedshift();
});
afterEach(() => redshift.close());

test("CREATE TABLE takes types, keys, distribution and encodings, and rows are inserted", async () => {
  await redshift.run(`
    CREATE TABLE sales (
      "id" VARCHAR(8) NOT NULL ENCODE zstd DISTKEY, -- a comment with 'quotes'
      quantity INT DEFAULT 1, price DECIMAL(10, 2), at TIMESTAMP, paid BOOL, note VARCHAR(MAX), extra SUPER,
      PRIMARY KEY (id), UNIQUE (id)
    ) DISTSTYLE KEY COMPOUND SORTKEY (at, id);`);
  expect(await redshift.run("INSERT INTO sales (id, price) VALUES ('a', 1.5), ('b', 2)")).toBe(2);
  expect(await redshift.rows("SELECT id, quantity, price, at, extra FROM sales ORDER BY id")).toEqual([
    ["a", 1, "1.50", null, null],
    ["b", 1, "2.00", null, null],
  ]);
  await expect(redshift.run("CREATE TABLE sales (a INT)")).rejects.toThrow('ERROR: Relation "sales" already exists');
  await redshift.run("CREATE TABLE IF NOT EXISTS sales (a INT)");
});

test("keys are not enforced, as on AWS; NOT NULL and the bytes of strings are", async () => {
  await redshift.run("CREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(4) NOT NULL, code CHAR(2) UNIQUE)");
  expect(await redshift.run("INSERT INTO t VALUES (1, 'a', 'x'), (1, 'éé', 'x')")).toBe(2);
  await expect(redshift.run("INSERT INTO t VALUES (1, 'ééa', 'x')")).rejects.toThrow(
    "ERROR: value too long for type character varying(4)",
  );
  await expect(redshift.run("INSERT INTO t VALUES (1, NULL, 'x')")).rejects.toThrow(
    "ERROR: Cannot insert a NULL value into column name",
  );
  await expect(redshift.run("INSERT INTO t (name) VALUES ('a')")).rejects.toThrow(
    "ERROR: Cannot insert a NULL value into column id",
  );
});

test("LIKE copies columns, with their lengths; defaults only where it is asked for", async () => {
  await redshift.run("CREATE TABLE t (a VARCHAR(3) NOT NULL, b INT DEFAULT 7)");
  await redshift.run("CREATE TABLE plain (LIKE t)");
  await redshift.run("CREATE TABLE full (c INT, LIKE t INCLUDING DEFAULTS)");
  await redshift.run("INSERT INTO plain (a) VALUES ('x')");
  await redshift.run("INSERT INTO full (a) VALUES ('x')");
  expect(await redshift.rows("SELECT * FROM plain")).toEqual([["x", null]]);
  expect(await redshift.rows("SELECT * FROM full")).toEqual([[null, "x", 7]]);
  await expect(redshift.run("INSERT INTO plain (a) VALUES ('four')")).rejects.toThrow("ERROR: value too long");
});

test("CREATE TABLE AS takes the columns of a query, under other names too", async () => {
  await redshift.run("CREATE TABLE t AS SELECT 1 AS a, 'x' AS b, JSON_PARSE('[1]') AS c");
  await redshift.run("CREATE TABLE u (x, y) DISTSTYLE ALL SORTKEY (x) AS (SELECT a + 1, c FROM t)");
  expect(await redshift.rows("SELECT x, y[0]::int FROM u")).toEqual([[2, 1]]);
});

test("a temporary table is its session's, and hides the table with its name", async () => {
  await redshift.run("CREATE TABLE t (a INT)");
  const { Status, SubStatements } = await redshift.batch(
    "CREATE TEMPORARY TABLE t (a INT, b VARCHAR(2))",
    "INSERT INTO t VALUES (1, 'x')",
    "CREATE TEMP TABLE u (LIKE t)",
    "INSERT INTO u SELECT * FROM t",
  );
  expect([Status, SubStatements?.map(({ ResultRows }) => ResultRows)]).toEqual(["FINISHED", [0, 1, 0, 1]]);
  expect(await redshift.rows("SELECT * FROM t")).toEqual([]);
  await expect(redshift.run("SELECT * FROM u")).rejects.toThrow('ERROR: relation "u" does not exist');
});

test("INSERT takes queries, UPDATE and DELETE other tables; each counts its rows", async () => {
  await redshift.run("CREATE TABLE t (id INT, n INT)");
  await redshift.run("CREATE TABLE s (id INT, n INT)");
  await redshift.run("INSERT INTO s VALUES (1, 10), (2, 20), (3, 30)");
  expect(await redshift.run("INSERT INTO t (id) SELECT id FROM s WHERE id < 3")).toBe(2);
  expect(await redshift.run("INSERT INTO t (WITH x AS (SELECT 9 AS id) SELECT id, id FROM x)")).toBe(1);
  expect(await redshift.run("UPDATE t SET n = s.n + 1 FROM s WHERE t.id = s.id")).toBe(2);
  expect(await redshift.run("DELETE FROM t USING s WHERE t.id = s.id AND s.n > 10")).toBe(1);
  expect(await redshift.run("DELETE t WHERE id IN (SELECT id FROM s WHERE n = 30)")).toBe(0);
  expect(await redshift.run("UPDATE t AS x SET n = NULL WHERE x.id = 9")).toBe(1);
  expect(await redshift.rows("SELECT * FROM t ORDER BY id")).toEqual([
    [1, 11],
    [9, null],
  ]);
});

test("tables are renamed, widened and dropped, and schemas made", async () => {
  await redshift.run("CREATE SCHEMA shop");
  await redshift.run("CREATE TABLE shop.t (a INT)");
  await redshift.run("INSERT INTO shop.t VALUES (1)");
  await redshift.run("ALTER TABLE shop.t ADD COLUMN b VARCHAR(2) DEFAULT 'x'");
  await redshift.run("ALTER TABLE shop.t RENAME TO u");
  expect(await redshift.rows("SELECT * FROM shop.u")).toEqual([[1, "x"]]);
  await expect(redshift.run("ALTER TABLE shop.u ADD COLUMN a INT")).rejects.toThrow(
    'ERROR: column "a" of relation "u" already exists',
  );
  await redshift.run("ANALYZE shop.u");
  await redshift.run("VACUUM FULL shop.u");
  await redshift.run("DROP TABLE shop.u");
  await redshift.run("DROP TABLE IF EXISTS shop.u");
  await redshift.run("DROP SCHEMA shop");
  await expect(redshift.run("SELECT * FROM shop.u")).rejects.toThrow('ERROR: relation "shop.u" does not exist');
});

test.each<[sql: string, error: string]>([
  ["", "ERROR: the statement is empty"],
  ["SELECT 1; SELECT 2", "ERROR: only a single SQL statement is allowed; use BatchExecuteStatement for several"],
  [
    "BEGIN",
    "ERROR: local/redshift-data: BEGIN is not simulated; use BatchExecuteStatement, whose statements are one transaction; see docs/fidelity.md",
  ],
  [
    "UNLOAD ('SELECT 1') TO 's3://x'",
    "ERROR: local/redshift-data: the statement UNLOAD is not simulated; see docs/fidelity.md",
  ],
  ["SET x = 1", "ERROR: local/redshift-data: the statement SET is not simulated; see docs/fidelity.md"],
  ["ATTACH 'x.db'", "ERROR: local/redshift-data: the statement ATTACH is not simulated; see docs/fidelity.md"],
  ["CREATE VIEW v AS SELECT 1", "ERROR: local/redshift-data: CREATE VIEW V is not simulated; see docs/fidelity.md"],
  [
    "CREATE TABLE t (a INT IDENTITY(0, 1))",
    "ERROR: local/redshift-data: IDENTITY is not simulated; load the ids with the rows; see docs/fidelity.md",
  ],
  [
    "CREATE TABLE t (a GEOMETRY)",
    "ERROR: local/redshift-data: the type GEOMETRY is not simulated; see docs/fidelity.md",
  ],
  [
    "CREATE TABLE t (a TIME WITH TIME ZONE)",
    "ERROR: local/redshift-data: the type TIMETZ is not simulated; see docs/fidelity.md",
  ],
  ["CREATE TABLE t (a VARCHAR(65536))", "ERROR: length for type character varying cannot exceed 65535"],
  ["CREATE TABLE t (a DECIMAL(39, 0))", "ERROR: DECIMAL precision 39 must be between 1 and 38"],
  ["CREATE TABLE t (a DECIMAL(4, 5))", "ERROR: DECIMAL scale 5 must be between 0 and precision 4"],
  ["CREATE TABLE t (a SUPER) SORTKEY (a)", 'ERROR: SUPER column "a" cannot be a distribution or sort key'],
  ["CREATE TABLE t (a INT, a INT)", 'ERROR: column "a" specified more than once'],
  ["CREATE TEMP TABLE public.t (a INT)", "ERROR: temporary tables cannot specify a schema name"],
  ["CREATE TABLE t (a INT) PARTITION BY (a)", 'ERROR: syntax error at or near "partition"'],
  ["CREATE TABLE t (LIKE nowhere)", 'ERROR: relation "nowhere" does not exist'],
  [
    "ALTER TABLE t DROP COLUMN a",
    "ERROR: local/redshift-data: ALTER TABLE DROP COLUMN is not simulated; use RENAME TO or ADD COLUMN; see docs/fidelity.md",
  ],
  ["DROP VIEW v", "ERROR: local/redshift-data: DROP VIEW V is not simulated; see docs/fidelity.md"],
  ["GRANT ROLE a TO b", "ERROR: local/redshift-data: GRANT and REVOKE of roles is not simulated; see docs/fidelity.md"],
  ["INSERT INTO t FROM s", 'ERROR: syntax error at or near "from"'],
  ["TRUNCATE t CASCADE", 'ERROR: syntax error at or near "cascade"'],
])("%s fails", async (sql, error) => {
  await expect(redshift.run(sql === "" ? ";" : sql)).rejects.toMatchObject({ message: error });
});
