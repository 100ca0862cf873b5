/** CloudWatch alarms, which are only declared: local has no metrics, so no alarm fires. */
import { physicalName } from "../../cloud/physicalName";
import type { CloudContext, Service } from "../../cloud/service";

export function cloudwatchService(cloud: CloudContext): Service {
  const outputsOf = (name: string) => ({
    name,
    arn: `arn:aws:cloudwatch:${cloud.region}:${cloud.accountId}:alarm:${name}`,
  });
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
        replaceOn: ["name"],
        create: async (resource) => {
          const name = physicalName(resource);
          return { id: name, outputs: outputsOf(name) };
        },
        update: async (name) => ({ outputs: outputsOf(name) }),
        delete: async () => undefined,
      },
    },
    operations: {},
  };
}
