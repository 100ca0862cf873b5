/** Reads requests and writes responses, in one form for HTTP/1.1 and HTTP/2. */
import type * as http from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { HttpRequest, HttpResponse } from "./http";
import type { Incoming, Outgoing } from "./server";

export function readRequest(incoming: Incoming, outgoing?: Outgoing): HttpRequest {
  const target = incoming.url ?? "/";
  const question = target.indexOf("?");
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(",") : value;
  }
  return {
    method: incoming.method ?? "GET",
    path: question < 0 ? target : target.slice(0, question),
    query: new URLSearchParams(question < 0 ? "" : target.slice(question + 1).replaceAll("+", "%2B")),
    headers,
    body: incoming,
    ...(outgoing && { closed: () => closed(outgoing) }),
  };
}

function closed(outgoing: Outgoing): AbortSignal {
  const closing = new AbortController();
  const close = () => closing.abort(new Error("the client has gone"));
  if (outgoing.destroyed) close();
  else (outgoing as http.ServerResponse).once("close", close);
  return closing.signal;
}

export async function writeResponse(outgoing: Outgoing, response: HttpResponse, isHead: boolean): Promise<void> {
  const { body } = response;
  const headers: Record<string, string> = { ...response.headers };
  if (!(body instanceof Readable) && !isHead)
    headers["content-length"] = String(body === undefined ? 0 : Buffer.byteLength(body));
  if (response.status === 304 || response.status === 204) delete headers["content-length"];
  (outgoing as http.ServerResponse).writeHead(response.status, headers);
  if (body === undefined || isHead) outgoing.end();
  else if (body instanceof Readable) await pipeline(body, outgoing as http.ServerResponse);
  else outgoing.end(body);
}
