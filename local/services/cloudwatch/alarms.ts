/** The alarms of a run: evaluates each at the end of every minute, performs its actions, and keeps its history. */
import { MINUTE } from "../../cloud/metrics/metrics";
import { type CloudContext, ServiceError } from "../../cloud/service";
import type { SnsService } from "../sns/service";
import { alarmMessage, timeText } from "./alarmMessage";
import { isHourly, type ReadAlarm } from "./alarmSettings";
import { type AlarmState, type DataPoint, evaluateAlarm, evaluationRange } from "./evaluateAlarm";

export interface HistoryItem {
  readonly atMillis: number;
  readonly type: "Action" | "ConfigurationUpdate" | "StateUpdate";
  readonly summary: string;
  readonly data: object;
}

export interface Alarm extends ReadAlarm {
  readonly arn: string;
  readonly createdMillis: number;
  readonly configuredMillis: number;
  readonly isActing: boolean;
  readonly state: AlarmState;
  readonly reason: string;
  readonly reasonData?: string;
  /** The time of the last evaluation that had a result. */
  readonly updatedMillis: number;
  /** The time of the last change of the state. */
  readonly changedMillis: number;
  /** Newest last. */
  readonly history: readonly HistoryItem[];
}

interface StateChange {
  readonly state: AlarmState;
  readonly reason: string;
  readonly reasonData?: string;
}

const SERVICE = "cloudwatch.amazonaws.com";
const HOUR = 60 * MINUTE;
/** CloudWatch keeps the history of 30 days; local keeps the newest items of an alarm. */
const MAX_HISTORY = 500;

export class Alarms {
  private readonly byName = new Map<string, Alarm>();
  /** The end of the last minute that was evaluated. */
  private evaluatedTo: number;
  /** Data that is missing before this time is nobody's fault. */
  private watchedFrom = 0;

  constructor(private readonly cloud: CloudContext) {
    this.evaluatedTo = Math.floor(cloud.clock.now() / MINUTE) * MINUTE;
  }

  /** Creates an alarm, or changes it and keeps its state. */
  put(read: ReadAlarm): Alarm {
    const now = this.cloud.clock.now();
    const { AlarmName: name, ActionsEnabled: isActing } = read.settings;
    const known = this.byName.get(name);
    const initial = {
      state: "INSUFFICIENT_DATA",
      reason: "Unchecked: Initial alarm creation",
      createdMillis: now,
      updatedMillis: now,
      changedMillis: now,
      history: [],
    } as const;
    this.byName.set(name, { ...(known ?? initial), ...read, arn: this.arnOf(name), configuredMillis: now, isActing });
    const type = known ? "Update" : "Create";
    this.note(name, {
      atMillis: now,
      type: "ConfigurationUpdate",
      summary: `Alarm "${name}" ${known ? "updated" : "created"}`,
      data: {
        version: "1.0",
        type,
        ...(known ? { updatedAlarm: { alarmName: name } } : { createdAlarm: { alarmName: name } }),
      },
    });
    return this.get(name);
  }

  delete(name: string): void {
    this.byName.delete(name);
  }

  all(): Alarm[] {
    return [...this.byName.values()];
  }

  /** @throws ServiceError `ResourceNotFound` */
  get(name: string): Alarm {
    const alarm = this.byName.get(name);
    if (alarm) return alarm;
    throw new ServiceError("ResourceNotFound", `The named resource does not exist: ${name}`, 404);
  }

  arnOf(name: string): string {
    return `arn:aws:cloudwatch:${this.cloud.region}:${this.cloud.accountId}:alarm:${name}`;
  }

  setActing(name: string, isActing: boolean): void {
    const alarm = this.get(name);
    this.byName.set(name, { ...alarm, isActing });
  }

  /** Sets the state until the next evaluation, with the actions of a change. */
  setState(name: string, change: StateChange): void {
    this.apply(this.get(name), change, this.cloud.clock.now());
  }

  /** Missing data in periods that begin before this time does not count as breaching. */
  watchFrom(millis: number): void {
    this.watchedFrom = millis;
  }

  /** Evaluates at the end of each minute since the last evaluation, up to this time. */
  evaluateUntil(millis: number): void {
    if (this.evaluatedTo + MINUTE > millis) return;
    // Gauges belong to the minute that ends.
    this.cloud.metrics.refresh(millis - 1);
    while (this.evaluatedTo + MINUTE <= millis) {
      this.evaluatedTo += MINUTE;
      for (const alarm of this.all()) this.evaluate(alarm, this.evaluatedTo);
    }
  }

  /**
   * The windows end with this minute, whatever the period: an alarm of five minutes is evaluated each minute.
   * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
   */
  private evaluate(alarm: Alarm, at: number): void {
    if (isHourly(alarm) && at % HOUR !== 0) return;
    const { settings, queries, watched, periodSeconds } = alarm;
    const length = periodSeconds * 1000;
    const windows = Array.from({ length: evaluationRange(settings) }, (_, index) => ({
      from: at - (index + 1) * length,
      to: at - index * length,
    }));
    const values = queries.values(watched, this.cloud.metrics, windows);
    // CloudWatch counts missing data of the time before the alarm was created. Here a program starts in each run, and such
    // an alarm would go off in each.
    const watchedFrom = Math.max(alarm.createdMillis, this.watchedFrom);
    const points = windows.map((window, index): DataPoint => {
      const { from } = window;
      if (from >= watchedFrom || queries.haveData(watched, this.cloud.metrics, window)) {
        return { from, value: values[index] };
      }
      return { from, value: undefined, isUnwatched: true };
    });
    const evaluation = evaluateAlarm(settings, points);
    if (!evaluation) return;
    const { state, reason, evaluated } = evaluation;
    const reasonData = JSON.stringify({
      version: "1.0",
      queryDate: timeText(at),
      ...(settings.Statistic !== undefined && { statistic: settings.Statistic }),
      period: periodSeconds,
      recentDatapoints: evaluated.map(({ value }) => value),
      threshold: settings.Threshold,
      evaluatedDatapoints: evaluated.map(({ from, value }) => ({ timestamp: timeText(from), value })),
    });
    this.apply(alarm, { state, reason, reasonData }, at);
  }

  private apply(alarm: Alarm, { state, reason, reasonData }: StateChange, atMillis: number): void {
    const { AlarmName: name } = alarm.settings;
    const from = alarm.state;
    const { reasonData: _old, ...rest } = alarm;
    const next = { ...rest, state, reason, ...(reasonData !== undefined && { reasonData }), updatedMillis: atMillis };
    this.byName.set(name, state === from ? next : { ...next, changedMillis: atMillis });
    if (state === from) return;
    this.note(name, {
      atMillis,
      type: "StateUpdate",
      summary: `Alarm updated from ${from} to ${state}`,
      data: {
        version: "1.0",
        oldState: { stateValue: from, stateReason: alarm.reason },
        newState: { stateValue: state, stateReason: reason },
      },
    });
    if (alarm.isActing) this.act(this.get(name), { from, atMillis });
  }

  private act(alarm: Alarm, { from, atMillis }: { readonly from: AlarmState; readonly atMillis: number }): void {
    const { settings, arn, configuredMillis, state: to, reason } = alarm;
    const actions = {
      ALARM: settings.AlarmActions,
      OK: settings.OKActions,
      INSUFFICIENT_DATA: settings.InsufficientDataActions,
    };
    const message = alarmMessage(this.cloud, { settings, arn, configuredMillis, from, to, reason, atMillis });
    for (const action of actions[to]) {
      const error = this.publish(arn, action, message);
      this.note(settings.AlarmName, {
        atMillis,
        type: "Action",
        summary:
          error === undefined
            ? `Successfully executed action ${action}`
            : `Failed to execute action ${action}. Received error: "${error}"`,
        data: {
          actionState: error === undefined ? "Succeeded" : "Failed",
          stateUpdateTimestamp: atMillis,
          notificationResource: action,
          ...(error !== undefined && { error }),
        },
      });
    }
  }

  /** Returns the reason why the action failed. CloudWatch does not retry, and reports it only in the history. */
  private publish(arn: string, action: string, message: ReturnType<typeof alarmMessage>): string | undefined {
    if (!/^arn:aws:sns:/.test(action)) return "local/cloudwatch: only the action of an SNS topic is simulated";
    try {
      const sns = this.cloud.service("sns") as SnsService;
      sns.publishFor(SERVICE, arn, { TopicArn: action, ...message });
      return undefined;
    } catch (error) {
      if (error instanceof ServiceError) return `${error.code}: ${error.message}`;
      throw error;
    }
  }

  private note(name: string, item: HistoryItem): void {
    const alarm = this.get(name);
    this.byName.set(name, { ...alarm, history: [...alarm.history, item].slice(-MAX_HISTORY) });
  }
}
