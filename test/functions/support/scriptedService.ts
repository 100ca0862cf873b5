/** An AWS service as a script on the loopback interface: what it is asked, and one answer a request. */
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Record<string, string>;
}

export interface ScriptedService {
  readonly url: string;
  /** What it answers, first to last; undefined is no answer at all. */
  answers: (Answer | undefined)[];
  readonly requests: readonly { url: string; headers: IncomingHttpHeaders; body: string }[];
  stop(): Promise<void>;
}

export async function scriptedService(): Promise<ScriptedService> {
  const requests: { url: string; headers: IncomingHttpHeaders; body: string }[] = [];
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    requests.push({ url: incoming.url ?? "", headers: incoming.headers, body: Buffer.concat(chunks).toString() });
    const answer = service.answers.shift();
    if (answer) response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const service: ScriptedService = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answers: [],
    requests,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return service;
}
