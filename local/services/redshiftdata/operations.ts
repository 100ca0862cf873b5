/** The operations of the Data API; inputs and outputs have the fields of AWS's. */
import { type Principal, userIdOf } from "../../cloud/iam/principal";
import { pageOf } from "../../cloud/pages";
import { type Access, type CloudContext, type Operation, ServiceError } from "../../cloud/service";
import type { RedshiftServerlessService, Workgroup } from "../redshiftserverless/service";
import type { Execution, Executions, KeptSet, SubStatement } from "./executions";

interface Target {
  readonly WorkgroupName?: string;
  readonly Database?: string;
  readonly SecretArn?: string;
  readonly ClientToken?: string;
  readonly StatementName?: string;
  readonly ResultFormat?: string;
  readonly Parameters?: readonly { readonly name: string; readonly value: string }[];
  readonly [other: string]: unknown;
}

interface Execute extends Target {
  readonly Sql: string;
}

interface BatchExecute extends Target {
  readonly Sqls: readonly string[];
}

type ById = { readonly Id: string };

interface ListInput {
  readonly Status?: string;
  readonly StatementName?: string;
  readonly WorkgroupName?: string;
  readonly Database?: string;
  readonly NextToken?: string;
  readonly MaxResults?: number;
  readonly [other: string]: unknown;
}

/** The model's maximum of Sqls. */
const MAX_BATCH = 40;
/** https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html */
const MAX_STATEMENT_BYTES = 100_000;
const MAX_LISTED = 100;
/** Rows of a page of GetStatementResult. */
const MAX_PAGE = 1000;

const TARGET_INPUTS = `WorkgroupName Database SecretArn ClientToken StatementName ResultFormat Parameters`.split(" ");

export function statementOperations(cloud: CloudContext, executions: Executions): Record<string, Operation<never>> {
  const serverless = () => cloud.service("redshift-serverless") as RedshiftServerlessService;

  function workgroupOf({ WorkgroupName }: Target): Workgroup {
    if (WorkgroupName === undefined) {
      throw invalid("local/redshift-data: only workgroups are simulated, not clusters; give WorkgroupName");
    }
    const found = serverless().workgroup(WorkgroupName);
    if (found) return found;
    throw invalid(`Redshift endpoint doesn't exist in this region. The workgroup is ${WorkgroupName}`);
  }

  function access(action: string, input: Target): Access[] {
    const known = input.WorkgroupName === undefined ? undefined : serverless().workgroup(input.WorkgroupName);
    const resource = known?.arn ?? `arn:aws:redshift-serverless:${cloud.region}:${cloud.accountId}:workgroup/*`;
    const own = [{ action: `redshift-data:${action}`, resource }];
    if (input.SecretArn === undefined) return [...own, { action: "redshift-serverless:GetCredentials", resource }];
    return own;
  }

  /** The operations on statements have no resources; a policy may ask for the statement's owner. */
  function ofStatement(action: string, owner: Principal | undefined): Access[] {
    const context = owner && { "redshift-data:statement-owner-iam-userid": userIdOf(owner, cloud.accountId) };
    return [{ action: `redshift-data:${action}`, resource: "*", ...(context && { context }) }];
  }

  const byId = (action: string) => (input: ById) => {
    const id = String(input.Id).split(":")[0];
    return ofStatement(action, executions.all().find((one) => one.id === id)?.principal);
  };

  async function start(operation: string, statements: readonly string[], input: Target, principal: Principal) {
    checkInputs(operation, input, operation === "ExecuteStatement" ? "Sql" : "Sqls");
    checkStatements(statements, input);
    const workgroup = workgroupOf(input);
    const { namespace } = workgroup;
    const database = input.Database ?? "";
    if (database === "") throw invalid("Database is required");
    const dbUser = await userOf(principal, workgroup, input);
    if (database !== namespace.database) throw invalid(`FATAL: database "${database}" does not exist`);
    const execution = executions.start({
      workgroup,
      database,
      dbUser,
      principal,
      statements,
      isBatch: operation === "BatchExecuteStatement",
      parameters: input.Parameters ?? [],
      format: input.ResultFormat === "CSV" ? "CSV" : "JSON",
      ...(input.StatementName !== undefined && { name: input.StatementName }),
      ...(input.SecretArn !== undefined && { secretArn: input.SecretArn }),
      ...(input.ClientToken !== undefined && { token: input.ClientToken }),
    });
    return {
      Id: execution.id,
      CreatedAt: new Date(execution.createdMillis),
      Database: execution.database,
      WorkgroupName: workgroup.name,
      DbUser: execution.dbUser,
      ...(execution.secretArn !== undefined && { SecretArn: execution.secretArn }),
    };
  }

  /** The user of the secret, or the one that the principal is. */
  async function userOf(principal: Principal, { namespace }: Workgroup, { SecretArn }: Target): Promise<string> {
    if (SecretArn === undefined) return serverless().userOf(principal);
    const found = await cloud.call(principal, "secretsmanager", "GetSecretValue", { SecretId: SecretArn });
    const { username, password } = credentialsOf((found as { SecretString?: string }).SecretString);
    if (await serverless().isAdmin(namespace, username, password)) return username;
    throw invalid(`FATAL: password authentication failed for user "${username}"`);
  }

  return {
    ExecuteStatement: {
      access: (input: Execute) => access("ExecuteStatement", input),
      run: (input: Execute, { principal }) => start("ExecuteStatement", [String(input.Sql ?? "")], input, principal),
    },
    BatchExecuteStatement: {
      access: (input: BatchExecute) => access("BatchExecuteStatement", input),
      run: (input: BatchExecute, { principal }) =>
        start("BatchExecuteStatement", (input.Sqls ?? []).map(String), input, principal),
    },
    DescribeStatement: {
      access: byId("DescribeStatement"),
      run: ({ Id }: ById) => describe(executions.find(Id)),
    },
    GetStatementResult: {
      access: byId("GetStatementResult"),
      run: (input: ById & { readonly NextToken?: string }) => {
        const result = finished(executions, input.Id, "JSON");
        const { items, NextToken } = pageOf(result.records, { NextToken: input.NextToken }, MAX_PAGE);
        return {
          Records: items,
          ColumnMetadata: result.columns,
          TotalNumRows: result.records.length,
          ...(NextToken !== undefined && { NextToken }),
        };
      },
    },
    CancelStatement: {
      access: byId("CancelStatement"),
      run: ({ Id }: ById) => {
        const { execution } = executions.find(Id);
        if (executions.cancel(execution)) return { Status: true };
        throw invalid(`Could not cancel a query that is already in ${execution.state} state with ID: ${Id}`);
      },
    },
    ListStatements: {
      access: () => ofStatement("ListStatements", undefined),
      run: (input: ListInput, { principal }) => {
        checkNames(
          "ListStatements",
          input,
          "Status StatementName WorkgroupName Database NextToken MaxResults RoleLevel",
        );
        const own = executions.all().filter((execution) => isListed(execution, input, principal));
        const { items, NextToken } = pageOf(own.reverse(), input, MAX_LISTED);
        return { Statements: items.map(listed), ...(NextToken !== undefined && { NextToken }) };
      },
    },
  };
}

function isListed(execution: Execution, input: ListInput, principal: Principal): boolean {
  const { Status = "FINISHED", StatementName = "", WorkgroupName, Database } = input;
  const { workgroup } = execution;
  return (
    (Status === "ALL" || execution.state === Status) &&
    (execution.name ?? "").startsWith(StatementName) &&
    (WorkgroupName === undefined || [workgroup.name, workgroup.arn].includes(WorkgroupName)) &&
    (Database === undefined || execution.database === Database) &&
    JSON.stringify(execution.principal) === JSON.stringify(principal)
  );
}

function listed(execution: Execution): object {
  const { id, state, name, createdMillis, updatedMillis, isBatch, statements, secretArn } = execution;
  return {
    Id: id,
    Status: state,
    CreatedAt: new Date(createdMillis),
    UpdatedAt: new Date(updatedMillis),
    IsBatchStatement: isBatch,
    ...(isBatch ? { QueryStrings: statements } : { QueryString: statements[0] }),
    ...(name !== undefined && { StatementName: name }),
    ...(secretArn !== undefined && { SecretArn: secretArn }),
  };
}

function describe({ execution, part }: ReturnType<Executions["find"]>): object {
  const { parts, workgroup, isBatch } = execution;
  if (part !== undefined) return sub(execution, parts[part - 1] as SubStatement, part);
  const last = parts.at(-1) as SubStatement;
  const started = parts[0]?.startedMillis;
  return {
    Id: execution.id,
    Status: execution.state,
    CreatedAt: new Date(execution.createdMillis),
    UpdatedAt: new Date(execution.updatedMillis),
    Duration: started === undefined ? 0 : (execution.updatedMillis - started) * 1_000_000,
    Database: execution.database,
    DbUser: execution.dbUser,
    WorkgroupName: workgroup.name,
    HasResultSet: parts.some(({ result }) => result !== undefined),
    RedshiftPid: 0,
    RedshiftQueryId: isBatch ? 0 : execution.number,
    ResultRows: isBatch ? -1 : last.rows,
    ResultSize: isBatch ? -1 : resultBytes(last),
    ResultFormat: execution.format.toLowerCase(),
    ...(execution.error !== undefined && { Error: execution.error }),
    ...(execution.secretArn !== undefined && { SecretArn: execution.secretArn }),
    ...(execution.parameters.length > 0 && { QueryParameters: execution.parameters }),
    ...(isBatch
      ? { SubStatements: parts.map((one, index) => sub(execution, one, index + 1)) }
      : { QueryString: last.sql }),
  };
}

function sub(execution: Execution, part: SubStatement, number: number): object {
  return {
    Id: `${execution.id}:${number}`,
    Status: part.state,
    CreatedAt: new Date(execution.createdMillis),
    UpdatedAt: new Date(part.updatedMillis),
    Duration: part.startedMillis === undefined ? 0 : (part.updatedMillis - part.startedMillis) * 1_000_000,
    HasResultSet: part.result !== undefined,
    QueryString: part.sql,
    RedshiftQueryId: execution.number,
    ResultRows: part.rows,
    ResultSize: resultBytes(part),
    ...(part.error !== undefined && { Error: part.error }),
  };
}

/** -1 before the statement has finished. */
function resultBytes({ result, state }: SubStatement): number {
  return result?.records.bytes ?? (state === "FINISHED" ? 0 : -1);
}

/** @throws ServiceError for a statement without a result set */
function finished(executions: Executions, id: string, format: Execution["format"]): KeptSet {
  const { execution, part } = executions.find(id);
  if (execution.isBatch && part === undefined) {
    throw invalid(`The statement ${id} is a batch; give the id of one of its SubStatements`);
  }
  const statement = execution.parts[(part ?? 1) - 1] as SubStatement;
  if (statement.state !== "FINISHED") {
    throw new ServiceError(
      "ResourceNotFoundException",
      `Query does not have result. Please check query status with DescribeStatement. It is ${statement.state}.`,
    );
  }
  if (!statement.result) throw new ServiceError("ResourceNotFoundException", "Query does not have result.");
  if (execution.format !== format) throw invalid(`The result format of the statement ${id} is ${execution.format}`);
  return statement.result;
}

function checkInputs(operation: string, input: Target, statement: string): void {
  checkNames(operation, input, [...TARGET_INPUTS, statement].join(" "));
  const { ResultFormat = "JSON" } = input;
  if (ResultFormat !== "JSON")
    throw invalid(`local/redshift-data: ResultFormat ${ResultFormat} is not simulated; use JSON`);
}

/** SessionId, WithEvent, ClusterIdentifier and whatever else there is. */
function checkNames(operation: string, input: object, known: string): void {
  const names = known.split(" ");
  for (const [name, value] of Object.entries(input)) {
    const isOff = value === undefined || value === false;
    if (isOff || names.includes(name)) continue;
    throw invalid(`local/redshift-data: ${name} of ${operation} is not simulated; see docs/fidelity.md`);
  }
}

function checkStatements(statements: readonly string[], { Parameters = [] }: Target): void {
  if (statements.length === 0 || statements.length > MAX_BATCH) {
    throw invalid(`Sqls has ${statements.length} statements; a batch has 1 to ${MAX_BATCH}`);
  }
  for (const sql of statements) {
    const bytes = Buffer.byteLength(sql);
    if (bytes === 0) throw invalid("Sql is empty");
    if (bytes > MAX_STATEMENT_BYTES) {
      throw invalid(`Cannot process SQL of ${bytes} bytes; a statement has at most ${MAX_STATEMENT_BYTES}`);
    }
  }
  for (const { name, value } of Parameters) {
    if (!/^[0-9a-zA-Z_]+$/.test(name) || typeof value !== "string" || value === "") {
      throw invalid(`the parameter "${name}" needs a name of letters, digits and "_", and a value`);
    }
    const pattern = new RegExp(`:${name}(?![0-9a-zA-Z_])`);
    if (!statements.some((sql) => pattern.test(sql)))
      throw invalid(`Parameters list contains unused parameters. Unused parameter: ${name}`);
  }
}

function credentialsOf(secret: string | undefined): { readonly username: string; readonly password: string } {
  try {
    const { username, password } = JSON.parse(secret ?? "") as Record<string, unknown>;
    if (typeof username === "string" && typeof password === "string") return { username, password };
  } catch {
    // The error below names the form.
  }
  throw invalid('the secret is not JSON with "username" and "password"');
}

function invalid(message: string): ServiceError {
  return new ServiceError("ValidationException", message);
}
