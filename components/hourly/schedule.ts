/** Declares the schedule that starts the hourly workflow, its role, and the queue for starts that never succeeded. */

import * as iam from "@pulumi/aws/iam";
import * as scheduler from "@pulumi/aws/scheduler";
import type * as sfn from "@pulumi/aws/sfn";
import * as sqs from "@pulumi/aws/sqs";
import * as pulumi from "@pulumi/pulumi";
import { arnBeside } from "../parts/arn";
import { policyDocument, trustPolicy } from "../parts/policy";
import { type Transform, transformed } from "../parts/transform";

export interface HourlyScheduleOptions {
  readonly parent: pulumi.Resource;
  readonly workflow: sfn.StateMachine;
  /** Minutes after each hour. */
  readonly minute: number;
  readonly enabled: boolean;
  /** The resources that must exist before the workflow may start. */
  readonly dependsOn: readonly pulumi.Resource[];
  readonly transform?: HourlyScheduleTransform;
}

export interface HourlyScheduleTransform {
  schedule?: Transform<scheduler.ScheduleArgs>;
  role?: Transform<iam.RoleArgs>;
  policy?: Transform<iam.RolePolicyArgs>;
  failedStarts?: Transform<sqs.QueueArgs>;
}

/** The raw resources. */
export interface HourlySchedule {
  readonly schedule: scheduler.Schedule;
  readonly role: iam.Role;
  readonly policy: iam.RolePolicy;
  /** The dead-letter queue. */
  readonly failedStarts: sqs.Queue;
}

const DAY_SECONDS = 86_400;

/** @param name the start of the logical names */
export function hourlySchedule(name: string, options: HourlyScheduleOptions): HourlySchedule {
  const { parent, workflow, transform = {} } = options;
  const failedStarts = new sqs.Queue(
    ...transformed<sqs.QueueArgs>(
      transform.failedStarts,
      `${name}-failed-starts`,
      { messageRetentionSeconds: 14 * DAY_SECONDS, sqsManagedSseEnabled: true },
      { parent },
    ),
  );
  const role = new iam.Role(
    ...transformed<iam.RoleArgs>(
      transform.role,
      `${name}-schedule-role`,
      { description: `Starts ${name}-workflow`, assumeRolePolicy: trustPolicy("scheduler") },
      { parent },
    ),
  );
  const policy = new iam.RolePolicy(
    ...transformed<iam.RolePolicyArgs>(
      transform.policy,
      `${name}-schedule-policy`,
      {
        role: role.id,
        policy: policyDocument(`schedule "${name}-schedule"`, [
          { actions: ["states:StartExecution"], resources: [workflow.arn] },
          { actions: ["sqs:SendMessage"], resources: [failedStarts.arn] },
        ]),
      },
      { parent },
    ),
  );
  const schedule = new scheduler.Schedule(
    ...transformed<scheduler.ScheduleArgs>(
      transform.schedule,
      `${name}-schedule`,
      {
        description: `Starts ${name}-workflow for the hour before`,
        scheduleExpression: `cron(${options.minute} * * * ? *)`,
        scheduleExpressionTimezone: "UTC",
        state: options.enabled ? "ENABLED" : "DISABLED",
        flexibleTimeWindow: { mode: "OFF" },
        target: {
          // The universal target, because its input can carry the scheduled time, which names the hour.
          arn: arnBeside(role.arn, "scheduler:::aws-sdk:sfn:startExecution"),
          roleArn: role.arn,
          input: pulumi.jsonStringify({
            StateMachineArn: workflow.arn,
            Input: JSON.stringify({ scheduledTime: "<aws.scheduler.scheduled-time>" }),
          }),
          retryPolicy: { maximumEventAgeInSeconds: DAY_SECONDS, maximumRetryAttempts: 185 },
          deadLetterConfig: { arn: failedStarts.arn },
        },
      },
      { parent, dependsOn: [policy, ...options.dependsOn] },
    ),
  );
  return { schedule, role, policy, failedStarts };
}
