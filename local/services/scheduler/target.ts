/** Resolves a schedule's target to an API call and fills `<aws.scheduler.…>` into its input. */
import { isObject } from "../../cloud/json";

/** The values of `<aws.scheduler.…>` in a target's input. */
export interface ScheduleContext {
  readonly scheduleArn: string;
  readonly scheduledTime: Date;
  readonly executionId: string;
  readonly attemptNumber: number;
}

/** An operation of a simulated service with its input. */
interface TargetCall {
  readonly service: string;
  readonly operation: string;
  readonly input: Record<string, unknown>;
}

const UNIVERSAL = "arn:aws:scheduler:::aws-sdk:sfn:startExecution";
const STATE_MACHINE = /^arn:aws:states:[^:]*:\d{12}:stateMachine:[^:]+$/;
const NAMES = { StateMachineArn: "stateMachineArn", Name: "name", Input: "input" } as const;

/** Formats without milliseconds: `2026-11-20T10:10:00Z`. */
export function scheduledTimeText(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}

/** @throws Error for a target that is not simulated, or an input that AWS would reject */
export function targetCall(arn: string, input: string | undefined, context: ScheduleContext): TargetCall {
  const filled = input === undefined ? undefined : fill(input, context);
  if (arn === UNIVERSAL) return { service: "states", operation: "StartExecution", input: universalInput(filled) };
  if (STATE_MACHINE.test(arn)) {
    return { service: "states", operation: "StartExecution", input: { stateMachineArn: arn, input: filled ?? "{}" } };
  }
  throw new Error(`the target "${arn}" is not simulated; use ${UNIVERSAL} or the ARN of a state machine`);
}

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html */
function fill(input: string, context: ScheduleContext): string {
  return input
    .replaceAll("<aws.scheduler.schedule-arn>", context.scheduleArn)
    .replaceAll("<aws.scheduler.scheduled-time>", scheduledTimeText(context.scheduledTime))
    .replaceAll("<aws.scheduler.execution-id>", context.executionId)
    .replaceAll("<aws.scheduler.attempt-number>", String(context.attemptNumber));
}

function universalInput(text: string | undefined): Record<string, unknown> {
  const given: unknown = text === undefined ? undefined : JSON.parse(text);
  if (!isObject(given) || typeof given.StateMachineArn !== "string") {
    throw new Error("the target's input must be an object with StateMachineArn");
  }
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      if (!Object.hasOwn(NAMES, name)) throw new Error(`the input ${name} of sfn:startExecution is not simulated`);
      if (typeof value !== "string") throw new Error(`the input ${name} of sfn:startExecution must be a string`);
      return [NAMES[name as keyof typeof NAMES], value];
    }),
  );
}
