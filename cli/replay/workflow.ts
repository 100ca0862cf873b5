/** Starts the state machine of a `Replay`, and follows its executions to the last one. */
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import type { ReplayRequest } from "../../lake/replay/request";
import type { ReplayTotals } from "../../lake/replay/totals";
import { CommandError } from "../errors";
import { clientOptions } from "../send/awsClients";
import type { Io } from "../terminal/io";
import { waitingFor } from "../terminal/waitingFor";

const POLL_MILLIS = 2_000;

interface Output {
  readonly totals: ReplayTotals;
}

/** The totals of a replay, and its failure if it failed in part. */
export interface WorkflowEnd {
  readonly totals: ReplayTotals;
  readonly failure?: string;
}

/** An interrupted command leaves the state machine running. */
export async function replayByWorkflow(
  stateMachineArn: string,
  request: ReplayRequest,
  endpointUrl: string | undefined,
  io: Io,
): Promise<WorkflowEnd> {
  const region = stateMachineArn.split(":")[3];
  const client = new SFNClient({ ...clientOptions("SFN", io.env, endpointUrl), ...(region && { region }) });
  const options = { abortSignal: io.signal };
  try {
    const input = JSON.stringify(request);
    const started = await client.send(new StartExecutionCommand({ stateMachineArn, input }), options);
    let executionArn = started.executionArn as string;
    io.stdout.write(`started ${executionArn}\n`);
    const ended = async () => {
      for (;;) {
        const described = await client.send(new DescribeExecutionCommand({ executionArn }), options);
        if (described.status !== "RUNNING") return described;
        await io.clock.sleep(POLL_MILLIS, io.signal);
      }
    };
    for (;;) {
      const { status, output, error, cause } = await waitingFor(() => "waiting for the replay", io, ended);
      if (status !== "SUCCEEDED") {
        const problem = `streamlake replay: ${executionArn} ended as ${status}: ${error ?? ""}`;
        // The cause of a replay that failed in part starts with its totals; Step Functions does not cut it off.
        if (!cause?.startsWith('{"totals":')) throw new CommandError(`${problem} ${cause ?? ""}`);
        const { totals, failures } = JSON.parse(cause) as Output & { failures: unknown };
        return { totals, failure: `${problem} ${JSON.stringify(failures)}` };
      }
      const { continuedBy, totals } = JSON.parse(output ?? "{}") as Partial<Output> & { continuedBy?: string };
      if (continuedBy !== undefined) {
        executionArn = continuedBy;
        io.stdout.write(`continues in ${executionArn}\n`);
      } else if (totals) return { totals };
      else throw new CommandError(`streamlake replay: ${stateMachineArn} is not the state machine of a Replay`);
    }
  } finally {
    client.destroy();
  }
}
