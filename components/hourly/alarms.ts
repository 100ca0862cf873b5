/** Declares the alarms of the hourly step: it failed, it was not started, or its schedule could not start it. */
import type * as cloudwatch from "@pulumi/aws/cloudwatch";
import type * as sfn from "@pulumi/aws/sfn";
import type * as pulumi from "@pulumi/pulumi";
import { type AlarmOptions, alarm } from "../parts/alarm";
import { executionFailed } from "../workflow/failures";
import type { HourlyEtlArgs } from "./args";
import type { HourlySchedule } from "./schedule";

export interface HourlyAlarmsOptions {
  readonly args: HourlyEtlArgs;
  readonly parent: pulumi.Resource;
  readonly machine: sfn.StateMachine;
  readonly schedule: HourlySchedule;
}

export function hourlyAlarms(name: string, options: HourlyAlarmsOptions): Record<string, cloudwatch.MetricAlarm> {
  const { args, parent, machine, schedule } = options;
  const { alarms, transform } = args;
  if (!alarms) return {};
  const declare = (role: string, alarmOptions: AlarmOptions) =>
    alarm(`${name}-alarm-${role}`, alarmOptions, alarms, parent, transform?.alarm);
  const failed = declare(
    "failed",
    executionFailed(machine, `${name} failed; its message to the topic of failures says which hours`),
  );
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
    description: `${name} was not started for two hours`,
    namespace: "AWS/States",
    metricName: "ExecutionsStarted",
    dimension: ["StateMachineArn", machine.arn],
    statistic: "Sum",
    periodSeconds: 3600,
    periods: 2,
    threshold: 1,
    when: "below",
    withoutData: "alarm",
  });
  return { failed, "failed-starts": failedStarts, "not-started": notStarted };
}
