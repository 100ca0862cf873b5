/** SQL on a warehouse by the Data API: pages, types, failures; and the resources that name it. */
import { explainWarehouse, runOnWarehouse, runStatement, warehousesOf } from "../../../cli/run/warehouse";

const waits: number[] = [];
const clock = { now: () => 0, sleep: async (millis: number) => void waits.push(millis) };
const options = { clock, signal: new AbortController().signal };
beforeEach(() => waits.splice(0));

const TARGET = { workgroup: "wh", database: "lake", secretArn: "arn:aws:secretsmanager:us-east-1:0:secret:s" };

test("each workgroup is found with its database and secret; a program without one has no warehouse", () => {
  const resource = (type: string, inputs: object, outputs: object) => ({ type, name: "x", inputs, outputs }) as never;
  const namespace = (namespaceName: string, dbName: string, adminPasswordSecretArn: string) =>
    resource("aws:redshiftserverless/namespace:Namespace", { namespaceName, dbName }, { adminPasswordSecretArn });
  const workgroup = (namespaceName: string, workgroupName: string) =>
    resource("aws:redshiftserverless/workgroup:Workgroup", { namespaceName, workgroupName }, {});
  const other = { workgroup: "wh-2", database: "second", secretArn: "arn:aws:secretsmanager:us-east-1:0:secret:t" };
  expect(
    warehousesOf([
      namespace("ns-2", "second", other.secretArn),
      namespace("ns", "lake", TARGET.secretArn),
      workgroup("ns", "wh"),
      workgroup("ns-2", "wh-2"),
      workgroup("elsewhere", "wh-3"),
    ]),
  ).toEqual([TARGET, other]);
  expect(warehousesOf([])).toEqual([]);
});

test("a query is followed to its end, and all its pages are read", async () => {
  const calls: [string, object][] = [];
  const statuses = ["STARTED", "FINISHED"];
  const pages = [
    { ColumnMetadata: [{ name: "a" }, { name: "b" }], Records: [[{ longValue: 1 }, { isNull: true }]], NextToken: "2" },
    {
      ColumnMetadata: [{ name: "a" }, { name: "b" }],
      Records: [
        [{ stringValue: "x" }, { booleanValue: false }],
        [{ doubleValue: 0.5 }, {}],
      ],
    },
  ];
  const call = async (operation: string, input: object) => {
    calls.push([operation, input]);
    if (operation === "ExecuteStatement") return { Id: "id-1" };
    return operation === "DescribeStatement" ? { Status: statuses.shift() } : pages.shift();
  };
  expect(await runOnWarehouse(call, "SELECT 1", TARGET, options)).toEqual({
    sql: "SELECT 1",
    columns: ["a", "b"],
    rows: [
      [1, null],
      ["x", false],
      [0.5, null],
    ],
  });
  expect(calls).toEqual([
    ["ExecuteStatement", { WorkgroupName: "wh", Database: "lake", SecretArn: TARGET.secretArn, Sql: "SELECT 1" }],
    ["DescribeStatement", { Id: "id-1" }],
    ["DescribeStatement", { Id: "id-1" }],
    ["GetStatementResult", { Id: "id-1" }],
    ["GetStatementResult", { Id: "id-1", NextToken: "2" }],
  ]);
});

test("a failed query has the error of Redshift", async () => {
  const call = async (operation: string) =>
    operation === "ExecuteStatement" ? { Id: "1" } : { Status: "FAILED", Error: 'ERROR: relation "t" does not exist' };
  expect(await runOnWarehouse(call, "SELECT * FROM t", TARGET, options)).toEqual({
    sql: "SELECT * FROM t",
    columns: [],
    rows: [],
    error: 'ERROR: relation "t" does not exist',
  });
});

test("the error of a missing table names the tables that exist", () => {
  const tables = ["lake.records", "lake.sales"];
  const explained = (error: string, known = tables) => explainWarehouse(error, known);
  const missing = 'relation "records" does not exist';
  expect(explained(missing)).toBe(`${missing}; did you mean lake.records?`);
  const unknown = 'relation "orders" does not exist';
  expect(explained(unknown)).toBe(`${unknown}; the tables are lake.records, lake.sales`);
  expect(explained('relation "lake.sale" does not exist')).toBe(
    'relation "lake.sale" does not exist; did you mean lake.sales?; the tables are lake.records, lake.sales',
  );
  expect(explained(missing, [])).toBe(missing);
  expect(explained('column "x" does not exist')).toBe('column "x" does not exist');
});

test("the limits of the Data API are named with the way out", () => {
  expect(explainWarehouse("Database response exceeded size limit", [])).toBe(
    "Database response exceeded size limit; the Data API returns at most 500 MB, and 64 KB a row: select fewer columns or rows",
  );
});

test("the waits between two looks grow to two seconds, and an error of several lines is one", async () => {
  const statuses = Array.from({ length: 8 }, () => ({ Status: "STARTED" }) as object);
  statuses.push({ Status: "FAILED", Error: "ERROR: Assert\n  Detail: \n  ----\n  code: 1" });
  const call = async (operation: string) => (operation === "ExecuteStatement" ? { Id: "1" } : statuses.shift());
  const { error } = await runStatement(call, "SELECT 1", TARGET, { ...options, pollMillis: 200 });
  expect(error).toBe("ERROR: Assert Detail: ---- code: 1");
  expect(waits).toEqual([200, 300, 450, 675, 1012.5, 1518.75, 2000, 2000]);
});

test("the end of the wait cancels the statement, once, where it is asked for", async () => {
  const stop = new AbortController();
  const calls: string[] = [];
  const call = async (operation: string) => {
    calls.push(operation);
    if (operation === "CancelStatement") throw new Error("the statement has ended");
    return operation === "ExecuteStatement" ? { Id: "1" } : { Status: "STARTED" };
  };
  const sleep = async () => {
    stop.abort(new Error("enough"));
    stop.signal.throwIfAborted();
  };
  const ending = { clock: { now: () => 0, sleep }, signal: stop.signal, stops: true };
  await expect(runStatement(call, "SELECT 1", TARGET, ending)).rejects.toThrow("enough");
  expect(calls).toEqual(["ExecuteStatement", "DescribeStatement", "CancelStatement"]);
});
