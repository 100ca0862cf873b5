/** EventBridge Scheduler: schedules that call their target as their role, by the clock or at once. */
import type { Clock } from "../clock";
import { physicalName } from "../physicalName";
import { type NextTime, parseScheduleExpression } from "../scheduler/scheduleExpression";
import { type ScheduleContext, scheduledTimeText, targetCall } from "../scheduler/target";
import { type CloudContext, type DeclaredResource, type Service, ServiceError } from "../service";
import { uuid } from "../workflow/functions";
import { isObject } from "../workflow/json";
import type { IamService } from "./iam";

/** What came of firing one schedule. */
export interface Fired {
  /** The schedule's name. */
  readonly schedule: string;
  /** The execution that it started, where the call succeeded. */
  readonly executionArn?: string;
  /** AWS's error code and message, where the call failed; the event then lies in the dead-letter queue, if there is one. */
  readonly error?: string;
  readonly cause?: string;
}

export interface SchedulerService extends Service {
  readonly name: "scheduler";
  /** Fires every enabled schedule as of this scheduled time. */
  fire(scheduledTime: Date): Promise<Fired[]>;
  /** Fires each enabled schedule whenever the clock reaches its time, until the service stops. */
  run(clock: Clock, onFired?: (fired: Fired) => void): void;
}

interface Target {
  readonly arn: string;
  readonly roleArn: string;
  readonly input?: string;
  readonly queueArn?: string;
}

interface Schedule {
  readonly name: string;
  readonly arn: string;
  readonly enabled: boolean;
  readonly next: NextTime;
  readonly target: Target;
}

const TARGET_FIELDS = ["arn", "roleArn", "input", "retryPolicy", "deadLetterConfig"];

export function schedulerService(cloud: CloudContext): SchedulerService {
  const schedules = new Map<string, Schedule>();
  const ending = new AbortController();

  async function createSchedule(resource: DeclaredResource) {
    const { inputs } = resource;
    const name = physicalName(resource);
    const group = typeof inputs.groupName === "string" ? inputs.groupName : "default";
    const arn = `arn:aws:scheduler:${cloud.region}:${cloud.accountId}:schedule/${group}/${name}`;
    if (schedules.has(arn)) throw new Error(`a schedule "${name}" exists already in the group "${group}"`);
    const zone = inputs.scheduleExpressionTimezone ?? "UTC";
    if (zone !== "UTC")
      throw new Error(`scheduleExpressionTimezone ${JSON.stringify(zone)} is not simulated; only "UTC" is`);
    const state = inputs.state ?? "ENABLED";
    if (state !== "ENABLED" && state !== "DISABLED")
      throw new Error(`state is "ENABLED" or "DISABLED", not ${JSON.stringify(state)}`);
    const next = parseScheduleExpression(String(inputs.scheduleExpression), cloud.clock.now());
    const target = readTarget(inputs.target);
    const context = {
      scheduleArn: arn,
      scheduledTime: new Date(cloud.clock.now()),
      executionId: "0",
      attemptNumber: 1,
    };
    targetCall(target.arn, target.input, context);
    assume(target, arn);
    schedules.set(arn, { name, arn, enabled: state === "ENABLED", next, target });
    return { id: `${group}/${name}`, outputs: { name, arn, groupName: group } };
  }

  function assume(target: Target, scheduleArn: string) {
    const iam = cloud.service("iam") as IamService;
    return iam.assume(target.roleArn, "scheduler.amazonaws.com", { "aws:SourceArn": scheduleArn });
  }

  async function fireOne(schedule: Schedule, scheduledTime: Date): Promise<Fired> {
    const { target, name, arn } = schedule;
    const context: ScheduleContext = {
      scheduleArn: arn,
      scheduledTime,
      executionId: uuid(cloud.random),
      attemptNumber: 1,
    };
    const call = targetCall(target.arn, target.input, context);
    try {
      const started = await cloud.call(assume(target, arn), call.service, call.operation, call.input);
      return { schedule: name, executionArn: (started as { executionArn: string }).executionArn };
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      await keepEvent(schedule, context, error);
      return { schedule: name, error: error.code, cause: error.message };
    }
  }

  /** The dead-letter event: the target's input, and why in attributes. Every error here is one that AWS does not retry. */
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
    await cloud.call(assume(target, arn), "sqs", "SendMessage", message);
  }

  async function follow(schedule: Schedule, clock: Clock, onFired?: (fired: Fired) => void): Promise<void> {
    for (let at = schedule.next(clock.now()); at !== undefined; at = schedule.next(at)) {
      try {
        await clock.sleep(Math.max(0, at - clock.now()), ending.signal);
      } catch (reason) {
        if (ending.signal.aborted) return;
        throw reason;
      }
      const fired = await fireOne(schedule, new Date(at));
      onFired?.(fired);
    }
  }

  const enabled = () => [...schedules.values()].filter((schedule) => schedule.enabled);

  return {
    name: "scheduler",
    fire: (scheduledTime) => Promise.all(enabled().map((schedule) => fireOne(schedule, scheduledTime))),
    run(clock, onFired) {
      for (const schedule of enabled()) void follow(schedule, clock, onFired);
    },
    resources: {
      "aws:scheduler/schedule:Schedule": {
        simulated: [
          ...["name", "namePrefix", "groupName", "scheduleExpression", "scheduleExpressionTimezone", "state", "target"],
        ],
        withoutEffect: ["description", "flexibleTimeWindow", "kmsKeyArn"],
        create: createSchedule,
      },
      "aws:scheduler/scheduleGroup:ScheduleGroup": {
        simulated: ["name", "namePrefix"],
        withoutEffect: ["tags"],
        create: async (resource) => {
          const name = physicalName(resource);
          const arn = `arn:aws:scheduler:${cloud.region}:${cloud.accountId}:schedule-group/${name}`;
          return { id: name, outputs: { name, arn, state: "ACTIVE" } };
        },
      },
    },
    operations: {},
    async stop() {
      ending.abort(new Error("local ends"));
    },
  };
}

function readTarget(target: unknown): Target {
  if (!isObject(target)) throw new Error("target is missing");
  const unknown = Object.keys(target).find((name) => !TARGET_FIELDS.includes(name));
  if (unknown !== undefined) throw new Error(`target.${unknown} is not simulated`);
  const { arn, roleArn, input, deadLetterConfig } = target;
  return {
    arn: String(arn),
    roleArn: String(roleArn),
    ...(typeof input === "string" && { input }),
    ...(isObject(deadLetterConfig) && { queueArn: String(deadLetterConfig.arn) }),
  };
}
