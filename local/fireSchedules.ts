/** Fires all schedules and waits for the executions that they start. */
import type { Cloud } from "./cloud/cloud";
import type { SchedulerService } from "./services/scheduler/service";
import type { ExecutionStatus, StepFunctionsService } from "./services/stepFunctions/service";

/** An ended execution that a schedule started, directly or through others; or a schedule whose call failed. */
export interface FiredExecution {
  /** The execution's name, or the schedule's if its call failed. */
  readonly name: string;
  /** The schedule that started it. */
  readonly schedule: string;
  readonly status: ExecutionStatus;
  /** Absent if the schedule's call failed. */
  readonly executionArn?: string;
  readonly error?: string;
  readonly cause?: string;
}

export async function fireAndWait(cloud: Cloud, scheduledTime: Date): Promise<FiredExecution[]> {
  const scheduler = cloud.service("scheduler") as SchedulerService;
  const stepFunctions = cloud.service("states") as StepFunctionsService;
  const fired = await scheduler.fire(scheduledTime);
  const ended = distinct(fired).map(async ({ schedule, executionArn, error, cause }): Promise<FiredExecution[]> => {
    if (executionArn === undefined) return [{ name: schedule, schedule, status: "FAILED", error, cause }];
    const executions = await stepFunctions.execution(executionArn).family();
    return executions.map(({ name, arn, status, end }) => ({
      name,
      schedule,
      status,
      executionArn: arn,
      ...(end && end.status !== "SUCCEEDED" && { error: end.error, cause: end.cause }),
    }));
  });
  return distinct((await Promise.all(ended)).flat());
}

/** With redelivery, several calls of schedules may have started one execution. */
function distinct<T extends { readonly executionArn?: string }>(all: readonly T[]): T[] {
  const arns = all.map(({ executionArn }) => executionArn);
  return all.filter(({ executionArn }, index) => executionArn === undefined || arns.indexOf(executionArn) === index);
}
