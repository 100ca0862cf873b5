/** Redshift's statements, each run by the Data API over a namespace's database. */
import { makeRedshift, type Redshift } from "../../../support/redshift";

let redshift: Redshift;

beforeAll(async () => {
  redshift = await makeRedshift();
});
afterAll(() => redshift.close());

const fails = async (sql: string) => {
  try {
    await redshift.run(sql);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error(`does not fail: ${sql}`);
};

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
  expect(await fails("CREATE TABLE sales (a INT)")).toBe('ERROR: Relation "sales" already exists');
  await redshift.run("CREATE TABLE IF NOT EXISTS sales (a INT)");
});
