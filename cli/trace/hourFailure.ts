/** Finds why the hourly step of a deployed stack failed on an hour, in the last failed executions of its state machine. */
import { DescribeExecutionCommand, ListExecutionsCommand, SFNClient } from "@aws-sdk/client-sfn";
import type { Hour } from "../../lake/hour";
import type { DeployedStack } from "../target/target";
import type { Io } from "../terminal/io";

export interface HourFailure {
  /** The ARN of the execution. */
  readonly execution: string;
  /** Milliseconds since the epoch. */
  readonly atMillis: number;
  /** `"flatten"`, or another step of the state machine. */
  readonly step?: string;
  readonly error: string;
  readonly cause?: string;
}

/** Each is one call of DescribeExecution. */
const MAX_EXECUTIONS = 10;

/** Undefined if the stack has no output stateMachineArn, if the executions may not be read, or if none names the hour. */
export async function hourFailure(stack: DeployedStack, hour: Hour, io: Io): Promise<HourFailure | undefined> {
  const { stateMachineArn } = stack.outputs;
  if (stateMachineArn === undefined) return undefined;
  const client = new SFNClient(stack.client("SFN"));
  const sending = { abortSignal: io.signal };
  try {
    const list = new ListExecutionsCommand({ stateMachineArn, statusFilter: "FAILED", maxResults: MAX_EXECUTIONS });
    const { executions = [] } = await client.send(list, sending);
    for (const { executionArn = "", stopDate } of executions) {
      const { error = "", cause = "" } = await client.send(new DescribeExecutionCommand({ executionArn }), sending);
      const found = failureIn(cause, hour);
      if (found) return { error, ...found, execution: executionArn, atMillis: stopDate?.getTime() ?? 0 };
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof Error) || !/AccessDenied/.test(error.name)) throw error;
    io.stderr.write(`streamlake trace: the executions of the state machine may not be read (${error.message})\n`);
    return undefined;
  } finally {
    client.destroy();
  }
}

/** The hour's entry in the cause of an execution; the state machine cuts causes, and a cut one only names the hour. */
function failureIn(cause: string, hour: Hour): Partial<HourFailure> | undefined {
  if (!cause.includes(hour)) return undefined;
  try {
    const failures = JSON.parse(cause) as (Partial<HourFailure> & { readonly hour?: Hour })[];
    const { step, error, cause: reason } = failures.find((failure) => failure.hour === hour) ?? {};
    if (error === undefined) return undefined;
    return { ...(step !== undefined && { step }), error, ...(reason !== undefined && { cause: reason }) };
  } catch {
    return {};
  }
}
