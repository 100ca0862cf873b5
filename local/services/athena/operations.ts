/** Athena's API operations; inputs and outputs have the fields of AWS's. */
import { pageOf } from "../../cloud/pages";
import { type CloudContext, type Operation, ServiceError } from "../../cloud/service";
import { type Execution, type Executions, resultName } from "./executions";
import { workgroupArn } from "./resources";
import type { Workgroup, Workgroups } from "./workgroups";

interface Paged {
  readonly NextToken?: string;
  readonly MaxResults?: number;
}

interface StartQueryExecution {
  readonly QueryString: string;
  readonly ClientRequestToken?: string;
  readonly QueryExecutionContext?: { readonly Database?: string; readonly Catalog?: string };
  readonly ResultConfiguration?: { readonly OutputLocation?: string };
  readonly WorkGroup?: string;
  readonly ExecutionParameters?: readonly string[];
}

type ById = { readonly QueryExecutionId: string };
type Operations = Record<string, Operation<never>>;

/** Rows per page of results, including the header. */
const PAGE = 1000;

export function executionOperations(cloud: CloudContext, workgroups: Workgroups, executions: Executions): Operations {
  const access = (action: string, workgroup: string) => [
    { action: `athena:${action}`, resource: workgroupArn(cloud, workgroup) },
  ];
  const ofExecution = (action: string) => (input: ById) =>
    access(action, executions.get(input.QueryExecutionId).workgroup.name);
  return {
    StartQueryExecution: {
      access: (input: StartQueryExecution) => access("StartQueryExecution", input.WorkGroup ?? "primary"),
      run: (input: StartQueryExecution, { principal }) => {
        const workgroup = workgroups.get(input.WorkGroup ?? "primary");
        if (input.ExecutionParameters?.length) refuse("ExecutionParameters");
        const catalog = input.QueryExecutionContext?.Catalog ?? "AwsDataCatalog";
        if (catalog.toLowerCase() !== "awsdatacatalog") refuse(`the catalog "${catalog}"`);
        const execution = executions.start({
          sql: input.QueryString,
          database: (input.QueryExecutionContext?.Database ?? "default").toLowerCase(),
          workgroup,
          outputLocation: outputLocation(workgroup, input.ResultConfiguration?.OutputLocation),
          principal,
          token: input.ClientRequestToken,
        });
        return { QueryExecutionId: execution.id };
      },
    },
    GetQueryExecution: {
      access: ofExecution("GetQueryExecution"),
      run: (input: ById) => ({ QueryExecution: wireExecution(executions.get(input.QueryExecutionId)) }),
    },
    BatchGetQueryExecution: {
      access: (input: { QueryExecutionIds: string[] }) =>
        input.QueryExecutionIds.flatMap((id) => ofExecution("BatchGetQueryExecution")({ QueryExecutionId: id })),
      run: (input: { QueryExecutionIds: string[] }) => ({
        QueryExecutions: input.QueryExecutionIds.map((id) => wireExecution(executions.get(id))),
        UnprocessedQueryExecutionIds: [],
      }),
    },
    GetQueryResults: {
      access: ofExecution("GetQueryResults"),
      run: (input: ById & Paged) => {
        const { columns, rows } = executions.result(input.QueryExecutionId);
        const { items, NextToken } = pageOf(rows, input, PAGE);
        const Rows = items.map((row) => ({
          Data: row.map((value) => (value === null ? {} : { VarCharValue: value })),
        }));
        return { ResultSet: { Rows, ResultSetMetadata: { ColumnInfo: columns } }, NextToken, UpdateCount: 0 };
      },
    },
    StopQueryExecution: {
      access: ofExecution("StopQueryExecution"),
      run: (input: ById) => {
        executions.stop(input.QueryExecutionId);
        return {};
      },
    },
    ListQueryExecutions: {
      access: (input: { WorkGroup?: string }) => access("ListQueryExecutions", input.WorkGroup ?? "primary"),
      run: (input: { WorkGroup?: string } & Paged) => {
        const ids = executions.of(workgroups.get(input.WorkGroup ?? "primary").name).map((execution) => execution.id);
        const { items, NextToken } = pageOf(ids, input, 50);
        return { QueryExecutionIds: items, NextToken };
      },
    },
  };
}

export function workgroupOperations(cloud: CloudContext, workgroups: Workgroups): Operations {
  const access = (action: string, workgroup = "primary") => [
    { action: `athena:${action}`, resource: workgroupArn(cloud, workgroup) },
  ];
  return {
    GetWorkGroup: {
      access: (input: { WorkGroup: string }) => access("GetWorkGroup", input.WorkGroup),
      run: (input: { WorkGroup: string }) => ({ WorkGroup: wireWorkgroup(workgroups.get(input.WorkGroup)) }),
    },
    ListWorkGroups: {
      access: () => [{ action: "athena:ListWorkGroups", resource: "*" }],
      run: (input: Paged) => {
        const { items, NextToken } = pageOf(workgroups.all(), input, 50);
        const WorkGroups = items.map(({ name, description }) => ({
          Name: name,
          State: "ENABLED",
          Description: description,
        }));
        return { WorkGroups, NextToken };
      },
    },
    ListNamedQueries: {
      access: (input: { WorkGroup?: string }) => access("ListNamedQueries", input.WorkGroup),
      run: (input: { WorkGroup?: string } & Paged) => {
        const ids = workgroups.queriesOf(input.WorkGroup ?? "primary").map((query) => query.NamedQueryId);
        const { items, NextToken } = pageOf(ids, input, 50);
        return { NamedQueryIds: items, NextToken };
      },
    },
    GetNamedQuery: {
      access: (input: { NamedQueryId: string }) =>
        access("GetNamedQuery", workgroups.query(input.NamedQueryId).WorkGroup),
      run: (input: { NamedQueryId: string }) => ({ NamedQuery: workgroups.query(input.NamedQueryId) }),
    },
    BatchGetNamedQuery: {
      access: (input: { NamedQueryIds: string[] }) =>
        input.NamedQueryIds.flatMap((id) => access("BatchGetNamedQuery", workgroups.query(id).WorkGroup)),
      run: (input: { NamedQueryIds: string[] }) => ({
        NamedQueries: input.NamedQueryIds.map((id) => workgroups.query(id)),
        UnprocessedNamedQueryIds: [],
      }),
    },
  };
}

function outputLocation(workgroup: Workgroup, asked: string | undefined): string {
  const location = workgroup.isEnforced ? workgroup.outputLocation : (asked ?? workgroup.outputLocation);
  if (location) return location;
  throw new ServiceError(
    "InvalidRequestException",
    "No output location provided. An output location is required either through the Workgroup result configuration setting or as an API input.",
  );
}

function wireExecution(execution: Execution): object {
  const end = execution.completedMillis;
  const millis = (end ?? execution.submittedMillis) - execution.submittedMillis;
  return {
    QueryExecutionId: execution.id,
    Query: execution.sql,
    StatementType: execution.kind,
    ResultConfiguration: { OutputLocation: execution.outputLocation.replace(/\/?$/, "/") + resultName(execution) },
    QueryExecutionContext: { Database: execution.database, Catalog: "awsdatacatalog" },
    Status: {
      State: execution.state,
      StateChangeReason: execution.reason,
      SubmissionDateTime: execution.submittedMillis / 1000,
      CompletionDateTime: end === undefined ? undefined : end / 1000,
    },
    Statistics: {
      EngineExecutionTimeInMillis: millis,
      TotalExecutionTimeInMillis: millis,
      DataScannedInBytes: execution.scannedBytes,
    },
    WorkGroup: execution.workgroup.name,
    EngineVersion: { SelectedEngineVersion: "AUTO", EffectiveEngineVersion: "Athena engine version 3" },
  };
}

function wireWorkgroup(workgroup: Workgroup): object {
  return {
    Name: workgroup.name,
    State: "ENABLED",
    Description: workgroup.description,
    Configuration: {
      EnforceWorkGroupConfiguration: workgroup.isEnforced,
      BytesScannedCutoffPerQuery: workgroup.scanLimitBytes,
      ResultConfiguration: { OutputLocation: workgroup.outputLocation },
      EngineVersion: { SelectedEngineVersion: "AUTO", EffectiveEngineVersion: "Athena engine version 3" },
    },
  };
}

function refuse(what: string): never {
  throw new ServiceError("InvalidRequestException", `local/athena: ${what} is not simulated; see docs/fidelity.md`);
}
