/** Connects to an endpoint before the first call, because the AWS SDK tries again for seconds and then reports less. */
import { connect } from "node:net";
import { CommandError } from "../errors";

/** Nothing on this machine needs longer, and a host far away needs less than a second. */
const CONNECT_MILLIS = 3000;

/** @throws CommandError if nothing accepts connections; `undefined`, which is AWS, is not checked */
export async function checkEndpoint(endpoint: string | undefined): Promise<void> {
  if (endpoint === undefined) return;
  const { hostname, port, protocol } = new URL(endpoint);
  const host = hostname.replace(/^\[|\]$/g, "");
  const socket = connect({ host, port: Number(port) || (protocol === "https:" ? 443 : 80) });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
      socket.setTimeout(CONNECT_MILLIS, () => reject(new Error(`no connection within ${CONNECT_MILLIS / 1000} s`)));
    });
  } catch (error) {
    throw new CommandError(problemOf(endpoint, port, error as NodeJS.ErrnoException), { cause: error });
  } finally {
    socket.destroy();
  }
}

function problemOf(endpoint: string, port: string, { code, message }: NodeJS.ErrnoException): string {
  if (code === "ECONNREFUSED") {
    const start = `streamlake local --serve${port === "" ? "" : ` --port ${port}`}`;
    return `streamlake: nothing listens at ${endpoint}; start a local cloud there with: ${start}`;
  }
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") {
    return `streamlake: the host of the endpoint ${endpoint} is unknown; correct --endpoint-url or AWS_ENDPOINT_URL`;
  }
  return `streamlake: the endpoint ${endpoint} does not answer (${code ?? message}); correct --endpoint-url or AWS_ENDPOINT_URL`;
}
