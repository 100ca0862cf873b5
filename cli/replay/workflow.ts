/** Has a stack's state machine replay, and follows it through the executions that go on from it. */
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import type { ReplayOrder } from "../../lake/replay/order";
import type { ReplayTotals } from "../../lake/replay/totals";
import { CommandError } from "../errors";
import { clientOptions } from "../send/awsClients";
import type { Io } from "../terminal/io";
import { counted, counting } from "../terminal/wording";
import { outcomeLine } from "./findings";

const POLL_MILLIS = 2_000;

interface Output {
  readonly totals: ReplayTotals;
}

/** What a replay came to, and why it failed if it did. */
export interface WorkflowEnd {
  readonly totals: ReplayTotals;
  readonly failure?: string;
}

/** @returns what the replay came to; an interrupted command leaves the state machine running */
export async function replayByWorkflow(
  stateMachineArn: string,
  order: ReplayOrder,
  endpointUrl: string | undefined,
  io: Io,
): Promise<WorkflowEnd> {
  const client = new SFNClient(clientOptions("SFN", io.env, endpointUrl));
  const options = { abortSignal: io.signal };
  try {
    const input = JSON.stringify(order);
    const started = await client.send(new StartExecutionCommand({ stateMachineArn, input }), options);
    let executionArn = started.executionArn as string;
    io.stdout.write(`started ${executionArn}\n`);
    for (;;) {
      const { status, output, error, cause } = await client.send(
        new DescribeExecutionCommand({ executionArn }),
        options,
      );
      if (status === "RUNNING") {
        await io.clock.sleep(POLL_MILLIS, io.signal);
        continue;
      }
      if (status !== "SUCCEEDED") {
        const ended = `streamlake replay: ${executionArn} ended as ${status}: ${error ?? ""}`;
        // So does a replay begin that knows what it did before it failed; it is never cut off there.
        if (!cause?.startsWith('{"totals":')) throw new CommandError(`${ended} ${cause ?? ""}`);
        const { totals, failures } = JSON.parse(cause) as Output & { failures: unknown };
        return { totals, failure: `${ended} ${JSON.stringify(failures)}` };
      }
      const { continuedBy, totals } = JSON.parse(output ?? "{}") as Partial<Output> & { continuedBy?: string };
      if (continuedBy !== undefined) {
        executionArn = continuedBy;
        io.stdout.write(`goes on in ${executionArn}\n`);
      } else if (totals) return { totals };
      else throw new CommandError(`streamlake replay: ${stateMachineArn} is not the state machine of a Replay`);
    }
  } finally {
    client.destroy();
  }
}

export function totalsLines(totals: ReplayTotals, apply: boolean): string[] {
  const { records, landed, objects, rows, created, alreadyThere, firstHour, lastHour, stays, leftOut, failedObjects } =
    totals;
  const lines = [outcomeLine(records, landed, apply), ""];
  lines.push(`${counted(objects)} objects read`);
  if (firstHour !== undefined) {
    const there = alreadyThere > 0 ? `, ${counted(alreadyThere)} already there` : "";
    lines.push(`${counted(rows)} rows in ${counted(created)} objects${there}, hours ${firstHour} to ${lastHour}`);
  }
  for (const [reason, count] of Object.entries(stays)) lines.push(`stays: ${counted(count)} × ${reason}`);
  for (const [why, count] of Object.entries(leftOut)) lines.push(`left out: ${counted(count)} × ${why}`);
  if (failedObjects > 0) lines.push(`failed: ${counting(failedObjects, "object")}`);
  return lines;
}
