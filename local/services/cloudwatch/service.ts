/** CloudWatch: the metrics of the run's services and functions, alarms that are evaluated each minute, and dashboards. */
import { MINUTE } from "../../cloud/metrics/metrics";
import { physicalName } from "../../cloud/physicalName";
import type { CloudContext, DeclaredResource, Service } from "../../cloud/service";
import { alarmOperations } from "./alarmOperations";
import { readAlarm } from "./alarmSettings";
import { type Alarm, Alarms } from "./alarms";
import { dashboards } from "./dashboards";
import { embeddedMetrics } from "./embeddedMetrics";
import { metricOperations } from "./metricOperations";

export type { Alarm, HistoryItem } from "./alarms";

export interface CloudWatchService extends Service {
  readonly name: "cloudwatch";
  /** In order of creation. */
  alarms(): readonly Alarm[];
  /** Evaluates the alarms at the end of each minute since the last evaluation, up to this time. */
  evaluateUntil(millis: number): void;
  /** Missing data in periods that begin before this time does not count as breaching. @default an alarm's creation */
  watchFrom(millis: number): void;
  /** From now on, evaluates at the end of each minute of the clock, until the service stops. */
  run(): void;
}

const SIMULATED = [
  ...["name", "actionsEnabled", "alarmActions", "alarmDescription", "comparisonOperator", "datapointsToAlarm"],
  ...["dimensions", "evaluationPeriods", "extendedStatistic", "insufficientDataActions", "metricName"],
  ...["metricQueries", "namespace", "okActions", "period", "statistic", "threshold", "treatMissingData", "unit"],
];

export function cloudwatchService(cloud: CloudContext): CloudWatchService {
  const alarms = new Alarms(cloud);
  const boards = dashboards(cloud);
  const ending = new AbortController();
  cloud.metrics.onRead(embeddedMetrics(cloud.metrics, cloud.dataDir));

  function put(name: string, { inputs }: DeclaredResource) {
    const { arn } = alarms.put(readAlarm(name, inputs));
    return { name, arn };
  }

  async function everyMinute(): Promise<void> {
    for (;;) {
      const now = cloud.clock.now();
      try {
        await cloud.clock.sleep(MINUTE - (now % MINUTE), ending.signal);
      } catch (reason) {
        if (ending.signal.aborted) return;
        throw reason;
      }
      try {
        alarms.evaluateUntil(cloud.clock.now());
      } catch (error) {
        // One minute that fails ends neither the evaluation nor the process that serves the cloud.
        process.emitWarning(`local/cloudwatch: alarms are not evaluated in this minute: ${(error as Error).message}`);
      }
    }
  }

  return {
    name: "cloudwatch",
    alarms: () => alarms.all(),
    evaluateUntil: (millis) => alarms.evaluateUntil(millis),
    watchFrom: (millis) => alarms.watchFrom(millis),
    run: () => void everyMinute(),
    resources: {
      ...boards.resources,
      "aws:cloudwatch/metricAlarm:MetricAlarm": {
        simulated: SIMULATED,
        mayBeUnknown: ["alarmActions", "insufficientDataActions", "okActions"],
        withoutEffect: ["tags"],
        replaceOn: ["name"],
        create: async (resource) => {
          const name = physicalName(resource);
          return { id: name, outputs: put(name, resource) };
        },
        update: async (name, resource) => ({ outputs: put(name, resource) }),
        delete: async (name) => alarms.delete(name),
      },
    },
    operations: { ...metricOperations(cloud), ...alarmOperations(cloud, alarms), ...boards.operations },
    async stop() {
      ending.abort(new Error("local ends"));
    },
  };
}
