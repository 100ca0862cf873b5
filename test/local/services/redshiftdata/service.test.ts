/** The Data API as AWS's client sees it: states, results, pages, tokens, permissions, and what is refused by name. */
import {
  BatchExecuteStatementCommand,
  CancelStatementCommand,
  DescribeStatementCommand,
  ExecuteStatementCommand,
  type ExecuteStatementCommandInput,
  GetStatementResultCommand,
  GetStatementResultV2Command,
  ListStatementsCommand,
  RedshiftDataClient,
} from "@aws-sdk/client-redshift-data";
import type { Principal } from "../../../../local/cloud/iam/principal";
import { userIdOf } from "../../../../local/cloud/iam/principal";
import { makeRedshift, type Redshift } from "../../support/redshift";

const ACCOUNT = "123456789012";
const TARGET = { WorkgroupName: "shop", Database: "dev" };

let redshift: Redshift;
const clients: RedshiftDataClient[] = [];

beforeEach(async () => {
  redshift = await makeRedshift();
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await redshift.close();
});

function clientOf(principal?: Principal): RedshiftDataClient {
  const client = new RedshiftDataClient(redshift.clientConfig(principal));
  clients.push(client);
  return client;
}

const ended = () => redshift.cloud.service("redshift-data").idle?.();

async function execute(Sql: string, more: Partial<ExecuteStatementCommandInput> = {}, principal?: Principal) {
  const { Id = "" } = await clientOf(principal).send(new ExecuteStatementCommand({ ...TARGET, Sql, ...more }));
  return Id;
}

/** A role that may run statements of the workgroup, and look at those that `looks` allows. */
const role = (name: string, looks: object) =>
  redshift.role(name, [
    {
      Effect: "Allow",
      Action: ["redshift-data:ExecuteStatement", "redshift-serverless:GetCredentials"],
      Resource: redshift.workgroup.arn,
    },
    looks,
  ]);

test("a statement is answered at once, described until it has finished, and its result has typed fields", async () => {
  const client = clientOf();
  const started = await client.send(
    new ExecuteStatementCommand({
      ...TARGET,
      Sql: `SELECT 1 AS a, 1.5::float AS b, 'x' AS c, true AS d, NULL::int AS e, 2.50::decimal(5,2) AS f,
        '2026-01-31'::date AS g, '2026-01-31 10:00:00'::timestamp AS h, JSON_PARSE('{"k":[1,"x"]}') AS i`,
      StatementName: "types",
    }),
  );
  expect(started).toMatchObject({
    CreatedAt: new Date("2026-11-20T10:00:00.000Z"),
    Database: "dev",
    DbUser: "IAM:caller",
    WorkgroupName: "shop",
  });
  const { Id } = started;
  expect((await client.send(new DescribeStatementCommand({ Id }))).Status).toMatch(/^(SUBMITTED|STARTED)$/);
  await ended();
  expect(await client.send(new DescribeStatementCommand({ Id }))).toMatchObject({
    Id,
    Status: "FINISHED",
    HasResultSet: true,
    ResultRows: 1,
    QueryString: expect.stringMatching(/^SELECT 1 AS a/),
  });
  const { Records, ColumnMetadata, TotalNumRows } = await client.send(new GetStatementResultCommand({ Id }));
  expect(Records).toEqual([
    [
      { longValue: 1 },
      { doubleValue: 1.5 },
      { stringValue: "x" },
      { booleanValue: true },
      { isNull: true },
      { stringValue: "2.50" },
      { stringValue: "2026-01-31" },
      { stringValue: "2026-01-31 10:00:00" },
      { stringValue: '{"k":[1,"x"]}' },
    ],
  ]);
  expect(TotalNumRows).toBe(1);
  expect(ColumnMetadata?.map(({ name, typeName, precision, scale }) => [name, typeName, precision, scale])).toEqual([
    ["a", "int4", 10, 0],
    ["b", "float8", 17, 0],
    ["c", "varchar", 65535, 0],
    ["d", "bool", 1, 0],
    ["e", "int4", 10, 0],
    ["f", "numeric", 5, 2],
    ["g", "date", 13, 0],
    ["h", "timestamp", 29, 0],
    ["i", "super", 0, 0],
  ]);
});

test("results come in pages of 1,000 rows", async () => {
  const Id = await execute(
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500) SELECT i FROM n ORDER BY i",
  );
  await ended();
  const client = clientOf();
  const first = await client.send(new GetStatementResultCommand({ Id }));
  const second = await client.send(new GetStatementResultCommand({ Id, NextToken: first.NextToken }));
  expect([first.Records?.length, second.Records?.length, second.NextToken]).toEqual([1000, 500, undefined]);
  expect(second.Records?.[0]).toEqual([{ longValue: 1001 }]);
});

test("a batch has a state and a result for each statement, under ids with a number", async () => {
  const client = clientOf();
  const { Id } = await client.send(
    new BatchExecuteStatementCommand({
      ...TARGET,
      Sqls: ["CREATE TABLE t (a INT)", "INSERT INTO t VALUES (:a), (:b)", "SELECT SUM(a) AS s FROM t WHERE a < :b"],
      Parameters: [
        { name: "a", value: "1" },
        { name: "b", value: "2" },
      ],
    }),
  );
  await ended();
  const { SubStatements, HasResultSet, Status } = await client.send(new DescribeStatementCommand({ Id }));
  expect([Status, HasResultSet]).toEqual(["FINISHED", true]);
  expect(SubStatements?.map((one) => [one.Id, one.Status, one.ResultRows, one.HasResultSet])).toEqual([
    [`${Id}:1`, "FINISHED", 0, false],
    [`${Id}:2`, "FINISHED", 2, false],
    [`${Id}:3`, "FINISHED", 1, true],
  ]);
  const result = await client.send(new GetStatementResultCommand({ Id: `${Id}:3` }));
  expect(result.Records).toEqual([[{ longValue: 1 }]]);
  await expect(client.send(new GetStatementResultCommand({ Id }))).rejects.toMatchObject({
    name: "ValidationException",
  });
  await expect(client.send(new GetStatementResultCommand({ Id: `${Id}:1` }))).rejects.toMatchObject({
    name: "ResourceNotFoundException",
    message: "Query does not have result.",
  });
});

test("a statement that fails has its error, and no result", async () => {
  const Id = await execute("SELECT nothing FROM nowhere");
  await ended();
  const client = clientOf();
  expect(await client.send(new DescribeStatementCommand({ Id }))).toMatchObject({
    Status: "FAILED",
    Error: 'ERROR: relation "nowhere" does not exist',
    HasResultSet: false,
  });
  await expect(client.send(new GetStatementResultCommand({ Id }))).rejects.toMatchObject({
    name: "ResourceNotFoundException",
    message: "Query does not have result. Please check query status with DescribeStatement. It is FAILED.",
  });
});

test("a call with the ClientToken of an earlier one returns that one, for eight hours", async () => {
  await redshift.run("CREATE TABLE t (a INT)");
  const insert = () => execute("INSERT INTO t VALUES (1)", { ClientToken: "once" });
  const first = await insert();
  expect(await insert()).toBe(first);
  await ended();
  expect(await redshift.rows("SELECT COUNT(*) FROM t")).toEqual([[1]]);
  redshift.advance(8 * 3_600_000);
  expect(await insert()).not.toBe(first);
});

test("a statement is cancelled before it ends, and not afterwards", async () => {
  await execute("SELECT 1");
  const Id = await execute("SELECT 2");
  const client = clientOf();
  expect((await client.send(new CancelStatementCommand({ Id }))).Status).toBe(true);
  await ended();
  expect((await client.send(new DescribeStatementCommand({ Id }))).Status).toBe("ABORTED");
  await expect(client.send(new CancelStatementCommand({ Id }))).rejects.toMatchObject({
    name: "ValidationException",
    message: `Could not cancel a query that is already in ABORTED state with ID: ${Id}`,
  });
});

test("a running statement is interrupted, and what its batch did is rolled back", async () => {
  await redshift.run("CREATE TABLE t (a BIGINT)");
  await redshift.run(
    "CREATE TABLE many AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) SELECT i FROM n",
  );
  const endless = "SELECT COUNT(*) FROM many a, many b, many c WHERE SQRT(a.i * b.i + c.i) = -1";
  const client = clientOf();
  const { Id } = await client.send(
    new BatchExecuteStatementCommand({ ...TARGET, Sqls: ["INSERT INTO t VALUES (1)", endless] }),
  );
  const isEarly = async () => {
    const { Status, SubStatements } = await client.send(new DescribeStatementCommand({ Id }));
    return Status === "STARTED" && SubStatements?.[1]?.Status !== "STARTED";
  };
  while (await isEarly()) await new Promise((resolve) => setImmediate(resolve));
  await client.send(new CancelStatementCommand({ Id }));
  await ended();
  expect(await client.send(new DescribeStatementCommand({ Id }))).toMatchObject({
    Status: "ABORTED",
    Error: "Query was cancelled by user.",
  });
  expect(await redshift.rows("SELECT COUNT(*) FROM t")).toEqual([[0]]);
});

test("statements are listed by state and by the beginning of their name, those of the caller only", async () => {
  await execute("SELECT 1", { StatementName: "load-1" });
  await execute("SELECT nothing", { StatementName: "load-2" });
  await execute("SELECT 3", { StatementName: "other" });
  const reader = await role("reader", { Effect: "Allow", Action: "redshift-data:ListStatements", Resource: "*" });
  await execute("SELECT 4", { StatementName: "load-4" }, reader);
  await ended();
  const names = async (input: object, principal?: Principal) => {
    const { Statements } = await clientOf(principal).send(new ListStatementsCommand(input));
    return Statements?.map(({ StatementName, Status }) => [StatementName, Status]);
  };
  expect(await names({ StatementName: "load" })).toEqual([["load-1", "FINISHED"]]);
  expect(await names({ Status: "ALL", StatementName: "load" })).toEqual([
    ["load-2", "FAILED"],
    ["load-1", "FINISHED"],
  ]);
  expect(await names({ Status: "ALL" }, reader)).toEqual([["load-4", "FINISHED"]]);
});

test("statements and results are there for a day", async () => {
  const Id = await execute("SELECT 1");
  await ended();
  redshift.advance(24 * 3_600_000);
  await expect(clientOf().send(new DescribeStatementCommand({ Id }))).rejects.toMatchObject({
    name: "ResourceNotFoundException",
    message: "Query does not exist.",
  });
});

test("the tables outlive the session, and the process: they are in a file of the namespace", async () => {
  await redshift.run("CREATE TABLE t AS SELECT 7 AS a");
  await redshift.cloud.service("redshift-data").stop?.();
  expect(await redshift.rows("SELECT a FROM t")).toEqual([[7]]);
});

describe("permissions", () => {
  test("running needs the workgroup's action and GetCredentials, and the role is the database's user", async () => {
    const denied = await redshift.role("denied", [
      { Effect: "Allow", Action: "redshift-data:ExecuteStatement", Resource: redshift.workgroup.arn },
    ]);
    await expect(execute("SELECT 1", {}, denied)).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: expect.stringContaining(`redshift-serverless:GetCredentials on resource: ${redshift.workgroup.arn}`),
    });
    const allowed = await role("loader", { Effect: "Allow", Action: "redshift-data:DescribeStatement", Resource: "*" });
    const { DbUser } = await clientOf(allowed).send(new ExecuteStatementCommand({ ...TARGET, Sql: "SELECT 1" }));
    expect(DbUser).toBe("IAMR:loader");
  });

  test("a policy may ask for the owner of a statement", async () => {
    const looks = {
      Effect: "Allow",
      Action: "redshift-data:DescribeStatement",
      Resource: "*",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: IAM's own variable
      Condition: { StringEquals: { "redshift-data:statement-owner-iam-userid": "${aws:userid}" } },
    };
    const [one, other] = [await role("one", looks), await role("other", looks)];
    const Id = await execute("SELECT 1", {}, one);
    expect((await clientOf(one).send(new DescribeStatementCommand({ Id }))).Id).toBe(Id);
    await expect(clientOf(other).send(new DescribeStatementCommand({ Id }))).rejects.toMatchObject({
      name: "AccessDeniedException",
    });
    expect(userIdOf(one, ACCOUNT)).toBe("AROAone:local");
  });

  test("with a secret, the caller reads it, and is its user", async () => {
    const SecretArn = String(redshift.namespace.adminPasswordSecretArn);
    const statements = (secret: string) => [
      { Effect: "Allow", Action: "redshift-data:ExecuteStatement", Resource: redshift.workgroup.arn },
      { Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: secret },
    ];
    const admin = await redshift.role("admin", statements(SecretArn));
    const { DbUser } = await clientOf(admin).send(
      new ExecuteStatementCommand({ ...TARGET, SecretArn, Sql: "SELECT 1" }),
    );
    expect(DbUser).toBe("admin");
    const denied = await redshift.role(
      "denied",
      statements("arn:aws:secretsmanager:eu-central-1:123456789012:secret:x"),
    );
    await expect(execute("SELECT 1", { SecretArn }, denied)).rejects.toMatchObject({ name: "AccessDeniedException" });
  });

  test("a secret with another password is refused", async () => {
    const type = "aws:secretsmanager/secret:Secret";
    const { id } = await redshift.declare(type, "wrong", { name: "wrong" });
    await redshift.declare("aws:secretsmanager/secretVersion:SecretVersion", "wrong", {
      secretId: id,
      secretString: JSON.stringify({ username: "admin", password: "Guess1234" }),
    });
    await expect(execute("SELECT 1", { SecretArn: id })).rejects.toMatchObject({
      name: "ValidationException",
      message: 'FATAL: password authentication failed for user "admin"',
    });
  });
});

test.each<[name: string, input: Partial<ExecuteStatementCommandInput>, message: string]>([
  [
    "a cluster",
    { WorkgroupName: undefined, ClusterIdentifier: "c" },
    "local/redshift-data: ClusterIdentifier of ExecuteStatement is not simulated; see docs/fidelity.md",
  ],
  [
    "no workgroup",
    { WorkgroupName: undefined },
    "local/redshift-data: only workgroups are simulated, not clusters; give WorkgroupName",
  ],
  [
    "an unknown workgroup",
    { WorkgroupName: "none" },
    "Redshift endpoint doesn't exist in this region. The workgroup is none",
  ],
  ["an unknown database", { Database: "other" }, 'FATAL: database "other" does not exist'],
  ["no database", { Database: undefined }, "Database is required"],
  [
    "sessions",
    { SessionKeepAliveSeconds: 60 },
    "local/redshift-data: SessionKeepAliveSeconds of ExecuteStatement is not simulated; see docs/fidelity.md",
  ],
  [
    "events",
    { WithEvent: true },
    "local/redshift-data: WithEvent of ExecuteStatement is not simulated; see docs/fidelity.md",
  ],
  ["CSV results", { ResultFormat: "CSV" }, "local/redshift-data: ResultFormat CSV is not simulated; use JSON"],
  [
    "a statement that is too long",
    { Sql: `SELECT '${"x".repeat(100_000)}'` },
    "Cannot process SQL of 100009 bytes; a statement has at most 100000",
  ],
  [
    "a parameter that no statement uses",
    { Parameters: [{ name: "a", value: "1" }] },
    "Parameters list contains unused parameters. Unused parameter: a",
  ],
])("%s: refused", async (_name, input, message) => {
  await expect(execute("SELECT 1", input)).rejects.toMatchObject({ name: "ValidationException", message });
});

test("a batch of more than 40 statements, and operations that are not simulated, are refused by name", async () => {
  const client = clientOf();
  const Sqls = Array.from({ length: 41 }, () => "SELECT 1");
  await expect(client.send(new BatchExecuteStatementCommand({ ...TARGET, Sqls }))).rejects.toMatchObject({
    message: "Sqls has 41 statements; a batch has 1 to 40",
  });
  await expect(client.send(new GetStatementResultV2Command({ Id: "x" }))).rejects.toMatchObject({
    message: "local/redshift-data: the operation GetStatementResultV2 is not simulated; see docs/fidelity.md",
  });
});
