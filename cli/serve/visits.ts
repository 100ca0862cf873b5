/** Answers browsers, the console and `streamlake flush` at the endpoint of a served cloud. */
import type { HttpRequest, HttpResponse } from "../../local/cloud/endpoint/http";
import { CONSOLE_PATH, CONTROL_PATH, type VisitHandler } from "../../local/cloud/endpoint/visit";
import type { Flush } from "./flushNow";
import { CONTENT_SECURITY_POLICY, type Greeting, greetingPage, greetingText } from "./greeting";

/** The path at which `POST` flushes; the answer is a `Flush`, or `{ error }` with the status 500. */
export const FLUSH_PATH = `${CONTROL_PATH}flush`;

const HEADERS = {
  "cache-control": "no-store",
  "content-security-policy": CONTENT_SECURITY_POLICY,
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

export function visitHandler(
  greeting: Greeting,
  flush: () => Promise<Flush>,
  console: (request: HttpRequest) => Promise<HttpResponse>,
): VisitHandler {
  return async (request) => {
    if (request.path === "/") return welcome(greeting, request);
    if (request.path.startsWith(CONSOLE_PATH)) return console(request);
    if (request.path !== FLUSH_PATH) return json(404, { error: `local: there is nothing at ${request.path}` });
    if (request.method !== "POST") return json(405, { error: "local: a flush is a POST" });
    try {
      return json(200, await flush());
    } catch (error) {
      return json(500, { error: error instanceof Error ? error.message : String(error) });
    }
  };
}

/** HTML for browsers, JSON where it is asked for, otherwise the text of the terminal. */
function welcome(greeting: Greeting, { headers }: HttpRequest): HttpResponse {
  const accept = headers.accept ?? "";
  if (/\btext\/html\b/.test(accept)) return answer(200, "text/html; charset=utf-8", greetingPage(greeting));
  if (/\bapplication\/json\b/.test(accept)) return json(200, greeting);
  return answer(200, "text/plain; charset=utf-8", `${greetingText(greeting)}\n`);
}

function json(status: number, value: object): HttpResponse {
  return answer(status, "application/json", `${JSON.stringify(value, null, 2)}\n`);
}

function answer(status: number, type: string, body: string): HttpResponse {
  return { status, headers: { ...HEADERS, vary: "accept", "content-type": type }, body };
}
