/** A small program with a schedule that starts a state machine that starts itself, as the hourly step does. */
import * as iam from "@pulumi/aws/iam";
import * as scheduler from "@pulumi/aws/scheduler";
import * as sfn from "@pulumi/aws/sfn";
import * as sns from "@pulumi/aws/sns";
import * as sqs from "@pulumi/aws/sqs";
import * as pulumi from "@pulumi/pulumi";

export interface HourlyOptions {
  /** The states after the hour is known. */
  readonly work?: Record<string, object>;
  /** What the schedule's role may do to the state machine. @default ["states:StartExecution"] */
  readonly scheduleActions?: string[];
}

export function hourly({ work, scheduleActions = ["states:StartExecution"] }: HourlyOptions = {}) {
  const topic = new sns.Topic("failures");
  const queue = new sqs.Queue("undelivered");
  const role = roleFor("workflow", "states.amazonaws.com");
  const machine = new sfn.StateMachine("hourly", {
    roleArn: role.arn,
    definition: topic.arn.apply((arn) => JSON.stringify(definition(work ?? notifyStates(arn)))),
  });
  allow("workflow-policy", role, [
    { Effect: "Allow", Action: ["sns:Publish"], Resource: [topic.arn] },
    { Effect: "Allow", Action: ["states:StartExecution"], Resource: [machine.arn] },
  ]);
  const scheduleRole = roleFor("schedule", "scheduler.amazonaws.com");
  allow("schedule-policy", scheduleRole, [
    { Effect: "Allow", Action: [...scheduleActions], Resource: [machine.arn] },
    { Effect: "Allow", Action: ["sqs:SendMessage"], Resource: [queue.arn] },
  ]);
  const schedule = new scheduler.Schedule("every-hour", {
    scheduleExpression: "cron(10 * * * ? *)",
    flexibleTimeWindow: { mode: "OFF" },
    target: {
      arn: "arn:aws:scheduler:::aws-sdk:sfn:startExecution",
      roleArn: scheduleRole.arn,
      input: pulumi.jsonStringify({
        StateMachineArn: machine.arn,
        Input: '{"scheduledTime":"<aws.scheduler.scheduled-time>"}',
      }),
      deadLetterConfig: { arn: queue.arn },
    },
  });
  return { machine: machine.arn, topic: topic.arn, queue: queue.arn, schedule: schedule.arn };
}

function definition(work: Record<string, object>) {
  return {
    QueryLanguage: "JSONata",
    StartAt: "HasHour",
    States: {
      HasHour: {
        Type: "Choice",
        Choices: [{ Condition: "{% $exists($states.input.hour) %}", Next: Object.keys(work)[0] }],
        Default: "StartHour",
      },
      StartHour: {
        Type: "Task",
        Resource: "arn:aws:states:::states:startExecution",
        Arguments: {
          StateMachineArn: "{% $states.context.StateMachine.Id %}",
          Name: "{% 'hour-' & $substring($states.input.scheduledTime, 0, 13) %}",
          Input: { hour: "{% $substring($states.input.scheduledTime, 0, 13) %}" },
        },
        Catch: [{ ErrorEquals: ["StepFunctions.ExecutionAlreadyExistsException"], Next: "Started" }],
        Next: "Started",
      },
      Started: { Type: "Succeed" },
      ...work,
    },
  };
}

function notifyStates(topicArn: string): Record<string, object> {
  return {
    Wait: { Type: "Wait", Seconds: 3_600, Next: "Notify" },
    Notify: {
      Type: "Task",
      Resource: "arn:aws:states:::sns:publish",
      Arguments: { TopicArn: topicArn, Subject: "done", Message: { hour: "{% $states.input.hour %}" } },
      End: true,
    },
  };
}

function roleFor(name: string, service: string): iam.Role {
  const statement = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: service } };
  return new iam.Role(name, { assumeRolePolicy: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }) });
}

function allow(name: string, role: iam.Role, statements: object[]): void {
  new iam.RolePolicy(name, {
    role: role.id,
    policy: pulumi.jsonStringify({ Version: "2012-10-17", Statement: statements }),
  });
}
