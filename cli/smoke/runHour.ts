/** Runs the hourly state machine for one hour, and waits until it has ended. */
import { DescribeExecutionCommand, type SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import type { Hour } from "../../lake/hour";
import { CommandError } from "../errors";
import type { Io } from "../terminal/io";

export interface HourOptions {
  readonly client: SFNClient;
  readonly stateMachineArn: string;
  readonly hour: Hour;
  /** The names of the executions begin with it. */
  readonly runId: string;
  /** When to stop waiting, milliseconds since 1970. */
  readonly deadlineMillis: number;
}

const POLL_MILLIS = 5_000;
/** Execution names have at most 80 characters. */
const MAX_NAME_CHARACTERS = 80;
/** Results of an execution that left the hour to another one. */
const LEFT_TO_ANOTHER = /another execution|left to/;

/** Resolves to the ARN of the execution that processed the hour. */
export async function runHour(options: HourOptions, io: Io): Promise<string> {
  const { client, stateMachineArn, hour, runId } = options;
  for (let attempt = 1; ; attempt++) {
    const name = `${runId}-${hour}-${attempt}`.slice(-MAX_NAME_CHARACTERS);
    const command = new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify({ hour }) });
    const { executionArn = "" } = await client.send(command, { abortSignal: io.signal });
    const output = await ended(executionArn, options, io);
    if (!LEFT_TO_ANOTHER.test(String(output.result ?? ""))) return executionArn;
    if (typeof output.execution === "string") await ended(output.execution, options, io);
    else await io.clock.sleep(POLL_MILLIS, io.signal);
  }
}

/** Waits for an execution, and resolves to its output. */
async function ended(
  executionArn: string,
  { client, hour, deadlineMillis }: HourOptions,
  io: Io,
): Promise<Record<string, unknown>> {
  for (;;) {
    const command = new DescribeExecutionCommand({ executionArn });
    const { status, output, error, cause } = await client.send(command, { abortSignal: io.signal });
    if (status === "SUCCEEDED") return JSON.parse(output ?? "{}") as Record<string, unknown>;
    if (status !== "RUNNING") {
      const reason = [error, cause?.slice(0, 500)].filter(Boolean).join(": ");
      throw new CommandError(`streamlake smoke: hour ${hour}: ${executionArn} ended as ${status} (${reason})`);
    }
    if (io.clock.now() >= deadlineMillis) {
      throw new CommandError(`streamlake smoke: hour ${hour}: ${executionArn} did not end in time`);
    }
    await io.clock.sleep(POLL_MILLIS, io.signal);
  }
}
