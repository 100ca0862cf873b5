/** An error as a state reports it: a name that Retry and Catch match, and a cause in words. */
import { DATA_LIMIT_BYTES, type Json, sizeOf } from "../../cloud/json";

export class WorkflowError extends Error {
  override readonly name = "WorkflowError";

  /**
   * @param errorName `"States.Timeout"`, `"Glue.EntityNotFoundException"`, or a function's own error type
   * @param message the `Cause`
   */
  constructor(
    readonly errorName: string,
    message: string,
  ) {
    super(message);
  }

  /** What a catcher sees in `$states.errorOutput`. */
  toOutput(): { Error: string; Cause: string } {
    return { Error: this.errorName, Cause: this.message };
  }
}

/** An execution that ran longer than its definition's `TimeoutSeconds`; nothing in the definition catches it. */
export class ExecutionTimeout extends Error {
  override readonly name = "ExecutionTimeout";
}

/** An execution that was stopped from outside (StopExecution), or a branch whose sibling failed. */
export class Stopped extends Error {
  override readonly name = "Stopped";
}

/** Returns the value, or throws `States.DataLimitExceeded` when it is over 256 KiB. */
export function withinDataLimit<T extends Json>(value: T, what: string): T {
  const size = sizeOf(value);
  if (size <= DATA_LIMIT_BYTES) return value;
  throw new WorkflowError(
    "States.DataLimitExceeded",
    `${what} has ${size} bytes, more than the ${DATA_LIMIT_BYTES} that the service passes between states.`,
  );
}
