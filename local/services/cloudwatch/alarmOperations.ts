/** The operations of alarms: describe, history, state, and whether they act. */
import { type CloudContext, type Operation, ServiceError } from "../../cloud/service";
import type { Alarm, Alarms, HistoryItem } from "./alarms";
import type { AlarmState } from "./evaluateAlarm";
import { newestFirst, pageOfRecords, timeOf } from "./requests";

interface DescribeInput {
  readonly AlarmNames?: readonly string[];
  readonly AlarmNamePrefix?: string;
  readonly AlarmTypes?: readonly string[];
  readonly StateValue?: AlarmState;
  readonly ActionPrefix?: string;
  readonly MaxRecords?: number;
  readonly NextToken?: string;
}

interface HistoryInput {
  readonly AlarmName?: string;
  readonly HistoryItemType?: string;
  readonly StartDate?: number | Date;
  readonly EndDate?: number | Date;
  readonly ScanBy?: "TimestampAscending" | "TimestampDescending";
  readonly MaxRecords?: number;
  readonly NextToken?: string;
}

interface StateInput {
  readonly AlarmName: string;
  readonly StateValue: AlarmState;
  readonly StateReason: string;
  readonly StateReasonData?: string;
}

interface NamesInput {
  readonly AlarmNames: readonly string[];
}

const STATES: readonly string[] = ["ALARM", "INSUFFICIENT_DATA", "OK"] satisfies AlarmState[];

// biome-ignore lint/suspicious/noExplicitAny: one table holds operations with different inputs
export function alarmOperations(cloud: CloudContext, alarms: Alarms): Record<string, Operation<any>> {
  const everyAlarm = `arn:aws:cloudwatch:${cloud.region}:${cloud.accountId}:alarm:*`;

  const describeAlarms: Operation<DescribeInput> = {
    access: () => [{ action: "cloudwatch:DescribeAlarms", resource: everyAlarm }],
    run: (input) => {
      const { AlarmNames: names, AlarmNamePrefix: prefix = "", StateValue: state, ActionPrefix: action } = input;
      if (input.AlarmTypes && !input.AlarmTypes.includes("MetricAlarm"))
        return { MetricAlarms: [], CompositeAlarms: [] };
      const found = alarms
        .all()
        .filter(({ settings }) => names?.includes(settings.AlarmName) ?? settings.AlarmName.startsWith(prefix))
        .filter((alarm) => state === undefined || alarm.state === state)
        .filter(({ settings }) => action === undefined || settings.AlarmActions.some((arn) => arn.startsWith(action)));
      const { items, ...next } = pageOfRecords(found, input);
      return { MetricAlarms: items.map(described), CompositeAlarms: [], ...next };
    },
  };

  const describeAlarmHistory: Operation<HistoryInput> = {
    access: ({ AlarmName }) => [
      {
        action: "cloudwatch:DescribeAlarmHistory",
        resource: AlarmName === undefined ? everyAlarm : alarms.arnOf(AlarmName),
      },
    ],
    run: (input) => {
      const from = timeOf(input.StartDate) ?? Number.NEGATIVE_INFINITY;
      const to = timeOf(input.EndDate) ?? Number.POSITIVE_INFINITY;
      const own = alarms
        .all()
        .filter(({ settings }) => input.AlarmName === undefined || settings.AlarmName === input.AlarmName);
      const found = own
        .flatMap((alarm) => alarm.history.map((item) => ({ alarm, item })))
        .filter(({ item }) => item.atMillis >= from && item.atMillis <= to)
        .filter(({ item }) => input.HistoryItemType === undefined || item.type === input.HistoryItemType);
      const ordered = newestFirst(found, ({ item }) => item.atMillis, input.ScanBy);
      const { items, ...next } = pageOfRecords(ordered, input);
      return { AlarmHistoryItems: items.map(({ alarm, item }) => historyItem(alarm, item)), ...next };
    },
  };

  const setAlarmState: Operation<StateInput> = {
    access: ({ AlarmName }) => [{ action: "cloudwatch:SetAlarmState", resource: alarms.arnOf(AlarmName) }],
    run: ({ AlarmName, StateValue: state, StateReason: reason, StateReasonData: reasonData }) => {
      if (!STATES.includes(state)) {
        throw new ServiceError("ValidationError", `StateValue "${state}" is not one of ${STATES.join(", ")}`);
      }
      alarms.setState(AlarmName, { state, reason, ...(reasonData !== undefined && { reasonData }) });
      return {};
    },
  };

  const act = (action: string, isActing: boolean): Operation<NamesInput> => ({
    access: ({ AlarmNames }) =>
      AlarmNames.map((name) => ({ action: `cloudwatch:${action}`, resource: alarms.arnOf(name) })),
    run: ({ AlarmNames }) => {
      for (const name of AlarmNames) alarms.setActing(name, isActing);
      return {};
    },
  });

  return {
    DescribeAlarms: describeAlarms,
    DescribeAlarmHistory: describeAlarmHistory,
    SetAlarmState: setAlarmState,
    EnableAlarmActions: act("EnableAlarmActions", true),
    DisableAlarmActions: act("DisableAlarmActions", false),
  };
}

function described({ settings, arn, isActing, ...alarm }: Alarm): object {
  return {
    ...settings,
    AlarmArn: arn,
    ActionsEnabled: isActing,
    AlarmConfigurationUpdatedTimestamp: new Date(alarm.configuredMillis),
    StateValue: alarm.state,
    StateReason: alarm.reason,
    ...(alarm.reasonData !== undefined && { StateReasonData: alarm.reasonData }),
    StateUpdatedTimestamp: new Date(alarm.updatedMillis),
    StateTransitionedTimestamp: new Date(alarm.changedMillis),
  };
}

function historyItem({ settings }: Alarm, { atMillis, type, summary, data }: HistoryItem): object {
  return {
    AlarmName: settings.AlarmName,
    AlarmType: "MetricAlarm",
    Timestamp: new Date(atMillis),
    HistoryItemType: type,
    HistorySummary: summary,
    HistoryData: JSON.stringify(data),
  };
}
