/** Step Functions: state machines in JSONata, their executions, and the API that starts and describes them. */
import type { Clock } from "../../cloud/clock";
import { physicalName } from "../../cloud/physicalName";
import { uuid } from "../../cloud/random";
import {
  type CloudContext,
  type DeclaredResource,
  type Operation,
  type Service,
  ServiceError,
} from "../../cloud/service";
import type { IamService } from "../iam/service";
import { checkDefinition } from "./checkDefinition";
import { checkExecutionName, Execution, parseExecutionInput } from "./execution";
import { integrations } from "./integrations";
import { executionOperations } from "./operations";
import { Overlap } from "./overlap";
import { type ExecutionEnd, runExecution, type TaskCall } from "./runExecution";
import type { StateMachine } from "./stateMachine";

export type { ExecutionStatus } from "./execution";

export interface StepFunctionsService extends Service {
  readonly name: "states";
  /** The execution with this ARN; throws `ExecutionDoesNotExist`. */
  execution(arn: string): Execution;
  executions(): readonly Execution[];
  /** Starts an execution as the caller, on a clock of its own; throws AWS's errors. */
  start(input: StartExecutionInput, clock: Clock): Execution;
}

export interface StartExecutionInput {
  readonly stateMachineArn: string;
  readonly name?: string;
  readonly input?: string;
}

/** The metric of each end; CloudWatch has a 0 for the others. */
const END_METRICS = {
  SUCCEEDED: "ExecutionsSucceeded",
  FAILED: "ExecutionsFailed",
  TIMED_OUT: "ExecutionsTimedOut",
  ABORTED: "ExecutionsAborted",
} as const;

/**
 * @param clock on which waits, retries and polls sleep; a clock that skips makes them instant
 */
export function stepFunctionsService(cloud: CloudContext, clock: Clock): StepFunctionsService {
  const machines = new Map<string, StateMachine>();
  const executions = new Map<string, Execution>();
  const overlap = cloud.redeliver ? new Overlap() : undefined;

  function assume(machine: Pick<StateMachine, "arn" | "roleArn">) {
    const iam = cloud.service("iam") as IamService;
    return iam.assume(machine.roleArn, "states.amazonaws.com", { "aws:SourceArn": machine.arn });
  }

  async function createStateMachine(resource: DeclaredResource) {
    const name = physicalName(resource);
    const arn = `arn:aws:states:${cloud.region}:${cloud.accountId}:stateMachine:${name}`;
    if (machines.has(arn)) throw new Error(`a state machine "${name}" already exists`);
    const made = readMachine(resource, { arn, name, creationDate: new Date(cloud.clock.now()) });
    machines.set(arn, made);
    return { id: arn, outputs: outputsOf(made) };
  }

  /** Running executions continue with the earlier definition. */
  async function updateStateMachine(id: string, resource: DeclaredResource) {
    const { arn, name, creationDate } = machineOf(id);
    const changed = readMachine(resource, { arn, name, creationDate });
    machines.set(arn, changed);
    return { outputs: outputsOf(changed) };
  }

  /** Deletes a state machine and stops its executions: https://docs.aws.amazon.com/step-functions/latest/apireference/API_DeleteStateMachine.html */
  async function deleteStateMachine(arn: string) {
    machines.delete(arn);
    const own = [...executions.values()].filter((execution) => execution.stateMachineArn === arn);
    for (const execution of own) execution.stop("DeleteStateMachine");
    await Promise.all(own.map((execution) => execution.ended));
    for (const execution of own) executions.delete(execution.arn);
  }

  function readMachine(
    resource: DeclaredResource,
    made: Pick<StateMachine, "arn" | "name" | "creationDate">,
  ): StateMachine {
    const { definition, roleArn, type = "STANDARD" } = resource.inputs;
    if (type !== "STANDARD") throw new Error(`type ${JSON.stringify(type)} is not simulated; only "STANDARD" is`);
    const machine = checkDefinition(String(definition), new Set(integrations.keys()));
    const read = { ...made, roleArn: String(roleArn), definition: String(definition), machine };
    assume(read);
    return read;
  }

  function outputsOf({ arn, name, creationDate }: StateMachine) {
    return { arn, name, creationDate: creationDate.toISOString(), status: "ACTIVE" };
  }

  function machineOf(arn: string): StateMachine {
    const machine = machines.get(arn);
    if (machine) return machine;
    throw new ServiceError("StateMachineDoesNotExist", `State Machine Does Not Exist: '${arn}'`);
  }

  function executionOf(arn: string): Execution {
    const execution = executions.get(arn);
    if (execution) return execution;
    throw new ServiceError("ExecutionDoesNotExist", `Execution Does Not Exist: '${arn}'`);
  }

  /** Returns the running execution of the same name and input; any other reuse of a name is an error. */
  function start(
    { stateMachineArn, name = uuid(cloud.random), input = "{}" }: StartExecutionInput,
    time = clock,
  ): Execution {
    const machine = machineOf(stateMachineArn);
    checkExecutionName(name);
    const parsed = parseExecutionInput(input);
    const arn = `arn:aws:states:${cloud.region}:${cloud.accountId}:execution:${machine.name}:${name}`;
    const existing = executions.get(arn);
    if (existing?.status === "RUNNING" && existing.input === input) return existing;
    if (existing) throw new ServiceError("ExecutionAlreadyExists", `Execution Already Exists: '${arn}'`);
    const execution = new Execution(arn, name, stateMachineArn, input, new Date(cloud.clock.now()));
    executions.set(arn, execution);
    cloud.metrics.publisher("AWS/States", { StateMachineArn: machine.arn })("ExecutionsStarted", 1, "Count");
    execution.ended = run(machine, execution, parsed, time.fork?.() ?? time);
    return execution;
  }

  async function run(
    machine: StateMachine,
    execution: Execution,
    input: ReturnType<typeof parseExecutionInput>,
    time: Clock,
  ) {
    const { arn: Id, name: Name, startDate, history, signal } = execution;
    const StartTime = startDate.toISOString();
    const context = {
      Execution: { Id, Input: input, Name, RoleArn: machine.roleArn, StartTime, RedriveCount: 0 },
      StateMachine: { Id: machine.arn, Name: machine.name },
    };
    execution.end = await runExecution(
      { machine: machine.machine, input, context, roleArn: machine.roleArn, history, signal },
      {
        clock: time,
        random: cloud.random,
        region: cloud.region,
        invokeTask: (call) => invoke(machine, execution, call),
      },
    );
    execution.stopDate = new Date(time.now());
    count(machine, execution.end.status, execution.stopDate.getTime() - startDate.getTime());
  }

  /** https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html */
  function count({ arn }: StateMachine, ended: ExecutionEnd["status"], millis: number): void {
    const publish = cloud.metrics.publisher("AWS/States", { StateMachineArn: arn });
    for (const [status, name] of Object.entries(END_METRICS)) publish(name, status === ended ? 1 : 0, "Count");
    publish("ExecutionTime", millis, "Milliseconds");
  }

  async function invoke(machine: StateMachine, execution: Execution, call: TaskCall) {
    const integration = integrations.get(call.resource);
    if (!integration) throw new Error(`${call.resource} is not simulated`);
    await overlap?.before(call.resource, execution, () => executions.values());
    const role = assume(machine);
    return integration(call, async (service, operation, input) => {
      const answer = await cloud.call(role, service, operation, input);
      if (operation === "StartExecution") {
        execution.children.push(executionOf((answer as { executionArn: string }).executionArn));
      }
      return answer;
    });
  }

  const startExecution: Operation<StartExecutionInput> = {
    access: ({ stateMachineArn }) => [{ action: "states:StartExecution", resource: stateMachineArn }],
    run: (input) => {
      const { arn, startDate } = start(input);
      return { executionArn: arn, startDate };
    },
  };

  return {
    name: "states",
    execution: executionOf,
    executions: () => [...executions.values()],
    start,
    resources: {
      "aws:sfn/stateMachine:StateMachine": {
        simulated: ["name", "namePrefix", "definition", "roleArn", "type"],
        withoutEffect: ["loggingConfiguration", "tracingConfiguration", "encryptionConfiguration", "tags"],
        replaceOn: ["name", "namePrefix", "type"],
        create: createStateMachine,
        update: updateStateMachine,
        delete: deleteStateMachine,
      },
    },
    operations: {
      StartExecution: startExecution,
      ...executionOperations({ cloud, machines, executions, machineOf, executionOf }),
    },
    async stop() {
      for (const execution of executions.values()) execution.stop("local ends");
      await Promise.all([...executions.values()].map((execution) => execution.ended));
    },
  };
}
