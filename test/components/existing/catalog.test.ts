/** Lakes with a database and a workgroup that exist. */
import * as athena from "@pulumi/aws/athena";
import * as glue from "@pulumi/aws/glue";
import * as pulumi from "@pulumi/pulumi";
import { DataLake, type DataLakeArgs, HourlyEtl } from "streamlake";
import { declare } from "streamlake/testing";
import { workgroupOf } from "../../../components/existing/catalog";
import { listed } from "../support/listed";
import { outputFailure } from "../support/outputFailure";

const DATABASE = "arn:aws:glue:us-east-1:123456789012:database/shop";
const KEY = "arn:aws:kms:us-east-1:123456789012:key/results";
const EXISTING: DataLakeArgs = {
  database: { databaseArn: DATABASE },
  workgroup: { workgroupName: "analysts", resultsLocation: "s3://team-results/athena", encryptionKeyArn: KEY },
};

test("in a database and a workgroup that exist, a lake declares its tables, its crawler and its queries", async () => {
  const program = () => {
    new DataLake("lake", EXISTING);
  };
  const declared = await declare(program);
  const update = listed(declared);
  expect(update.filter((line) => !line.startsWith("aws:s3/"))).toEqual([
    "aws:athena/namedQuery:NamedQuery lake-query-count-records",
    "aws:athena/namedQuery:NamedQuery lake-query-latest-records",
    "aws:athena/namedQuery:NamedQuery lake-query-unformatted",
    "aws:glue/catalogTable:CatalogTable lake-table-unformatted",
    "aws:glue/crawler:Crawler lake-crawler",
    "aws:iam/role:Role lake-crawler-role",
    "aws:iam/rolePolicy:RolePolicy lake-crawler-policy",
    "streamlake:index:DataLake lake",
  ]);
  expect(update.some((line) => line.includes("lake-results"))).toBe(false);
  expect(listed(await declare(program, { preview: true }))).toEqual(update);
  expect(declared.one("lake-table-unformatted").inputs.databaseName).toBe("shop");
  expect(declared.one("lake-query-unformatted").inputs).toMatchObject({ database: "shop", workgroup: "analysts" });
});

test("queries run in the existing workgroup, with results where its owner puts them", async () => {
  const { outputs } = await declare(() => new DataLake("lake", EXISTING).queryAccess());
  const permissions = outputs as { actions: string[]; resources: string[] }[];
  expect(permissions.map((permission) => [permission.actions[0], permission.resources])).toEqual([
    ["athena:GetNamedQuery", ["arn:aws:athena:us-east-1:123456789012:workgroup/analysts"]],
    [
      "glue:BatchGetPartition",
      [
        "arn:aws:glue:us-east-1:123456789012:catalog",
        DATABASE,
        "arn:aws:glue:us-east-1:123456789012:table/shop/records",
        "arn:aws:glue:us-east-1:123456789012:table/shop/unformatted",
      ],
    ],
    ["s3:GetObject", ["arn:aws:s3:::lake-lake/parquet-output/*", "arn:aws:s3:::lake-lake/unformatted/*"]],
    ["s3:GetObject", ["arn:aws:s3:::team-results/athena/*"]],
    ["s3:GetBucketLocation", ["arn:aws:s3:::lake-lake", "arn:aws:s3:::team-results"]],
    ["kms:Decrypt", [KEY]],
  ]);
});

test("in an existing database, queries read the live views of the lake, too", async () => {
  const tables = { orders: { columns: [{ name: "total", type: "double" as const }] } };
  const { outputs } = await declare(() => new DataLake("lake", { ...EXISTING, tables }).resources.tableNames);
  expect(outputs).toEqual(["orders", "orders_live", "orders_raw", "unformatted"]);
});

test("an aws.glue.CatalogDatabase and an aws.athena.Workgroup are taken as they are", async () => {
  const declared = await declare(() => {
    const database = new glue.CatalogDatabase("shop");
    const workgroup = new athena.Workgroup("analysts", {
      configuration: { resultConfiguration: { outputLocation: "s3://team-results/a/" } },
    });
    const lake = new DataLake("lake", { database, workgroup });
    new HourlyEtl("hourly", { lake });
    return [lake.databaseName, lake.workgroupName, lake.resources.resultsArn, lake.resources.resultsPrefix];
  });
  expect(declared.outputs).toEqual(["shop", "analysts", "arn:aws:s3:::team-results", "a/"]);
  expect(declared.all("aws:glue/catalogDatabase:CatalogDatabase").map(({ name }) => name)).toEqual(["shop"]);
  expect(declared.all("aws:athena/workgroup:Workgroup").map(({ name }) => name)).toEqual(["analysts"]);
});

test("refuses two lakes in one database", async () => {
  const program = () => {
    const database = new glue.CatalogDatabase("shop");
    new DataLake("one", { database });
    new DataLake("two", { database });
  };
  await expect(declare(program)).rejects.toThrow(
    'DataLake "two": database is also that of another lake; each has a table unformatted, so give another.',
  );
});

const { database, workgroup } = EXISTING;
const refused: [DataLakeArgs, string][] = [
  [
    { database: {} as never },
    "database is not a database; give an aws.glue.CatalogDatabase, or { databaseArn } of one that exists.",
  ],
  [
    { database: { databaseArn: "shop" } },
    'database.databaseArn is "shop"; use the ARN of a database, as "arn:aws:glue:us-east-1:123456789012:database/shop".',
  ],
  [
    { database, databaseName: "shop" },
    "databaseName is for a resource that the lake declares, and its database exists; leave databaseName out.",
  ],
  [
    { workgroup: { workgroupName: "analysts" } as never },
    "workgroup is not a workgroup; give an aws.athena.Workgroup, or { workgroupName, resultsLocation } of one that exists.",
  ],
  [
    { workgroup: { workgroupName: "analysts", resultsLocation: "team-results" } },
    'workgroup.resultsLocation is "team-results"; use a location in S3, as "s3://team-results/athena/".',
  ],
  [
    { workgroup, scanLimitGibibytes: 1 },
    "scanLimitGibibytes is for a resource that the lake declares, and its workgroup exists; leave scanLimitGibibytes out.",
  ],
  [
    { workgroup, resultsBucket: { bucketName: "team" } },
    "resultsBucket is for a resource that the lake declares, and its workgroup exists; leave resultsBucket out.",
  ],
];

test.each(refused)("refuses %j", async (args, message) => {
  await expect(declare(() => new DataLake("lake", args))).rejects.toThrow(`DataLake "lake": ${message}`);
});

test("refuses a workgroup without a location of results", async () => {
  const source = { arn: "arn:aws:athena:us-east-1:123456789012:workgroup/analysts", name: "analysts" };
  const { resultsArn, resultsPrefix } = workgroupOf('DataLake "lake"', source, pulumi.output(DATABASE));
  expect(await outputFailure(resultsArn, resultsPrefix)).toBe(
    'DataLake "lake": workgroup "analysts" has no location of query results; set its resultConfiguration.outputLocation.',
  );
});
