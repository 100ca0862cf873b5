/** A declared state machine: its names, its role and its parsed definition. */
import type { StateMachineDefinition } from "./definition";

export interface StateMachine {
  readonly arn: string;
  readonly name: string;
  readonly roleArn: string;
  readonly definition: string;
  readonly machine: StateMachineDefinition;
  readonly creationDate: Date;
}
