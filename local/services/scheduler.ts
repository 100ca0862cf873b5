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
  /** Aborted when it is changed or deleted. */
  readonly ending: AbortController;
}

const TARGET_FIELDS = ["arn", "roleArn", "input", "retryPolicy", "deadLetterConfig"];

export function schedulerService(cloud: CloudContext): SchedulerService {
  const schedules = new Map<string, Schedule>();
  const groups = new Set(["default"]);
  const ending = new AbortController();
  let running: { readonly clock: Clock; readonly onFired?: (fired: Fired) => void } | undefined;

  const arnOf = (group: string, name: string) =>
    `arn:aws:scheduler:${cloud.region}:${cloud.accountId}:schedule/${group}/${name}`;

  async function createSchedule(resource: DeclaredResource) {
    const { name, group } = placeOf(resource);
    if (!groups.has(group))
      throw new ServiceError("ResourceNotFoundException", `Schedule group ${group} does not exist.`, 404);
    if (schedules.has(arnOf(group, name)))
      throw new Error(`a schedule "${name}" exists already in the group "${group}"`);
    return { id: `${group}/${name}`, outputs: putSchedule(resource) };
  }

  async function updateSchedule(_id: string, resource: DeclaredResource) {
    return { outputs: putSchedule(resource) };
  }

  async function deleteSchedule(_id: string, resource: DeclaredResource) {
    const { name, group } = placeOf(resource);
    end(arnOf(group, name));
  }

  async function createGroup(resource: DeclaredResource) {
    const name = physicalName(resource);
    if (groups.has(name)) throw new ServiceError("ConflictException", `Schedule group ${name} already exists.`, 409);
    groups.add(name);
    return { id: name, outputs: groupOutputs(name) };
  }

  /** With all schedules in it. https://docs.aws.amazon.com/scheduler/latest/APIReference/API_DeleteScheduleGroup.html */
  async function deleteGroup(group: string) {
    groups.delete(group);
    for (const arn of schedules.keys()) if (arn.startsWith(arnOf(group, ""))) end(arn);
  }

  const groupOutputs = (name: string) => ({
    name,
    arn: `arn:aws:scheduler:${cloud.region}:${cloud.accountId}:schedule-group/${name}`,
    state: "ACTIVE",
  });

  /** In place of the one that is there, which fires no more. */
  function putSchedule(resource: DeclaredResource) {
    const { name, group } = placeOf(resource);
    const schedule = readSchedule(resource, name, arnOf(group, name));
    end(schedule.arn);
    schedules.set(schedule.arn, schedule);
    if (running && schedule.enabled) void follow(schedule, running.clock, running.onFired);
    return { name, arn: schedule.arn, groupName: group };
  }

  function end(arn: string): void {
    schedules.get(arn)?.ending.abort();
    schedules.delete(arn);
  }

  function readSchedule(resource: DeclaredResource, name: string, arn: string): Schedule {
    const { inputs } = resource;
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
    return { name, arn, enabled: state === "ENABLED", next, target, ending: new AbortController() };
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
    const signal = AbortSignal.any([ending.signal, schedule.ending.signal]);
    for (let at = schedule.next(clock.now()); at !== undefined; at = schedule.next(at)) {
      try {
        await clock.sleep(Math.max(0, at - clock.now()), signal);
      } catch (reason) {
        if (signal.aborted) return;
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
      running = { clock, ...(onFired && { onFired }) };
      for (const schedule of enabled()) void follow(schedule, clock, onFired);
    },
    resources: {
      "aws:scheduler/schedule:Schedule": {
        simulated: [
          ...["name", "namePrefix", "groupName", "scheduleExpression", "scheduleExpressionTimezone", "state", "target"],
        ],
        withoutEffect: ["description", "flexibleTimeWindow", "kmsKeyArn"],
        replaceOn: ["name", "namePrefix", "groupName"],
        create: createSchedule,
        update: updateSchedule,
        delete: deleteSchedule,
      },
      "aws:scheduler/scheduleGroup:ScheduleGroup": {
        simulated: ["name", "namePrefix"],
        withoutEffect: ["tags"],
        replaceOn: ["name", "namePrefix"],
        create: createGroup,
        update: async (name) => ({ outputs: groupOutputs(name) }),
        delete: deleteGroup,
      },
    },
    operations: {},
    async stop() {
      ending.abort(new Error("local ends"));
    },
  };
}

function placeOf(resource: DeclaredResource): { name: string; group: string } {
  const { groupName } = resource.inputs;
  return { name: physicalName(resource), group: typeof groupName === "string" ? groupName : "default" };
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
