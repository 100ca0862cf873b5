/** The permissions of QuickSight's own kind: what principals may do with a dashboard, its data sets and its data source. */
import type * as pulumi from "@pulumi/pulumi";

/** As the console gives them: https://docs.aws.amazon.com/quicksight/latest/APIReference/API_UpdateDashboardPermissions.html */
const VIEW_DASHBOARD = [
  "quicksight:DescribeDashboard",
  "quicksight:ListDashboardVersions",
  "quicksight:QueryDashboard",
];
const CHANGE_DASHBOARD = [
  ...VIEW_DASHBOARD,
  "quicksight:DeleteDashboard",
  "quicksight:DescribeDashboardPermissions",
  "quicksight:UpdateDashboard",
  "quicksight:UpdateDashboardPermissions",
  "quicksight:UpdateDashboardPublishedVersion",
];
/** Authors make analyses of the data sets; the data sets themselves are the program's. */
const USE_DATA_SET = [
  "quicksight:DescribeDataSet",
  "quicksight:DescribeDataSetPermissions",
  "quicksight:DescribeIngestion",
  "quicksight:ListIngestions",
  "quicksight:PassDataSet",
];
const USE_DATA_SOURCE = [
  "quicksight:DescribeDataSource",
  "quicksight:DescribeDataSourcePermissions",
  "quicksight:PassDataSource",
];

export interface Principals {
  readonly viewers: readonly pulumi.Input<string>[];
  readonly authors: readonly pulumi.Input<string>[];
}

/** In the shape of CloudFormation, for the dashboard. */
export function dashboardPermissions({ viewers, authors }: Principals) {
  const to = (Actions: readonly string[]) => (Principal: pulumi.Input<string>) => ({
    Principal,
    Actions: [...Actions],
  });
  return [...viewers.map(to(VIEW_DASHBOARD)), ...authors.map(to(CHANGE_DASHBOARD))];
}

export function dataSetPermissions({ authors }: Principals) {
  return authors.map((principal) => ({ principal, actions: [...USE_DATA_SET] }));
}

export function dataSourcePermissions({ authors }: Principals) {
  return authors.map((principal) => ({ principal, actions: [...USE_DATA_SOURCE] }));
}
