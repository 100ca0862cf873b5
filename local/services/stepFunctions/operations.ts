/** The operations that describe and list state machines and executions, and StopExecution. */
import { type CloudContext, type Operation, type Service, ServiceError } from "../../cloud/service";
import type { Execution, ExecutionStatus } from "./execution";
import type { StateMachine } from "./stateMachine";

interface ExecutionStore {
  readonly cloud: CloudContext;
  readonly machines: ReadonlyMap<string, StateMachine>;
  readonly executions: ReadonlyMap<string, Execution>;
  machineOf(arn: string): StateMachine;
  executionOf(arn: string): Execution;
}

interface Paged {
  readonly maxResults?: number;
  readonly nextToken?: string;
}
type OfExecution = { readonly executionArn: string };
type OfMachine = { readonly stateMachineArn: string };

/**
 * With redelivery, ListExecutions does not know later starts: "The results are best effort and may not reflect very recent
 * updates and changes". https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html
 */
const STALE_MILLIS = 10_000;

export function executionOperations(store: ExecutionStore): Service["operations"] {
  const { cloud, machines, executions, machineOf, executionOf } = store;
  const ofExecution = (action: string) => (input: OfExecution) => [{ action, resource: input.executionArn }];
  const ofMachine = (action: string) => (input: OfMachine) => [{ action, resource: input.stateMachineArn }];

  const describeExecution: Operation<OfExecution> = {
    access: ofExecution("states:DescribeExecution"),
    run: ({ executionArn }) => {
      const execution = executionOf(executionArn);
      const { end, input } = execution;
      return {
        ...summaryOf(execution, machineOf(execution.stateMachineArn)),
        input,
        inputDetails: { included: true },
        ...(end?.status === "SUCCEEDED" && { output: JSON.stringify(end.output), outputDetails: { included: true } }),
        ...(end && end.status !== "SUCCEEDED" && { error: end.error, cause: end.cause }),
      };
    },
  };

  const listExecutions: Operation<OfMachine & Paged & { statusFilter?: ExecutionStatus }> = {
    access: ofMachine("states:ListExecutions"),
    run: (input) => {
      const machine = machineOf(input.stateMachineArn);
      const found = [...executions.values()]
        .filter((execution) => execution.stateMachineArn === machine.arn)
        .filter(({ status }) => input.statusFilter === undefined || status === input.statusFilter)
        .filter(({ startDate }) => !cloud.redeliver || cloud.clock.now() - startDate.getTime() >= STALE_MILLIS)
        .reverse();
      const { items, nextToken } = page(found, input);
      return { executions: items.map((execution) => summaryOf(execution, machine)), nextToken };
    },
  };

  const getExecutionHistory: Operation<OfExecution & Paged & { reverseOrder?: boolean }> = {
    access: ofExecution("states:GetExecutionHistory"),
    run: (input) => {
      const { events } = executionOf(input.executionArn).history;
      const { items, nextToken } = page(input.reverseOrder ? [...events].reverse() : events, input);
      return { events: items, nextToken };
    },
  };

  const stopExecution: Operation<OfExecution> = {
    access: ofExecution("states:StopExecution"),
    run: async ({ executionArn }) => {
      const execution = executionOf(executionArn);
      execution.stop("StopExecution");
      await execution.ended;
      return { stopDate: execution.stopDate };
    },
  };

  const describeStateMachine: Operation<OfMachine> = {
    access: ofMachine("states:DescribeStateMachine"),
    run: ({ stateMachineArn }) => {
      const { definition, roleArn, ...machine } = machineOf(stateMachineArn);
      return { ...machineSummary(machine), status: "ACTIVE", definition, roleArn };
    },
  };

  const listStateMachines: Operation<Paged> = {
    access: () => [
      {
        action: "states:ListStateMachines",
        resource: `arn:aws:states:${cloud.region}:${cloud.accountId}:stateMachine:*`,
      },
    ],
    run: (input) => {
      const { items, nextToken } = page([...machines.values()], input);
      return { stateMachines: items.map(machineSummary), nextToken };
    },
  };

  return {
    DescribeExecution: describeExecution,
    ListExecutions: listExecutions,
    GetExecutionHistory: getExecutionHistory,
    StopExecution: stopExecution,
    DescribeStateMachine: describeStateMachine,
    ListStateMachines: listStateMachines,
  };
}

function machineSummary({ arn, name, creationDate }: Pick<StateMachine, "arn" | "name" | "creationDate">) {
  return { stateMachineArn: arn, name, type: "STANDARD", creationDate };
}

function summaryOf({ arn, name, status, startDate, stopDate }: Execution, machine: StateMachine) {
  return { executionArn: arn, stateMachineArn: machine.arn, name, status, startDate, stopDate };
}

/** Returns a page of `maxResults` (default 100, maximum 1,000); the token is the index of the next page's first entry. */
function page<T>(all: readonly T[], { maxResults, nextToken }: Paged): { items: T[]; nextToken?: string } {
  const start = nextToken === undefined ? 0 : Number(nextToken);
  if (!Number.isInteger(start) || start < 0) throw new ServiceError("InvalidToken", `Invalid Token: '${nextToken}'`);
  const end = start + Math.min(maxResults || 100, 1_000);
  return { items: all.slice(start, end), ...(end < all.length && { nextToken: String(end) }) };
}
