/** Functions and event source mappings as AWS's own client lists and describes them. */
import {
  GetEventSourceMappingCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  ListFunctionsCommand,
} from "@aws-sdk/client-lambda";
import * as pulumi from "@pulumi/pulumi";
import { kinesisService } from "../../../../local/services/kinesis/service";
import { lambdaService } from "../../../../local/services/lambda/service";
import { START, type TestCloud, testCloud } from "../../support/testCloud";

const ACCOUNT = "eu-central-1:123456789012";
const FUNCTION_ARN = `arn:aws:lambda:${ACCOUNT}:function:router`;
const STREAM_ARN = `arn:aws:kinesis:${ACCOUNT}:stream/clicks`;
let local: TestCloud;
let client: LambdaClient;
let mappingId: string;
beforeAll(async () => {
  local = await testCloud(kinesisService, (cloud) => lambdaService(cloud, "http://127.0.0.1:9"));
  client = new LambdaClient(local.clientConfig());
  await local.role("router", [{ Effect: "Allow", Action: ["kinesis:*"], Resource: STREAM_ARN }]);
  const code = new pulumi.asset.AssetArchive({ "index.js": new pulumi.asset.StringAsset("exports.handler = 1;") });
  const base = { runtime: "nodejs24.x", handler: "index.handler", role: "arn:aws:iam::123456789012:role/router", code };
  await local.declare("aws:lambda/function:Function", "router", {
    ...base,
    name: "router",
    description: "Routes",
    memorySize: 512,
    timeout: 60,
    environment: { variables: { LAKE_BUCKET: "lake" } },
    loggingConfig: { logFormat: "JSON", logGroup: "routers", systemLogLevel: "WARN" },
  });
  await local.declare("aws:lambda/function:Function", "alerts", { ...base, name: "alerts" });
  await local.declare("aws:kinesis/stream:Stream", "clicks", { name: "clicks", shardCount: 1 });
  const mapping = await local.declare("aws:lambda/eventSourceMapping:EventSourceMapping", "mapping", {
    eventSourceArn: STREAM_ARN,
    functionName: "router",
    startingPosition: "TRIM_HORIZON",
    batchSize: 500,
    maximumBatchingWindowInSeconds: 5,
    maximumRetryAttempts: 3,
    maximumRecordAgeInSeconds: 3600,
    bisectBatchOnFunctionError: true,
    functionResponseTypes: ["ReportBatchItemFailures"],
    destinationConfig: { onFailure: { destinationArn: "arn:aws:s3:::failed" } },
    enabled: false,
  });
  mappingId = mapping.id;
});
afterAll(async () => {
  client.destroy();
  await local.close();
});

const described = {
  FunctionName: "router",
  FunctionArn: FUNCTION_ARN,
  Runtime: "nodejs24.x",
  Role: "arn:aws:iam::123456789012:role/router",
  Handler: "index.handler",
  Description: "Routes",
  Timeout: 60,
  MemorySize: 512,
  LastModified: "2026-11-20T10:00:00.000+0000",
  Version: "$LATEST",
  Environment: { Variables: { LAKE_BUCKET: "lake" } },
  PackageType: "Zip",
  LoggingConfig: { LogFormat: "JSON", LogGroup: "routers", ApplicationLogLevel: "INFO", SystemLogLevel: "WARN" },
};

test("functions are listed by name, page by page", async () => {
  const first = await client.send(new ListFunctionsCommand({ MaxItems: 1 }));
  expect(first.Functions?.map(({ FunctionName, LoggingConfig }) => [FunctionName, LoggingConfig])).toEqual([
    ["alerts", { LogFormat: "Text", LogGroup: "/aws/lambda/alerts" }],
  ]);
  const second = await client.send(new ListFunctionsCommand({ Marker: first.NextMarker }));
  expect([second.Functions, second.NextMarker]).toEqual([[described], undefined]);
});

test("the configuration of a function is found by name, ARN and $LATEST", async () => {
  for (const input of [{ FunctionName: "router" }, { FunctionName: FUNCTION_ARN, Qualifier: "$LATEST" }]) {
    const { $metadata, ...found } = await client.send(new GetFunctionConfigurationCommand(input));
    expect(found).toEqual({ ...described, State: "Active", LastUpdateStatus: "Successful" });
  }
});

test("mappings are listed by stream and by function, with their settings in AWS's units", async () => {
  const list = async (input: object) =>
    (await client.send(new ListEventSourceMappingsCommand(input))).EventSourceMappings ?? [];
  const expected = {
    UUID: mappingId,
    EventSourceMappingArn: `arn:aws:lambda:${ACCOUNT}:event-source-mapping:${mappingId}`,
    EventSourceArn: STREAM_ARN,
    FunctionArn: FUNCTION_ARN,
    State: "Disabled",
    StateTransitionReason: "User action",
    LastModified: new Date(START),
    StartingPosition: "TRIM_HORIZON",
    BatchSize: 500,
    MaximumBatchingWindowInSeconds: 5,
    ParallelizationFactor: 1,
    BisectBatchOnFunctionError: true,
    MaximumRetryAttempts: 3,
    MaximumRecordAgeInSeconds: 3600,
    TumblingWindowInSeconds: 0,
    FunctionResponseTypes: ["ReportBatchItemFailures"],
    DestinationConfig: { OnFailure: { Destination: "arn:aws:s3:::failed" } },
  };
  expect(await list({})).toEqual([expected]);
  expect(await list({ EventSourceArn: STREAM_ARN, FunctionName: "router" })).toEqual([expected]);
  expect(await list({ FunctionName: "alerts" })).toEqual([]);
  expect(await list({ EventSourceArn: `${STREAM_ARN}-2` })).toEqual([]);
  const { $metadata, ...one } = await client.send(new GetEventSourceMappingCommand({ UUID: mappingId }));
  expect(one).toEqual(expected);
});

test.each([
  [
    "a function that is not there",
    new GetFunctionConfigurationCommand({ FunctionName: "none" }),
    `Function not found: arn:aws:lambda:${ACCOUNT}:function:none`,
  ],
  [
    "a version",
    new GetFunctionConfigurationCommand({ FunctionName: "router", Qualifier: "7" }),
    `Function not found: ${FUNCTION_ARN}:7`,
  ],
  [
    "a mapping that is not there",
    new GetEventSourceMappingCommand({ UUID: "none" }),
    "The resource you requested does not exist.",
  ],
])("%s is ResourceNotFoundException", async (_what, command, message) => {
  await expect(client.send(command as GetFunctionConfigurationCommand)).rejects.toMatchObject({
    name: "ResourceNotFoundException",
    message,
  });
});

test("another parameter is refused by name", async () => {
  await expect(client.send(new ListFunctionsCommand({ MasterRegion: "ALL" }))).rejects.toThrow(
    'local/lambda: the parameter "MasterRegion" of ListFunctions is not simulated; see docs/fidelity.md',
  );
});

test("a page of no functions is refused", async () => {
  await expect(client.send(new ListFunctionsCommand({ MaxItems: 0 }))).rejects.toThrow(
    "1 validation error detected: Value '0' at 'maxItems' failed to satisfy constraint: Member must be from 1 to 10000",
  );
});

test("a role lists functions only if it may", async () => {
  const role = await local.role("reader", [
    { Effect: "Allow", Action: "lambda:GetFunctionConfiguration", Resource: FUNCTION_ARN },
  ]);
  const reader = new LambdaClient(local.clientConfig(role));
  await expect(reader.send(new GetFunctionConfigurationCommand({ FunctionName: "router" }))).resolves.toMatchObject({
    FunctionName: "router",
  });
  await expect(reader.send(new ListFunctionsCommand({}))).rejects.toThrow(
    "is not authorized to perform: lambda:ListFunctions on resource: *",
  );
  reader.destroy();
});
