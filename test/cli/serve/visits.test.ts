/** What a served cloud answers to browsers and to `streamlake flush`. */
import type { Greeting } from "../../../cli/serve/greeting";
import { visitHandler } from "../../../cli/serve/visits";
import type { HttpRequest } from "../../../local/cloud/endpoint/http";

const greeting: Greeting = {
  project: "shop",
  stack: "dev",
  endpoint: "http://127.0.0.1:4566",
  region: "us-east-1",
  files: "/data",
  streams: [],
  buckets: [],
  databases: [],
  workgroups: [],
  stateMachines: [],
  topics: [],
  functions: [],
  logGroups: [],
  apis: [],
  commands: ["aws s3 ls"],
};
const request = (method: string, path: string, accept?: string): HttpRequest => ({
  method,
  path,
  query: new URLSearchParams(),
  headers: accept === undefined ? {} : { accept },
  body: (async function* () {})(),
});
const flushed = [{ hour: "2026-11-20T10", table: "orders", rows: 5 }];
const consolePage = async () => ({ status: 200, body: "console" });
const visit = visitHandler(greeting, async () => ({ flushed, isBehind: false }), consolePage);

test.each([
  ["text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "text/html; charset=utf-8", "<!doctype html>"],
  ["application/json", "application/json", '{\n  "project": "shop"'],
  ["*/*", "text/plain; charset=utf-8", '"shop" is served at http://127.0.0.1:4566 until Ctrl-C.'],
  [undefined, "text/plain; charset=utf-8", '"shop" is served at http://127.0.0.1:4566 until Ctrl-C.'],
])("who accepts %s gets %s", async (accept, type, start) => {
  const answer = await visit(request("GET", "/", accept));
  expect([answer?.status, answer?.headers?.["content-type"]]).toEqual([200, type]);
  expect(String(answer?.body).startsWith(start)).toBe(true);
  expect(answer?.headers).toMatchObject({
    "cache-control": "no-store",
    "content-security-policy": expect.stringContaining("default-src 'none'"),
    "referrer-policy": "no-referrer",
    vary: "accept",
    "x-content-type-options": "nosniff",
  });
});

test("a flush answers what it did", async () => {
  const answer = await visit(request("POST", "/_streamlake/flush"));
  expect([answer?.status, JSON.parse(String(answer?.body))]).toEqual([200, { flushed, isBehind: false }]);
});

test.each([
  ["GET", "/_streamlake/flush", 405, "local: a flush is a POST"],
  ["POST", "/_streamlake/stop", 404, "local: there is nothing at /_streamlake/stop"],
])("%s %s is refused", async (method, path, status, error) => {
  const answer = await visit(request(method, path));
  expect([answer?.status, JSON.parse(String(answer?.body))]).toEqual([status, { error }]);
});

test("what lies below the console's path is the console's", async () => {
  expect(await visit(request("GET", "/_streamlake/console/app.js"))).toEqual({ status: 200, body: "console" });
});

test("a flush that fails answers its error", async () => {
  const failing = visitHandler(greeting, () => Promise.reject(new Error("broken")), consolePage);
  const answer = await failing(request("POST", "/_streamlake/flush"));
  expect([answer?.status, JSON.parse(String(answer?.body))]).toEqual([500, { error: "broken" }]);
});
