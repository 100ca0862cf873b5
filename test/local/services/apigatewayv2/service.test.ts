/** HTTP APIs as clients reach them: signed by the SDK's signer, routes, throttling, limits, functions, access logs. */
import { createHash, createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { GetRecordsCommand, GetShardIteratorCommand, KinesisClient } from "@aws-sdk/client-kinesis";
import * as apigatewayv2 from "@pulumi/aws/apigatewayv2";
import * as iam from "@pulumi/aws/iam";
import * as lambda from "@pulumi/aws/lambda";
import * as pulumi from "@pulumi/pulumi";
import { SignatureV4 } from "@smithy/signature-v4";
import { CallbackFunction, IngestApi, type IngestApiArgs, StreamIngest } from "streamlake";
import type { LocalCloud } from "../../../../local/startLocal";
import { NOW, start, stopAll } from "../../support/start";

jest.setTimeout(60_000);
const clients: KinesisClient[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await stopAll();
});

class Sha256 {
  private readonly hash;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.hash = secret === undefined ? createHash("sha256") : createHmac("sha256", secret as string);
  }
  update(data: string | ArrayBuffer | ArrayBufferView) {
    this.hash.update(data as string);
  }
  async digest() {
    return this.hash.digest();
  }
  reset() {}
}

interface Sent {
  method?: string;
  path?: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  service?: string;
  region?: string;
  at?: number;
}

const LOCAL = { accessKeyId: "local", secretAccessKey: "local" };

/** A request as the SDK signs it. */
async function signed(url: string, sent: Sent = {}): Promise<[string, RequestInit]> {
  const { method = "POST", path = "/records", query = {}, headers = {}, body = '{"id":1}' } = sent;
  const { credentials = LOCAL, service = "execute-api", region = "us-east-1", at = NOW } = sent;
  const { host, hostname, protocol } = new URL(url);
  const signer = new SignatureV4({ credentials, region, service, sha256: Sha256 });
  const request = {
    method,
    protocol,
    hostname,
    path,
    query,
    headers: { host, ...headers },
    body: method === "GET" ? undefined : body,
  };
  const { headers: all } = await signer.sign(request, { signingDate: new Date(at) });
  const { host: _, ...rest } = all;
  const search = new URLSearchParams(query).toString().replaceAll("+", "%20");
  return [
    `${url}${path}${search && `?${search}`}`,
    { method, headers: rest, body: request.body as NonNullable<RequestInit["body"]> },
  ];
}

const answerOf = async (response: Response) => {
  const problem = response.headers.get("x-local-problem");
  return {
    status: response.status,
    body: (await response.json()) as Record<string, unknown>,
    ...(problem !== null && { problem }),
  };
};
const send = async (url: string, sent: Sent = {}) => answerOf(await fetch(...(await signed(url, sent))));

async function startApi(args: Partial<IngestApiArgs> = {}) {
  const cloud = await start(() => {
    const stream = new StreamIngest("clicks", { capacity: "provisioned", shards: 1 });
    const api = new IngestApi("api", { stream, ...args });
    return { url: api.url, stream: stream.streamName, logs: api.nodes.accessLogs.name };
  });
  const { url, stream, logs } = cloud.outputs as Record<string, string>;
  return { cloud, url: url as string, stream: stream as string, logs: logs as string };
}

async function recordsOf({ endpoint }: LocalCloud, StreamName: string) {
  const client = new KinesisClient({ endpoint, region: "us-east-1", credentials: LOCAL });
  clients.push(client);
  const from = { StreamName, ShardId: "shardId-000000000000", ShardIteratorType: "TRIM_HORIZON" } as const;
  const { ShardIterator } = await client.send(new GetShardIteratorCommand(from));
  const { Records = [] } = await client.send(new GetRecordsCommand({ ShardIterator }));
  return Records.map(({ Data, SequenceNumber, PartitionKey }) => ({
    data: Buffer.from(Data ?? []),
    SequenceNumber,
    PartitionKey,
  }));
}

test("a signed record is in the stream when the answer comes, byte for byte, at the place of the answer", async () => {
  const { cloud, url, stream, logs } = await startApi({ partitionKey: { header: "x-key" } });
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
  const answer = await send(url, { body: bytes, headers: { "x-key": "c-1" } });
  const [record] = await recordsOf(cloud, stream);
  expect(record).toEqual({ data: Buffer.from(bytes), PartitionKey: "c-1", SequenceNumber: expect.any(String) });
  expect(answer).toEqual({
    status: 202,
    body: {
      records: 1,
      results: [{ rows: 1, shardId: "shardId-000000000000", sequenceNumber: record?.SequenceNumber }],
    },
  });
  const log = readFileSync(
    path.join(cloud.dataDir, "logs", logs, `${new URL(url).port ? apiIdOf(cloud) : ""}.log`),
    "utf8",
  );
  expect(JSON.parse(log)).toEqual({
    requestId: expect.any(String),
    time: "20/Nov/2026:10:15:00 +0000",
    ip: "127.0.0.1",
    method: "POST",
    routeKey: "POST /records",
    status: "202",
    responseBytes: String(JSON.stringify(answer.body).length),
    millis: "0",
    error: "-",
    integrationError: "-",
  });
});

const apiIdOf = ({ resources }: LocalCloud) => resources.find(({ type }) => type === "aws:apigatewayv2/api:Api")?.id;

test("a batch of 5 MB with 20,000 rows of CSV is accepted by one invocation", async () => {
  const { cloud, url, stream } = await startApi();
  const body = `a,b\n${`1,${"x".repeat(247)}\n`.repeat(20_000)}`;
  const answer = await send(url, { path: "/batches", body, headers: { "content-type": "text/csv" } });
  expect([answer.status, answer.body.records]).toEqual([202, 400]);
  const records = await recordsOf(cloud, stream);
  expect(records).toHaveLength(400);
  expect(Buffer.concat(records.map(({ data }) => data.subarray(4))).length).toBe(body.length - 4);
});

test("the API listens on the port after the endpoint's, or on another one if that is taken", async () => {
  const first = await startApi();
  const port = (url: string) => Number(new URL(url).port);
  expect(port(first.url)).toBeGreaterThan(port(first.cloud.endpoint));
  expect(port(first.url)).toBeLessThanOrEqual(port(first.cloud.endpoint) + 10);
});

test.each<[string, Sent, string]>([
  [
    "another secret",
    { credentials: { accessKeyId: "local", secretAccessKey: "other" } },
    "the signature does not match; local takes credentials whose secret is the access key id, as local and local",
  ],
  ["another service", { service: "kinesis" }, 'the signature is for the service "kinesis", not "execute-api"'],
  ["another region", { region: "eu-west-1" }, "the signature is for eu-west-1, and the API is in us-east-1"],
  ["an old date", { at: NOW - 301_000 }, "the signature has expired"],
])("a signature with %s is forbidden", async (_name, sent, problem) => {
  const { url } = await startApi();
  expect(await send(url, sent)).toEqual({ status: 403, body: { message: "Forbidden" }, problem });
});

test("a request without a signature, or with another body than the signed one, is forbidden", async () => {
  const { url, cloud, stream } = await startApi();
  const forbidden = (problem: string) => ({ status: 403, body: { message: "Forbidden" }, problem });
  expect(await answerOf(await fetch(`${url}/records`, { method: "POST", body: "x" }))).toEqual(
    forbidden("the request is not signed with Signature Version 4"),
  );
  const [target, init] = await signed(url);
  expect(await answerOf(await fetch(target, { ...init, body: '{"id":2}' }))).toEqual(
    forbidden("the body is not the one that was signed"),
  );
  const { "x-amz-content-sha256": _, ...headers } = init.headers as Record<string, string>;
  expect(await answerOf(await fetch(target, { ...init, headers }))).toMatchObject({ status: 403 });
  expect(await recordsOf(cloud, stream)).toEqual([]);
});

test("a role may send what its policy allows, and nothing else", async () => {
  const cloud = await start(() => {
    const stream = new StreamIngest("clicks");
    const api = new IngestApi("api", { stream });
    const { actions, resources } = api.invokeAccess();
    const trust = { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" };
    const role = new iam.Role("client", {
      assumeRolePolicy: JSON.stringify({ Version: "2012-10-17", Statement: [trust] }),
    });
    const statement = { Effect: "Allow", Action: actions, Resource: [resources[0]] };
    new iam.RolePolicy("client-policy", {
      role: role.id,
      policy: pulumi.jsonStringify({ Version: "2012-10-17", Statement: [statement] }),
    });
    const probe = new CallbackFunction("probe", {
      permissions: [{ actions, resources: [resources[0] as pulumi.Input<string>] }],
      environment: { URL: api.url },
      factory: () => async () => ({
        accessKeyId: process.env.AWS_ACCESS_KEY_ID,
        secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY,
        sessionToken: process.env.AWS_SESSION_TOKEN,
      }),
    });
    return { url: api.url, probe: probe.nodes.function.name };
  });
  const { url, probe } = cloud.outputs as Record<string, string>;
  const { Payload } = (await cloud.call("lambda", "Invoke", { FunctionName: probe })) as { Payload: Uint8Array };
  const credentials = JSON.parse(Buffer.from(Payload).toString());
  expect((await send(url as string, { credentials })).status).toBe(202);
  const denied = await send(url as string, { credentials, path: "/batches" });
  expect([denied.status, denied.problem]).toEqual([
    403,
    expect.stringMatching(
      /^User: arn:aws:sts::000000000000:assumed-role\/probe-role-\w+\/local is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:us-east-1:000000000000:\w+\/\$default\/POST\/batches because no identity-based policy allows the execute-api:Invoke action$/,
    ),
  ]);
  const { sessionToken: _, ...keys } = credentials;
  expect((await send(url as string, { credentials: keys })).problem).toBe("the session token is missing or wrong");
});

test("what no route takes is the function's 404 and 405, and the query is signed too", async () => {
  const { url } = await startApi();
  expect((await send(url, { path: "/nothing", query: { a: "1 2", b: "é/" } })).body).toEqual({
    type: "about:blank",
    title: "Not Found",
    status: 404,
    detail: "Nothing is here: POST one record to /records, or several to /batches.",
  });
  expect(await send(url, { method: "GET" })).toMatchObject({
    status: 405,
    body: { detail: "/records takes POST only." },
  });
});

test("beyond its burst, the stage answers 429", async () => {
  const { url } = await startApi({ burstRequests: 2, requestsPerSecond: 1 });
  const statuses = [];
  for (let count = 0; count < 3; count++) statuses.push((await send(url)).status);
  expect(statuses).toEqual([202, 202, 429]);
});

test("bodies beyond 10 MB, and events beyond Lambda's 6 MB, are answered with 413", async () => {
  const { url } = await startApi();
  const body = (bytes: number) => ({
    body: Buffer.alloc(bytes, 0x78),
    headers: { "content-type": "application/octet-stream" },
  });
  const tooLarge = { status: 413, body: { message: "Request Entity Too Large" } };
  expect(await send(url, body(10_485_761))).toEqual({ ...tooLarge, problem: "the body has more than 10485760 bytes" });
  expect(await send(url, body(4_800_000))).toEqual({
    ...tooLarge,
    problem: "the event of the function has more than 6 MB",
  });
});

/** An API of a program's own, around a function of a few lines. */
async function startOwn(factory: () => () => unknown, change: { permitted?: boolean; routeKey?: string } = {}) {
  const cloud = await start(() => {
    const { permitted = true, routeKey = "ANY /own/{key}/{more+}" } = change;
    const fn = new CallbackFunction("fn", { factory });
    const api = new apigatewayv2.Api("own", { protocolType: "HTTP" }, { parent: fn });
    const integration = new apigatewayv2.Integration(
      "own",
      {
        apiId: api.id,
        integrationType: "AWS_PROXY",
        integrationUri: fn.nodes.function.arn,
        payloadFormatVersion: "2.0",
      },
      { parent: fn },
    );
    const target = pulumi.interpolate`integrations/${integration.id}`;
    new apigatewayv2.Route("own", { apiId: api.id, routeKey, target }, { parent: fn });
    new apigatewayv2.Stage("own", { apiId: api.id, name: "$default", autoDeploy: true }, { parent: fn });
    const sourceArn = pulumi.interpolate`${api.executionArn}/*/*/own/*`;
    const action = "lambda:InvokeFunction";
    const permission = { action, function: fn.nodes.function.name, principal: "apigateway.amazonaws.com", sourceArn };
    if (permitted) new lambda.Permission("own", permission, { parent: fn });
    return { url: api.apiEndpoint };
  });
  return String(cloud.outputs.url);
}

test("the function gets an event of payload format 2.0", async () => {
  const url = await startOwn(() => async (event?: unknown) => event);
  const headers = { "content-type": "Text/Plain; charset=utf-8", cookie: "a=1; b=2", "x-one": "1" };
  const response = await fetch(`${url}/own/a%20b/c%2Fd?q=1&q=2`, { method: "PUT", headers, body: "é" });
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({
    version: "2.0",
    routeKey: "ANY /own/{key}/{more+}",
    rawPath: "/own/a b/c/d",
    cookies: ["a=1", "b=2"],
    headers: { "content-length": "2", "x-one": "1" },
    queryStringParameters: { q: "1,2" },
    pathParameters: { key: "a b", more: "c/d" },
    requestContext: { http: { method: "PUT", path: "/own/a b/c/d" }, stage: "$default", timeEpoch: NOW },
    body: "é",
    isBase64Encoded: false,
  });
});

test("a result makes the response: status, headers, binary body; without a status it is the body", async () => {
  const url = await startOwn(
    () => async (event?: unknown) =>
      (event as { rawPath: string }).rawPath === "/own/plain/x"
        ? { plain: true }
        : { statusCode: 418, headers: { "X-Tea": "green" }, body: "AAE=", isBase64Encoded: true },
  );
  const plain = await fetch(`${url}/own/plain/x`);
  expect([plain.status, await plain.json()]).toEqual([200, { plain: true }]);
  const tea = await fetch(`${url}/own/tea/x`);
  expect([tea.status, tea.headers.get("x-tea"), [...new Uint8Array(await tea.arrayBuffer())]]).toEqual([
    418,
    "green",
    [0, 1],
  ]);
});

test("a function that throws is 500, a path without a route 404", async () => {
  const url = await startOwn(() => async () => {
    throw new Error("boom");
  });
  expect(await answerOf(await fetch(`${url}/own/x/y`))).toEqual({
    status: 500,
    body: { message: "Internal Server Error" },
    problem: "the function failed; its log has the error",
  });
  expect(await answerOf(await fetch(`${url}/own`))).toEqual({
    status: 404,
    body: { message: "Not Found" },
    problem: "no route matches",
  });
});

test.each([
  ["without a permission", { permitted: false }, "/own/x/y"],
  ["beyond the source of its permission", { routeKey: "GET /other/{key}" }, "/other/x"],
])("API Gateway may not invoke a function %s", async (_name, change, target) => {
  const url = await startOwn(() => async () => ({}), change);
  const { status, problem } = await answerOf(await fetch(`${url}${target}`));
  expect([status, problem]).toEqual([
    500,
    expect.stringMatching(
      /^apigateway\.amazonaws\.com may not invoke arn:aws:lambda:.+ for arn:aws:execute-api:.+\/\$default\/GET\/(own|other)\/\{key\}.*; declare an aws\.lambda\.Permission$/,
    ),
  ]);
});

test.each<[string, Partial<IngestApiArgs>, string]>([
  [
    "CORS",
    { transform: { api: (args) => void Object.assign(args, { corsConfiguration: { allowOrigins: ["*"] } }) } },
    "corsConfiguration",
  ],
  [
    "WebSockets",
    { transform: { api: (args) => void Object.assign(args, { protocolType: "WEBSOCKET" }) } },
    'local/apigatewayv2: "api-api": protocolType "WEBSOCKET" is not simulated; use "HTTP", see docs/fidelity.md',
  ],
  [
    "a named stage",
    { transform: { stage: (args) => void Object.assign(args, { name: "v1" }) } },
    'local/apigatewayv2: "api-stage": name "v1" is not simulated; use "$default", see docs/fidelity.md',
  ],
  [
    "payload format 1.0",
    { transform: { integration: (args) => void Object.assign(args, { payloadFormatVersion: "1.0" }) } },
    'local/apigatewayv2: "api-integration": payloadFormatVersion "1.0" is not simulated; use "2.0", see docs/fidelity.md',
  ],
  [
    "a Lambda authorizer",
    { transform: { route: (args) => void Object.assign(args, { authorizationType: "CUSTOM" }) } },
    'local/apigatewayv2: "api-route-records": authorizationType "CUSTOM" is not simulated; use "AWS_IAM", "JWT" or "NONE", see docs/fidelity.md',
  ],
  [
    "an unknown log variable",
    {
      transform: {
        stage: (args) =>
          void Object.assign(args, {
            accessLogSettings: {
              destinationArn: "arn:aws:logs:us-east-1:000000000000:log-group:x",
              format: "$context.awsEndpointRequestId",
            },
          }),
      },
    },
    'local/apigatewayv2: "api-stage": the variable $context.awsEndpointRequestId of its access logs is not simulated; see docs/fidelity.md',
  ],
])("%s is refused by name", async (_name, args, problem) => {
  await expect(startApi(args)).rejects.toThrow(problem);
});

test("the inputs that are simulated and that have no effect", async () => {
  const { cloud } = await startApi();
  const table = Object.entries(cloud.service("apigateway").resources).map(
    ([type, { simulated, withoutEffect = [] }]) => [
      type.slice(type.lastIndexOf(":") + 1),
      simulated.join(" "),
      withoutEffect.join(" "),
    ],
  );
  expect(table).toEqual([
    ["Api", "name protocolType", "description version tags"],
    ["Authorizer", "apiId authorizerType identitySources jwtConfiguration", "name"],
    ["Integration", "apiId integrationType integrationUri payloadFormatVersion timeoutMilliseconds", "description"],
    ["Route", "apiId routeKey target authorizationType authorizerId authorizationScopes", "operationName"],
    ["Stage", "apiId name autoDeploy accessLogSettings defaultRouteSettings", "description tags"],
  ]);
});
