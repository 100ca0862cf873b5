/** Tasks of state machines that run statements in a workgroup, with the state machine's role. */
import { CALLER, type Principal } from "../../../../../local/cloud/iam/principal";
import type { Json } from "../../../../../local/cloud/json";
import { integrations } from "../../../../../local/services/stepFunctions/integrations";
import { fixedClock } from "../../../support/machine";
import { makeRedshift, type Redshift } from "../../../support/redshift";

let redshift: Redshift;

beforeAll(async () => {
  redshift = await makeRedshift();
});
afterAll(() => redshift.close());

async function task(name: string, given: Json, principal: Principal = CALLER): Promise<Record<string, Json>> {
  const resource = `arn:aws:states:::aws-sdk:redshiftdata:${name}`;
  const integration = integrations.get(resource);
  if (!integration) throw new Error(`no integration ${name}`);
  const call = { resource, arguments: given, clock: fixedClock(), signal: new AbortController().signal };
  return (await integration(call, (service, operation, input) =>
    redshift.cloud.call(principal, service, operation, input),
  )) as Record<string, Json>;
}

const target = { WorkgroupName: "shop", Database: "dev" };
const ended = () => redshift.cloud.service("redshift-data").idle?.();

test("a batch is started, described until it has finished, and its result is read", async () => {
  const { Id } = await task("batchExecuteStatement", {
    ...target,
    Sqls: ["CREATE TABLE t (a INT)", "INSERT INTO t VALUES (:a)", "SELECT a, 'x' AS b FROM t"],
    Parameters: [{ Name: "a", Value: "7" }],
  });
  await ended();
  const described = await task("describeStatement", { Id: Id as string });
  expect(described).toMatchObject({
    Status: "FINISHED",
    CreatedAt: "2026-11-20T10:00:00.000Z",
    SubStatements: [{ Status: "FINISHED" }, { ResultRows: 1 }, { HasResultSet: true }],
  });
  const { Records, ColumnMetadata, TotalNumRows } = await task("getStatementResult", { Id: `${Id}:3` });
  expect({ Records, TotalNumRows }).toEqual({ Records: [[{ LongValue: 7 }, { StringValue: "x" }]], TotalNumRows: 1 });
  expect(ColumnMetadata).toMatchObject([
    { Name: "a", TypeName: "int4" },
    { Name: "b", TypeName: "varchar" },
  ]);
});

test("errors have the names of the SDK's exceptions", async () => {
  await expect(task("describeStatement", { Id: "00000000-0000-4000-8000-000000000000" })).rejects.toMatchObject({
    errorName: "RedshiftData.ResourceNotFoundException",
  });
  const { Id } = await task("executeStatement", { ...target, Sql: "SELECT 1" });
  await ended();
  await expect(task("cancelStatement", { Id: Id as string })).rejects.toMatchObject({
    errorName: "RedshiftData.ValidationException",
    message: expect.stringContaining("Could not cancel a query that is already in FINISHED state"),
  });
});

test("the state machine's role needs the statement's permissions", async () => {
  const role = await redshift.role("loader", [
    { Effect: "Allow", Action: "redshift-data:ExecuteStatement", Resource: redshift.workgroup.arn },
  ]);
  await expect(task("executeStatement", { ...target, Sql: "SELECT 1" }, role)).rejects.toMatchObject({
    errorName: "RedshiftData.RedshiftDataException",
    message: expect.stringContaining("redshift-serverless:GetCredentials"),
  });
});

test("an argument that is not simulated is refused by name", async () => {
  await expect(task("executeStatement", { ...target, Sql: "SELECT 1", SessionKeepAliveSeconds: 60 })).rejects.toThrow(
    "arn:aws:states:::aws-sdk:redshiftdata:executeStatement: the argument SessionKeepAliveSeconds is not simulated; use Sql, WorkgroupName, Database, SecretArn, ClientToken, StatementName, Parameters, ResultFormat",
  );
});
