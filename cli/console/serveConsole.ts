/** Serves the console of a run that is over, on a port of its own. */
import type { HttpRequest, HttpResponse } from "../../local/cloud/endpoint/http";
import { readRequest, writeResponse } from "../../local/cloud/endpoint/messages";
import { startEndpoint } from "../../local/cloud/endpoint/server";
import { CONSOLE_PATH, refusalOf } from "../../local/cloud/endpoint/visit";
import type { Run } from "../project/runs/listRuns";
import type { Io } from "../terminal/io";
import { type ConsoleOptions, consoleAddress, consoleHandler } from "./handler";
import { savedSource } from "./savedSource";

export interface ServeConsoleOptions extends ConsoleOptions {
  /** 0 for a free port. */
  readonly port: number;
  /** The directory of the program and its environment, in which `streamlake replay` runs. */
  readonly program: Pick<Io, "cwd" | "env">;
}

export interface ServedConsole {
  readonly address: string;
  /** Rejects with the signal's reason, after the port is closed. */
  readonly ended: Promise<never>;
}

/** @throws CommandError for a run without a record */
export async function serveConsole(
  run: Run,
  { port, program, ...options }: ServeConsoleOptions,
): Promise<ServedConsole> {
  const handler = consoleHandler(savedSource(run, program), options);
  const endpoint = await startEndpoint((incoming, outgoing) => {
    const request = readRequest(incoming, outgoing);
    // A browser that has gone closes the connection.
    answer(request, handler)
      .then((response) => writeResponse(outgoing, response, request.method === "HEAD"))
      .catch(() => outgoing.destroy());
  }, port);
  const { signal } = options;
  const ended = new Promise<never>((_, reject) => {
    const end = () => void endpoint.close().then(() => reject(signal.reason));
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });
  return { address: consoleAddress(endpoint.url, options.token), ended };
}

async function answer(
  request: HttpRequest,
  handler: (request: HttpRequest) => Promise<HttpResponse>,
): Promise<HttpResponse> {
  const refusal = refusalOf(request);
  if (refusal) return refusal;
  if (request.path.startsWith(CONSOLE_PATH)) return handler(request);
  return {
    status: 404,
    headers: { "content-type": "text/plain" },
    body: `console: there is nothing at ${request.path}\n`,
  };
}
