/** Declares the schedule that starts a workflow, its role, and the queue for starts that never succeeded. */

import * as iam from "@pulumi/aws/iam";
import * as scheduler from "@pulumi/aws/scheduler";
import type * as sfn from "@pulumi/aws/sfn";
import * as sqs from "@pulumi/aws/sqs";
import * as pulumi from "@pulumi/pulumi";
import { arnBeside } from "../parts/arn";
import { policyDocument, trustPolicy } from "../parts/policy";
import { type Transform, transformed } from "../parts/transform";

export interface WorkflowScheduleOptions {
  readonly parent: pulumi.Resource;
  readonly workflow: sfn.StateMachine;
  readonly description: string;
  /** As EventBridge Scheduler takes it, in UTC: `cron(10 * * * ? *)`. */
  readonly expression: string;
  /** The input of each execution; it may hold the scheduler's own variables. */
  readonly input: object;
  readonly enabled: boolean;
  /** The resources that must exist before the workflow may start. */
  readonly dependsOn: readonly pulumi.Resource[];
  readonly transform?: WorkflowScheduleTransform;
}

export interface WorkflowScheduleTransform {
  schedule?: Transform<scheduler.ScheduleArgs>;
  role?: Transform<iam.RoleArgs>;
  policy?: Transform<iam.RolePolicyArgs>;
  failedStarts?: Transform<sqs.QueueArgs>;
}

/** The raw resources. */
export interface WorkflowSchedule {
  readonly schedule: scheduler.Schedule;
  readonly role: iam.Role;
  readonly policy: iam.RolePolicy;
  /** The dead-letter queue. */
  readonly failedStarts: sqs.Queue;
}

const DAY_SECONDS = 86_400;

/** @param name the start of the logical names */
export function workflowSchedule(name: string, options: WorkflowScheduleOptions): WorkflowSchedule {
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
        description: options.description,
        scheduleExpression: options.expression,
        scheduleExpressionTimezone: "UTC",
        state: options.enabled ? "ENABLED" : "DISABLED",
        flexibleTimeWindow: { mode: "OFF" },
        target: {
          // The universal target, because its input can carry the scheduled time.
          arn: arnBeside(role.arn, "scheduler:::aws-sdk:sfn:startExecution"),
          roleArn: role.arn,
          input: pulumi.jsonStringify({
            StateMachineArn: workflow.arn,
            Input: JSON.stringify(options.input),
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
