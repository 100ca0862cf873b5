/** LakeDashboard: what it declares, QuickSight's role, its data sets and their SQL, who may see it, what it refuses. */
import {
  bar,
  count,
  DataLake,
  type DataLakeArgs,
  kpi,
  LakeDashboard,
  type LakeDashboardArgs,
  line,
  pie,
  sum,
  Warehouse,
} from "streamlake";
import { declare } from "streamlake/testing";
import { listed, statements } from "./support/listed";

const GROUP = "arn:aws:quicksight:us-east-1:123456789012:group/default/analysts";
const AUTHOR = "arn:aws:quicksight:us-east-1:123456789012:user/default/ada";
const KEY = "arn:aws:kms:us-east-1:123456789012:key/own";
const TABLES: DataLakeArgs["tables"] = {
  orders: {
    columns: [
      { name: "shop", type: "string" },
      { name: "cents", type: "bigint" },
      { name: "paid", type: "boolean" },
      { name: "tags", type: "array<string>" },
    ],
  },
  records: {},
};
const VISUALS = [
  bar({ title: "Sales", table: "orders", x: "shop", y: sum("cents") }),
  pie({ title: "Reasons", table: "unformatted", slices: "reason", value: count() }),
];

const dashboard =
  (args: Partial<LakeDashboardArgs> = {}, lakeArgs: DataLakeArgs = {}) =>
  () => {
    const lake = new DataLake("lake", { tables: TABLES, ...lakeArgs });
    const made = new LakeDashboard("shop", { lake, visuals: VISUALS, viewers: [GROUP], ...args });
    return { id: made.dashboardId, arn: made.dashboardArn, url: made.url };
  };

const RESOURCES = [
  "aws:cloudcontrol/resource:Resource shop-dashboard",
  "aws:iam/role:Role shop-role",
  "aws:iam/rolePolicy:RolePolicy shop-policy",
  "aws:quicksight/dataSet:DataSet shop-data-set-orders",
  "aws:quicksight/dataSet:DataSet shop-data-set-unformatted",
  "aws:quicksight/dataSource:DataSource shop-data-source",
  "streamlake:index:LakeDashboard shop",
];

test.each([false, true])(
  "declares QuickSight's role, source, data sets and dashboard (preview: %s)",
  async (preview) => {
    const declared = await declare(dashboard(), { preview });
    expect(listed(declared).filter((line) => line.includes(" shop"))).toEqual(RESOURCES);
  },
);

test("outputs are the dashboard's id, ARN and address", async () => {
  const { outputs } = await declare(dashboard());
  expect(outputs).toEqual({
    id: "project-stack-shop",
    arn: "arn:aws:quicksight:us-east-1:123456789012:dashboard/project-stack-shop",
    url: "https://us-east-1.quicksight.aws.amazon.com/sn/dashboards/project-stack-shop",
  });
});

test.each([
  ["cn-north-1", "https://cn-north-1.quicksight.amazonaws.cn/sn/dashboards/project-stack-shop"],
  ["us-gov-west-1", "https://quicksight.us-gov-west-1.amazonaws.com/sn/dashboards/project-stack-shop"],
])("the address is that of QuickSight in %s", async (region, url) => {
  const { outputs } = await declare(dashboard(), { config: { "aws:region": region } });
  expect(outputs).toMatchObject({ url });
});

test("a renamed dashboard keeps its ids", async () => {
  const declared = await declare(() => {
    const lake = new DataLake("lake", { tables: TABLES });
    const opts = { aliases: [{ name: "shop" }] };
    new LakeDashboard("store", { lake, visuals: VISUALS, viewers: [GROUP] }, opts);
  });
  expect(declared.one("store-data-source").inputs.dataSourceId).toBe("project-stack-shop");
  expect(declared.one("store-data-set-orders").inputs.dataSetId).toBe("project-stack-shop-orders");
});

test("a long title is the dashboard's name, and is cut to QuickSight's 128 characters for its source and data sets", async () => {
  const declared = await declare(dashboard({ title: `${"t".repeat(119)}😀${"u".repeat(391)}` }));
  const titleOfBody = JSON.parse(declared.one("shop-dashboard").inputs.desiredState).Name;
  expect(titleOfBody).toHaveLength(512);
  expect(declared.one("shop-data-source").inputs.name).toBe(`${"t".repeat(119)}😀${"u".repeat(7)}`);
  expect(declared.one("shop-data-set-orders").inputs.name).toBe(`${"t".repeat(119)}: orders`);
});

test.each(["unformatted", "orders_live", "records"])("a query named as the table %s is refused", async (name) => {
  const dataSets = { [name]: { sql: "SELECT 1 AS n", columns: [{ name: "n", type: "bigint" as const }] } };
  await expect(declare(dashboard({ dataSets }))).rejects.toThrow(
    `dataSets "${name}": a table of the lake has that name; give it another one.`,
  );
});

test("QuickSight may query the lake in its workgroup, and nothing else", async () => {
  const declared = await declare(dashboard({}, { encryptionKeyArn: KEY }));
  expect(JSON.parse(declared.one("shop-role").inputs.assumeRolePolicy).Statement).toEqual([
    { Effect: "Allow", Principal: { Service: "quicksight.amazonaws.com" }, Action: "sts:AssumeRole" },
  ]);
  const workgroup = "arn:aws:athena:us-east-1:123456789012:workgroup/lake-workgroup";
  const catalog = "arn:aws:glue:us-east-1:123456789012:";
  expect(statements(declared.one("shop-policy"))).toEqual([
    {
      Effect: "Allow",
      Action: [
        "athena:GetNamedQuery",
        "athena:GetQueryExecution",
        "athena:GetQueryResults",
        "athena:GetWorkGroup",
        "athena:ListNamedQueries",
        "athena:StartQueryExecution",
        "athena:StopQueryExecution",
      ],
      Resource: [workgroup],
    },
    {
      Effect: "Allow",
      Action: [
        "glue:BatchGetPartition",
        "glue:GetDatabase",
        "glue:GetPartition",
        "glue:GetPartitions",
        "glue:GetTable",
        "glue:GetTables",
      ],
      Resource: [`${catalog}catalog`, `${catalog}database/project_stack_lake`, `${catalog}table/project_stack_lake/*`],
    },
    {
      Effect: "Allow",
      Action: ["s3:GetObject"],
      Resource: [
        "arn:aws:s3:::lake-lake/parquet-output/*",
        "arn:aws:s3:::lake-lake/unformatted/*",
        "arn:aws:s3:::lake-lake/raw/orders/*",
      ],
    },
    { Effect: "Allow", Action: ["s3:GetObject", "s3:PutObject"], Resource: ["arn:aws:s3:::lake-results/*"] },
    {
      Effect: "Allow",
      Action: ["s3:GetBucketLocation", "s3:ListBucket"],
      Resource: ["arn:aws:s3:::lake-lake", "arn:aws:s3:::lake-results"],
    },
    { Effect: "Allow", Action: ["kms:Decrypt", "kms:GenerateDataKey"], Resource: [KEY] },
    {
      Effect: "Allow",
      Action: ["athena:BatchGetQueryExecution", "athena:GetQueryResultsStream", "athena:ListQueryExecutions"],
      Resource: [workgroup],
    },
    {
      Effect: "Allow",
      Action: [
        "athena:GetDataCatalog",
        "athena:GetDatabase",
        "athena:GetTableMetadata",
        "athena:ListDatabases",
        "athena:ListTableMetadata",
      ],
      Resource: ["arn:aws:athena:us-east-1:123456789012:datacatalog/AwsDataCatalog"],
    },
    {
      Effect: "Allow",
      Action: ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
      Resource: ["arn:aws:s3:::lake-results/*"],
    },
    { Effect: "Allow", Action: ["s3:ListBucketMultipartUploads"], Resource: ["arn:aws:s3:::lake-results"] },
  ]);
});

test("the data source is the lake's workgroup, with that role", async () => {
  const declared = await declare(dashboard());
  expect(declared.one("shop-data-source").inputs).toEqual({
    dataSourceId: "project-stack-shop",
    name: "shop",
    type: "ATHENA",
    parameters: {
      athena: { workGroup: "lake-workgroup", roleArn: "arn:aws:iam::123456789012:role/shop-role" },
    },
    sslProperties: { disableSsl: false },
  });
});

test("a data set reads the last days of a table: no lists, and booleans as strings", async () => {
  const declared = await declare(dashboard({ days: 7 }));
  const { dataSetId, importMode, physicalTableMaps, permissions } = declared.one("shop-data-set-orders").inputs;
  expect({ dataSetId, importMode, permissions }).toEqual({
    dataSetId: "project-stack-shop-orders",
    importMode: "DIRECT_QUERY",
    permissions: undefined,
  });
  expect(physicalTableMaps[0].customSql.sqlQuery).toBe(
    `SELECT "_id", "_arrived", "_format", "shop", "cents", CASE WHEN "paid" THEN 'true' WHEN NOT "paid" THEN 'false' END AS "paid", "dt", "hour"
FROM "project_stack_lake"."orders"
WHERE "dt" >= date_format(current_date - interval '7' day, '%Y-%m-%d')`,
  );
  expect(physicalTableMaps[0].customSql.columns).toEqual([
    { name: "_id", type: "STRING" },
    { name: "_arrived", type: "DATETIME" },
    { name: "_format", type: "STRING" },
    { name: "shop", type: "STRING" },
    { name: "cents", type: "INTEGER" },
    { name: "paid", type: "STRING" },
    { name: "dt", type: "STRING" },
    { name: "hour", type: "STRING" },
  ]);
});

test("the dashboard's definition is validated by QuickSight, and refers to the data sets by ARN", async () => {
  // The test's ARNs end with names.
  const declared = await declare(dashboard({ title: "The shop", tags: { team: "shop" } }));
  const { typeName, desiredState } = declared.one("shop-dashboard").inputs;
  const { Definition, ...state } = JSON.parse(desiredState);
  expect(typeName).toBe("AWS::QuickSight::Dashboard");
  expect(state).toEqual({
    AwsAccountId: "123456789012",
    DashboardId: "project-stack-shop",
    Name: "The shop",
    Permissions: [
      {
        Principal: GROUP,
        Actions: ["quicksight:DescribeDashboard", "quicksight:ListDashboardVersions", "quicksight:QueryDashboard"],
      },
    ],
    ValidationStrategy: { Mode: "STRICT" },
    Tags: [{ Key: "team", Value: "shop" }],
  });
  expect(Definition.DataSetIdentifierDeclarations).toEqual([
    { Identifier: "orders", DataSetArn: "arn:aws:quicksight:us-east-1:123456789012:The shop: orders" },
    { Identifier: "unformatted", DataSetArn: "arn:aws:quicksight:us-east-1:123456789012:The shop: unformatted" },
  ]);
  expect(declared.one("shop-data-source").inputs.tags).toEqual({ team: "shop" });
  expect(declared.one("shop-data-set-orders").inputs.tags).toEqual({ team: "shop" });
});

test("authors may change the dashboard, and use its data sets and its source", async () => {
  const declared = await declare(dashboard({ authors: [AUTHOR] }));
  const { Permissions } = JSON.parse(declared.one("shop-dashboard").inputs.desiredState);
  expect(Permissions[1]).toEqual({
    Principal: AUTHOR,
    Actions: [
      "quicksight:DescribeDashboard",
      "quicksight:ListDashboardVersions",
      "quicksight:QueryDashboard",
      "quicksight:DeleteDashboard",
      "quicksight:DescribeDashboardPermissions",
      "quicksight:UpdateDashboard",
      "quicksight:UpdateDashboardPermissions",
      "quicksight:UpdateDashboardPublishedVersion",
    ],
  });
  expect(declared.one("shop-data-set-orders").inputs.permissions).toEqual([
    {
      principal: AUTHOR,
      actions: [
        "quicksight:DescribeDataSet",
        "quicksight:DescribeDataSetPermissions",
        "quicksight:DescribeIngestion",
        "quicksight:ListIngestions",
        "quicksight:PassDataSet",
      ],
    },
  ]);
  expect(declared.one("shop-data-source").inputs.permissions).toEqual([
    {
      principal: AUTHOR,
      actions: [
        "quicksight:DescribeDataSource",
        "quicksight:DescribeDataSourcePermissions",
        "quicksight:PassDataSource",
      ],
    },
  ]);
});

test("with SPICE, each data set is read again every hour", async () => {
  const declared = await declare(dashboard({ importMode: "SPICE", visuals: VISUALS.slice(0, 1) }));
  expect(declared.one("shop-data-set-orders").inputs.importMode).toBe("SPICE");
  expect(declared.one("shop-refresh-orders").inputs).toEqual({
    dataSetId: "project-stack-shop-orders",
    scheduleId: "hourly",
    schedule: { refreshType: "FULL_REFRESH", scheduleFrequency: { interval: "HOURLY" } },
  });
});

test("a query of the program is a data set as it is", async () => {
  const sql = 'SELECT "dt", count(*) AS "n" FROM "orders" GROUP BY "dt"';
  const dataSets = {
    daily: {
      sql,
      columns: [
        { name: "dt", type: "string" as const },
        { name: "n", type: "bigint" as const },
      ],
    },
  };
  const visuals = [bar({ title: "Days", dataSet: "daily", x: "dt", y: sum("n") })];
  const declared = await declare(dashboard({ dataSets, visuals }));
  expect(declared.one("shop-data-set-daily").inputs.physicalTableMaps[0].customSql).toMatchObject({
    name: "daily",
    sqlQuery: sql,
    columns: [
      { name: "dt", type: "STRING" },
      { name: "n", type: "INTEGER" },
    ],
  });
});

const SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:bi-a1B2c3";
const CONNECTION = "arn:aws:quicksight:us-east-1:123456789012:vpcConnection/vpc";

test("over a warehouse, QuickSight connects through the VPC with the secret's user, and needs no role", async () => {
  const declared = await declare(() => {
    const lake = new DataLake("lake", { tables: TABLES });
    const subnetIds = ["subnet-a", "subnet-b", "subnet-c"];
    const warehouse = new Warehouse("wh", { lake, vpcId: "vpc-1", subnetIds });
    new LakeDashboard("shop", {
      lake,
      warehouse,
      vpcConnectionArn: CONNECTION,
      secretArn: SECRET,
      viewers: [GROUP],
      visuals: [line({ title: "Sales", table: "orders", x: { column: "_arrived", by: "hour" }, y: count() })],
    });
  });
  expect(listed(declared).filter((line) => line.includes(" shop"))).toEqual([
    "aws:cloudcontrol/resource:Resource shop-dashboard",
    "aws:quicksight/dataSet:DataSet shop-data-set-orders",
    "aws:quicksight/dataSource:DataSource shop-data-source",
    "streamlake:index:LakeDashboard shop",
  ]);
  const { type, parameters, credentials, vpcConnectionProperties } = declared.one("shop-data-source").inputs;
  expect({ type, credentials, vpcConnectionProperties }).toEqual({
    type: "REDSHIFT",
    credentials: { secretArn: SECRET },
    vpcConnectionProperties: { vpcConnectionArn: CONNECTION },
  });
  expect(parameters.redshift.database).toBe("lake");
  expect(declared.one("shop-data-set-orders").inputs.physicalTableMaps[0].customSql.sqlQuery).toBe(
    `SELECT "_id", "_arrived", "_format", "shop", "cents", CASE WHEN "paid" THEN 'true' WHEN NOT "paid" THEN 'false' END AS "paid"
FROM "lake"."orders"
WHERE "_arrived" >= DATEADD(day, -30, CAST(GETDATE() AS DATE))`,
  );
});

const refusals: [string, Partial<LakeDashboardArgs>, string][] = [
  [
    "nobody who may see it",
    { viewers: [] },
    'LakeDashboard "shop": it has neither viewers nor authors, so nobody could open it; give the ARN of a user or group of QuickSight, as "arn:aws:quicksight:us-east-1:123456789012:group/default/analysts".',
  ],
  [
    "a principal that is none of QuickSight's",
    { viewers: ["arn:aws:iam::123456789012:user/ada"] },
    'LakeDashboard "shop": "arn:aws:iam::123456789012:user/ada" is no principal of QuickSight; use the ARN of a user, a group or a namespace.',
  ],
  [
    "a principal twice",
    { authors: [GROUP] },
    `LakeDashboard "shop": "${GROUP}" is given twice; authors are viewers, too.`,
  ],
  [
    "too many principals",
    { viewers: Array.from({ length: 65 }, (_, n) => `${GROUP}${n}`) },
    'LakeDashboard "shop": it has 65 viewers and authors; QuickSight takes 64: use groups.',
  ],
  ["an empty title", { title: "" }, 'LakeDashboard "shop": title has 0 characters; use 1 to 512.'],
  [
    "an unknown import mode",
    { importMode: "CACHE" as "SPICE" },
    'LakeDashboard "shop": importMode is "CACHE"; use one of "DIRECT_QUERY", "SPICE".',
  ],
  ["no days", { days: 0 }, 'LakeDashboard "shop": days is 0; use a whole number from 1 to 3650 days.'],
  [
    "a secret without a warehouse",
    { secretArn: SECRET },
    'LakeDashboard "shop": secretArn is for a warehouse; leave it out, or give warehouse.',
  ],
  [
    "a table without declared columns",
    { visuals: [kpi({ title: "Rows", table: "records", value: count() })] },
    'LakeDashboard "shop": visual "Rows": there is no table "records"; use one of "orders", "orders_live", "unformatted"; a table of the lake needs declared columns.',
  ],
  [
    "a query with the name of a table",
    { dataSets: { orders: { sql: "SELECT 1 AS n", columns: [{ name: "n", type: "bigint" }] } } },
    'LakeDashboard "shop": dataSets "orders": a table of the lake has that name; give it another one.',
  ],
];

test.each(refusals)("%s is refused", async (_, args, message) => {
  await expect(declare(dashboard(args))).rejects.toThrow(new Error(message));
});

test("a warehouse without a connection and a secret is refused", async () => {
  const program = () => {
    const lake = new DataLake("lake", { tables: TABLES });
    const warehouse = new Warehouse("wh", { lake, vpcId: "vpc-1", subnetIds: ["a", "b", "c"] });
    new LakeDashboard("shop", { lake, warehouse, visuals: VISUALS.slice(0, 1), viewers: [GROUP] });
  };
  await expect(declare(program)).rejects.toThrow(
    'LakeDashboard "shop": vpcConnectionArn is missing; QuickSight needs it to connect to the warehouse. secretArn is missing; QuickSight needs it to connect to the warehouse.',
  );
});

test("transforms change each raw resource", async () => {
  const seen: string[] = [];
  const transform = (_: unknown, __: unknown, logicalName: string) => void seen.push(logicalName);
  const all = { role: transform, policy: transform, dataSource: transform, dataSet: transform, refresh: transform };
  await declare(dashboard({ importMode: "SPICE", transform: { ...all, dashboard: transform } }));
  expect(seen).toEqual([
    "shop-role",
    "shop-policy",
    "shop-data-source",
    "shop-data-set-orders",
    "shop-data-set-unformatted",
    "shop-refresh-orders",
    "shop-refresh-unformatted",
    "shop-dashboard",
  ]);
});
