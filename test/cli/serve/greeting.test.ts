/** What a served cloud tells its visitors: as text, as JSON and as a page that runs nothing. */
import { createHash } from "node:crypto";
import { CONTENT_SECURITY_POLICY, greetingOf, greetingPage, greetingText } from "../../../cli/serve/greeting";

const resource = (type: string, id: string, outputs: Record<string, unknown> = {}) => ({
  type,
  name: id,
  id,
  urn: `urn:${id}`,
  inputs: {},
  outputs,
  simulated: true,
});
const cloud = {
  endpoint: "http://127.0.0.1:4566",
  region: "us-east-1",
  dataDir: "/project/.streamlake/dev",
  outputs: {},
  resources: [
    resource("aws:kinesis/stream:Stream", "clicks-1", { name: "clicks-1" }),
    resource("aws:s3/bucket:Bucket", "lake-1"),
    resource("aws:glue/catalogDatabase:CatalogDatabase", "000000000000:lake_1", { name: "lake_1" }),
    resource("aws:athena/workgroup:Workgroup", "queries-1", { name: "queries-1" }),
    resource("aws:sfn/stateMachine:StateMachine", "arn:aws:states:us-east-1:000000000000:stateMachine:hourly"),
    resource("streamlake:index:DataLake", ""),
  ],
};
const SQL = 'SELECT "_format"\nFROM "sales"\nWHERE "dt" >= \'2026-11-20\'';
const greeting = greetingOf(cloud, "<b>shop</b>", "dev");

test("names what is where", () => {
  const { commands, ...places } = greeting;
  expect(places).toEqual({
    project: "<b>shop</b>",
    stack: "dev",
    endpoint: "http://127.0.0.1:4566",
    region: "us-east-1",
    files: "/project/.streamlake/dev",
    streams: ["clicks-1"],
    buckets: ["lake-1"],
    databases: ["lake_1"],
    workgroups: ["queries-1"],
    stateMachines: ["arn:aws:states:us-east-1:000000000000:stateMachine:hourly"],
    topics: [],
    functions: [],
    logGroups: [],
    apis: [],
  });
  expect(commands).toContain("aws --endpoint-url http://127.0.0.1:4566 s3 ls");
  expect(commands).toContain(
    "npx streamlake produce --stream clicks-1 --records 100 --endpoint-url http://127.0.0.1:4566",
  );
});

test("an HTTP entry is listed, with a signed request to it", () => {
  const api = resource("aws:apigatewayv2/api:Api", "a1", { apiEndpoint: "http://127.0.0.1:4567" });
  const entry = [...cloud.resources, resource("streamlake:index:IngestApi", ""), api];
  const { apis, commands } = greetingOf({ ...cloud, resources: entry }, "shop", "dev");
  expect(apis).toEqual(["http://127.0.0.1:4567"]);
  expect(commands).toContain(
    "curl --aws-sigv4 aws:amz:us-east-1:execute-api --user local:local --data @record.json http://127.0.0.1:4567/records",
  );
  expect(commands).toContain("npx streamlake produce --api http://127.0.0.1:4567 --input record.json");
  const ownApi = greetingOf({ ...cloud, resources: [...cloud.resources, api] }, "shop", "dev");
  expect([ownApi.apis, ownApi.commands]).toEqual([["http://127.0.0.1:4567"], greeting.commands]);
});

test("the query is of a table of the program, or lists the tables", () => {
  const lastQuery = (commands: readonly string[]) => commands.flatMap((one) => one.split("--query-string ")[1] ?? []);
  expect(lastQuery(greeting.commands)).toEqual(["'SHOW TABLES'"]);
  const query = { ...resource("aws:athena/namedQuery:NamedQuery", "q"), inputs: { database: "lake_1", query: SQL } };
  const resources = [...cloud.resources, query];
  expect(lastQuery(greetingOf({ ...cloud, resources }, "shop", "dev").commands)).toEqual([
    `'SELECT count(*) FROM "sales"'`,
  ]);
});

test("the text has each command on a line of its own", () => {
  const lines = greetingText(greeting).split("\n");
  expect(lines[0]).toBe('"<b>shop</b>" is served at http://127.0.0.1:4566 until Ctrl-C. It accepts any credentials:');
  for (const command of greeting.commands) expect(lines).toContain(`  ${command}`);
});

test("the page escapes names, has no script, and its policy allows its own style alone", () => {
  const page = greetingPage(greeting);
  expect(page).toContain("<h1>&#60;b&#62;shop&#60;/b&#62;, stack dev</h1>");
  expect(page).toContain("<tr><th>Topics</th><td>none</td></tr>");
  expect(page).not.toMatch(/<script|<b>|<img|<form|javascript:| on\w+=|href=|src=/i);
  const style = /<style>([\s\S]*)<\/style>/.exec(page)?.[1] ?? "";
  const hash = createHash("sha256").update(style).digest("base64");
  expect(CONTENT_SECURITY_POLICY).toBe(
    `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  );
});
