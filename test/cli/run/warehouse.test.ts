/** SQL on a warehouse by the Data API: pages, types, failures; and the resources that name it. */
import { runOnWarehouse, warehouseOf } from "../../../cli/run/warehouse";

const TARGET = { workgroup: "wh", database: "lake", secretArn: "arn:aws:secretsmanager:us-east-1:0:secret:s" };

test("the first workgroup is found with its database and secret; a program without one has no warehouse", () => {
  const resource = (type: string, inputs: object, outputs: object) => ({ type, name: "x", inputs, outputs }) as never;
  expect(
    warehouseOf([
      resource("aws:redshiftserverless/namespace:Namespace", { namespaceName: "other", dbName: "no" }, {}),
      resource(
        "aws:redshiftserverless/namespace:Namespace",
        { namespaceName: "ns", dbName: "lake" },
        { adminPasswordSecretArn: TARGET.secretArn },
      ),
      resource("aws:redshiftserverless/workgroup:Workgroup", { namespaceName: "ns", workgroupName: "wh" }, {}),
    ]),
  ).toEqual(TARGET);
  expect(warehouseOf([])).toBeUndefined();
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
  expect(await runOnWarehouse(call, "SELECT 1", TARGET, async () => undefined)).toEqual({
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
  expect(await runOnWarehouse(call, "SELECT * FROM t", TARGET, async () => undefined)).toEqual({
    sql: "SELECT * FROM t",
    columns: [],
    rows: [],
    error: 'ERROR: relation "t" does not exist',
  });
});
