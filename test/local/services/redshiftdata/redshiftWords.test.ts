/** The errors that users of SQL see most, in Redshift's words. */
import { DescribeStatementCommand, GetStatementResultCommand, RedshiftDataClient } from "@aws-sdk/client-redshift-data";
import { makeRedshift, type Redshift } from "../../support/redshift";

let redshift: Redshift;

beforeAll(async () => {
  redshift = await makeRedshift();
  await redshift.run('CREATE SCHEMA "lake"');
  await redshift.run(
    'CREATE TABLE "lake"."orders" ("id" VARCHAR(5), "total" INTEGER, "big" BIGINT, "price" DECIMAL(5,2), "part" FLOAT)',
  );
  await redshift.run("INSERT INTO lake.orders VALUES ('a', 6, 0, 1.5, 0)");
});
afterAll(() => redshift.close());

test.each([
  ["SELECT * FROM orders", 'relation "orders" does not exist'],
  ["SELECT * FROM lake.oders", 'relation "lake.oders" does not exist'],
  ["SELECT totl FROM lake.orders", 'column "totl" does not exist in orders'],
  ["SELECT totl FROM lake.orders AS o", 'column "totl" does not exist in o'],
  ["SELECT totl FROM lake.orders a, lake.orders b", 'column "totl" does not exist'],
  ["SELECT nothing", 'column "nothing" does not exist'],
  ["SELECT o.totl FROM lake.orders o", "column o.totl does not exist"],
  ["SELECT id FROM lake.orders a, lake.orders b", 'column reference "id" is ambiguous'],
  ["SELECT 1 FORM lake.orders", 'syntax error at or near "lake"'],
  ["SELECT * FROM lake.orders WHERE", "syntax error at end of input"],
  [
    "SELECT id, count(*) FROM lake.orders",
    'column "orders.id" must appear in the GROUP BY clause or be used in an aggregate function',
  ],
  ["SELECT id FROM lake.orders WHERE sum(total) > 1", "aggregates not allowed in WHERE clause"],
  ["SELECT 1 UNION SELECT 1, 2", "each UNION query must have the same number of columns"],
  ["INSERT INTO lake.orders (nope) VALUES (1)", 'column "nope" of relation "orders" does not exist'],
  ["INSERT INTO lake.orders VALUES (1, 2, 3, 4, 5, 6)", "INSERT has more expressions than target columns"],
  ["CREATE TABLE none.t (a INTEGER)", 'schema "none" does not exist'],
  ["CREATE SCHEMA lake", 'schema "lake" already exists'],
  ["SELECT total + id || 'x' FROM lake.orders", "operator does not exist: integer + character varying"],
  ["SELECT sum(id) FROM lake.orders", "function sum(character varying) does not exist"],
  ["SELECT 99999::smallint", "Value out of range for 2 bytes."],
  ["INSERT INTO lake.orders (total) VALUES (99999999999)", "Value out of range for 4 bytes."],
  ["SELECT '12415410808'::int", "Overflow (Integer valid range -2147483648 to 2147483647)"],
  ["SELECT '2x'::int", "Invalid digit, Value 'x', Pos 1, Type: Integer"],
  ["SELECT id::bigint FROM lake.orders", "Invalid digit, Value 'a', Pos 0, Type: Long"],
  ["SELECT 1000::decimal(5,2)", "Numeric data overflow (result precision)"],
  ["SELECT '1000'::decimal(5,2)", "Numeric data overflow (result precision)"],
  ["SELECT 'x'::decimal(5,2)", "Invalid digit, Value 'x', Pos 0, Type: Decimal"],
  ["SELECT 1 / 0", "Divide by zero"],
  ["SELECT total / big FROM lake.orders", "Divide by zero"],
  ["SELECT price / big FROM lake.orders", "Divide by zero"],
  ["SELECT 1.5 / part FROM lake.orders", "Divide by zero"],
  ["SELECT total % big FROM lake.orders", "Divide by zero"],
  ["SELECT MOD(total, 0) FROM lake.orders", "Divide by zero"],
])("%s: %s", async (sql, words) => {
  await expect(redshift.run(sql)).rejects.toMatchObject({ message: `ERROR: ${words}` });
});

test.each<[string, unknown[]]>([
  ["SELECT total / NULLIF(big, 0) FROM lake.orders", [null]],
  ["SELECT CASE WHEN big = 0 THEN -1 ELSE total / big END FROM lake.orders", [-1]],
  ["SELECT 7 / 2, -7 / 2, 7 % 2, -7 % 2, MOD(7, 4), 7 / 2.0, price / 2 FROM lake.orders", [3, -3, 1, -1, 3, 3.5, 0.75]],
  ["SELECT sum(total) / count(*) FROM lake.orders", [6]],
])("%s divides: %j", async (sql, row) => {
  expect(await redshift.rows(sql)).toEqual([row]);
});

test("infinity and NaN arrive at AWS's client as such", async () => {
  const target = { WorkgroupName: "shop", Database: "dev" };
  const sql = "SELECT 'infinity'::float AS a, '-infinity'::float AS b, 'NaN'::float AS c, 0.5::float AS d";
  const { Id } = await redshift.call<{ Id: string }>("ExecuteStatement", { ...target, Sql: sql });
  await redshift.cloud.service("redshift-data").idle?.();
  const client = new RedshiftDataClient(redshift.clientConfig());
  expect((await client.send(new DescribeStatementCommand({ Id }))).Status).toBe("FINISHED");
  const { Records } = await client.send(new GetStatementResultCommand({ Id }));
  client.destroy();
  expect(Records?.[0]?.map(({ doubleValue }) => doubleValue)).toEqual([Infinity, -Infinity, Number.NaN, 0.5]);
});
