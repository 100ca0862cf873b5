/** Redshift's functions and syntax, one by one: literal results, and refusals by name. */
import { makeRedshift, type Redshift } from "../../../support/redshift";

let redshift: Redshift;

beforeAll(async () => {
  redshift = await makeRedshift();
  await redshift.run(
    "CREATE TABLE sales (id INT, day DATE, at TIMESTAMP, shop VARCHAR(20), price DECIMAL(8,2), p SUPER)",
  );
  await redshift.run(`INSERT INTO sales VALUES
    (1, '2026-01-31', '2026-01-31 23:59:59', 'north', 1.50, JSON_PARSE('{"sku": "a", "n": 3, "items": [{"q": 1.5, "tags": ["x", "y"]}, {"q": 2}], "none": null}')),
    (2, '2026-02-01', '2026-02-01 00:00:01', 'south', 2.25, JSON_PARSE('{"sku": "b", "n": 4, "items": []}')),
    (3, NULL, NULL, NULL, NULL, NULL)`);
});
afterAll(() => redshift.close());

test.each<[name: string, sql: string, rows: unknown[][]]>([
  ["NVL and COALESCE", "SELECT NVL(shop, 'none'), COALESCE(price, 0) FROM sales WHERE id = 3", [["none", "0.00"]]],
  ["NVL2", "SELECT NVL2(shop, 'in', 'out') FROM sales ORDER BY id", [["in"], ["in"], ["out"]]],
  ["NULLIF", "SELECT NULLIF(shop, 'north') FROM sales WHERE id = 1", [[null]]],
  ["DECODE", "SELECT DECODE(shop, 'north', 1, NULL, 2, 0) FROM sales ORDER BY id", [[1], [0], [2]]],
  ["CASE", "SELECT CASE WHEN id = 1 THEN 'one' ELSE 'more' END FROM sales ORDER BY id", [["one"], ["more"], ["more"]]],
  ["GETDATE and SYSDATE", "SELECT GETDATE(), SYSDATE", [["2026-11-20 10:00:00", "2026-11-20 10:00:00"]]],
  ["CURRENT_DATE", "SELECT CURRENT_DATE", [["2026-11-20"]]],
  ["DATEADD with a bare part", "SELECT DATEADD(month, 1, day) FROM sales WHERE id = 1", [["2026-02-28 00:00:00"]]],
  [
    "DATEADD with a quoted part",
    "SELECT DATEADD('hr', -2, '2026-01-01 01:00:00'::timestamp)",
    [["2025-12-31 23:00:00"]],
  ],
  [
    "DATEDIFF counts boundaries",
    "SELECT DATEDIFF(day, a.at, b.at), DATEDIFF(year, a.at, b.at) FROM sales a, sales b WHERE a.id = 1 AND b.id = 2",
    [[1, 0]],
  ],
  ["DATE_TRUNC", "SELECT DATE_TRUNC('hour', at) FROM sales WHERE id = 1", [["2026-01-31 23:00:00"]]],
  [
    "DATE_PART and EXTRACT",
    "SELECT DATE_PART(dow, day), EXTRACT(month FROM day), EXTRACT(epoch FROM at) FROM sales WHERE id = 2",
    [[0, 2, 1769904001]],
  ],
  ["LAST_DAY", "SELECT LAST_DAY('2026-02-03'::date)", [["2026-02-28"]]],
  [
    "CONVERT_TIMEZONE from UTC",
    "SELECT CONVERT_TIMEZONE('Europe/Berlin', at) FROM sales WHERE id = 2",
    [["2026-02-01 01:00:01"]],
  ],
  [
    "CONVERT_TIMEZONE between zones",
    "SELECT CONVERT_TIMEZONE('America/New_York', 'UTC', '2026-07-01 00:00:00')",
    [["2026-07-01 04:00:00"]],
  ],
  [
    "TO_CHAR",
    "SELECT TO_CHAR(at, 'YYYY-MM-DD HH24:MI:SS'), TO_CHAR(day, 'DD.MM.YYYY') FROM sales WHERE id = 1",
    [["2026-01-31 23:59:59", "31.01.2026"]],
  ],
  [
    "TO_DATE and TO_TIMESTAMP",
    "SELECT TO_DATE('31/01/2026', 'DD/MM/YYYY'), TO_TIMESTAMP('2026-01-31 10', 'YYYY-MM-DD HH24')",
    [["2026-01-31", "2026-01-31 10:00:00+00"]],
  ],
  ["intervals", "SELECT day + INTERVAL '2 days' FROM sales WHERE id = 1", [["2026-02-02 00:00:00"]]],
  ["differences of dates", "SELECT DATE '2026-02-01' - DATE '2026-01-30'", [[2]]],
  ["LEN and OCTET_LENGTH", "SELECT LEN('é'), OCTET_LENGTH('é'), LENGTH('ab')", [[1, 2, 2]]],
  ["CHARINDEX and STRPOS", "SELECT CHARINDEX('b', 'abc'), STRPOS('abc', 'c'), POSITION('b' IN 'abc')", [[2, 3, 2]]],
  [
    "SUBSTRING, LEFT, RIGHT",
    "SELECT SUBSTRING('abcd', 2, 2), SUBSTRING('abcd' FROM 3), LEFT('abc', 1), RIGHT('abc', 1)",
    [["bc", "cd", "a", "c"]],
  ],
  ["TRIM and BTRIM", "SELECT TRIM(' a '), BTRIM('xax', 'x'), TRIM(BOTH '_' FROM '__a_')", [["a", "a", "a"]]],
  ["CONCAT with a null", "SELECT CONCAT('a', NULL), 'a' || 'b'", [[null, "ab"]]],
  [
    "SPLIT_PART, UPPER, REPLACE",
    "SELECT SPLIT_PART('a,b', ',', 2), UPPER('a'), REPLACE('aa', 'a', 'b')",
    [["b", "A", "bb"]],
  ],
  ["MD5 and SHA2", "SELECT MD5('a'), LEFT(SHA2('a', 256), 8)", [["0cc175b9c0f1b6a831c399e269772661", "ca978112"]]],
  ["integers divide to integers", "SELECT 7 / 2, 7 % 2, 7 / 2.0", [[3, 1, 3.5]]],
  ["ROUND, FLOOR, TRUNC, MOD", "SELECT ROUND(2.345, 2), FLOOR(2.7), TRUNC(2.7), MOD(7, 4)", [["2.35", "2", "2", 3]]],
  [
    "casts",
    "SELECT '7'::int + 1, CAST('1.239' AS DECIMAL(5,2)), 'abcdef'::varchar(3), (id + 1)::varchar FROM sales WHERE id = 1",
    [[8, "1.24", "abc", "2"]],
  ],
  ["casts of null and of a call", "SELECT NULL::int, NVL(NULL, '5')::int, NULL::varchar(3)", [[null, 5, null]]],
  [
    "LISTAGG within a group",
    "SELECT LISTAGG(shop, ', ') WITHIN GROUP (ORDER BY shop DESC) FROM sales",
    [["south, north"]],
  ],
  [
    "LISTAGG without a separator",
    "SELECT LISTAGG(DISTINCT shop) WITHIN GROUP (ORDER BY shop) FROM sales",
    [["northsouth"]],
  ],
  ["APPROXIMATE COUNT(DISTINCT)", "SELECT APPROXIMATE COUNT(DISTINCT shop) FROM sales", [[2]]],
  [
    "COUNT, SUM, MIN, MAX",
    "SELECT COUNT(*), COUNT(DISTINCT shop), SUM(id), SUM(price), MAX(day) FROM sales",
    [[3, 2, 6, "3.75", "2026-02-01"]],
  ],
  ["MEDIAN", "SELECT MEDIAN(id) FROM sales", [[2]]],
  [
    "window functions and QUALIFY",
    "SELECT id FROM sales QUALIFY ROW_NUMBER() OVER (PARTITION BY shop IS NULL ORDER BY id DESC) = 1 ORDER BY id",
    [[2], [3]],
  ],
  [
    "LAG and LEAD",
    "SELECT LAG(id) OVER (ORDER BY id), LEAD(id, 1) OVER (ORDER BY id) FROM sales ORDER BY id",
    [
      [null, 2],
      [1, 3],
      [2, null],
    ],
  ],
  [
    "WITH, also with columns",
    "WITH a (n) AS (SELECT id FROM sales), b AS (SELECT n FROM a WHERE n > 1) SELECT SUM(n) FROM b",
    [[5]],
  ],
  [
    "WITH RECURSIVE",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3) SELECT i FROM n ORDER BY i",
    [[1], [2], [3]],
  ],
  ["UNION, EXCEPT, INTERSECT", "SELECT id FROM sales EXCEPT SELECT 3 UNION SELECT 9 ORDER BY 1", [[1], [2], [9]]],
  [
    "subqueries, EXISTS, IN",
    "SELECT (SELECT MAX(id) FROM sales), EXISTS (SELECT 1 FROM sales WHERE id = 9) FROM sales WHERE id IN (1, 9)",
    [[3, false]],
  ],
  [
    "joins",
    "SELECT a.id FROM sales a LEFT JOIN sales b USING (id) CROSS JOIN sales c WHERE c.id = 1 AND a.shop ILIKE 'NO%'",
    [[1]],
  ],
  [
    "GROUP BY, HAVING, LIMIT, OFFSET",
    "SELECT shop, COUNT(*) AS n FROM sales GROUP BY shop HAVING COUNT(*) = 1 ORDER BY shop NULLS LAST LIMIT 1 OFFSET 1",
    [["south", 1]],
  ],
  ["names in capitals and quotes are folded", 'SELECT "ID" AS "Upper", Sales.Id FROM "SALES" WHERE ID = 1', [[1, 1]]],
  [
    "comments and strings with quotes",
    "SELECT 'it''s', 'a\\'b', '-- no' /* a /* nested */ comment */ -- end",
    [["it's", "a'b", "-- no"]],
  ],
  [
    "JSON_PARSE and JSON_SERIALIZE",
    `SELECT JSON_SERIALIZE(JSON_PARSE('{"a": [1, "x", null, 1.5]}'))`,
    [['{"a":[1,"x",null,1.5]}']],
  ],
  [
    "JSON_EXTRACT_PATH_TEXT",
    `SELECT JSON_EXTRACT_PATH_TEXT('{"a/b": {"c": "x"}, "n": 7}', 'a/b', 'c'), JSON_EXTRACT_PATH_TEXT('{"n": 7}', 'n'), JSON_EXTRACT_PATH_TEXT('{}', 'n')`,
    [["x", "7", null]],
  ],
  ["JSON_EXTRACT_PATH_TEXT of what is no JSON", "SELECT JSON_EXTRACT_PATH_TEXT('{', 'a', true)", [[null]]],
  ["IS_VALID_JSON", "SELECT IS_VALID_JSON('{}'), IS_VALID_JSON('{')", [[true, false]]],
  [
    "paths into SUPER",
    "SELECT p.sku, p.items[0].q, s.p.items[0].tags[1], p.nothing.at.all FROM sales s WHERE id = 1",
    [['"a"', "1.5", '"y"', null]],
  ],
  ["comparisons of SUPER", "SELECT id FROM sales WHERE p.sku = 'a' AND p.n > 2", [[1]]],
  [
    "casts of SUPER",
    "SELECT p.sku::varchar, p.n::int + 1, p.items[0].q::decimal(4,2) FROM sales WHERE id = 1",
    [["a", 4, "1.50"]],
  ],
  [
    "null in SUPER",
    "SELECT p.none IS NULL, p.sku IS NULL, p IS NULL FROM sales ORDER BY id",
    [
      [true, false, false],
      [true, false, false],
      [true, true, true],
    ],
  ],
  [
    "unnested SUPER",
    "SELECT s.id, i.q::float FROM sales s, s.p.items i ORDER BY 2",
    [
      [1, 1.5],
      [1, 2],
    ],
  ],
  [
    "unnested SUPER in unnested SUPER",
    "SELECT t::varchar FROM sales AS s, s.p.items AS i, i.tags AS t ORDER BY 1",
    [["x"], ["y"]],
  ],
  [
    "IS_ARRAY, IS_OBJECT, GET_ARRAY_LENGTH",
    "SELECT IS_ARRAY(p.items), IS_OBJECT(p), GET_ARRAY_LENGTH(p.items) FROM sales WHERE id = 1",
    [[true, true, 2]],
  ],
])("%s", async (_name, sql, rows) => {
  expect(await redshift.rows(sql)).toEqual(rows);
});

test.each<[sql: string, error: string]>([
  ["SELECT SOUNDEX('a')", "ERROR: local/redshift-data: the function SOUNDEX is not simulated; see docs/fidelity.md"],
  [
    "SELECT read_csv('/etc/passwd')",
    "ERROR: local/redshift-data: the function READ_CSV is not simulated; see docs/fidelity.md",
  ],
  ["SELECT * FROM read_csv('/etc/passwd')", 'ERROR: syntax error at or near "read_csv"'],
  ["SELECT * FROM '/etc/passwd'", 'ERROR: syntax error at or near "/etc/passwd"'],
  ['SELECT * FROM "/etc/passwd"', 'ERROR: relation "/etc/passwd" does not exist'],
  [
    "SELECT * FROM duckdb_tables",
    "ERROR: local/redshift-data: the system table duckdb_tables is not simulated; see docs/fidelity.md",
  ],
  [
    "SELECT * FROM pg_catalog.pg_class",
    "ERROR: local/redshift-data: the system table pg_catalog.pg_class is not simulated; see docs/fidelity.md",
  ],
  [
    "SELECT * FROM svv_tables",
    "ERROR: local/redshift-data: the system table svv_tables is not simulated; see docs/fidelity.md",
  ],
  [
    "SELECT * FROM other.public.sales",
    "ERROR: local/redshift-data: the name of a table in another database is not simulated; see docs/fidelity.md",
  ],
  ["SELECT TOP 3 id FROM sales", "ERROR: local/redshift-data: TOP is not simulated; see docs/fidelity.md"],
  [
    "SELECT id INTO copy FROM sales",
    "ERROR: local/redshift-data: SELECT INTO is not simulated; use CREATE TABLE … AS; see docs/fidelity.md",
  ],
  ["SELECT 'a' SIMILAR TO 'a'", "ERROR: local/redshift-data: SIMILAR is not simulated; see docs/fidelity.md"],
  ["SELECT 'a' ~ 'a'", 'ERROR: syntax error at or near "~"'],
  ["SELECT id FROM sales MINUS SELECT 1", "ERROR: local/redshift-data: MINUS is not simulated; see docs/fidelity.md"],
  [
    "SELECT COUNT(*) FILTER (WHERE true) FROM sales",
    "ERROR: local/redshift-data: FILTER is not simulated; see docs/fidelity.md",
  ],
  [
    "SELECT 1 IS DISTINCT FROM 2",
    "ERROR: local/redshift-data: IS DISTINCT FROM is not simulated; see docs/fidelity.md",
  ],
  [
    "SELECT CASE WHEN true THEN 1 END::varchar",
    "ERROR: local/redshift-data: END::type is not simulated; use CAST(CASE … END AS type); see docs/fidelity.md",
  ],
  [
    "SELECT p.items[id] FROM sales",
    "ERROR: local/redshift-data: an array index that is not a number is not simulated; see docs/fidelity.md",
  ],
  ["SELECT i FROM sales s, s.p.items", "ERROR: an array in FROM needs an alias"],
  [
    "SELECT i, n FROM sales s, s.p.items AS i AT n",
    "ERROR: local/redshift-data: AT in FROM is not simulated; see docs/fidelity.md",
  ],
  [
    "SELECT DATEADD(century, 1, day) FROM sales",
    'ERROR: local/redshift-data: the date part "century" is not simulated; see docs/fidelity.md',
  ],
  [
    "SELECT DATEDIFF(week, day, day) FROM sales",
    "ERROR: local/redshift-data: DATEDIFF in weeks is not simulated; count days; see docs/fidelity.md",
  ],
  ["SELECT DATEADD(id + 1, 1, day) FROM sales", "ERROR: DATEADD needs the name of a date part first"],
  [
    "SELECT TO_CHAR(day, 'Day') FROM sales",
    'ERROR: local/redshift-data: the datetime format "Day" is not simulated; use YYYY, HH24, HH12, DDD, MM, DD, HH, MI, SS, MS, US, AM, PM; see docs/fidelity.md',
  ],
  [
    "SELECT TO_CHAR(day, shop) FROM sales",
    "ERROR: local/redshift-data: TO_CHAR with a format that is not a string is not simulated; see docs/fidelity.md",
  ],
  [
    "SELECT SHA2('a', 512)",
    "ERROR: local/redshift-data: SHA2 with other than 256 bits is not simulated; see docs/fidelity.md",
  ],
  ["SELECT CONCAT('a')", "ERROR: function concat() does not exist with 1 arguments"],
  [
    "SELECT 'äöü'::varchar(3)",
    "ERROR: Invalid Input Error: local/redshift-data: a cast that shortens characters of several bytes is not simulated",
  ],
  [
    "SELECT CAST('a' AS geometry)",
    "ERROR: local/redshift-data: the type GEOMETRY is not simulated; see docs/fidelity.md",
  ],
  ["SELECT nothing FROM sales", 'ERROR: column "nothing" does not exist in sales'],
  ["SELECT 1 FROM nowhere", 'ERROR: relation "nowhere" does not exist'],
  ["SELECT :who", "ERROR: the parameter :who has no value"],
  ["SELECT 'open", "ERROR: unterminated quoted string"],
  ['SELECT "open', "ERROR: unterminated quoted identifier"],
  ["SELECT 1 /* open", "ERROR: unterminated /* comment"],
  ["SELECT '\\101'", 'ERROR: the escape "\\1" in a string is not simulated'],
  ["SELECT $1", 'ERROR: syntax error at or near "$"'],
  ["SELECT (1", "ERROR: syntax error at end of input"],
])("%s fails", async (sql, error) => {
  await expect(redshift.run(sql)).rejects.toMatchObject({ message: error });
});

test("parameters are values of strings, which Redshift converts", async () => {
  expect(
    await redshift.rows("SELECT id FROM sales WHERE id = :id AND shop = :shop", { id: "1", shop: "north" }),
  ).toEqual([[1]]);
  expect(await redshift.rows("SELECT :text AS t", { text: "'; DROP TABLE sales; --" })).toEqual([
    ["'; DROP TABLE sales; --"],
  ]);
});
