/** Flushes a served local cloud by its endpoint, or a deployed stack by its state machine. */
import * as http from "node:http";
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  SFNClient,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { hourOf } from "../../lake/hour";
import { CommandError } from "../errors";
import { clientOptions } from "../send/awsClients";
import { checkEndpoint } from "../send/checkEndpoint";
import type { Flush } from "../serve/flushNow";
import { FLUSH_PATH } from "../serve/visits";
import type { Io } from "../terminal/io";
import { waitingFor } from "../terminal/waitingFor";
import { runHourNow } from "./runHourNow";

const POLL_MILLIS = 2_000;

export async function flushServed(endpoint: string, io: Io): Promise<Flush> {
  await checkEndpoint(endpoint);
  const flushing = () => post(new URL(FLUSH_PATH, endpoint), io.signal);
  const { status, body } = await waitingFor(() => `flushing ${endpoint}`, io, flushing);
  const answer = parsed(body);
  if (status === 200 && answer?.flushed !== undefined) return answer as Flush;
  if (typeof answer?.error === "string") {
    throw new CommandError(`streamlake flush: ${answer.error.replace(/^streamlake flush: /, "")}`);
  }
  throw new CommandError(
    `streamlake flush: ${endpoint} is not a served local cloud of this version; start one with: streamlake local --serve`,
  );
}

/** An interrupted command leaves the state machine running. */
export async function flushWorkflow(stateMachineArn: string, endpointUrl: string | undefined, io: Io): Promise<Flush> {
  const { env, clock, signal } = io;
  await checkEndpoint(endpointUrl);
  const region = stateMachineArn.split(":")[3];
  const client = new SFNClient({ ...clientOptions("SFN", env, endpointUrl), ...(region && { region }) });
  const options = { abortSignal: signal };
  let step = `starting ${stateMachineArn}`;
  const running = () =>
    runHourNow(
      {
        start: async (input) => {
          const started = await client.send(new StartExecutionCommand({ stateMachineArn, input }), options);
          return started.executionArn as string;
        },
        describe: (executionArn) => client.send(new DescribeExecutionCommand({ executionArn }), options),
        history: (executionArn, nextToken) =>
          client.send(
            new GetExecutionHistoryCommand({ executionArn, nextToken, maxResults: 1000, includeExecutionData: true }),
            options,
          ),
      },
      {
        hour: hourOf(clock.now()),
        clock,
        signal,
        pollMillis: POLL_MILLIS,
        onExecution: (executionArn) => {
          step = `waiting for ${executionArn}`;
        },
      },
    );
  try {
    return { flushed: await waitingFor(() => step, io, running), isBehind: false };
  } finally {
    client.destroy();
  }
}

/** Waits as long as the flush takes; `fetch` would end after five minutes. */
function post(target: URL, signal: AbortSignal): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const request = http.request(target, { method: "POST", signal }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (chunk) => {
        body += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
      response.on("error", reject);
    });
    request.on("error", (error) => {
      if (signal.aborted) return reject(signal.reason);
      const problem = `streamlake flush: ${target.origin} ended before the flush did (${error.message})`;
      reject(new CommandError(problem, { cause: error }));
    });
    request.end();
  });
}

function parsed(body: string): (Partial<Flush> & { error?: unknown }) | undefined {
  try {
    return JSON.parse(body) as Partial<Flush> & { error?: unknown };
  } catch {
    // S3 of a former version answers with XML.
    return undefined;
  }
}
