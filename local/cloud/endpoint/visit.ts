/** Distinguishes visits, of a browser or of `streamlake flush`, from the calls of AWS clients, and refuses other hosts. */
import type { HttpRequest, HttpResponse } from "./http";

/** Answers a visit; undefined if there is nothing at the path. */
export type VisitHandler = (request: HttpRequest) => Promise<HttpResponse | undefined>;

/** Below the path, which no bucket can have: bucket names have no `_`. */
export const CONTROL_PATH = "/_streamlake/";

/** The console's page, whose script may ask below the path; its handler checks a token. */
export const CONSOLE_PATH = `${CONTROL_PATH}console/`;

const THIS_MACHINE = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/;
/** AWS CLI and SDKs name themselves, also in calls that they do not sign. */
const AWS_CLIENT = /\b(aws-cli|aws-sdk|boto3|botocore)\b/i;

/** True for `GET /` without anything of an AWS client, which lists buckets by the same request, and below `CONTROL_PATH`. */
export function isVisit({ method, path, query, headers }: HttpRequest): boolean {
  if (path.startsWith(CONTROL_PATH)) return true;
  if (path !== "/" || (method !== "GET" && method !== "HEAD") || query.size > 0) return false;
  const isOfClient = Object.keys(headers).some((name) => /^(authorization|x-amz-.*|amz-sdk-.*)$/.test(name));
  return !isOfClient && !AWS_CLIENT.test(headers["user-agent"] ?? "");
}

/**
 * Refuses a name that is made to point to this machine (DNS rebinding), and requests that a page of another site makes.
 *
 * @returns undefined if the visit is allowed
 */
export function refusalOf({ method, path, headers }: HttpRequest): HttpResponse | undefined {
  const host = headers[":authority"] ?? headers.host ?? "";
  if (!THIS_MACHINE.test(host)) {
    return plain(421, "local: this page is for 127.0.0.1 and localhost; the request names another host");
  }
  const isElsewhere = !["same-origin", "none", undefined].includes(headers["sec-fetch-site"]);
  const isConsole = path.startsWith(CONSOLE_PATH) && headers.origin === `http://${host}`;
  const isOfPage = headers.origin !== undefined && !isConsole;
  if (method !== "GET" && method !== "HEAD" && (isOfPage || isElsewhere)) {
    return plain(403, "local: a page in a browser may not do this; use the command streamlake");
  }
  return undefined;
}

function plain(status: number, text: string): HttpResponse {
  const headers = { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff" };
  return { status, headers, body: `${text}\n` };
}
