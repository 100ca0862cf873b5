/** Shows the tables of a lake in a QuickSight dashboard, whose visuals the program describes. */
import * as cloudcontrol from "@pulumi/aws/cloudcontrol";
import * as iam from "@pulumi/aws/iam";
import * as quicksight from "@pulumi/aws/quicksight";
import * as pulumi from "@pulumi/pulumi";
import {
  athenaTableSql,
  type DataSet,
  drawnColumns,
  quickSightType,
  redshiftTableSql,
} from "../lake/dashboard/dataSets";
import { dataSetOf } from "../lake/dashboard/visuals";
import { defaults } from "../lake/defaults";
import { checkLakeDashboard, knownDataSets, type LakeDashboardArgs } from "./dashboard/args";
import { dashboardDefinition } from "./dashboard/definition";
import { dashboardPermissions, dataSetPermissions, dataSourcePermissions, type Principals } from "./dashboard/sharing";
import { quickSightAccess } from "./lake/access";
import { arnParts, arnPrefix } from "./parts/arn";
import { quickSightOf } from "./parts/consoles";
import { firstName } from "./parts/firstName";
import { policyDocument, trustPolicy } from "./parts/policy";
import { withTags } from "./parts/tags";
import { transformed } from "./parts/transform";

/** The raw resources. */
export interface LakeDashboardNodes {
  /** QuickSight's role in Athena; none with `warehouse`. */
  readonly role?: iam.Role;
  readonly policy?: iam.RolePolicy;
  readonly dataSource: quicksight.DataSource;
  /** By the name of a table or a query; those that visuals draw. */
  readonly dataSets: Readonly<Record<string, quicksight.DataSet>>;
  /** With `importMode: "SPICE"`, by the name of the data set. */
  readonly refreshes: Readonly<Record<string, quicksight.RefreshSchedule>>;
  readonly dashboard: cloudcontrol.Resource;
}

/** The parts of ids: letters, digits, "-" and "_". */
const NOT_IN_IDS = /[^\w-]+/g;

/**
 * A data source of QuickSight on the lake's Athena workgroup, or on a warehouse, one data set for each table that visuals
 * draw, and a dashboard. QuickSight reads with a role of its own, which may read this lake and nothing else.
 * docs/decisions/lake-dashboard.md describes how it is made, and how its data stays fresh.
 */
export class LakeDashboard extends pulumi.ComponentResource {
  readonly dashboardId: pulumi.Output<string>;
  readonly dashboardArn: pulumi.Output<string>;
  /** The address of the dashboard in QuickSight. */
  readonly url: pulumi.Output<string>;
  readonly nodes: LakeDashboardNodes;

  constructor(name: string, args: LakeDashboardArgs, opts?: pulumi.ComponentResourceOptions) {
    checkLakeDashboard(name, args);
    super("streamlake:index:LakeDashboard", name, {}, withTags("LakeDashboard", name, args, opts));

    const id = `${pulumi.getProject()}-${pulumi.getStack()}-${firstName(name, opts)}`.replace(NOT_IN_IDS, "-");
    const principals = { viewers: args.viewers ?? [], authors: args.authors ?? [] };
    const { role, policy } = this.access(name, args);
    const dataSource = this.dataSource(name, id, args, principals, role, policy);
    const drawn = drawnDataSets(args);
    const dataSets = this.dataSets(name, id, args, principals, drawn, dataSource);
    const refreshes = this.refreshes(name, args, dataSets);
    const dashboard = this.dashboard(name, id, args, principals, drawn, dataSets);
    this.nodes = { role, policy, dataSource, dataSets, refreshes, dashboard };
    this.dashboardId = pulumi.output(id);
    this.dashboardArn = pulumi.interpolate`${arnPrefix(args.lake.resources.databaseArn, "quicksight")}dashboard/${id}`;
    this.url = this.dashboardArn.apply((arn) => `${quickSightOf(arnParts(arn))}sn/dashboards/${id}`);

    this.registerOutputs({ dashboardId: this.dashboardId, dashboardArn: this.dashboardArn, url: this.url });
  }

  private access(name: string, args: LakeDashboardArgs): Pick<LakeDashboardNodes, "role" | "policy"> {
    if (args.warehouse) return {};
    const { transform } = args;
    const role = new iam.Role(
      ...transformed<iam.RoleArgs>(
        transform?.role,
        `${name}-role`,
        { description: `QuickSight reads the lake for ${name}`, assumeRolePolicy: trustPolicy("quicksight") },
        { parent: this },
      ),
    );
    const permissions = quickSightAccess(args.lake.resources);
    const policy = new iam.RolePolicy(
      ...transformed<iam.RolePolicyArgs>(
        transform?.policy,
        `${name}-policy`,
        { role: role.id, policy: policyDocument(`LakeDashboard "${name}"`, permissions) },
        { parent: this },
      ),
    );
    return { role, policy };
  }

  private dataSource(
    name: string,
    id: string,
    args: LakeDashboardArgs,
    principals: Principals,
    role: iam.Role | undefined,
    policy: iam.RolePolicy | undefined,
  ): quicksight.DataSource {
    const { warehouse, lake } = args;
    const permissions = dataSourcePermissions(principals);
    const source: quicksight.DataSourceArgs = {
      dataSourceId: id,
      name: shortName(titleOf(name, args)),
      ...(warehouse
        ? {
            type: "REDSHIFT",
            parameters: {
              redshift: {
                host: warehouse.nodes.workgroup.endpoints.apply((all) => all?.[0]?.address as string),
                port: warehouse.nodes.workgroup.port,
                database: warehouse.databaseName,
              },
            },
            credentials: { secretArn: args.secretArn },
            vpcConnectionProperties: { vpcConnectionArn: args.vpcConnectionArn as pulumi.Input<string> },
          }
        : {
            type: "ATHENA",
            parameters: { athena: { workGroup: workgroupName(lake), roleArn: role?.arn } },
          }),
      sslProperties: { disableSsl: false },
      ...(permissions.length > 0 && { permissions }),
    };
    // QuickSight tests the connection when it makes the data source.
    const opts = { parent: this, dependsOn: policy ? [policy] : [] };
    return new quicksight.DataSource(
      ...transformed<quicksight.DataSourceArgs>(args.transform?.dataSource, `${name}-data-source`, source, opts),
    );
  }

  private dataSets(
    name: string,
    id: string,
    args: LakeDashboardArgs,
    principals: Principals,
    drawn: readonly DataSet[],
    dataSource: quicksight.DataSource,
  ): LakeDashboardNodes["dataSets"] {
    const permissions = dataSetPermissions(principals);
    const made = drawn.map((dataSet) => {
      const customSql = {
        dataSourceArn: dataSource.arn,
        name: shortName(dataSet.name),
        sqlQuery: dataSetSql(args, dataSet),
        columns: drawnColumns(dataSet).map((column) => ({ name: column.name, type: quickSightType(column) })),
      };
      const dataSetArgs: quicksight.DataSetArgs = {
        dataSetId: `${id}-${dataSet.name}`,
        name: shortName(titleOf(name, args), `: ${dataSet.name}`),
        importMode: args.importMode ?? "DIRECT_QUERY",
        physicalTableMaps: [{ physicalTableMapId: "rows", customSql }],
        ...(permissions.length > 0 && { permissions }),
      };
      const declared = transformed<quicksight.DataSetArgs>(
        args.transform?.dataSet,
        `${name}-data-set-${dataSet.name}`,
        dataSetArgs,
        { parent: this },
      );
      return [dataSet.name, new quicksight.DataSet(...declared)] as const;
    });
    return Object.fromEntries(made);
  }

  /**
   * Once an hour, at a minute that QuickSight chooses. A refresh by the hourly workflow itself would need a second
   * permission and a run of its own; a schedule needs neither.
   */
  private refreshes(
    name: string,
    { importMode, transform }: LakeDashboardArgs,
    dataSets: LakeDashboardNodes["dataSets"],
  ): LakeDashboardNodes["refreshes"] {
    if (importMode !== "SPICE") return {};
    const made = Object.entries(dataSets).map(([dataSet, { dataSetId }]) => {
      const refresh: quicksight.RefreshScheduleArgs = {
        dataSetId,
        scheduleId: "hourly",
        schedule: { refreshType: "FULL_REFRESH", scheduleFrequency: { interval: "HOURLY" } },
      };
      const declared = transformed<quicksight.RefreshScheduleArgs>(
        transform?.refresh,
        `${name}-refresh-${dataSet}`,
        refresh,
        { parent: this },
      );
      return [dataSet, new quicksight.RefreshSchedule(...declared)] as const;
    });
    return Object.fromEntries(made);
  }

  /** By the Cloud Control API: the provider's own `quicksight.Dashboard` takes no definition. */
  private dashboard(
    name: string,
    id: string,
    args: LakeDashboardArgs,
    principals: Principals,
    drawn: readonly DataSet[],
    dataSets: LakeDashboardNodes["dataSets"],
  ): cloudcontrol.Resource {
    const title = titleOf(name, args);
    const known = new Map(drawn.map((dataSet) => [dataSet.name, dataSet]));
    const arns = Object.fromEntries(Object.entries(dataSets).map(([dataSet, { arn }]) => [dataSet, arn]));
    const tags = Object.entries(args.tags ?? {}).map(([Key, Value]) => ({ Key, Value }));
    const desiredState = pulumi.jsonStringify({
      AwsAccountId: args.lake.resources.databaseArn.apply((arn) => arnParts(arn).accountId),
      DashboardId: id,
      Name: title,
      Definition: pulumi.output(arns).apply((all) => dashboardDefinition(title, args.visuals, known, all)),
      Permissions: dashboardPermissions(principals),
      // The dashboard is not made if a reference of the definition does not fit its data set.
      ValidationStrategy: { Mode: "STRICT" },
      ...(tags.length > 0 && { Tags: tags }),
    });
    return new cloudcontrol.Resource(
      ...transformed<cloudcontrol.ResourceArgs>(
        args.transform?.dashboard,
        `${name}-dashboard`,
        { typeName: "AWS::QuickSight::Dashboard", desiredState },
        { parent: this },
      ),
    );
  }
}

function titleOf(name: string, { title }: LakeDashboardArgs): string {
  return title ?? name;
}

/**
 * The name of a data source or a data set, 1 to 128 characters; a dashboard's may be longer.
 * https://docs.aws.amazon.com/quicksight/latest/APIReference/API_CreateDataSet.html, "Name"
 */
const MAX_NAME = 128;

/** A long title is cut, so that the end stays whole. */
function shortName(title: string, end = ""): string {
  const room = Math.max(0, MAX_NAME - end.length);
  // Never half of a character.
  const start = title.slice(0, room).replace(/[\uD800-\uDBFF]$/, "");
  return `${start}${end}`.slice(-MAX_NAME);
}

function workgroupName({ resources }: LakeDashboardArgs["lake"]): pulumi.Output<string> {
  return resources.workgroupArn.apply((arn) => arn.slice(arn.indexOf("workgroup/") + "workgroup/".length));
}

/** The data sets that visuals draw, in the order of their names. */
function drawnDataSets(args: LakeDashboardArgs): DataSet[] {
  const names = [...new Set(args.visuals.map(dataSetOf))].sort();
  const known = knownDataSets(args);
  return names.map((name) => known.get(name) as DataSet);
}

function dataSetSql({ lake, warehouse, days = defaults.dashboard.days }: LakeDashboardArgs, dataSet: DataSet) {
  if (dataSet.sql !== undefined) return dataSet.sql;
  return warehouse
    ? warehouse.schema.apply((schema) => redshiftTableSql(dataSet, schema, days))
    : lake.resources.databaseName.apply((database) => athenaTableSql(dataSet, database, days));
}
