/** Declares the alarms of a scheduled workflow: it failed, it was not started, or its schedule could not start it. */
import type * as cloudwatch from "@pulumi/aws/cloudwatch";
import type * as sfn from "@pulumi/aws/sfn";
import type * as pulumi from "@pulumi/pulumi";
import { type AlarmOptions, type AlarmsArgs, alarm } from "../parts/alarm";
import type { Transform } from "../parts/transform";
import { executionFailed } from "./failures";
import type { WorkflowSchedule } from "./schedule";

export interface ScheduledAlarmsOptions {
  readonly args: {
    readonly alarms?: AlarmsArgs;
    readonly enabled?: boolean;
    readonly transform?: { readonly alarm?: Transform<cloudwatch.MetricAlarmArgs> };
  };
  readonly parent: pulumi.Resource;
  readonly machine: sfn.StateMachine;
  readonly schedule: WorkflowSchedule;
  readonly failed: string;
  /** Two periods without a start are too many. */
  readonly notStarted: { readonly description: string; readonly periodSeconds: number };
}

export function scheduledAlarms(name: string, options: ScheduledAlarmsOptions): Record<string, cloudwatch.MetricAlarm> {
  const { args, parent, machine, schedule } = options;
  const { alarms, transform } = args;
  if (!alarms) return {};
  const declare = (role: string, alarmOptions: AlarmOptions) =>
    alarm(`${name}-alarm-${role}`, alarmOptions, alarms, parent, transform?.alarm);
  const failed = declare("failed", executionFailed(machine, options.failed));
  const failedStarts = declare("failed-starts", {
    description: `The schedule of ${name} could not start it; the queue holds each start`,
    namespace: "AWS/SQS",
    metricName: "ApproximateNumberOfMessagesVisible",
    dimension: ["QueueName", schedule.failedStarts.name],
    statistic: "Maximum",
    periodSeconds: 300,
    periods: 1,
    threshold: 1,
    when: "at least",
    withoutData: "fine",
  });
  // A disabled schedule starts nothing on purpose.
  if (args.enabled === false) return { failed, "failed-starts": failedStarts };
  const notStarted = declare("not-started", {
    ...options.notStarted,
    namespace: "AWS/States",
    metricNames: ["ExecutionsStarted"],
    // Without it, CloudWatch evaluates the two latest periods that have data, also if later ones have none, and the alarm
    // goes off two periods late. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
    expression: ([starts]) => `FILL(${starts}, 0)`,
    dimension: ["StateMachineArn", machine.arn],
    statistic: "Sum",
    periods: 2,
    threshold: 1,
    when: "below",
    withoutData: "alarm",
  });
  return { failed, "failed-starts": failedStarts, "not-started": notStarted };
}
