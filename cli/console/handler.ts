/** Answers the requests of a console below its path: the page to anybody on this machine, data to who has the token. */
import { timingSafeEqual } from "node:crypto";
import type { HttpRequest, HttpResponse } from "../../local/cloud/endpoint/http";
import { CONSOLE_PATH } from "../../local/cloud/endpoint/visit";
import { CommandError } from "../errors";
import type { Io } from "../terminal/io";
import { apiOf, FileAnswer } from "./api";
import { consoleAssets, PAGE } from "./assets";
import { liveEvents, logEvents } from "./live";
import { addedLogs } from "./searchLogs";
import type { ConsoleSource } from "./source";

export interface ConsoleOptions extends Pick<Io, "clock" | "signal"> {
  /** Needed for all data and every change; part of the address that the command prints. */
  readonly token: string;
}

const TOKEN_HEADER = "x-streamlake-token";

export function consoleAddress(endpoint: string, token: string): string {
  return `${endpoint}${CONSOLE_PATH}?token=${token}`;
}

export function consoleHandler(
  source: ConsoleSource,
  { token, clock, signal }: ConsoleOptions,
): (request: HttpRequest) => Promise<HttpResponse> {
  const api = apiOf(source, { clock, signal });
  return async (request) => {
    const { method, path } = request;
    const name = path.slice(CONSOLE_PATH.length);
    const headers = headersFor(request);
    const answer = (status: number, type: string, body: HttpResponse["body"] & {}) => ({
      status,
      headers: { ...headers, "content-type": type },
      body,
    });
    const json = (status: number, value: unknown) => answer(status, "application/json", JSON.stringify(value));
    const refuse = (status: number, error: string) => json(status, { error: `console: ${error}` });
    const isRead = method === "GET" || method === "HEAD";

    if (isRead && name === "") return answer(200, "text/html; charset=utf-8", PAGE);
    if (isRead && name === "app.js") return answer(200, "text/javascript; charset=utf-8", consoleAssets()["app.js"]);
    if (isRead && name === "app.css") return answer(200, "text/css; charset=utf-8", consoleAssets()["app.css"]);
    if (!["same-origin", "none", undefined].includes(request.headers["sec-fetch-site"])) {
      return refuse(403, "a page of another site may not read this");
    }
    if (!isToken(tokenOf(request), token)) {
      return refuse(401, "the token is missing or of another run; open the address that streamlake prints");
    }
    if (isRead && name === "api/events") {
      return answer(
        200,
        "text/event-stream",
        liveEvents(() => source.sample(), { clock, signal }),
      );
    }
    if (isRead && name === "api/log-events") {
      const wanted = { group: request.query.get("group") ?? "", text: request.query.get("text") ?? "" };
      return answer(200, "text/event-stream", logEvents(addedLogs(source.dataDir, wanted), { clock, signal }));
    }
    const operation = Object.hasOwn(api, name) ? api[name] : undefined;
    if (!operation) return refuse(404, `there is nothing at ${path}`);
    if (method !== operation.method) return refuse(405, `${name} is a ${operation.method}`);
    try {
      const value = await operation.run(request);
      if (!(value instanceof FileAnswer)) return json(200, value);
      const file = answer(200, value.type, value.body);
      return { ...file, headers: { ...file.headers, "content-disposition": `attachment; filename="${value.name}"` } };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return json(error instanceof CommandError ? 400 : 500, { error: message });
    }
  };
}

function headersFor({ headers }: HttpRequest): Record<string, string> {
  const own = `http://${headers[":authority"] ?? headers.host ?? ""}${CONSOLE_PATH}`;
  return {
    "cache-control": "no-store",
    // Objects of S3 have the same origin, so the page's own files are named by their paths.
    "content-security-policy": [
      "default-src 'none'",
      `script-src ${own}app.js`,
      `style-src ${own}app.css`,
      `connect-src ${own}api/`,
      "img-src data:",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
    ].join("; "),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  };
}

/** Events are read, and files are saved, without headers of their own. */
function tokenOf({ headers, query, path }: HttpRequest): string {
  return headers[TOKEN_HEADER] ?? (/\/(events|log-events|result)$/.test(path) ? query.get("token") : null) ?? "";
}

function isToken(given: string, token: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(token)];
  return left.length === right.length && timingSafeEqual(left, right);
}
