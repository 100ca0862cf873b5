/** The errors of executions; a WorkflowError has a name that Retry and Catch match, and a cause. */
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

  /** The value of `$states.errorOutput` in a catcher. */
  toOutput(): { Error: string; Cause: string } {
    return { Error: this.errorName, Cause: this.message };
  }
}

/** An execution exceeded its definition's `TimeoutSeconds`; no catcher matches this error. */
export class ExecutionTimeout extends Error {
  override readonly name = "ExecutionTimeout";
}

/** StopExecution stopped the execution, or another branch failed. */
export class Stopped extends Error {
  override readonly name = "Stopped";
}

/** Returns the value; throws `States.DataLimitExceeded` if it exceeds 256 KiB. */
export function withinDataLimit<T extends Json>(value: T, what: string): T {
  const size = sizeOf(value);
  if (size <= DATA_LIMIT_BYTES) return value;
  throw new WorkflowError(
    "States.DataLimitExceeded",
    `${what} has ${size} bytes, more than the ${DATA_LIMIT_BYTES} that the service passes between states.`,
  );
}
