/** IngestApi: its API, routes, stage, function and role, its authorizations, and what it refuses. */
import {
  IngestApi,
  type IngestApiArgs,
  type Permission,
  ServingTable,
  StreamIngest,
  type StreamIngestArgs,
  type StreamSource,
} from "streamlake";
import { declare } from "streamlake/testing";
import { listed, packageOf, statements } from "./support/listed";

const STREAM = "arn:aws:kinesis:us-east-1:123456789012:stream/in-stream";
const KEY = "arn:aws:kms:us-east-1:123456789012:key/own";
const TOPIC = "arn:aws:sns:us-east-1:123456789012:on-call";
const JWT = { issuer: "https://login.example.com/", audiences: ["shop"] };

interface Parts extends Partial<IngestApiArgs> {
  ingest?: StreamIngestArgs;
}

const api =
  ({ ingest, ...args }: Parts = {}) =>
  () =>
    new IngestApi("shop", { stream: new StreamIngest("in", ingest), ...args }).url;

const OWN = [
  "aws:apigatewayv2/api:Api shop-api",
  "aws:apigatewayv2/integration:Integration shop-integration",
  "aws:apigatewayv2/route:Route shop-route-batches",
  "aws:apigatewayv2/route:Route shop-route-default",
  "aws:apigatewayv2/route:Route shop-route-records",
  "aws:apigatewayv2/stage:Stage shop-stage",
  "aws:cloudwatch/logGroup:LogGroup shop-access-logs",
  "aws:cloudwatch/logGroup:LogGroup shop-handler-logs",
  "aws:iam/role:Role shop-handler-role",
  "aws:iam/rolePolicy:RolePolicy shop-handler-policy",
  "aws:lambda/function:Function shop-handler-function",
  "aws:lambda/permission:Permission shop-permission",
  "streamlake:index:CallbackFunction shop-handler",
  "streamlake:index:IngestApi shop",
];
const own = (lines: string[]) => lines.filter((line) => line.includes(" shop"));

test("declares an API with three routes, a logged and throttled stage, and a function; in a preview, too", async () => {
  const update = await declare(api());
  expect(own(listed(update))).toEqual(OWN);
  expect(listed(await declare(api(), { preview: true }))).toEqual(listed(update));
  expect(update.outputs).toBe("https://shop-api.execute-api.us-east-1.amazonaws.com");
  expect(update.one("shop-api").inputs).toEqual({ description: "Takes records into a stream", protocolType: "HTTP" });
  expect(update.one("shop-integration").inputs).toEqual({
    apiId: "shop-api",
    integrationType: "AWS_PROXY",
    integrationUri:
      "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:shop-handler-function/invocations",
    payloadFormatVersion: "2.0",
    timeoutMilliseconds: 30_000,
  });
  expect(update.one("shop-permission").inputs).toEqual({
    action: "lambda:InvokeFunction",
    function: "shop-handler-function",
    principal: "apigateway.amazonaws.com",
    sourceArn: "arn:aws:execute-api:us-east-1:123456789012:shop-api/*",
  });
  const { accessLogSettings, ...stage } = update.one("shop-stage").inputs;
  expect(stage).toEqual({
    apiId: "shop-api",
    autoDeploy: true,
    defaultRouteSettings: { throttlingBurstLimit: 200, throttlingRateLimit: 100 },
    name: "$default",
  });
  expect(accessLogSettings.destinationArn).toBe("arn:aws:logs:us-east-1:123456789012:log-group:shop-access-logs");
  expect(Object.keys(JSON.parse(accessLogSettings.format))).toEqual([
    ...[
      "requestId",
      "time",
      "ip",
      "method",
      "routeKey",
      "status",
      "responseBytes",
      "millis",
      "error",
      "integrationError",
    ],
  ]);
});

test.each<[IngestApiArgs["authorization"], Partial<IngestApiArgs>, object]>([
  [undefined, {}, { authorizationType: "AWS_IAM" }],
  ["AWS_IAM", {}, { authorizationType: "AWS_IAM" }],
  ["NONE", {}, { authorizationType: "NONE" }],
  ["JWT", { jwt: JWT }, { authorizationType: "JWT", authorizerId: "shop-authorizer" }],
  [
    "JWT",
    { jwt: { ...JWT, scopes: ["write"] } },
    { authorizationType: "JWT", authorizerId: "shop-authorizer", authorizationScopes: ["write"] },
  ],
])("with authorization %s, each route has it", async (authorization, args, expected) => {
  const declared = await declare(api({ ...(authorization && { authorization }), ...args }));
  const target = "integrations/shop-integration";
  expect(declared.all("aws:apigatewayv2/route:Route").map(({ inputs }) => inputs)).toEqual([
    { apiId: "shop-api", routeKey: "POST /batches", target, ...expected },
    { apiId: "shop-api", routeKey: "$default", target, ...expected },
    { apiId: "shop-api", routeKey: "POST /records", target, ...expected },
  ]);
  const authorizers = declared.all("aws:apigatewayv2/authorizer:Authorizer").map(({ inputs }) => inputs);
  const jwt = {
    apiId: "shop-api",
    authorizerType: "JWT",
    identitySources: ["$request.header.Authorization"],
    jwtConfiguration: { issuer: "https://login.example.com/", audiences: ["shop"] },
  };
  expect(authorizers).toEqual(authorization === "JWT" ? [jwt] : []);
});

const LOGS = {
  Effect: "Allow",
  Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
  Resource: ["arn:aws:logs:us-east-1:123456789012:log-group:shop-handler-logs:*"],
};
const WRITE = (arn: string) => ({
  Effect: "Allow",
  Action: ["kinesis:PutRecord", "kinesis:PutRecords"],
  Resource: [arn],
});
const ENCRYPT = { Effect: "Allow", Action: ["kms:GenerateDataKey"], Resource: [KEY] };
const CLICKS = "arn:aws:kinesis:us-east-1:123456789012:stream/clicks";

test.each<[string, Parts, object[]]>([
  ["its stream", {}, [WRITE(STREAM)]],
  ["its stream with its key", { ingest: { encryptionKeyArn: KEY } }, [WRITE(STREAM), ENCRYPT]],
  ["a stream that exists", { stream: { streamArn: CLICKS } }, [WRITE(CLICKS)]],
  ["one with a key", { stream: { streamArn: CLICKS, encryptionKeyArn: KEY } }, [WRITE(CLICKS), ENCRYPT]],
  ["a resource", { stream: { arn: CLICKS, name: "clicks", kmsKeyId: KEY } }, [WRITE(CLICKS), ENCRYPT]],
  [
    "a resource with AWS's key",
    { stream: { arn: CLICKS, name: "clicks", kmsKeyId: "alias/aws/kinesis" } },
    [WRITE(CLICKS)],
  ],
])("the function may write to %s, and nothing else", async (_name, args, expected) => {
  expect(statements((await declare(api(args))).one("shop-handler-policy"))).toEqual([LOGS, ...expected]);
});

const TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/view-table";
const READ = { Effect: "Allow", Action: ["dynamodb:GetItem"], Resource: [TABLE] };

const viewed =
  (args: Partial<IngestApiArgs> = {}, encryptionKeyArn?: string) =>
  () => {
    const stream = new StreamIngest("in");
    const view = new ServingTable("view", { stream, ...(encryptionKeyArn && { encryptionKeyArn }) });
    return new IngestApi("shop", { stream, views: { "top-ten": view, carts: view }, ...args });
  };

test("each view has two routes with the API's authorization, and its table is in the function's environment", async () => {
  const update = await declare(() => void viewed({ authorization: "JWT", jwt: JWT })());
  expect(own(listed(update)).filter((line) => !OWN.includes(line))).toEqual([
    "aws:apigatewayv2/authorizer:Authorizer shop-authorizer",
    "aws:apigatewayv2/route:Route shop-route-item-carts",
    "aws:apigatewayv2/route:Route shop-route-item-top-ten",
    "aws:apigatewayv2/route:Route shop-route-view-carts",
    "aws:apigatewayv2/route:Route shop-route-view-top-ten",
  ]);
  const route = (name: string) => update.one(`shop-route-${name}`).inputs;
  const common = { apiId: "shop-api", authorizationType: "JWT", authorizerId: "shop-authorizer" };
  const target = "integrations/shop-integration";
  expect(route("item-top-ten")).toEqual({ ...common, target, routeKey: "GET /top-ten/{key+}" });
  expect(route("view-top-ten")).toEqual({ ...common, target, routeKey: "GET /top-ten" });
  expect(update.one("shop-handler-function").inputs.environment.variables).toEqual({
    STREAM_NAME: "in-stream",
    VIEWS: '{"carts":"view-table","top-ten":"view-table"}',
  });
  const preview = await declare(() => void viewed({ authorization: "JWT", jwt: JWT })(), { preview: true });
  expect(listed(preview)).toEqual(listed(update));
});

test.each<[string, string | undefined, object[]]>([
  ["the tables", undefined, [WRITE(STREAM), READ, READ]],
  [
    "the tables with their key",
    KEY,
    [
      WRITE(STREAM),
      ...[READ, READ].flatMap((read) => [read, { Effect: "Allow", Action: ["kms:Decrypt"], Resource: [KEY] }]),
    ],
  ],
])("the function may read one item at a time of %s", async (_name, key, expected) => {
  const declared = await declare(() => void viewed({}, key)());
  expect(statements(declared.one("shop-handler-policy"))).toEqual([LOGS, ...expected]);
});

test("clients may read what readAccess() names: all views, or some", async () => {
  const resources = (...views: string[]) => declare(() => viewed()().readAccess(...views).resources);
  const route = (path: string) => `arn:aws:execute-api:us-east-1:123456789012:shop-api/$default/GET/${path}`;
  expect((await resources("carts")).outputs).toEqual([route("carts"), route("carts/*")]);
  expect((await resources()).outputs).toEqual(["top-ten", "top-ten/*", "carts", "carts/*"].map(route));
  await expect(resources("nothing")).rejects.toThrow(
    'IngestApi "shop": readAccess() is called for "nothing", which is not one of top-ten, carts; give the view to views.',
  );
  await expect(declare(() => viewed({ views: {} })().readAccess().actions)).rejects.toThrow(
    'IngestApi "shop": readAccess() is called without views; give the view to views.',
  );
  await expect(declare(() => viewed({ authorization: "NONE" })().readAccess().actions)).rejects.toThrow(
    'IngestApi "shop": readAccess() is for authorization "AWS_IAM", and it has "NONE".',
  );
});

test("the package that also reads views is bounded, and has no second client", async () => {
  const code = await packageOf((await declare(() => void viewed()())).one("shop-handler-function"));
  expect(code.length).toBeLessThanOrEqual(700_000);
  expect(code).not.toMatch(/S3Client|DynamoDBClient/);
});

test("clients may send what invokeAccess() names; without IAM no policy decides, and it is refused", async () => {
  const access =
    (args: Partial<IngestApiArgs> = {}) =>
    () => {
      const { actions, resources }: Permission = new IngestApi("shop", {
        stream: new StreamIngest("in"),
        ...args,
      }).invokeAccess();
      return { actions, resources };
    };
  expect((await declare(access())).outputs).toEqual({
    actions: ["execute-api:Invoke"],
    resources: [
      "arn:aws:execute-api:us-east-1:123456789012:shop-api/$default/POST/records",
      "arn:aws:execute-api:us-east-1:123456789012:shop-api/$default/POST/batches",
    ],
  });
  await expect(declare(access({ authorization: "NONE" }))).rejects.toThrow(
    'IngestApi "shop": invokeAccess() is for authorization "AWS_IAM", and it has "NONE".',
  );
});

test("the function has its settings in its package, the stream in its environment, and ends before API Gateway", async () => {
  const partitionKey = { header: "x-customer", pointer: "/customer/id", column: "CustomerID" };
  const fn = (await declare(api({ partitionKey, rowsPerRecord: 7 }))).one("shop-handler-function");
  expect(fn.inputs).toMatchObject({
    environment: { variables: { STREAM_NAME: "in-stream" } },
    memorySize: 1024,
    timeout: 29,
  });
  const code = await packageOf(fn);
  expect(code).toContain("x-customer");
  expect(code.length).toBeLessThanOrEqual(700_000);
});

test("an alarm goes off at the first answer of status 5xx", async () => {
  const declared = await declare(api({ alarms: { topicArn: TOPIC } }));
  expect(declared.one("shop-alarm-server-errors").inputs).toEqual({
    alarmActions: [TOPIC],
    alarmDescription:
      "shop answers with errors of its own: its stream does not take records in time, or its function fails",
    comparisonOperator: "GreaterThanOrEqualToThreshold",
    dimensions: { ApiId: "shop-api" },
    evaluationPeriods: 1,
    metricName: "5xx",
    namespace: "AWS/ApiGateway",
    okActions: [TOPIC],
    period: 300,
    statistic: "Sum",
    threshold: 1,
    treatMissingData: "notBreaching",
  });
});

test("tags are on the API, the stage and what else has them", async () => {
  const { resources } = await declare(api({ tags: { team: "shop" } }));
  expect(
    resources
      .filter(({ inputs }) => inputs.tags?.team === "shop")
      .map(({ name }) => name)
      .sort(),
  ).toEqual([
    ...[
      "shop-access-logs",
      "shop-api",
      "shop-handler-function",
      "shop-handler-logs",
      "shop-handler-role",
      "shop-stage",
    ],
  ]);
});

test("transforms are offered each resource", async () => {
  const seen: string[] = [];
  const see = (_args: object, _opts: object, name: string) => void seen.push(name);
  const transform = {
    api: see,
    authorizer: see,
    integration: see,
    route: see,
    stage: see,
    accessLogs: see,
    permission: see,
    alarm: see,
  };
  const functionTransform = { function: see, role: see, policy: see, logs: see };
  const args = { authorization: "JWT", jwt: JWT, alarms: { topicArn: TOPIC } } as const;
  const declared = await declare(api({ ...args, transform: { ...transform, function: functionTransform } }));
  const raw = own(listed(declared)).filter((line) => line.startsWith("aws:"));
  expect(seen.sort()).toEqual(raw.map((line) => line.split(" ")[1]).sort());
});

/** Only its checks are reached. */
const VIEW = { itemAccess: () => [] } as unknown as ServingTable;

test.each<[Partial<IngestApiArgs>, string]>([
  [{ authorization: "IAM" as never }, 'authorization is "IAM"; use one of "AWS_IAM", "JWT", "NONE".'],
  [{ authorization: "JWT" }, 'authorization is "JWT" without jwt; give its issuer and audiences.'],
  [{ jwt: JWT }, 'jwt is given, but authorization is "AWS_IAM"; set authorization to "JWT", or leave jwt out.'],
  [
    { authorization: "JWT", jwt: { ...JWT, issuer: "login" } },
    'jwt.issuer is "login"; use a URL, as "https://login.example.com/".',
  ],
  [{ authorization: "JWT", jwt: { ...JWT, audiences: [] } }, "jwt.audiences is empty; give at least one."],
  [{ partitionKey: { header: "x y" } }, 'partitionKey.header is "x y"; use the name of a header, as "x-customer".'],
  [
    { partitionKey: { header: "Authorization" } },
    'partitionKey.header is "Authorization", whose value is secret; use another header.',
  ],
  [{ partitionKey: { pointer: "id" } }, 'partitionKey.pointer is "id"; use a JSON pointer, as "/customer/id".'],
  [{ partitionKey: { column: "" } }, 'partitionKey.column is ""; use the name of a column.'],
  [{ views: "carts" as never }, "views is string; use names with a ServingTable each, as { customers: servingTable }."],
  [
    { views: { "a/b": VIEW } },
    'views: "a/b" is not a name; use at most 64 letters, digits, "-" and "_", the first a letter.',
  ],
  [{ views: { batches: VIEW } }, 'views: "batches" is a path that takes records; use another name.'],
  [{ views: { carts: {} as never } }, 'views: "carts" is not a ServingTable; give the component itself.'],
  [
    { views: Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`v${index}`, VIEW])) },
    "views has 21 views; use at most 20.",
  ],
  [{ rowsPerRecord: 0 }, "rowsPerRecord is 0; use a whole number from 1 to 10000 rows."],
  [{ recordsPerBatch: 20_001 }, "recordsPerBatch is 20001; use a whole number from 1 to 20000 records."],
  [{ maxRecordKibibytes: 10_241 }, "maxRecordKibibytes is 10241; use a whole number from 1 to 10240 KiB."],
  [{ requestsPerSecond: 0 }, "requestsPerSecond is 0; use a whole number from 1 to 10000 requests."],
  [{ burstRequests: 5001 }, "burstRequests is 5001; use a whole number from 1 to 5000 requests."],
  [{ memoryMebibytes: 64 }, "memoryMebibytes is 64; use a whole number from 128 to 10240 MiB."],
  [{ logRetentionDays: 8 }, "logRetentionDays is 8; use one of 1, 3, 5,"],
  [{ vpc: { subnetIds: [], securityGroupIds: ["sg-1"] } }, "vpc.subnetIds is empty; give at least one."],
])("%j is refused", async (args, problem) => {
  await expect(declare(api(args))).rejects.toThrow(`IngestApi "shop": ${problem}`);
});

test("what is no stream, and a name that is too long, are refused", async () => {
  await expect(declare(api({ stream: {} as StreamSource }))).rejects.toThrow(
    'IngestApi "shop": stream is not a stream;',
  );
  const program = () => void new IngestApi("x".repeat(40), { stream: new StreamIngest("in") });
  await expect(declare(program)).rejects.toThrow(
    '"-handler-function" and Pulumi\'s 8 its Lambda function would have more than 64',
  );
});
