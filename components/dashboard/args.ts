/** The arguments of LakeDashboard, and the checks on them. */
import type * as cloudcontrol from "@pulumi/aws/cloudcontrol";
import type * as iam from "@pulumi/aws/iam";
import type * as quicksight from "@pulumi/aws/quicksight";
import type * as pulumi from "@pulumi/pulumi";
import { queryProblems } from "../../lake/dashboard/checkDataSets";
import { visualProblems } from "../../lake/dashboard/checkVisuals";
import {
  athenaDataSets,
  type DashboardQuery,
  type DataSet,
  queryDataSets,
  redshiftDataSets,
} from "../../lake/dashboard/dataSets";
import type { Visual } from "../../lake/dashboard/visuals";
import type { Lake } from "../lake/lake";
import { declaredColumns } from "../lake/tables";
import { choiceProblem, refuseProblems, wholeNumberProblem } from "../parts/checks";
import { nameProblems } from "../parts/names";
import type { TagsArgs } from "../parts/tags";
import type { Transform } from "../parts/transform";
import type { Warehouse } from "../warehouse";

const IMPORT_MODES = ["DIRECT_QUERY", "SPICE"] as const;

export interface LakeDashboardArgs extends TagsArgs {
  /** The lake whose tables are drawn. */
  lake: Lake;
  /**
   * The visuals, 1 to 75, drawn in this order. Tables, columns and types are checked when the program is evaluated.
   * @example visuals: [line({ title: "Rows by hour", table: "orders", x: { column: "_arrived", by: "hour" }, y: count() })]
   */
  visuals: readonly Visual[];
  /**
   * ARNs of QuickSight's users, groups or namespaces that may view the dashboard; required without `authors`. The account has
   * a QuickSight subscription with these principals: the library makes none.
   * @default none
   * @example viewers: ["arn:aws:quicksight:us-east-1:123456789012:group/default/analysts"]
   */
  viewers?: pulumi.Input<string>[];
  /** ARNs of principals that may also change the dashboard, and use its data sets in analyses; required without `viewers`. @default none */
  authors?: pulumi.Input<string>[];
  /**
   * Shown as the name of the dashboard, 1 to 512 characters. The names of the data source and the data sets begin with it, cut to
   * QuickSight's 128 characters.
   * @default the component's name
   */
  title?: string;
  /**
   * `"DIRECT_QUERY"`: each view runs the visuals' queries in Athena, or in Redshift. `"SPICE"`: QuickSight keeps the data sets'
   * rows in its own memory, which the account pays for, and reads all of them again once an hour.
   * @default "DIRECT_QUERY"
   */
  importMode?: (typeof IMPORT_MODES)[number];
  /** How many days before today the data set of a table has rows of, 1 to 3650. @default `defaults.dashboard.days` (30) */
  days?: number;
  /**
   * Queries that visuals can draw as tables, by name: lower-case letters, digits and `_`. They name tables with their
   * database (the lake's `databaseName`), because QuickSight's own is `default`.
   * @default none
   * @example dataSets: { daily: { sql: 'SELECT "dt", sum("total") AS "total" FROM "shop"."orders" GROUP BY "dt"', columns: [{ name: "dt", type: "string" }, { name: "total", type: "double" }] } }
   */
  dataSets?: Readonly<Record<string, DashboardQuery>>;
  /** Draws the tables of this warehouse instead, which has the rows of the lake within minutes. @default none: Athena */
  warehouse?: Warehouse;
  /**
   * With `warehouse`: the ARN of QuickSight's connection to the VPC. The warehouse's `clientSecurityGroupIds` has the
   * security group of the connection.
   * https://docs.aws.amazon.com/quicksight/latest/user/working-with-aws-vpc.html
   * @default none: required with `warehouse`
   */
  vpcConnectionArn?: pulumi.Input<string>;
  /**
   * With `warehouse`: the ARN of a secret with the `username` and the `password` of a database user. All users may read
   * the tables. QuickSight's administrator gives QuickSight the secret.
   * https://docs.aws.amazon.com/quicksight/latest/user/secrets-manager-integration.html
   * @default none: required with `warehouse`
   */
  secretArn?: pulumi.Input<string>;
  /** Changes to the raw resources, just before they are declared. @default none */
  transform?: LakeDashboardTransform;
}

export interface LakeDashboardTransform {
  role?: Transform<iam.RoleArgs>;
  policy?: Transform<iam.RolePolicyArgs>;
  dataSource?: Transform<quicksight.DataSourceArgs>;
  dataSet?: Transform<quicksight.DataSetArgs>;
  refresh?: Transform<quicksight.RefreshScheduleArgs>;
  dashboard?: Transform<cloudcontrol.ResourceArgs>;
}

const MAX_TITLE = 512;
/** https://docs.aws.amazon.com/quicksight/latest/APIReference/API_CreateDashboard.html, "Permissions" */
const MAX_PRINCIPALS = 64;
const PRINCIPAL = /^arn:[^:]+:quicksight:[^:]*:\d{12}:(user|group|namespace)\/.+$/;

/** The data sets that visuals can draw, by name. */
export function knownDataSets(args: LakeDashboardArgs): ReadonlyMap<string, DataSet> {
  const all = [...tableDataSets(args), ...queryDataSets(args.dataSets ?? {})];
  return new Map(all.map((dataSet) => [dataSet.name, dataSet]));
}

function tableDataSets({ lake, warehouse }: LakeDashboardArgs): DataSet[] {
  return warehouse
    ? redshiftDataSets(warehouse.tables)
    : athenaDataSets({ tables: declaredColumns(lake.tables), live: lake.resources.liveTables });
}

/** @throws one error that names every problem */
export function checkLakeDashboard(name: string, args: LakeDashboardArgs): void {
  const { title, visuals } = args;
  const dataSets = args.dataSets ?? {};
  const ofTables = tableDataSets(args).map((dataSet) => dataSet.name);
  const inQueries = queryProblems(dataSets, [...Object.keys(args.lake.tables), ...ofTables]);
  refuseProblems("LakeDashboard", name, [
    ...nameProblems(name, [["IAM role", "-role"]]),
    title !== undefined && (title.trim() === "" || title.length > MAX_TITLE)
      ? `title has ${title.length} characters; use 1 to ${MAX_TITLE}.`
      : undefined,
    ...principalProblems(args),
    choiceProblem("importMode", args.importMode, IMPORT_MODES),
    wholeNumberProblem("days", args.days, { min: 1, max: 3650, unit: "days" }),
    ...warehouseProblems(args),
    ...inQueries,
    ...(inQueries.length > 0 ? [] : visualProblems(visuals, [...knownDataSets(args).values()])),
  ]);
}

function principalProblems({ viewers = [], authors = [] }: LakeDashboardArgs): (string | undefined)[] {
  const all = [...viewers, ...authors];
  if (all.length === 0) {
    return [
      'it has neither viewers nor authors, so nobody could open it; give the ARN of a user or group of QuickSight, as "arn:aws:quicksight:us-east-1:123456789012:group/default/analysts".',
    ];
  }
  const plain = all.filter((principal) => typeof principal === "string");
  const twice = plain.find((principal, index) => plain.indexOf(principal) !== index);
  return [
    all.length > MAX_PRINCIPALS
      ? `it has ${all.length} viewers and authors; QuickSight takes ${MAX_PRINCIPALS}: use groups.`
      : undefined,
    twice === undefined ? undefined : `"${twice}" is given twice; authors are viewers, too.`,
    ...plain
      .filter((principal) => !PRINCIPAL.test(principal))
      .map(
        (principal) => `"${principal}" is no principal of QuickSight; use the ARN of a user, a group or a namespace.`,
      ),
  ];
}

function warehouseProblems({ warehouse, vpcConnectionArn, secretArn }: LakeDashboardArgs): (string | undefined)[] {
  const given = { vpcConnectionArn, secretArn };
  return Object.entries(given).map(([option, value]) => {
    if (warehouse && value === undefined) {
      return `${option} is missing; QuickSight needs it to connect to the warehouse.`;
    }
    return !warehouse && value !== undefined
      ? `${option} is for a warehouse; leave it out, or give warehouse.`
      : undefined;
  });
}
