/** What schedules call, and which schedules are refused when they are declared. */
import * as iam from "@pulumi/aws/iam";
import * as scheduler from "@pulumi/aws/scheduler";
import * as sfn from "@pulumi/aws/sfn";
import { type ScheduleContext, targetCall } from "../../../../local/services/scheduler/target";
import { machineOf } from "../../support/machine";
import { start, stopAll } from "../../support/start";

afterEach(stopAll);

const MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:hourly";
const UNIVERSAL = "arn:aws:scheduler:::aws-sdk:sfn:startExecution";
const CONTEXT: ScheduleContext = {
  scheduleArn: "arn:aws:scheduler:us-east-1:000000000000:schedule/default/s",
  scheduledTime: new Date("2026-11-20T10:10:00.000Z"),
  executionId: "id-1",
  attemptNumber: 1,
};

test("a universal target is the call that its input describes, with the schedule's words filled in", () => {
  const input = JSON.stringify({
    StateMachineArn: MACHINE,
    Name: "<aws.scheduler.execution-id>-<aws.scheduler.attempt-number>",
    Input: '{"scheduledTime":"<aws.scheduler.scheduled-time>","by":"<aws.scheduler.schedule-arn>"}',
  });
  expect(targetCall(UNIVERSAL, input, CONTEXT)).toEqual({
    service: "states",
    operation: "StartExecution",
    input: {
      stateMachineArn: MACHINE,
      name: "id-1-1",
      input: `{"scheduledTime":"2026-11-20T10:10:00Z","by":"${CONTEXT.scheduleArn}"}`,
    },
  });
});

test("a state machine as target gets the input as it stands", () => {
  expect(targetCall(MACHINE, '{"at":"<aws.scheduler.scheduled-time>"}', CONTEXT).input).toEqual({
    stateMachineArn: MACHINE,
    input: '{"at":"2026-11-20T10:10:00Z"}',
  });
});

const TRUST = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Action: "sts:AssumeRole",
      Principal: { Service: ["scheduler.amazonaws.com", "states.amazonaws.com"] },
    },
  ],
});

function declaring(schedule: object, target: object = {}) {
  return () => {
    const role = new iam.Role("r", { assumeRolePolicy: TRUST });
    const machine = new sfn.StateMachine("m", { roleArn: role.arn, definition: machineOf({ A: { Type: "Succeed" } }) });
    new scheduler.Schedule("s", {
      scheduleExpression: "rate(1 hour)",
      flexibleTimeWindow: { mode: "OFF" },
      target: { arn: machine.arn, roleArn: role.arn, ...target },
      ...schedule,
    });
  };
}

test.each<[string, object, object, string]>([
  [
    "a universal target without a state machine",
    {},
    { arn: UNIVERSAL, input: "{}" },
    "the target's input must be an object with StateMachineArn",
  ],
  [
    "an input that is JSON where text belongs",
    {},
    { arn: UNIVERSAL, input: `{"StateMachineArn":"${MACHINE}","Input":{}}` },
    "the input Input of sfn:startExecution must be a string",
  ],
  ["an expression that does not parse", { scheduleExpression: "hourly" }, {}, '"hourly" is not a schedule expression'],
  ["an unknown state", { state: "PAUSED" }, {}, 'state is "PAUSED"; use "ENABLED" or "DISABLED"'],
])("%s is refused", async (_case, schedule, target, words) => {
  await expect(start(declaring(schedule, target))).rejects.toThrow(words);
});

test.each<[string, object, object, string]>([
  [
    "a target that is not simulated",
    {},
    { arn: "arn:aws:lambda:us-east-1:000000000000:function:f" },
    'the target "arn:aws:lambda:us-east-1:000000000000:function:f" is not simulated',
  ],
  [
    "an input that AWS does not know",
    {},
    { arn: UNIVERSAL, input: `{"StateMachineArn":"${MACHINE}","Nmae":"x"}` },
    "the input Nmae of sfn:startExecution is not simulated",
  ],
  [
    "a target's field that is not simulated",
    {},
    { sqsParameters: { messageGroupId: "g" } },
    "target.sqsParameters is not simulated",
  ],
  [
    "another time zone",
    { scheduleExpressionTimezone: "Europe/Zurich" },
    {},
    'scheduleExpressionTimezone "Europe/Zurich" is not simulated; only "UTC" is',
  ],
  ["a start date", { startDate: "2026-12-01T00:00:00Z" }, {}, "the property startDate is not simulated"],
])("%s, beside the pipeline, is only declared", async (_case, schedule, target, words) => {
  const { declaredOnly } = await start(declaring(schedule, target));
  expect(declaredOnly).toEqual([
    { type: "aws:scheduler/schedule:Schedule", name: "s", reason: expect.stringContaining(words) },
  ]);
});

test("a role that does not trust the scheduler is refused", async () => {
  const program = () => {
    const trust = TRUST.replace("scheduler.amazonaws.com", "lambda.amazonaws.com");
    const role = new iam.Role("r", { assumeRolePolicy: trust });
    const machine = new sfn.StateMachine("m", { roleArn: role.arn, definition: machineOf({ A: { Type: "Succeed" } }) });
    new scheduler.Schedule("s", {
      scheduleExpression: "rate(1 hour)",
      flexibleTimeWindow: { mode: "OFF" },
      target: { arn: machine.arn, roleArn: role.arn },
    });
  };
  await expect(start(program)).rejects.toThrow(
    "User: scheduler.amazonaws.com is not authorized to perform: sts:AssumeRole",
  );
});

test("a disabled schedule does not fire", async () => {
  const cloud = await start(declaring({ state: "DISABLED" }));
  expect(await cloud.fireSchedules(new Date("2026-11-20T10:10:00Z"))).toEqual([]);
});
