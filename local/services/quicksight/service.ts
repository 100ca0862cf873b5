/** QuickSight: declared data sources, data sets and dashboards; the queries of visuals run with the permissions of the source. */
import type { ColumnType } from "../../../lake/columns";
import type { DataSet } from "../../../lake/dashboard/dataSets";
import type { VisualField } from "../../../lake/dashboard/visualSql";
import type { Visual } from "../../../lake/dashboard/visuals";
import { CALLER } from "../../cloud/iam/principal";
import { isObject } from "../../cloud/json";
import type { CloudContext, DeclaredResource, ResourceSimulation, Service } from "../../cloud/service";
import type { AthenaService } from "../athena/service";
import type { IamService } from "../iam/service";
import type { RedshiftServerlessService } from "../redshiftserverless/service";
import type { DrawnVisual } from "./readDefinition";

export interface VisualAnswer {
  readonly visual: Visual;
  readonly fields: readonly VisualField[];
  readonly sql: string;
  /** Strings of the data source, in the order of `fields`. */
  readonly rows: readonly (readonly (string | null)[])[];
  /** The reason why the query failed. */
  readonly error?: string;
}

/** A visual with the query of its rows. */
export interface DashboardVisual {
  readonly visual: Visual;
  readonly source: "athena" | "redshift";
  readonly sql: string;
  readonly fields: readonly VisualField[];
}

export interface QuickSightService extends Service {
  readonly name: "quicksight";
  /** The declared dashboards. */
  dashboards(): readonly { readonly id: string; readonly name: string; readonly visuals: readonly DashboardVisual[] }[];
  /** Runs the query of one visual. */
  draw(dashboardId: string, index: number): Promise<VisualAnswer>;
}

type Inputs = DeclaredResource["inputs"];

interface Source {
  readonly id: string;
  readonly arn: string;
  readonly kind: DashboardVisual["source"];
  /** Runs SQL with the permissions of the source. */
  run(sql: string): Promise<(string | null)[][]>;
}

interface LocalDataSet extends DataSet {
  readonly sql: string;
  readonly source: Source;
}

interface Dashboard {
  readonly id: string;
  readonly name: string;
  readonly visuals: readonly DrawnVisual[];
}

const DASHBOARD = "AWS::QuickSight::Dashboard";
const TYPES: Readonly<Record<string, ColumnType>> = {
  STRING: "string",
  INTEGER: "bigint",
  DECIMAL: "double",
  DATETIME: "timestamp",
};
const POLL_MILLIS = 10;

export function quickSightService(cloud: CloudContext): QuickSightService {
  const sources = new Map<string, Source>();
  const dataSets = new Map<string, LocalDataSet>();
  const dashboards = new Map<string, Dashboard>();
  const arnOf = (kind: string, id: string) => `arn:aws:quicksight:${cloud.region}:${cloud.accountId}:${kind}/${id}`;

  function sourceOf({ inputs }: DeclaredResource): Source {
    const id = String(inputs.dataSourceId);
    const arn = arnOf("datasource", id);
    const { athena, redshift } = inputs.parameters as Record<string, Record<string, unknown> | undefined>;
    if (inputs.type === "ATHENA" && athena) return { id, arn, kind: "athena", run: athenaSource(cloud, athena) };
    if (inputs.type === "REDSHIFT" && redshift) {
      return {
        id,
        arn,
        kind: "redshift",
        run: redshiftSource(cloud, redshift, inputs.credentials as Inputs | undefined),
      };
    }
    throw new Error(
      `local/quicksight: a data source of type "${inputs.type}" is not simulated; use ATHENA or REDSHIFT`,
    );
  }

  function dataSetOf({ inputs }: DeclaredResource): LocalDataSet {
    const [table, ...more] = inputs.physicalTableMaps as readonly { readonly customSql?: Inputs }[];
    if (!table?.customSql || more.length > 0) {
      throw new Error("local/quicksight: a data set of anything but one customSql is not simulated");
    }
    const { dataSourceArn, sqlQuery, columns } = table.customSql;
    const source = [...sources.values()].find(({ arn }) => arn === dataSourceArn);
    if (!source) throw new Error(`the data source ${dataSourceArn} does not exist`);
    return {
      name: String(inputs.dataSetId),
      sql: String(sqlQuery),
      columns: ((columns ?? []) as readonly { name: string; type: string }[]).map(({ name, type }) => {
        const known = TYPES[type];
        if (!known) throw new Error(`local/quicksight: a column of type "${type}" is not simulated`);
        return { name, type: known };
      }),
      source,
    };
  }

  function dashboardOf({ inputs }: DeclaredResource): Dashboard {
    if (inputs.typeName !== DASHBOARD) {
      throw new Error(`local/cloudcontrol: the type ${inputs.typeName} is not simulated; only ${DASHBOARD} is`);
    }
    const state: unknown = JSON.parse(String(inputs.desiredState));
    if (!isObject(state) || typeof state.DashboardId !== "string") throw new Error("DashboardId is missing");
    const byArn = new Map([...dataSets].map(([id, dataSet]) => [arnOf("dataset", id), dataSet]));
    const { readDefinition } = require("./readDefinition") as typeof import("./readDefinition");
    const visuals = readDefinition(state.Definition, (arn) => byArn.get(arn));
    return { id: state.DashboardId, name: String(state.Name ?? state.DashboardId), visuals };
  }

  function add<Made>(all: Map<string, Made>, what: string, id: string, made: Made): void {
    if (all.has(id)) throw new Error(`ResourceExistsException: the ${what} "${id}" already exists`);
    all.set(id, made);
  }

  const readBy = ({ arn }: DrawnVisual) => dataSets.get(arn.slice(arn.indexOf("/") + 1)) as LocalDataSet;
  const queryOf = (drawn: DrawnVisual) => {
    const { visualQuery } =
      require("../../../lake/dashboard/visualSql") as typeof import("../../../lake/dashboard/visualSql");
    return visualQuery(drawn.visual, drawn.dataSet, readBy(drawn).sql);
  };

  const account = (id: string) => `${cloud.accountId},${id}`;
  const lastOf = (id: string) => id.slice(id.indexOf(",") + 1);

  const dataSource: ResourceSimulation = {
    simulated: ["dataSourceId", "type", "parameters", "credentials"],
    withoutEffect: ["name", "permissions", "sslProperties", "tags", "vpcConnectionProperties"],
    replaceOn: ["dataSourceId", "type"],
    create: async (resource) => {
      const made = sourceOf(resource);
      add(sources, "data source", made.id, made);
      return { id: account(made.id), outputs: { arn: made.arn } };
    },
    update: async (id, resource) => {
      const made = sourceOf(resource);
      Object.assign(sources.get(lastOf(id)) as Source, made);
      return { outputs: { arn: made.arn } };
    },
    delete: async (id) => void sources.delete(lastOf(id)),
  };
  const dataSet: ResourceSimulation = {
    simulated: ["dataSetId", "physicalTableMaps"],
    withoutEffect: ["importMode", "name", "permissions", "tags"],
    replaceOn: ["dataSetId"],
    create: async (resource) => {
      const id = String(resource.inputs.dataSetId);
      add(dataSets, "data set", id, dataSetOf(resource));
      return { id: account(id), outputs: { arn: arnOf("dataset", id) } };
    },
    update: async (id, resource) => {
      dataSets.set(lastOf(id), dataSetOf(resource));
      return { outputs: { arn: arnOf("dataset", lastOf(id)) } };
    },
    delete: async (id) => void dataSets.delete(lastOf(id)),
  };
  const refreshSchedule: ResourceSimulation = {
    simulated: ["dataSetId"],
    withoutEffect: ["schedule", "scheduleId"],
    replaceOn: ["dataSetId", "scheduleId"],
    create: async ({ inputs }) => {
      const dataSetId = String(inputs.dataSetId);
      if (!dataSets.has(dataSetId)) throw new Error(`the data set "${dataSetId}" does not exist`);
      const arn = `${arnOf("dataset", dataSetId)}/refresh-schedule/${inputs.scheduleId}`;
      return { id: account(`${dataSetId},${inputs.scheduleId}`), outputs: { arn } };
    },
    update: async () => ({ outputs: {} }),
    delete: async () => undefined,
  };
  const dashboard: ResourceSimulation = {
    simulated: ["typeName", "desiredState"],
    replaceOn: ["typeName"],
    create: async (resource) => {
      const made = dashboardOf(resource);
      add(dashboards, "dashboard", made.id, made);
      return { id: `${cloud.accountId}|${made.id}`, outputs: { properties: resource.inputs.desiredState } };
    },
    update: async (id, resource) => {
      const made = dashboardOf(resource);
      dashboards.delete(id.slice(id.indexOf("|") + 1));
      dashboards.set(made.id, made);
      return { outputs: { properties: resource.inputs.desiredState } };
    },
    delete: async (id) => void dashboards.delete(id.slice(id.indexOf("|") + 1)),
  };

  return {
    name: "quicksight",
    resources: {
      "aws:cloudcontrol/resource:Resource": dashboard,
      "aws:quicksight/dataSet:DataSet": dataSet,
      "aws:quicksight/dataSource:DataSource": dataSource,
      "aws:quicksight/refreshSchedule:RefreshSchedule": refreshSchedule,
    },
    operations: {},
    dashboards: () =>
      [...dashboards.values()].map(({ id, name, visuals }) => ({
        id,
        name,
        visuals: visuals.map((drawn) => ({
          visual: drawn.visual,
          source: readBy(drawn).source.kind,
          ...queryOf(drawn),
        })),
      })),
    async draw(dashboardId, index) {
      const drawn = dashboards.get(dashboardId)?.visuals[index];
      if (!drawn) throw new Error(`the dashboard "${dashboardId}" has no visual ${index}`);
      const { visual } = drawn;
      const { source } = readBy(drawn);
      const { sql, fields } = queryOf(drawn);
      try {
        return { visual, fields, sql, rows: await source.run(sql) };
      } catch (error) {
        return { visual, fields, sql, rows: [], error: (error as Error).message };
      }
    },
  };
}

interface Execution {
  readonly QueryExecution: { readonly Status: { readonly State: string; readonly StateChangeReason?: string } };
}

interface Page {
  readonly ResultSet: { readonly Rows: readonly { readonly Data: readonly { readonly VarCharValue?: string }[] }[] };
  readonly NextToken?: string;
}

/** As QuickSight does it: with the role of the source, which trusts QuickSight; without one, with its account-wide role. */
function athenaSource(cloud: CloudContext, { workGroup, roleArn }: Record<string, unknown>): Source["run"] {
  if (typeof roleArn !== "string") {
    throw new Error("local/quicksight: the account-wide role of QuickSight is not simulated; give athena.roleArn");
  }
  return async (sql) => {
    const role = (cloud.service("iam") as IamService).assume(roleArn, "quicksight.amazonaws.com");
    const call = (operation: string, input: object) => cloud.call(role, "athena", operation, input);
    const started = await call("StartQueryExecution", { QueryString: sql, WorkGroup: workGroup });
    const { QueryExecutionId } = started as { readonly QueryExecutionId: string };
    await (cloud.service("athena") as AthenaService).queryEnded(QueryExecutionId);
    const { QueryExecution } = (await call("GetQueryExecution", { QueryExecutionId })) as Execution;
    const { State, StateChangeReason = State } = QueryExecution.Status;
    if (State !== "SUCCEEDED") throw new Error(StateChangeReason);
    const rows: (string | null)[][] = [];
    let NextToken: string | undefined;
    do {
      const page = (await call("GetQueryResults", { QueryExecutionId, ...(NextToken && { NextToken }) })) as Page;
      // The first row of the first page has the names of the columns.
      const found = NextToken === undefined ? page.ResultSet.Rows.slice(1) : page.ResultSet.Rows;
      rows.push(...found.map(({ Data }) => Data.map(({ VarCharValue }) => VarCharValue ?? null)));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    return rows;
  };
}

interface Statement {
  readonly Status: string;
  readonly Error?: string;
  readonly HasResultSet?: boolean;
}

interface StatementPage {
  readonly Records: readonly (readonly Record<string, unknown>[])[];
  readonly NextToken?: string;
}

/** By the Data API with the user of the secret; QuickSight connects to the workgroup's endpoint with it. */
function redshiftSource(
  cloud: CloudContext,
  { host, database }: Record<string, unknown>,
  credentials: Inputs | undefined,
): Source["run"] {
  const name = String(host).split(".")[0] as string;
  const secretArn = credentials?.secretArn;
  if (typeof secretArn !== "string") {
    throw new Error("local/quicksight: credentials of Redshift without a secret are not simulated; give secretArn");
  }
  if (!(cloud.service("redshift-serverless") as RedshiftServerlessService).workgroup(name)) {
    throw new Error(`the host "${host}" is of no workgroup of the program`);
  }
  return async (sql) => {
    const call = (operation: string, input: object) => cloud.call(CALLER, "redshift-data", operation, input);
    const target = { WorkgroupName: name, Database: database, SecretArn: secretArn };
    const { Id } = (await call("ExecuteStatement", { ...target, Sql: sql })) as { readonly Id: string };
    for (;;) {
      const { Status, Error: reason } = (await call("DescribeStatement", { Id })) as Statement;
      if (Status === "FAILED" || Status === "ABORTED") throw new Error(reason ?? Status);
      if (Status === "FINISHED") break;
      await new Promise((resolve) => setTimeout(resolve, POLL_MILLIS));
    }
    const rows: (string | null)[][] = [];
    let NextToken: string | undefined;
    do {
      const page = (await call("GetStatementResult", { Id, ...(NextToken && { NextToken }) })) as StatementPage;
      rows.push(...page.Records.map((record) => record.map(cellOf)));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    return rows;
  };
}

/** One of the members `stringValue`, `longValue` …, or `isNull`. */
function cellOf(field: Record<string, unknown>): string | null {
  const [kind, value] = Object.entries(field).find(([, given]) => given !== undefined) ?? ["isNull", true];
  return kind === "isNull" ? null : String(value);
}
