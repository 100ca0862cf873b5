/** One execution of a state machine, and the checks of StartExecution's input. */

import { DATA_LIMIT_BYTES, type Json } from "../../cloud/json";
import { ServiceError } from "../../cloud/service";
import { History } from "./history";
import type { ExecutionEnd } from "./runExecution";
import { Stopped } from "./workflowError";

export type ExecutionStatus = "RUNNING" | ExecutionEnd["status"];

/** 1 to 80 characters without white space, brackets, wildcards, quotes and other special ones (API reference of StartExecution). */
const NAME = /^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}\uFFFE\uFFFF\p{Cs}]{1,80}$/u;

export class Execution {
  readonly history = new History();
  /** Executions that this execution's tasks started. */
  readonly children: Execution[] = [];
  end?: ExecutionEnd;
  stopDate?: Date;
  /** Resolves when the execution has ended. */
  ended: Promise<void> = Promise.resolve();
  private readonly stopping = new AbortController();

  constructor(
    readonly arn: string,
    readonly name: string,
    readonly stateMachineArn: string,
    /** The JSON string of the input; a repeated start has the same name and the same string. */
    readonly input: string,
    readonly startDate: Date,
  ) {}

  get status(): ExecutionStatus {
    return this.end?.status ?? "RUNNING";
  }

  get signal(): AbortSignal {
    return this.stopping.signal;
  }

  stop(reason: string): void {
    this.stopping.abort(new Stopped(reason));
  }

  /** Waits for this execution and all that it started, directly or indirectly, and returns them. */
  async family(): Promise<Execution[]> {
    await this.ended;
    return [this, ...(await Promise.all(this.children.map((child) => child.family()))).flat()];
  }
}

/** @throws ServiceError `InvalidName` */
export function checkExecutionName(name: string): void {
  if (NAME.test(name)) return;
  throw new ServiceError(
    "InvalidName",
    `Invalid Name: '${name}' (1 to 80 characters, without white space and <>{}[]?*"#%\\^|~\`$&,;:/)`,
  );
}

/** @throws ServiceError `InvalidExecutionInput` */
export function parseExecutionInput(text: string): Json {
  if (Buffer.byteLength(text) > DATA_LIMIT_BYTES) {
    throw new ServiceError(
      "InvalidExecutionInput",
      `Invalid State Machine Execution Input: more than ${DATA_LIMIT_BYTES} bytes`,
    );
  }
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new ServiceError(
      "InvalidExecutionInput",
      `Invalid State Machine Execution Input: '${(error as Error).name}' at ${text.length} characters`,
    );
  }
}
