/** API Gateway: HTTP APIs, each on a port of its own beside the endpoint. */
import { randomUUID } from "node:crypto";
import type { Cloud } from "../../cloud/cloud";
import type { HttpResponse } from "../../cloud/endpoint/http";
import { readRequest, writeResponse } from "../../cloud/endpoint/messages";
import { type Endpoint, type Incoming, type Outgoing, startEndpoint } from "../../cloud/endpoint/server";
import type { Service } from "../../cloud/service";
import type { FunctionAnswer } from "./answerRequest";
import type { HttpApi } from "./httpApi";
import { apiResources } from "./resources";
import { Throttle } from "./throttle";
import { discoveredKeys } from "./token";

export interface ApiGatewayService extends Service {
  readonly name: "apigateway";
  /** Calls the listener with each response of a function, before it is sent. */
  onAnswer(listener: (answer: FunctionAnswer) => void): void;
}

/** The header with the identity of the run, so that a client notices a new run at the address of one before; AWS has none. */
const RUN_HEADER = "x-local-run";
/** Its answer has the header alone: a client asks before it sends, and without a route, a signature or a log entry. */
const RUN_PATH = "/_streamlake/run";
const OWN_ANSWER: HttpResponse = { status: 204 };

/** @param endpoint the URL of the cloud's endpoint; the first API takes the next port, if that is free */
export function apiGatewayService(cloud: Cloud, endpoint: string): ApiGatewayService {
  const apis = new Map<string, HttpApi>();
  const open = new Map<HttpApi, Endpoint>();
  const listeners: ((answer: FunctionAnswer) => void)[] = [];
  const onAnswer = (answer: FunctionAnswer) => {
    for (const listener of listeners) listener(answer);
  };
  // Of no seed: two runs at one address must differ.
  const run = randomUUID();
  const keySets = discoveredKeys(() => cloud.clock.now());

  return {
    name: "apigateway",
    resources: apiResources(cloud, apis, {
      async open(api) {
        // Few programs have an HTTP API.
        const { answerRequest } = require("./answerRequest") as typeof import("./answerRequest");
        const throttle = new Throttle(() => cloud.clock.now());
        const answer = async (incoming: Incoming, outgoing: Outgoing) => {
          try {
            const context = { cloud, api, throttle, keySets, onAnswer };
            const request = readRequest(incoming);
            const response =
              request.path === RUN_PATH ? OWN_ANSWER : await answerRequest(context, request).catch(failed);
            const headers = { ...response.headers, [RUN_HEADER]: run };
            await writeResponse(outgoing, { ...response, headers }, incoming.method === "HEAD");
          } catch {
            outgoing.destroy(); // The client has gone.
          }
        };
        const opened = await onFreePort((port) => startEndpoint(answer, port), Number(new URL(endpoint).port) + 1);
        open.set(api, opened);
        return opened.url;
      },
      async close(api) {
        await open.get(api)?.close();
        open.delete(api);
      },
    }),
    operations: {},
    onAnswer(listener) {
      listeners.push(listener);
    },
    async stop() {
      await Promise.all([...open.values()].map((each) => each.close()));
    },
  };
}

/** The answer for a defect of local. */
function failed(error: unknown): HttpResponse {
  return { status: 500, headers: { "content-type": "text/plain" }, body: `local/apigatewayv2: ${String(error)}\n` };
}

/** Ports after the preferred one that are tried before any free one. */
const TRIED = 10;

async function onFreePort(start: (port: number) => Promise<Endpoint>, preferred: number): Promise<Endpoint> {
  for (let port = preferred; port < preferred + TRIED && port < 65_536; port++) {
    try {
      return await start(port);
    } catch (error) {
      const { code } = Object((error as Error).cause) as NodeJS.ErrnoException;
      if (code !== "EADDRINUSE" && code !== "EACCES") throw error;
    }
  }
  return start(0);
}
