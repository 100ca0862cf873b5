/** The AWS SDK's Glue and Athena clients against the endpoint: shapes, pages, errors, permissions. */
import {
  AthenaClient,
  GetNamedQueryCommand,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  GetWorkGroupCommand,
  ListNamedQueriesCommand,
  ListQueryExecutionsCommand,
  paginateGetQueryResults,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from "@aws-sdk/client-athena";
import {
  GetCrawlerCommand,
  GetDatabasesCommand,
  GetJobRunCommand,
  GetJobRunsCommand,
  GetPartitionsCommand,
  GetTableCommand,
  GetTablesCommand,
  GlueClient,
  ListCrawlersCommand,
  StartCrawlerCommand,
  StartJobRunCommand,
} from "@aws-sdk/client-glue";
import { CALLER, type Principal, roleOf } from "../../../../local/cloud/iam/principal";
import { makeWorld, type World } from "../../support/glueWorld";

let world: World;
let athena: AthenaClient;
let glue: GlueClient;
let endpoint: string;

function options(principal: Principal = CALLER) {
  return { endpoint, region: "eu-west-1", credentials: world.cloud.credentialsFor(principal), maxAttempts: 1 };
}

beforeAll(async () => {
  world = await makeWorld();
  endpoint = await world.cloud.listen(0);
  athena = new AthenaClient(options());
  glue = new GlueClient(options());
  await world.declare("aws:athena/workgroup:Workgroup", "wg", {
    name: "wg",
    configuration: {
      enforceWorkgroupConfiguration: true,
      bytesScannedCutoffPerQuery: 1e9,
      resultConfiguration: { outputLocation: "s3://lake/results/" },
    },
  });
  await world.declare("aws:athena/namedQuery:NamedQuery", "count", {
    name: "count",
    database: "lake",
    workgroup: "wg",
    query: "SELECT count(*) AS n FROM records",
  });
  await world.putRaw("records", ['{"a":1,"b":"x"}', '{"a":2,"b":"say \\"hi\\""}', '{"a":null}']);
});
afterAll(async () => {
  athena.destroy();
  glue.destroy();
  await world.close();
});

async function run(sql: string, client = athena) {
  const { QueryExecutionId } = await client.send(
    new StartQueryExecutionCommand({ QueryString: sql, WorkGroup: "wg", QueryExecutionContext: { Database: "lake" } }),
  );
  await world.athena.queryEnded(QueryExecutionId as string);
  const { QueryExecution } = await client.send(new GetQueryExecutionCommand({ QueryExecutionId }));
  return { QueryExecutionId, execution: QueryExecution };
}

test("job and crawler, from start to their end", async () => {
  const { JobRunId } = await glue.send(
    new StartJobRunCommand({ JobName: "flatten", Arguments: { "--HOUR": "2026-11-20T10", "--TABLES": "records" } }),
  );
  await world.glue.jobRunEnded(JobRunId as string);
  const { JobRun } = await glue.send(new GetJobRunCommand({ JobName: "flatten", RunId: JobRunId }));
  expect(JobRun?.JobRunState).toBe("SUCCEEDED");
  expect(JobRun?.StartedOn).toEqual(new Date("2026-11-20T11:10:00Z"));
  const { JobRuns } = await glue.send(new GetJobRunsCommand({ JobName: "flatten" }));
  expect(JobRuns?.map((each) => each.Id)).toEqual([JobRunId]);
  await glue.send(new StartCrawlerCommand({ Name: "crawler" }));
  await world.glue.idle?.();
  const { Crawler } = await glue.send(new GetCrawlerCommand({ Name: "crawler" }));
  expect(Crawler?.LastCrawl?.Status).toBe("SUCCEEDED");
  expect((await glue.send(new ListCrawlersCommand({}))).CrawlerNames).toEqual(["crawler"]);
});

test("the catalog", async () => {
  expect((await glue.send(new GetDatabasesCommand({}))).DatabaseList?.map(({ Name }) => Name)).toEqual(["lake"]);
  const { TableList } = await glue.send(new GetTablesCommand({ DatabaseName: "lake", Expression: "rec.*" }));
  expect(TableList?.map(({ Name }) => Name)).toEqual(["records"]);
  const { Partitions } = await glue.send(new GetPartitionsCommand({ DatabaseName: "lake", TableName: "records" }));
  expect(Partitions?.map(({ Values }) => Values)).toEqual([["2026-11-20", "10"]]);
  await expect(glue.send(new GetTableCommand({ DatabaseName: "lake", Name: "none" }))).rejects.toMatchObject({
    name: "EntityNotFoundException",
  });
});

test("a query: its execution, its rows with a header, its CSV", async () => {
  const { QueryExecutionId, execution } = await run("SELECT a, b FROM records ORDER BY _id");
  expect(execution).toMatchObject({
    StatementType: "DML",
    Status: { State: "SUCCEEDED", SubmissionDateTime: new Date("2026-11-20T11:10:00Z") },
    ResultConfiguration: { OutputLocation: `s3://lake/results/${QueryExecutionId}.csv` },
    WorkGroup: "wg",
  });
  const { ResultSet } = await athena.send(new GetQueryResultsCommand({ QueryExecutionId }));
  expect(ResultSet?.ResultSetMetadata?.ColumnInfo?.map(({ Name, Type }) => [Name, Type])).toEqual([
    ["a", "bigint"],
    ["b", "varchar"],
  ]);
  expect(ResultSet?.Rows?.map((row) => row.Data?.map((cell) => cell.VarCharValue))).toEqual([
    ["a", "b"],
    ["1", "x"],
    ["2", 'say "hi"'],
    [undefined, undefined],
  ]);
  expect(world.text(`results/${QueryExecutionId}.csv`)).toBe('"a","b"\n"1","x"\n"2","say ""hi"""\n,\n');
});

test("results come in pages, the header in the first only", async () => {
  const { QueryExecutionId } = await run("SELECT n FROM UNNEST(sequence(1, 2500)) AS t(n) ORDER BY n");
  const values: (string | undefined)[] = [];
  const sizes: number[] = [];
  for await (const page of paginateGetQueryResults({ client: athena }, { QueryExecutionId })) {
    const rows = page.ResultSet?.Rows ?? [];
    sizes.push(rows.length);
    values.push(...rows.map((row) => row.Data?.[0]?.VarCharValue));
  }
  expect(sizes).toEqual([1000, 1000, 501]);
  expect(values).toEqual(["n", ...Array.from({ length: 2500 }, (_, index) => String(index + 1))]);
});

test("SHOW has no header, and a text object as its result", async () => {
  const { QueryExecutionId, execution } = await run("SHOW PARTITIONS records");
  expect(execution?.StatementType).toBe("UTILITY");
  const { ResultSet } = await athena.send(new GetQueryResultsCommand({ QueryExecutionId }));
  expect(ResultSet?.Rows?.map((row) => row.Data?.[0]?.VarCharValue)).toEqual(["dt=2026-11-20/hour=10"]);
  expect(world.text(`results/${QueryExecutionId}.txt`)).toBe("dt=2026-11-20/hour=10\n");
});

test("a query that fails says why, and has no results", async () => {
  const { QueryExecutionId, execution } = await run("SELECT * FROM nowhere");
  expect(execution?.Status).toMatchObject({
    State: "FAILED",
    StateChangeReason: "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.lake.nowhere' does not exist",
  });
  await expect(athena.send(new GetQueryResultsCommand({ QueryExecutionId }))).rejects.toMatchObject({
    name: "InvalidRequestException",
    message: "Query did not finish successfully. Final query state: FAILED",
  });
});

test("a query that is stopped is cancelled", async () => {
  const sql =
    "SELECT sum(a.n * b.n) FROM UNNEST(sequence(1, 100000)) AS a(n) CROSS JOIN UNNEST(sequence(1, 1000000)) AS b(n)";
  const { QueryExecutionId } = await athena.send(new StartQueryExecutionCommand({ QueryString: sql, WorkGroup: "wg" }));
  await athena.send(new StopQueryExecutionCommand({ QueryExecutionId }));
  await world.athena.queryEnded(QueryExecutionId as string);
  const { QueryExecution } = await athena.send(new GetQueryExecutionCommand({ QueryExecutionId }));
  expect(QueryExecution?.Status?.State).toBe("CANCELLED");
});

test("a query of more than the workgroup's limit fails", async () => {
  await world.declare("aws:athena/workgroup:Workgroup", "small", {
    name: "small",
    configuration: { bytesScannedCutoffPerQuery: 10, resultConfiguration: { outputLocation: "s3://lake/results/" } },
  });
  const { QueryExecutionId } = await athena.send(
    new StartQueryExecutionCommand({ QueryString: "SELECT count(*) FROM lake.records", WorkGroup: "small" }),
  );
  await world.athena.queryEnded(QueryExecutionId as string);
  const { QueryExecution } = await athena.send(new GetQueryExecutionCommand({ QueryExecutionId }));
  expect(QueryExecution?.Status?.State).toBe("FAILED");
  expect(QueryExecution?.Status?.StateChangeReason).toMatch(/^EXCEEDED_SCAN_LIMIT: Bytes scanned limit was exceeded/);
});

test("the workgroup and its named queries", async () => {
  const { WorkGroup } = await athena.send(new GetWorkGroupCommand({ WorkGroup: "wg" }));
  expect(WorkGroup?.Configuration?.BytesScannedCutoffPerQuery).toBe(1e9);
  const { NamedQueryIds } = await athena.send(new ListNamedQueriesCommand({ WorkGroup: "wg" }));
  const { NamedQuery } = await athena.send(new GetNamedQueryCommand({ NamedQueryId: NamedQueryIds?.[0] }));
  expect(NamedQuery).toMatchObject({ Name: "count", Database: "lake" });
  const { execution } = await run(NamedQuery?.QueryString as string);
  expect(execution?.Status?.State).toBe("SUCCEEDED");
  const { QueryExecutionIds } = await athena.send(new ListQueryExecutionsCommand({ WorkGroup: "wg", MaxResults: 1 }));
  expect(QueryExecutionIds).toEqual([execution?.QueryExecutionId]);
});

test("a workgroup without an output location needs one with the query", async () => {
  await expect(athena.send(new StartQueryExecutionCommand({ QueryString: "SELECT 1" }))).rejects.toMatchObject({
    name: "InvalidRequestException",
    message: expect.stringContaining("No output location provided"),
  });
});

function encryptLake(applyServerSideEncryptionByDefault: object) {
  const type = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
  return world.declare(type, "encryption", { bucket: "lake", rules: [{ applyServerSideEncryptionByDefault }] });
}

test("a role reads tables only with the permissions for the catalog, the objects and their key", async () => {
  const allow = (Action: string[], Resource: string[]) => ({ Effect: "Allow", Action, Resource });
  const workgroup = allow(["athena:*"], ["arn:aws:athena:eu-west-1:000000000000:workgroup/wg"]);
  const results = allow(["s3:PutObject"], ["arn:aws:s3:::lake/results/*"]);
  const catalog = allow(["glue:GetTable", "glue:GetPartitions"], ["arn:aws:glue:eu-west-1:000000000000:*"]);
  const objects = allow(["s3:ListBucket", "s3:GetObject"], ["arn:aws:s3:::lake", "arn:aws:s3:::lake/parquet-output/*"]);
  const keyArn = "arn:aws:kms:eu-west-1:000000000000:key/k1";
  await encryptLake({ sseAlgorithm: "aws:kms", kmsMasterKeyId: keyArn });
  for (const Key of world.keys("parquet-output/")) {
    await world.call("s3", "CopyObject", { Bucket: "lake", Key, CopySource: `lake/${Key}` });
  }
  await encryptLake({ sseAlgorithm: "AES256" });
  const key = allow(["kms:Decrypt"], [keyArn]);
  const states: (string | undefined)[] = [];
  for (const [name, Statement] of [
    ["no-catalog", [workgroup, results, objects, key]],
    ["no-objects", [workgroup, results, catalog, key]],
    ["no-key", [workgroup, results, catalog, objects]],
    ["reader", [workgroup, results, catalog, objects, key]],
  ] as const) {
    const assumeRolePolicy = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } }],
    });
    const role = await world.declare("aws:iam/role:Role", name, { name, assumeRolePolicy });
    const policy = JSON.stringify({ Version: "2012-10-17", Statement });
    await world.declare("aws:iam/rolePolicy:RolePolicy", `${name}-policy`, { role: name, policy });
    const client = new AthenaClient(options(roleOf(String(role.arn))));
    const { execution } = await run("SELECT count(*) FROM records", client);
    states.push(`${execution?.Status?.State} ${execution?.Status?.StateChangeReason?.split(":")[0]}`);
    client.destroy();
  }
  const denied = "FAILED AccessDeniedException";
  expect(states).toEqual([denied, denied, denied, "SUCCEEDED undefined"]);
});
