/** The console over HTTP: what this machine's browsers get, what others do not, and each of its operations. */
import { readdirSync, rmSync } from "node:fs";
import * as http from "node:http";
import path from "node:path";
import { type ServedConsole, serveConsole } from "../../../cli/console/serveConsole";
import { systemClock } from "../../../local/cloud/clock";
import { HOSTILE, RECORD, type SavedRun, SHARD, savedRun } from "../support/savedRun";

const TOKEN = "c2VjcmV0";
let saved: SavedRun;
let served: ServedConsole;
let base: string;
const ending = new AbortController();

beforeAll(async () => {
  saved = savedRun();
  served = await serveConsole(saved.run, {
    port: 0,
    token: TOKEN,
    program: { cwd: saved.work, env: process.env },
    clock: systemClock,
    signal: ending.signal,
  });
  base = served.address.slice(0, served.address.indexOf("?"));
});
afterAll(async () => {
  ending.abort(new Error("the test ends"));
  await expect(served.ended).rejects.toThrow("the test ends");
  rmSync(saved.work, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

function ask(name: string, headers: Record<string, string> = {}, method = "GET", body = ""): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = http.request(`${base}${name}`, { method, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    request.on("error", reject).end(body);
  });
}

const own = { "x-streamlake-token": TOKEN };
const get = async (name: string) => JSON.parse((await ask(name, own)).body);
const post = async (name: string, body: unknown) => {
  const { status, body: text } = await ask(name, own, "POST", JSON.stringify(body));
  return [status, JSON.parse(text)];
};

test("the address has the token, and a port of this machine alone", () => {
  expect(served.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/_streamlake\/console\/\?token=c2VjcmV0$/);
});

test("the page has no inline script, and may load its own files alone", async () => {
  const { status, headers, body } = await ask("");
  expect(status).toBe(200);
  expect(body.match(/<script[^>]*>[^<]*/g)).toEqual(['<script type="module" src="app.js">']);
  expect(body).not.toContain(TOKEN);
  expect(headers["content-security-policy"]).toBe(
    [
      "default-src 'none'",
      `script-src ${base}app.js`,
      `style-src ${base}app.css`,
      `connect-src ${base}api/`,
      "img-src data:",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
    ].join("; "),
  );
  expect(headers).toMatchObject({
    "cache-control": "no-store",
    "content-type": "text/html; charset=utf-8",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  });
});

test("script and style need no token, and name no other host", async () => {
  const [script, style] = await Promise.all([ask("app.js"), ask("app.css")]);
  expect([script?.headers["content-type"], style?.headers["content-type"]]).toEqual([
    "text/javascript; charset=utf-8",
    "text/css; charset=utf-8",
  ]);
  const addresses = `${script?.body}${style?.body}`.match(/https?:\/\/[\w.]+/g) ?? [];
  expect(addresses.filter((address) => address !== "http://www.w3.org")).toEqual([]);
});

const missing = '{"error":"console: the token is missing or of another run; open the address that streamlake prints"}';

test.each([
  ["no token", "GET", "api/overview", {}],
  ["another token", "GET", "api/overview", { "x-streamlake-token": "other" }],
  ["the token in the address", "GET", `api/overview?token=${TOKEN}`, {}],
  ["no token, to change something", "POST", "api/flush", {}],
  ["no token, to send records again", "POST", "api/replay", {}],
  ["no token, to run SQL", "POST", "api/sql", {}],
  ["no token, to follow the run", "GET", "api/events", {}],
  ["no token, to follow logs", "GET", "api/log-events", {}],
  ["no token, to save a result", "GET", "api/result?id=x", {}],
  ["another token, to save a result", "GET", "api/result?id=x&token=other", {}],
])("a request with %s is refused", async (_, method, name, headers) => {
  const { status, body } = await ask(name, headers as Record<string, string>, method);
  expect([status, body]).toEqual([401, missing]);
});

test("a name that points to this machine is refused", async () => {
  const { status, body } = await ask("", { host: "evil.example" });
  expect([status, body]).toEqual([
    421,
    "local: this page is for 127.0.0.1 and localhost; the request names another host\n",
  ]);
});

test("a page of another site may neither read nor change, though it had the token", async () => {
  const read = await ask("api/overview", { ...own, "sec-fetch-site": "cross-site" });
  expect([read.status, read.body]).toEqual([403, '{"error":"console: a page of another site may not read this"}']);
  const write = await ask("api/sql", { ...own, origin: "https://evil.example" }, "POST", '{"sql":"SELECT 1"}');
  expect([write.status, write.body]).toEqual([
    403,
    "local: a page in a browser may not do this; use the command streamlake\n",
  ]);
});

test.each([
  ["GET", "api/nothing", 404, "console: there is nothing at /_streamlake/console/api/nothing"],
  ["GET", "api/constructor", 404, "console: there is nothing at /_streamlake/console/api/constructor"],
  ["GET", "api/sql", 405, "console: api/sql is a POST"],
  ["POST", "api/runs", 405, "console: api/runs is a GET"],
  ["POST", "api/sql", 400, "console: the request's body is no JSON object"],
  ["GET", "api/result?id=none", 400, "console: the result is not kept any more; run the query again"],
  ["GET", "api/record?id=none", 400, "console: there is no unformatted record none"],
  ["GET", "api/execution?arn=none", 400, 'console: there is no execution "none"'],
  ["GET", "api/trace?subject=%20", 400, "console: the search is empty"],
  [
    "POST",
    "api/flush",
    400,
    "console: the run is over, so nothing runs its hour; serve one with: streamlake local --serve",
  ],
])("%s %s is refused", async (method, name, status, error) => {
  const answer = await ask(name, own, method);
  expect([answer.status, JSON.parse(answer.body)]).toEqual([status, { error }]);
});

test("what lies outside of the console is not there", async () => {
  const answer = await fetch(new URL("/", base));
  expect([answer.status, await answer.text()]).toEqual([404, "console: there is nothing at /\n"]);
});

test("the overview has the run, its flow, its ready queries and its dashboards", async () => {
  expect(await get("api/overview")).toEqual({
    project: "shop",
    stack: "dev",
    run: "20261120-100000",
    startedAt: "2026-11-20T10:00:00.000Z",
    files: saved.run.directory,
    flow: RECORD.flow,
    queries: RECORD.queries,
    dashboards: RECORD.dashboards,
  });
});

test("SQL answers columns, rows and their number", async () => {
  const [status, answer] = await post("api/sql", {
    sql: "SELECT 1 AS n, CAST(NULL AS varchar) AS nothing",
    database: "lake",
  });
  expect([status, answer]).toEqual([
    200,
    {
      columns: [
        { name: "n", type: "integer" },
        { name: "nothing", type: "varchar" },
      ],
      rows: [["1", null]],
      total: 1,
      millis: expect.any(Number),
    },
  ]);
});

test("a result beyond 5,000 rows is cut, and its number is whole", async () => {
  const sql = "SELECT n FROM UNNEST(sequence(1, 5001)) AS t (n)";
  const [, { rows, total }] = await post("api/sql", { sql });
  expect([rows.length, rows.at(-1), total]).toEqual([5000, ["5000"], 5001]);
});

test("a result beyond 5,000 rows is sorted and paged whole, and saved whole", async () => {
  const sql = "SELECT n, 12000 - n AS down FROM UNNEST(sequence(1, 12000)) AS t (n)";
  const rows = async (page: object) => post("api/rows", { id: "one", sql, ...page });
  expect(await rows({ from: 11_999, count: 50 })).toEqual([200, { rows: [["12000", "0"]], total: 12_000 }]);
  expect(await rows({ from: 5000, count: 2, by: 1 })).toEqual([
    200,
    {
      rows: [
        ["7000", "5000"],
        ["6999", "5001"],
      ],
      total: 12_000,
    },
  ]);
  const csv = await ask(`api/result?id=one&form=csv&token=${TOKEN}`);
  expect(csv.headers).toMatchObject({
    "content-type": "text/csv; charset=utf-8",
    "content-disposition": 'attachment; filename="result.csv"',
  });
  const lines = csv.body.split("\r\n");
  expect([lines.length, ...lines.slice(0, 2), lines[12_000]]).toEqual([12_002, "n,down", "1,11999", "12000,0"]);
  const json = JSON.parse((await ask("api/result?id=one&form=json", own)).body);
  expect([json.length, json[0], json.at(-1)]).toEqual([12_000, { n: 1, down: 11999 }, { n: 12000, down: 0 }]);
});

test("three results are kept, those that were used last", async () => {
  const rows = async (id: string) => post("api/rows", { id, sql: "SELECT 1 AS n", from: 0, count: 1 });
  for (const id of ["a", "b", "a", "c", "d"]) await rows(id);
  const states = ["a", "b", "c", "d"].map(async (id) => (await ask(`api/result?id=${id}&form=csv`, own)).status);
  expect(await Promise.all(states)).toEqual([200, 400, 200, 200]);
  const kept = () => readdirSync(path.join(saved.run.directory, "tmp")).filter((name) => name.startsWith("kept-"));
  expect(kept()).toHaveLength(3);
});

test("a query ends when its page has gone", async () => {
  const numbers = (name: string) => `UNNEST(sequence(1, 10000)) AS ${name} (n)`;
  const sql = `SELECT sum(a.n * b.n + c.n) FROM ${numbers("a")}, ${numbers("b")}, ${numbers("c")}`;
  const leaving = new AbortController();
  const asked = fetch(`${base}api/sql`, {
    method: "POST",
    headers: own,
    body: JSON.stringify({ sql }),
    signal: leaving.signal,
  });
  const running = async (count: number) => {
    const scratch = path.join(saved.run.directory, "tmp");
    const queries = () => readdirSync(scratch).filter((name) => name.startsWith("query-"));
    while (queries().length !== count) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  await running(1);
  leaving.abort();
  await expect(asked).rejects.toThrow("aborted");
  await running(0);
});

test.each([
  [{ sql: "SELECT * FROM absent" }, "TABLE_NOT_FOUND"],
  [{ sql: "  " }, "console: the SQL is empty"],
  [{}, "console: the SQL is empty"],
])("SQL %j is refused with its reason", async (body, reason) => {
  expect(await post("api/sql", body)).toEqual([400, { error: expect.stringContaining(reason) }]);
});

test.each([
  [{ sql: "SELECT 1", from: 0, count: 1 }, "console: id is a string"],
  [{ id: "x", sql: " ", from: 0, count: 1 }, "console: the SQL is empty"],
  [{ id: "x", sql: "SELECT 1", from: -1, count: 1 }, "console: from is a number of rows"],
  [{ id: "x", sql: "SELECT 1", from: "0", count: 1 }, "console: from is a number of rows"],
  [{ id: "x", sql: "SELECT 1", from: 0, count: 5001 }, "console: count is a number up to 5000"],
  [{ id: "x", sql: "SELECT 1", from: 0, count: 1, by: "n; DROP" }, "console: by is the number of a column"],
])("rows of a whole result are refused for %j", async (body, error) => {
  expect(await post("api/rows", body)).toEqual([400, { error }]);
});

test("unformatted records are grouped, each with ids and exact bytes", async () => {
  expect(await get("api/unformatted")).toEqual({
    groups: [
      {
        table: "records",
        hour: "2026-11-20T10",
        reason: "format",
        detail: "json: … bytes do not parse as JSON (position …)",
        records: 2,
        examples: [`${SHARD}/101/0`, `${SHARD}/102/0`],
      },
    ],
    unreadable: [],
    failedDeliveries: [
      {
        delivery: "orders",
        errorCode: "Lambda.FunctionError",
        detail: "the function failed",
        records: 2,
        examples: [
          { arrived: "2026-11-20T10:04:09.123Z", bytes: 3, hex: "3c623e" },
          { arrived: "2026-11-20T10:04:10.123Z", bytes: 5000, hex: "61".repeat(4096) },
        ],
      },
    ],
    ...RECORD.refusals,
  });
  expect(await get(`api/record?id=${SHARD}/101/0`)).toEqual({
    id: `${SHARD}/101/0`,
    arrived: "2026-11-20T10:04:09.123Z",
    reason: "format",
    detail: "json: 9 bytes do not parse as JSON (position 4)",
    stream: "in-stream",
    key: "order-4711",
    bytes: Buffer.byteLength(HOSTILE),
    hex: Buffer.from(HOSTILE).toString("hex"),
  });
});

test("a record is followed to its object and its hour", async () => {
  const found = await get("api/trace?subject=order-4711");
  expect(found.findings.map(({ record, format, reason }: Record<string, string>) => [record, format, reason])).toEqual([
    [`${SHARD}/100/0`, "json", undefined],
    [`${SHARD}/101/0`, undefined, "format"],
    [`${SHARD}/102/0`, undefined, "format"],
  ]);
  expect(found.findings[0].object).toMatch(/^s3:\/\/lake-bucket\/raw\/records\/dt=2026-11-20\/hour=10\//);
  expect(found.hours.map(({ table, state }: Record<string, string>) => [table, state])).toEqual([
    ["records", expect.stringContaining("pending: no run of the hourly step has begun with it")],
    ["records", "answers SQL at once"],
  ]);
});

test("unformatted records are searched by reason and text", async () => {
  const { records } = await get("api/refused?reason=format&text=%20102%2F0%20");
  expect(records.map(({ id }: { id: string }) => id)).toEqual([`${SHARD}/102/0`]);
});

test("executions are those of the run's record, and one alone has input and output of its states", async () => {
  const [execution] = RECORD.executions;
  const [state] = execution?.states ?? [];
  const { input, ...listed } = state ?? {};
  expect(input).toBe('{"hour":"2026-11-20T10","note":"<b>&</b>"}');
  expect(await get("api/runs")).toEqual({ executions: [{ ...execution, states: [listed] }], glue: RECORD.glueRuns });
  expect(await get(`api/execution?arn=${execution?.arn}`)).toEqual(execution);
});

test("health has ledger, IAM and the log groups", async () => {
  expect(await get("api/health")).toEqual({
    ledgers: RECORD.ledgers,
    sinks: RECORD.sinks,
    ledgersAt: RECORD.ledgersAt,
    isOutdated: false,
    denied: ["router-role may not s3:PutObject on arn:aws:s3:::lake/a"],
    unused: [{ role: "etl-role", action: "sns:Publish", resource: "arn:aws:sns:us-east-1:000000000000:failures" }],
    failedBatches: 0,
    alarms: RECORD.alarms,
    used: ["3 records of 12 B"],
    logGroups: ["aws/lambda/router"],
  });
});

test("logs are searched without regard to case, the newest line first", async () => {
  const { lines, isCut } = await get("api/logs?group=&text=LINE");
  expect([lines.map(({ line }: { line: string }) => line), isCut]).toEqual([["last Line", "first line"], false]);
  expect((await get("api/logs?group=absent&text=")).lines).toEqual([]);
});

test("the catalog has the databases", async () => {
  expect(await get("api/catalog")).toEqual({ databases: [{ name: "lake", tables: [] }] });
});

test("a page that follows the run gets its counts at once", async () => {
  const leaving = new AbortController();
  const response = await fetch(`${base}api/events?token=${TOKEN}`, { signal: leaving.signal });
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  const { value } = (await response.body?.getReader().read()) ?? {};
  leaving.abort();
  expect(Buffer.from(value ?? []).toString()).toBe(`data: ${JSON.stringify({ ...RECORD.sample, perSecond: {} })}\n\n`);
});
