/** Describes the alarms of a scheduled workflow: it failed, it was not started, or its schedule could not start it. */
import type * as sfn from "@pulumi/aws/sfn";
import type * as pulumi from "@pulumi/pulumi";
import type { AlarmLimits, AlarmRoles } from "../parts/alarm";
import { executionFailed } from "./failures";
import type { WorkflowSchedule } from "./schedule";

export interface ScheduledAlarmsOptions {
  /** False if the schedule starts nothing. */
  readonly enabled: boolean;
  readonly machine: sfn.StateMachine;
  readonly schedule: WorkflowSchedule;
  readonly failed: string;
  /** Two periods without a start are too many. */
  readonly notStarted: {
    /** @param periods the number of periods without a start */
    readonly description: (periods: number) => pulumi.Input<string>;
    readonly periodSeconds: number;
  };
}

export function scheduledAlarms(name: string, options: ScheduledAlarmsOptions): AlarmRoles {
  const { machine, schedule } = options;
  // One message while each execution fails, also if one takes longer than the one before.
  const atOnce = executionFailed(machine, options.failed);
  const periodSeconds = Math.max(atOnce.periodSeconds, options.notStarted.periodSeconds);
  const failed = { ...atOnce, periodSeconds, quietPeriods: 1 };
  const failedStarts = {
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
  } as const;
  // A disabled schedule starts nothing on purpose.
  if (!options.enabled) return { failed, "failed-starts": failedStarts };
  const notStarted = {
    description: ({ periods }: AlarmLimits) => options.notStarted.description(periods),
    periodSeconds: options.notStarted.periodSeconds,
    namespace: "AWS/States",
    metricNames: ["ExecutionsStarted"],
    // Without it, CloudWatch evaluates the two latest periods that have data, also if later ones have none, and the alarm
    // goes off two periods late. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
    expression: ([starts]: readonly string[]) => `FILL(${starts}, 0)`,
    dimension: ["StateMachineArn", machine.arn],
    statistic: "Sum",
    periods: 2,
    threshold: 1,
    when: "below",
    withoutData: "alarm",
  } as const;
  return { failed, "failed-starts": failedStarts, "not-started": notStarted };
}
