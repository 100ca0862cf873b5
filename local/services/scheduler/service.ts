/** EventBridge Scheduler: schedules call their target with their role, at their times or on request. */
import type { Clock } from "../../cloud/clock";
import { uuid } from "../../cloud/random";
import { type CloudContext, type Service, ServiceError } from "../../cloud/service";
import { type Schedule, Schedules } from "./schedules";
import { type ScheduleContext, scheduledTimeText, targetCall } from "./target";

/** The result of firing one schedule. */
export interface Fired {
  /** The schedule's name. */
  readonly schedule: string;
  /** The execution that it started, if the call succeeded. */
  readonly executionArn?: string;
  /** AWS's error code and message if the call failed; the event is then in the dead-letter queue, if there is one. */
  readonly error?: string;
  readonly cause?: string;
}

export interface SchedulerService extends Service {
  readonly name: "scheduler";
  /** Fires every enabled schedule with this scheduled time; with redelivery, each twice. */
  fire(scheduledTime: Date): Promise<Fired[]>;
  /** Fires each enabled schedule whenever the clock reaches its time, until the service stops. */
  run(clock: Clock, onFired?: (fired: Fired) => void): void;
}

export function schedulerService(cloud: CloudContext): SchedulerService {
  const ending = new AbortController();
  let running: { readonly clock: Clock; readonly onFired?: (fired: Fired) => void } | undefined;
  const schedules = new Schedules(cloud, (schedule) => {
    if (running && schedule.enabled) void follow(schedule, running.clock, running.onFired);
  });

  /**
   * With redelivery, the target is called once more: at least one delivery succeeds, and others may.
   * https://docs.aws.amazon.com/scheduler/latest/UserGuide/what-is-scheduler.html
   */
  async function fireOne(schedule: Schedule, scheduledTime: Date): Promise<Fired[]> {
    const fired = await deliver(schedule, scheduledTime);
    return cloud.redeliver ? [fired, await deliver(schedule, scheduledTime)] : [fired];
  }

  async function deliver(schedule: Schedule, scheduledTime: Date): Promise<Fired> {
    const { target, name, arn } = schedule;
    const context: ScheduleContext = {
      scheduleArn: arn,
      scheduledTime,
      executionId: uuid(cloud.random),
      attemptNumber: 1,
    };
    const call = targetCall(target.arn, target.input, context);
    try {
      const started = await cloud.call(schedules.assume(target, arn), call.service, call.operation, call.input);
      return { schedule: name, executionArn: (started as { executionArn: string }).executionArn };
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      await keepEvent(schedule, context, error);
      return { schedule: name, error: error.code, cause: error.message };
    }
  }

  /** Sends the target's input to the dead-letter queue with the error as attributes; AWS does not retry these errors. */
  async function keepEvent(schedule: Schedule, context: ScheduleContext, error: ServiceError): Promise<void> {
    const { target, arn } = schedule;
    if (target.queueArn === undefined) return;
    const attributes = {
      ERROR_CODE: error.code,
      ERROR_MESSAGE: error.message,
      EXECUTION_ID: context.executionId,
      SCHEDULED_TIME: scheduledTimeText(context.scheduledTime),
      SCHEDULE_ARN: arn,
      TARGET_ARN: target.arn,
    };
    const MessageAttributes = Object.fromEntries(
      Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: "String", StringValue }]),
    );
    const message = { QueueArn: target.queueArn, MessageBody: target.input ?? "{}", MessageAttributes };
    await cloud.call(schedules.assume(target, arn), "sqs", "SendMessage", message);
  }

  async function follow(schedule: Schedule, clock: Clock, onFired?: (fired: Fired) => void): Promise<void> {
    const signal = AbortSignal.any([ending.signal, schedule.ending.signal]);
    for (let at = schedule.next(clock.now()); at !== undefined; at = schedule.next(at)) {
      try {
        await clock.sleep(Math.max(0, at - clock.now()), signal);
      } catch (reason) {
        if (signal.aborted) return;
        throw reason;
      }
      for (const fired of await fireOne(schedule, new Date(at))) onFired?.(fired);
    }
  }

  return {
    name: "scheduler",
    fire: async (scheduledTime) =>
      (await Promise.all(schedules.enabled().map((schedule) => fireOne(schedule, scheduledTime)))).flat(),
    run(clock, onFired) {
      running = { clock, ...(onFired && { onFired }) };
      for (const schedule of schedules.enabled()) void follow(schedule, clock, onFired);
    },
    resources: schedules.resources,
    operations: {},
    async stop() {
      ending.abort(new Error("local ends"));
    },
  };
}
