/** Translates QuickSight's resources. The dashboard's definition is AWS's own already. */
import type { Inputs, Translate, Values } from "./translation";
import { pascal, same } from "./translation";

/** The provider fills in the account of its credentials. */
const AwsAccountId = "123456789012";

interface PhysicalTable {
  readonly physicalTableMapId: string;
  readonly customSql: Values;
}

function permissions(input: Inputs): Values {
  const given = input.take<unknown[] | undefined>("permissions");
  return given ? { Permissions: pascal(given) } : {};
}

export const DASHBOARDS: Readonly<Record<string, Translate>> = {
  "aws:quicksight/dataSource:DataSource": (input) => {
    const { athena, redshift } = input.take<Record<string, Values | undefined>>("parameters");
    return same("AWS::QuickSight::DataSource", "quicksight", "CreateDataSource", {
      AwsAccountId,
      ...input.pascal("dataSourceId", "name", "type", "credentials", "vpcConnectionProperties", "sslProperties"),
      DataSourceParameters: {
        ...(athena && { AthenaParameters: pascal(athena) }),
        ...(redshift && { RedshiftParameters: pascal(redshift) }),
      },
      ...permissions(input),
    });
  },
  "aws:quicksight/dataSet:DataSet": (input) => {
    const tables = input.take<PhysicalTable[]>("physicalTableMaps");
    return same("AWS::QuickSight::DataSet", "quicksight", "CreateDataSet", {
      AwsAccountId,
      ...input.pascal("dataSetId", "name", "importMode"),
      PhysicalTableMap: Object.fromEntries(
        tables.map(({ physicalTableMapId, customSql }) => [physicalTableMapId, { CustomSql: pascal(customSql) }]),
      ),
      ...permissions(input),
    });
  },
  "aws:quicksight/refreshSchedule:RefreshSchedule": (input) => {
    const { DataSetId, ScheduleId } = input.pascal("dataSetId", "scheduleId");
    const Schedule = { ScheduleId, ...(input.pascal("schedule").Schedule as Values) };
    return same("AWS::QuickSight::RefreshSchedule", "quicksight", "CreateRefreshSchedule", {
      AwsAccountId,
      DataSetId,
      Schedule,
    });
  },
  "aws:cloudcontrol/resource:Resource": (input) => {
    const type = input.take<string>("typeName");
    if (type !== "AWS::QuickSight::Dashboard") throw new Error(`${type} has no translation.`);
    return same(type, "quicksight", "CreateDashboard", JSON.parse(input.take<string>("desiredState")));
  },
};
