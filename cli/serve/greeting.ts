/** Describes a served cloud: what is where, and commands to copy; as text, JSON and a page without scripts. */
import { createHash } from "node:crypto";
import type { LocalCloud } from "../../local/startLocal";
import { firstQueryContext, inputStreams, namedQueries } from "../run/routes";

export interface Greeting {
  readonly project: string;
  readonly stack: string;
  readonly endpoint: string;
  readonly region: string;
  /** The directory of the run's files. */
  readonly files: string;
  readonly streams: readonly string[];
  readonly buckets: readonly string[];
  readonly databases: readonly string[];
  readonly workgroups: readonly string[];
  /** ARNs. */
  readonly stateMachines: readonly string[];
  /** ARNs. */
  readonly topics: readonly string[];
  readonly functions: readonly string[];
  readonly logGroups: readonly string[];
  /** URLs of HTTP APIs. */
  readonly apis: readonly string[];
  /** Shell commands, to run in this order. */
  readonly commands: readonly string[];
}

type Served = Pick<LocalCloud, "endpoint" | "region" | "resources" | "outputs" | "dataDir">;

export function greetingOf(cloud: Served, project: string, stack: string): Greeting {
  const { endpoint, region, dataDir } = cloud;
  const ids = (type: string) => cloud.resources.filter((resource) => resource.type === type).map(({ id }) => id);
  const names = (type: string) =>
    cloud.resources
      .filter((resource) => resource.type === type)
      .map(({ id, outputs }) => (typeof outputs.name === "string" ? outputs.name : id));
  return {
    project,
    stack,
    endpoint,
    region,
    files: dataDir,
    streams: names("aws:kinesis/stream:Stream"),
    buckets: cloud.resources.filter(({ type }) => /^aws:s3\/bucket(V2)?:/.test(type)).map(({ id }) => id),
    databases: names("aws:glue/catalogDatabase:CatalogDatabase"),
    workgroups: names("aws:athena/workgroup:Workgroup"),
    stateMachines: ids("aws:sfn/stateMachine:StateMachine"),
    topics: ids("aws:sns/topic:Topic"),
    functions: names("aws:lambda/function:Function"),
    logGroups: names("aws:cloudwatch/logGroup:LogGroup"),
    apis: apisOf(cloud),
    commands: commandsOf(cloud),
  };
}

function commandsOf({ endpoint, region, resources, outputs }: Served): string[] {
  const [stream] = inputStreams(resources, outputs);
  const { database, workgroup } = firstQueryContext(resources, outputs);
  const aws = (command: string) => `aws --endpoint-url ${endpoint} ${command}`;
  const sent = resources.some(({ type }) => type === "streamlake:index:IngestApi") ? apisOf({ resources }) : [];
  return [
    `export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_REGION=${region} AWS_DEFAULT_REGION=${region}`,
    aws("s3 ls"),
    // A file, because versions 1 and 2 of the CLI decode --data differently.
    `echo '{"hello":"lake"}' > record.json`,
    aws(`kinesis put-record --stream-name ${stream} --partition-key k --data fileb://record.json`),
    `npx streamlake produce --stream ${stream} --records 100 --endpoint-url ${endpoint}`,
    ...sent.flatMap((url) => [
      `curl --aws-sigv4 aws:amz:${region}:execute-api --user local:local --data @record.json ${url}/records`,
      `npx streamlake produce --api ${url} --input record.json`,
    ]),
    "npx streamlake flush",
    aws(
      `athena start-query-execution --work-group ${workgroup} --query-execution-context Database=${database} --query-string '${exampleSql(resources, database)}'`,
    ),
    aws("stepfunctions list-state-machines"),
    aws("logs describe-log-groups"),
  ];
}

/** A query of the first table that a named query reads; the program names its tables. */
function exampleSql(resources: Served["resources"], database: string): string {
  const ready = namedQueries(resources).find((query) => query.database === database);
  const table = /\bFROM ("[a-z0-9_]+")/.exec(ready?.sql ?? "")?.[1];
  return table === undefined ? "SHOW TABLES" : `SELECT count(*) FROM ${table}`;
}

function apisOf({ resources }: Pick<Served, "resources">): string[] {
  const apis = resources.filter(({ type }) => type === "aws:apigatewayv2/api:Api");
  return apis.map(({ outputs }) => String(outputs.apiEndpoint));
}

/** For terminals. */
export function greetingText(greeting: Greeting): string {
  const { project, endpoint, commands } = greeting;
  return [
    `"${project}" is served at ${endpoint} until Ctrl-C. It accepts any credentials:`,
    "",
    ...commands.map((command) => `  ${command}`),
    "",
    `${endpoint} in a browser lists what is where. The hourly step runs at its schedule, or now: npx streamlake flush`,
  ].join("\n");
}

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
code, pre { font: 14px/1.5 ui-monospace, monospace; }
pre { background: #f2f4f6; padding: 1rem; overflow-x: auto; }
th { text-align: left; vertical-align: top; padding-right: 2rem; font-weight: 600; }
td { overflow-wrap: anywhere; }
@media (prefers-color-scheme: dark) { body { background: #16191d; color: #e6e8ea; } pre { background: #22272d; } }
`;

/** Nothing but the page's own style: no scripts, no images, no frames, no forms. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

export function greetingPage(greeting: Greeting): string {
  const { project, stack, endpoint, region, files, commands } = greeting;
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ["Endpoint", [`${endpoint} (${region})`]],
    ["Streams", greeting.streams],
    ["Buckets", greeting.buckets],
    ["Databases", greeting.databases],
    ["Workgroups", greeting.workgroups],
    ["State machines", greeting.stateMachines],
    ["Topics", greeting.topics],
    ["Functions", greeting.functions],
    ["Log groups", greeting.logGroups],
    ["HTTP APIs", greeting.apis],
    ["Files", [files]],
  ];
  const title = escaped(`${project}, stack ${stack}`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${title}</h1>
<p>This program runs in a local cloud of Streamlake. It accepts any credentials, and it is here until Ctrl-C. Its console is at the
address that the command prints in its terminal, or that <code>npx streamlake console</code> prints.</p>
<table>
${rows.map(([name, values]) => `<tr><th>${name}</th><td>${listOf(values)}</td></tr>`).join("\n")}
</table>
<h2>Commands</h2>
<pre>${commands.map(escaped).join("\n")}</pre>
</body>
</html>
`;
}

function listOf(values: readonly string[]): string {
  return values.length === 0 ? "none" : values.map((value) => `<code>${escaped(value)}</code>`).join("<br>");
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
