/** QuickSight in local: visuals run with the declared role, references are checked, and the rest is refused by name. */
import * as cloudcontrol from "@pulumi/aws/cloudcontrol";
import { RefreshSchedule } from "@pulumi/aws/quicksight";
import * as pulumi from "@pulumi/pulumi";
import {
  average,
  bar,
  count,
  DataLake,
  distinctCount,
  heatMap,
  kpi,
  LakeDashboard,
  type LakeDashboardArgs,
  line,
  max,
  min,
  pie,
  scatter,
  sum,
  table,
  Warehouse,
} from "streamlake";
import type { QuickSightService } from "../../../../local/services/quicksight/service";
import type { LocalCloud } from "../../../../local/startLocal";
import { start, stopAll } from "../../support/start";

afterEach(stopAll);

const VIEWERS = ["arn:aws:quicksight:us-east-1:123456789012:group/default/analysts"];
const FIELDS = [
  ["shop", "string"],
  ["cents", "bigint"],
  ["total", "double"],
  ["day", "date"],
  ["paid", "boolean"],
] as const;
const ORDERS = { columns: FIELDS.map(([name, type]) => ({ name, type })) };
const ROWS = `SELECT * FROM (VALUES ('a', 5), ('a', 7), ('b', 20)) AS "rows" ("shop", "cents")`;
const QUERY = { sql: ROWS, columns: [FIELDS[0], FIELDS[1]].map(([name, type]) => ({ name, type })) };

/** With the dashboard's transforms. */
function program(args: Partial<LakeDashboardArgs> = {}) {
  return () => {
    const lake = new DataLake("lake", { tables: { orders: ORDERS }, firstDay: "2026-11-01" });
    const visuals = [bar({ title: "Sold", dataSet: "query", x: "shop", y: sum("cents") })];
    new LakeDashboard("shop", { lake, visuals, dataSets: { query: QUERY }, viewers: VIEWERS, ...args });
  };
}

const serviceOf = (cloud: LocalCloud) => cloud.service("quicksight") as QuickSightService;

test("the query of a visual runs with QuickSight's role", async () => {
  const cloud = await start(program());
  const [dashboard] = serviceOf(cloud).dashboards();
  expect([dashboard?.id, dashboard?.name, dashboard?.visuals[0]?.source]).toEqual(["lake-dev-shop", "shop", "athena"]);
  const { rows, error } = await serviceOf(cloud).draw("lake-dev-shop", 0);
  expect({ rows, error }).toEqual({
    rows: [
      ["b", "20"],
      ["a", "12"],
    ],
    error: undefined,
  });
});

test("visuals are read back from the definition as the program describes them", async () => {
  const orders = { table: "orders" };
  const visuals = [
    bar({ ...orders, title: "A", x: "shop", y: [sum("cents"), average("total")], limit: 3 }),
    line({ ...orders, title: "B", x: { column: "_arrived", by: "hour" }, y: min("cents"), color: "paid" }),
    pie({ ...orders, title: "C", slices: "shop", value: max("total"), limit: 4 }),
    table({ ...orders, title: "D", groupBy: ["shop", { column: "day", by: "month" }], values: [count("cents")] }),
    kpi({ ...orders, title: "E", value: distinctCount("day") }),
    scatter({ ...orders, title: "F", points: "shop", x: count("shop"), y: sum("total"), limit: 5 }),
    heatMap({ ...orders, title: "G", rows: "shop", columns: { column: "_arrived", by: "day" }, value: sum("cents") }),
  ];
  const cloud = await start(program({ visuals }));
  const drawn = await Promise.all(visuals.map((_, index) => serviceOf(cloud).draw("lake-dev-shop", index)));
  expect(drawn.map(({ error }) => error)).toEqual(visuals.map(() => undefined));
  const expected = visuals.map(({ table: name, ...visual }) => ({ ...visual, dataSet: name }));
  expect(drawn.map(({ visual }) => visual)).toEqual(expected);
});

test("a permission that the role does not have fails the visual, by name", async () => {
  const transform: LakeDashboardArgs["transform"] = {
    policy: (args) => {
      args.policy = JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: ["athena:GetQueryExecution"], Resource: ["*"] }],
      });
    },
  };
  const cloud = await start(program({ transform }));
  const { error } = await serviceOf(cloud).draw("lake-dev-shop", 0);
  expect(error).toContain("is not authorized to perform: athena:StartQueryExecution on resource: arn:aws:athena:");
});

test("a role that does not trust QuickSight fails the visual", async () => {
  const transform: LakeDashboardArgs["transform"] = {
    role: (args) => {
      args.assumeRolePolicy = String(args.assumeRolePolicy).replace("quicksight", "glue");
    },
  };
  const cloud = await start(program({ transform }));
  const { error } = await serviceOf(cloud).draw("lake-dev-shop", 0);
  expect(error).toContain("quicksight.amazonaws.com");
});

test("a query that fails is the visual's error", async () => {
  const wrong = { ...QUERY, sql: "SELECT 1 AS shop" };
  const cloud = await start(program({ dataSets: { query: wrong } }));
  const { rows, error } = await serviceOf(cloud).draw("lake-dev-shop", 0);
  expect(rows).toEqual([]);
  expect(error).toContain("COLUMN_NOT_FOUND");
});

const changes: [string, (definition: string) => string, string][] = [
  [
    "a column that the data set does not have",
    (text) => text.replaceAll('"ColumnName":"cents"', '"ColumnName":"euros"'),
    'the visual "Sold" reads the column "euros", which the data set "query" does not have',
  ],
  [
    "a sum of strings",
    (text) => text.replaceAll('"ColumnName":"cents"', '"ColumnName":"shop"'),
    'the visual "Sold" reads the column "shop" of type STRING as NumericalMeasureField',
  ],
  [
    "a data set that is not declared",
    (text) => text.replaceAll('"DataSetIdentifier":"query"', '"DataSetIdentifier":"orders"'),
    'the visual "Sold" reads the data set "orders", which is not declared',
  ],
  [
    "a data set that does not exist",
    (text) => text.replaceAll("dataset/lake-dev-shop-query", "dataset/other"),
    'the data set "query" has the ARN arn:aws:quicksight:us-east-1:000000000000:dataset/other, which does not exist',
  ],
  [
    "a kind of visual that is not drawn",
    (text) => text.replace('"BarChartVisual"', '"SankeyDiagramVisual"'),
    "the kind of visual SankeyDiagramVisual is not simulated",
  ],
  [
    "an aggregation that is not computed",
    (text) => text.replaceAll('"SUM"', '"MEDIAN"'),
    'the visual "Sold": the aggregation "MEDIAN" is not simulated',
  ],
  [
    "a member of the definition that is not read",
    (text) => text.replace('"Definition":{', '"Definition":{"CalculatedFields":[],'),
    "the member CalculatedFields of a definition is not simulated",
  ],
];

test.each(changes)("%s is refused", async (_, change, message) => {
  const transform: LakeDashboardArgs["transform"] = {
    dashboard: (args) => {
      args.desiredState = pulumi.output(args.desiredState).apply(change);
    },
  };
  await expect(start(program({ transform }))).rejects.toThrow(message);
});

test("over a warehouse, visuals run in Redshift with the user of the secret", async () => {
  const cloud = await start(() => {
    const lake = new DataLake("lake", { tables: { orders: ORDERS }, firstDay: "2026-11-01" });
    const warehouse = new Warehouse("wh", { lake, vpcId: "vpc-1", subnetIds: ["subnet-a", "subnet-b", "subnet-c"] });
    new LakeDashboard("shop", {
      lake,
      warehouse,
      vpcConnectionArn: "arn:aws:quicksight:us-east-1:123456789012:vpcConnection/vpc",
      secretArn: warehouse.adminSecretArn,
      viewers: VIEWERS,
      dataSets: { query: { ...QUERY, sql: "SELECT 'a' AS shop, 5 AS cents UNION ALL SELECT 'a', 7" } },
      visuals: [
        bar({ title: "Sold", dataSet: "query", x: "shop", y: sum("cents") }),
        kpi({ title: "Rows", table: "orders", value: count() }),
      ],
    });
  });
  const sold = await serviceOf(cloud).draw("lake-dev-shop", 0);
  expect({ rows: sold.rows, error: sold.error }).toEqual({ rows: [["a", "12"]], error: undefined });
  // The first load makes the table.
  expect((await serviceOf(cloud).draw("lake-dev-shop", 1)).error).toContain("orders");
});

test("a schedule needs its data set", async () => {
  const schedule = { refreshType: "FULL_REFRESH", scheduleFrequency: { interval: "HOURLY" } };
  const refused = start(() => new RefreshSchedule("hourly", { dataSetId: "none", scheduleId: "hourly", schedule }));
  await expect(refused).rejects.toThrow('the data set "none" does not exist');
  await start(program({ importMode: "SPICE" }));
});

test("another type of Cloud Control is only declared", async () => {
  const cloud = await start(() => {
    new cloudcontrol.Resource("room", { typeName: "AWS::Chime::Room", desiredState: "{}" });
  });
  expect(cloud.declaredOnly).toEqual([
    {
      type: "aws:cloudcontrol/resource:Resource",
      name: "room",
      reason: "the type AWS::Chime::Room is not simulated; only AWS::QuickSight::Dashboard is",
    },
  ]);
});
