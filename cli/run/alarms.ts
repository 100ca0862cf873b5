/** Reads the alarms that went off in a run. */
import type { Alarm, HistoryItem } from "../../local/services/cloudwatch/service";
import type { LocalCloud } from "../../local/startLocal";

/** An alarm that was in the state ALARM. */
export interface AlarmReport {
  /** The logical name. */
  readonly name: string;
  /** The state at the end of the run. */
  readonly state: string;
  readonly description?: string;
  readonly reason: string;
  /** ISO 8601, UTC; oldest first. */
  readonly changes: readonly { readonly at: string; readonly summary: string }[];
  /** The reasons why actions failed. */
  readonly failedActions: readonly string[];
}

const TYPE = "aws:cloudwatch/metricAlarm:MetricAlarm";

/** Evaluates all alarms as of the end of the current minute. */
export function readAlarms(cloud: Pick<LocalCloud, "resources" | "evaluateAlarms">): AlarmReport[] {
  const names = new Map(cloud.resources.filter(({ type }) => type === TYPE).map(({ id, name }) => [id, name]));
  return cloud
    .evaluateAlarms()
    .filter(wentOff)
    .map(({ settings, state, reason, history }) => ({
      name: names.get(settings.AlarmName) ?? settings.AlarmName,
      state,
      ...(settings.AlarmDescription !== undefined && { description: settings.AlarmDescription }),
      reason,
      changes: itemsOf(history, "StateUpdate").map(({ atMillis, summary }) => ({
        at: new Date(atMillis).toISOString(),
        summary,
      })),
      failedActions: itemsOf(history, "Action")
        .map(({ summary }) => summary)
        .filter((summary) => summary.startsWith("Failed")),
    }));
}

function wentOff({ state, history }: Alarm): boolean {
  return state === "ALARM" || itemsOf(history, "StateUpdate").some(({ summary }) => summary.endsWith(" to ALARM"));
}

function itemsOf(history: readonly HistoryItem[], type: HistoryItem["type"]): HistoryItem[] {
  return history.filter((item) => item.type === type);
}

export function alarmLines(alarms: readonly AlarmReport[]): string[] {
  return alarms.flatMap(({ name, state, description, reason, failedActions }) => [
    `  ${name} went off${state === "ALARM" ? "" : `, and is ${state} again`}${description === undefined ? "" : `: ${description}`}`,
    `    ${reason}`,
    ...failedActions.map((failed) => `    ${failed}`),
  ]);
}
