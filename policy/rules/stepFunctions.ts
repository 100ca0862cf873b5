/** Step Functions. */
import type { StateMachineArgs } from "@pulumi/aws/sfn";
import { on, resourceControl } from "../control";

export const stepFunctionsControls = [
  resourceControl(
    {
      id: "StepFunctions.1",
      title: "Step Functions state machines should have logging turned on",
      severity: "medium",
      remedy: 'Set loggingConfiguration.level to "ALL", "ERROR" or "FATAL".',
    },
    on<StateMachineArgs>("aws:sfn/stateMachine:StateMachine", ({ loggingConfiguration }) =>
      (loggingConfiguration?.level ?? "OFF") === "OFF" ? "has no logging." : undefined,
    ),
  ),
];
