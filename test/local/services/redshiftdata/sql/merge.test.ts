/** MERGE, with the restrictions that Redshift documents. */
import { makeRedshift, type Redshift } from "../../../support/redshift";

let redshift: Redshift;

beforeEach(async () => {
  redshift = await makeRedshift();
  await redshift.run("CREATE TABLE t (id INT, n INT)");
  await redshift.run("CREATE TABLE s (id INT, n INT)");
  await redshift.run("INSERT INTO t VALUES (1, 10), (2, 20)");
  await redshift.run("INSERT INTO s VALUES (2, 21), (3, 31)");
});
afterEach(() => redshift.close());

const target = () => redshift.rows("SELECT id, n FROM t ORDER BY id, n");
const WHEN = "WHEN MATCHED THEN UPDATE SET n = s.n WHEN NOT MATCHED THEN INSERT (n, id) VALUES (s.n, s.id)";

test("matched rows are updated, and others inserted", async () => {
  expect(await redshift.run(`MERGE INTO t USING s ON t.id = s.id ${WHEN}`)).toBe(2);
  expect(await target()).toEqual([
    [1, 10],
    [2, 21],
    [3, 31],
  ]);
});

test("the source has an alias, and matched rows are deleted", async () => {
  await redshift.run(
    "MERGE INTO t USING s AS x ON t.id = x.id WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (x.id, x.n)",
  );
  expect(await target()).toEqual([
    [1, 10],
    [3, 31],
  ]);
});

test("a row that several rows of the source match is an error, and nothing changes", async () => {
  await redshift.run("INSERT INTO s VALUES (2, 22)");
  await expect(redshift.run(`MERGE INTO t USING s ON t.id = s.id ${WHEN}`)).rejects.toThrow(
    "ERROR: Found multiple matches to update the same tuple.",
  );
  expect(await target()).toEqual([
    [1, 10],
    [2, 20],
  ]);
});

test("rows of the source that match nothing are inserted each, repeated ones too", async () => {
  await redshift.run("INSERT INTO s VALUES (3, 32)");
  expect(await redshift.run(`MERGE INTO t USING s ON t.id = s.id ${WHEN}`)).toBe(3);
  expect(await target()).toEqual([
    [1, 10],
    [2, 21],
    [3, 31],
    [3, 32],
  ]);
});

test("REMOVE DUPLICATES replaces the rows that match by one, and inserts the others", async () => {
  await redshift.run("INSERT INTO t VALUES (2, 29), (1, 10)");
  await redshift.run("MERGE INTO t USING s ON t.id = s.id REMOVE DUPLICATES");
  expect(await target()).toEqual([
    [1, 10],
    [1, 10],
    [2, 21],
    [3, 31],
  ]);
});

test.each<[sql: string, error: string]>([
  [`MERGE INTO t x USING s ON x.id = s.id ${WHEN}`, 'ERROR: syntax error at or near "x"'],
  [`MERGE INTO t USING (SELECT * FROM s) ON true ${WHEN}`, 'ERROR: syntax error at or near "("'],
  [`MERGE INTO t USING s ON true ${WHEN}`, "ERROR: MERGE needs an equal predicate in ON"],
  ["MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN DELETE", "ERROR: syntax error at end of input"],
  [
    "MERGE INTO t USING s ON t.id = s.id WHEN MATCHED AND s.n > 1 THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (1, 1)",
    'ERROR: syntax error at or near "when"',
  ],
  [
    "MERGE INTO t USING s ON t.id = s.id WHEN NOT MATCHED THEN INSERT VALUES (1, 1)",
    'ERROR: syntax error at or near "when"',
  ],
  [`MERGE INTO t USING s ON t.id = s.id ${WHEN.replace("n = s.n", "t.n = s.n")}`, 'ERROR: syntax error at or near "."'],
  [`MERGE INTO t USING s ON t.id = s.id ${WHEN.replace("n = s.n", "m = s.n")}`, 'ERROR: column "m" does not exist'],
  [`MERGE INTO none USING s ON none.id = s.id ${WHEN}`, 'ERROR: relation "none" does not exist'],
])("%s fails", async (sql, error) => {
  await expect(redshift.run(sql)).rejects.toMatchObject({ message: error });
});
