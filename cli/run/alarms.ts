/** Reads the alarms that went off in a run. */
import type { Alarm, CloudWatchService, HistoryItem } from "../../local/services/cloudwatch/service";
import type { LocalCloud } from "../../local/startLocal";
import type { RunAlarms } from "../project/runs/marker";

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

/** The states as of the last evaluation, by logical names. */
export function alarmsNow({ resources, service }: Pick<LocalCloud, "resources" | "service">): RunAlarms {
  const names = logicalNames(resources);
  const alarms = (service("cloudwatch") as CloudWatchService).alarms();
  const off = alarms
    .filter(({ state }) => state === "ALARM")
    .map(({ settings: { AlarmName, AlarmDescription: description }, changedMillis }) => ({
      name: names.get(AlarmName) ?? AlarmName,
      since: new Date(changedMillis).toISOString(),
      ...(description !== undefined && { description }),
    }));
  return { count: alarms.length, off };
}

function logicalNames(resources: LocalCloud["resources"]): ReadonlyMap<string, string> {
  return new Map(resources.filter(({ type }) => type === TYPE).map(({ id, name }) => [id, name]));
}

/** Evaluates all alarms as of the end of the current minute. */
export function readAlarms(cloud: Pick<LocalCloud, "resources" | "evaluateAlarms">): AlarmReport[] {
  const names = logicalNames(cloud.resources);
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
