/** CloudWatch alarms: declared only. Nothing here measures, so no alarm ever fires; the topology lists them as declared. */
import { physicalName } from "../physicalName";
import type { CloudContext, Service } from "../service";

export function cloudwatchService(cloud: CloudContext): Service {
  return {
    name: "cloudwatch",
    resources: {
      "aws:cloudwatch/metricAlarm:MetricAlarm": {
        simulated: [],
        withoutEffect: [
          ...["name", "actionsEnabled", "alarmActions", "alarmDescription", "comparisonOperator", "datapointsToAlarm"],
          ...["dimensions", "evaluationPeriods", "extendedStatistic", "insufficientDataActions", "metricName"],
          ...[
            "metricQueries",
            "namespace",
            "okActions",
            "period",
            "statistic",
            "tags",
            "threshold",
            "treatMissingData",
          ],
          "unit",
        ],
        create: async (resource) => {
          const name = physicalName(resource);
          const arn = `arn:aws:cloudwatch:${cloud.region}:${cloud.accountId}:alarm:${name}`;
          return { id: name, outputs: { name, arn } };
        },
      },
    },
    operations: {},
  };
}
