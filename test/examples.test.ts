/** The examples, run as programs: they declare what they say, and the first one is as short as it claims. */
import { createHmac } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { declare, kinesisEvent } from "streamlake/testing";
import { packageOf } from "./components/support/listed";

const EXAMPLES = path.resolve(__dirname, "../examples");

function example(name: string): () => unknown {
  return () => {
    let outputs: unknown;
    jest.isolateModules(() => {
      outputs = require(path.join(EXAMPLES, name));
    });
    return outputs;
  };
}

test("every example is run here", () => {
  expect(fs.readdirSync(EXAMPLES).sort()).toEqual([
    "alerts.ts",
    "audit.ts",
    "crime",
    "dashboard.ts",
    "delivery.ts",
    "existing.ts",
    "function.ts",
    "hooks.ts",
    "ingest.ts",
    "minimal.ts",
    "monitoring.ts",
    "platform.ts",
    "registry.ts",
    "replay.ts",
    "retail",
    "serving.ts",
    "warehouse.ts",
  ]);
});

test("monitoring has an alarm for each fault of its components, and a dashboard with all of them", async () => {
  const declared = await declare(example("monitoring"));
  const alarms = declared.all("aws:cloudwatch/metricAlarm:MetricAlarm");
  expect(alarms).toHaveLength(16);
  expect(declared.one("oncall-alarm-router-unformatted").inputs.threshold).toBe(20);
  const { widgets } = JSON.parse(declared.one("overview-dashboard").inputs.dashboardBody);
  const shown = widgets.find(({ type }: { type: string }) => type === "alarm").properties.alarms;
  expect(shown).toHaveLength(16);
  expect(declared.one("oncall-topic-on-call@example.com").inputs.protocol).toBe("email");
});

test("minimal is the whole pipeline in at most 25 lines", async () => {
  const declared = await declare(example("minimal"));
  expect(declared.outputs).toEqual({
    streamName: "sales-stream",
    databaseName: "project_stack_lake",
    workgroupName: "lake-workgroup",
    failureTopicArn: "arn:aws:sns:us-east-1:123456789012:hourly-failures",
  });
  expect(declared.resources.filter(({ component }) => component).map(({ type, name }) => `${type} ${name}`)).toEqual([
    "streamlake:index:HourlyEtl hourly",
    "streamlake:index:CallbackFunction hourly-plan",
    "streamlake:index:CallbackFunction hourly-reconcile",
    "streamlake:index:DataLake lake",
    "streamlake:index:FormatRouter router",
    "streamlake:index:CallbackFunction router-router",
    "streamlake:index:StreamIngest sales",
  ]);
  expect(declared.all("aws:glue/crawler:Crawler")).toEqual([]);
  const lines = fs.readFileSync(path.join(EXAMPLES, "minimal.ts"), "utf8").trimEnd().split("\n");
  expect(lines.length).toBeLessThanOrEqual(25);
});

test("hooks declares its two tables, and its hooks are in the router's package", async () => {
  const declared = await declare(example("hooks"), { config: { "shop:salt": "pepper" } });
  expect(declared.all("aws:glue/catalogTable:CatalogTable").map(({ inputs }) => inputs.name)).toEqual([
    "orders",
    "orders_live",
    "orders_raw",
    "unformatted",
  ]);
  const code = await packageOf(declared.one("router-router-function"));
  expect(code.includes("total is negative")).toBe(true);
  expect(code.includes("pepper")).toBe(false);
  expect(declared.one("router-router-function").inputs.environment.variables).toEqual({
    LAKE_BUCKET: "lake-lake",
    SECRET_SALT: "arn:aws:secretsmanager:us-east-1:123456789012:secret:salt-a1B2c3",
    STREAM_NAME: "shop-stream",
  });
});

test("existing declares nothing that its program has already", async () => {
  const declared = await declare(example("existing"));
  expect(declared.outputs).toEqual({ streamName: "clicks", databaseName: "shop", workgroupName: "analysts" });
  const kinds = ["kinesis/stream:Stream", "s3/bucket:Bucket", "glue/catalogDatabase:CatalogDatabase"];
  const others = ["athena/workgroup:Workgroup", "sns/topic:Topic"];
  const names = [...kinds, ...others].map((kind) => declared.all(`aws:${kind}`).map(({ name }) => name));
  expect(names).toEqual([["clicks"], ["lake-failed", "team-data"], ["shop"], ["analysts"], ["on-call"]]);
});

test.each([
  ["existing-resources.md", "existing"],
  ["guides/http.md", "ingest"],
])("docs/%s quotes its example verbatim", (file, name) => {
  const page = fs.readFileSync(path.resolve(EXAMPLES, "../docs", file), "utf8");
  const quoted = new RegExp(`<!-- examples/${name}.ts -->\\n\`\`\`ts\\n([\\s\\S]*?)\`\`\``).exec(page)?.[1];
  expect(quoted).toBe(fs.readFileSync(path.join(EXAMPLES, `${name}.ts`), "utf8"));
});

test("alerts declares its topic, and its rules are in its package", async () => {
  const declared = await declare(example("alerts"));
  expect(declared.outputs).toEqual({
    streamName: "shop-stream",
    alertTopicArn: "arn:aws:sns:us-east-1:123456789012:alerts-topic",
  });
  const code = await packageOf(declared.one("alerts-alerts-function"));
  expect(code.includes("is out of range")).toBe(true);
});

test("ingest declares its API, and its stream partition keys are in the function's package", async () => {
  const declared = await declare(example("ingest"));
  expect(declared.outputs).toEqual({
    streamName: "orders-stream",
    apiUrl: "https://api-api.execute-api.us-east-1.amazonaws.com",
  });
  const code = await packageOf(declared.one("api-handler-function"));
  expect(code.includes("x-customer")).toBe(true);
});

test("replay starts with the ARN that it exports, and has its router's hooks in its package", async () => {
  const declared = await declare(example("replay"));
  expect(declared.outputs).toEqual({
    streamName: "shop-stream",
    replayArn: "arn:aws:states:us-east-1:123456789012:stateMachine:replay-workflow",
  });
  expect(JSON.parse(declared.one("replay-workflow").inputs.definition).States.ReplayChunks.MaxConcurrency).toBe(5);
  const code = await packageOf(declared.one("replay-chunk-function"));
  expect(code.includes("total is negative")).toBe(true);
});

test("registry declares its schema, and the router may look schemas up", async () => {
  const declared = await declare(example("registry"));
  expect(declared.outputs).toEqual({
    streamName: "shop-stream",
    registryArn: "arn:aws:glue:us-east-1:123456789012:registry/project-stack-shop",
  });
  const { inputs } = declared.one("shop-schema-order");
  expect(inputs).toMatchObject({ schemaName: "order", dataFormat: "AVRO", compatibility: "BACKWARD" });
  expect(JSON.parse(inputs.schemaDefinition).fields.map(({ name }: { name: string }) => name)).toEqual([
    "order_id",
    "total",
  ]);
  expect(declared.one("router-router-policy").inputs.policy).toContain("glue:GetSchemaVersion");
});

test("function forwards each failure to the address of its secret, and fails when the chat refuses", async () => {
  const declared = await declare(example("function"), { config: { "shop:chat": "https://chat.example/hook" } });
  expect(declared.outputs).toEqual({ functionName: "notify-function" });
  expect(declared.one("failures-may-call").inputs).toMatchObject({
    principal: "sns.amazonaws.com",
    sourceArn: "arn:aws:sns:us-east-1:123456789012:hourly-failures",
  });
  expect(declared.one("notify-policy").inputs.policy).toContain("ssm:GetParameter");
  const code = await packageOf(declared.one("notify-function"));
  expect(code.includes("chat.example")).toBe(false);
  const posted: unknown[] = [];
  const answers = [{ ok: true }, { ok: false, status: 403 }];
  const handler = await exampleHandler(async (address, options) => {
    posted.push([address, JSON.parse(options.body)]);
    return answers.shift();
  });
  const event = { Records: [{ Sns: { Message: "hour 10 failed" } }] };
  await handler(event);
  expect(posted).toEqual([["https://chat.example/hook", { text: "hour 10 failed" }]]);
  await expect(handler(event)).rejects.toThrow("the chat answered 403");
});

/** The handler of `function.ts`, with a chat of the test's own. */
async function exampleHandler(post: (address: string, options: { body: string }) => Promise<unknown>) {
  type Handler = (event: object) => Promise<void>;
  let handler: Handler | undefined;
  await declare(
    () => {
      jest.isolateModules(() => {
        const streamlake = require("streamlake") as typeof import("streamlake");
        jest.doMock("streamlake", () => ({
          ...streamlake,
          CallbackFunction: class extends streamlake.CallbackFunction {
            constructor(name: string, args: import("streamlake").CallbackFunctionArgs) {
              super(name, args);
              handler = args.factory({ secret: () => "https://chat.example/hook" }) as Handler;
            }
          },
        }));
        require(path.join(EXAMPLES, "function"));
        jest.dontMock("streamlake");
      });
    },
    { config: { "shop:chat": "none" } },
  );
  const { fetch } = globalThis;
  return async (event: object) => {
    globalThis.fetch = post as unknown as typeof fetch;
    try {
      await handler?.(event);
    } finally {
      globalThis.fetch = fetch;
    }
  };
}

test("audit declares a handler with a bucket of failed batches, and the handler handles a batch", async () => {
  const declared = await declare(example("audit"));
  expect(declared.outputs).toEqual({ streamName: "shop-stream", failedBucketName: "audit-failed" });
  expect(declared.one("audit-mapping").inputs).toMatchObject({
    bisectBatchOnFunctionError: true,
    destinationConfig: { onFailure: { destinationArn: "arn:aws:s3:::audit-failed" } },
    maximumRetryAttempts: 10,
  });
  const module = { exports: {} as { handler: (event: unknown) => Promise<unknown> } };
  const code = await packageOf(declared.one("audit-handler-function"));
  new Function("module", "exports", "require", code)(module, module.exports, require);
  const logged = jest.spyOn(console, "log").mockImplementation(() => undefined);
  await module.exports.handler(kinesisEvent([{ data: "12345", partitionKey: "k" }]));
  expect(logged.mock.calls).toEqual([["k", 5]]);
  logged.mockRestore();
});

test("platform tags what can be tagged, names the stream, protects both stores and keeps the renamed lake", async () => {
  const registered: { name: string; isProtected: boolean; aliases: string[] }[] = [];
  const declared = await declare(() => {
    const { getMonitor } = require("@pulumi/pulumi/runtime/settings") as {
      getMonitor(): { registerResource(request: RegisterRequest, ...rest: unknown[]): unknown };
    };
    const monitor = getMonitor();
    const register = monitor.registerResource.bind(monitor);
    monitor.registerResource = (request, ...rest) => {
      const aliases = request.getAliasesList().map((alias) => alias.getSpec()?.getName() ?? alias.getUrn());
      registered.push({ name: request.getName(), isProtected: request.getProtect() === true, aliases });
      return register(request, ...rest);
    };
    return example("platform")();
  });
  expect(declared.outputs).toEqual({ streamName: "shop-orders", databaseName: "shop" });
  const tagged = declared.resources.filter(({ inputs }) => inputs.tags !== undefined);
  expect(tagged.every(({ inputs }) => inputs.tags.team === "shop" && inputs.tags["cost-center"] === "4711")).toBe(true);
  expect(tagged.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["orders-stream", "lake-lake", "hourly-workflow"]),
  );
  const protectedNames = registered.filter(({ isProtected }) => isProtected).map(({ name }) => name);
  expect(protectedNames).toEqual(
    expect.arrayContaining(["orders", "orders-stream", "lake", "lake-lake", "lake-failed"]),
  );
  expect(protectedNames.filter((name) => /^(router|hourly)/.test(name))).toEqual([]);
  expect(registered.find(({ name }) => name === "lake")?.aliases).toEqual(["data"]);
});

interface RegisterRequest {
  getName(): string;
  getProtect(): boolean | undefined;
  getAliasesList(): { getUrn(): string; getSpec(): { getName(): string } | undefined }[];
}

test("the hooks of the example do what they say", async () => {
  const { FORMATS } = require("../formats/registry") as typeof import("../formats/registry");
  const { createRouter } = require("../functions/router") as typeof import("../functions/router");
  let hooks: object = {};
  await declare(
    () => {
      jest.isolateModules(() => {
        const streamlake = require("streamlake") as typeof import("streamlake");
        jest.doMock("streamlake", () => ({
          ...streamlake,
          FormatRouter: class {
            constructor(_: string, args: { hooks: object }) {
              hooks = args.hooks;
            }
          },
        }));
        require(path.join(EXAMPLES, "hooks"));
        jest.dontMock("streamlake");
      });
    },
    { config: { "shop:salt": "pepper" } },
  );
  const landed = new Map<string, Buffer>();
  const store = {
    putIfAbsent: async (key: string, body: Uint8Array) => {
      landed.set(key, Buffer.from(body));
      return "created" as const;
    },
  };
  const config = {
    formats: { json: {} },
    table: "records",
    prefixes: { raw: "raw/", unformatted: "unformatted/" },
    concurrentWrites: 1,
  };
  const router = createRouter(config, {
    hooks,
    context: { secret: (name) => `${name} of the test` },
    formats: FORMATS,
    effects: { stream: "shop", store, log: () => undefined },
  });
  await router(
    kinesisEvent([
      { data: '{"order_id":"a","email":"ada@example.com","total":3}' },
      { data: '{"order_id":"b","total":-3}' },
      { data: '{"visit":1}' },
    ]),
  );
  const { gunzipSync } = require("node:zlib") as typeof import("node:zlib");
  const lines = [...landed].map(([key, body]) => [
    key.split("/").slice(0, 2).join("/"),
    JSON.parse(gunzipSync(body).toString()),
  ]);
  const table = Object.fromEntries(lines);
  expect(Object.keys(table).sort()).toEqual(["raw/orders", "raw/records", "unformatted/records"]);
  expect(table["raw/orders"].data).toEqual({
    order_id: "a",
    customer: createHmac("sha256", "SALT of the test").update("ada@example.com").digest("hex").slice(0, 16),
    total: 3,
  });
  expect(table["unformatted/records"]).toMatchObject({ reason: "rejected", detail: "total is negative" });
});

test("serving declares a table beside the lake, its key is in the package, and readers may get items", async () => {
  const declared = await declare(example("serving"));
  expect(declared.outputs).toEqual({
    apiUrl: "https://api-api.execute-api.us-east-1.amazonaws.com",
    customersTable: "customers-table",
    mayRead: [
      {
        actions: ["dynamodb:BatchGetItem", "dynamodb:GetItem"],
        resources: ["arn:aws:dynamodb:us-east-1:123456789012:table/customers-table"],
      },
    ],
  });
  expect(declared.one("customers-table").inputs.ttl).toEqual({ enabled: true, attributeName: "_expires" });
  const code = await packageOf(declared.one("customers-fold-handler-function"));
  expect(code.includes(".customer)")).toBe(true);
});

test("warehouse declares awsx's network without a route to the internet, and Redshift in its three subnets", async () => {
  const config = { "aws:region": "eu-west-1" };
  const declared = await declare(example("warehouse"), { config });
  const types = declared.resources.map(({ type }) => type).filter((type) => type.startsWith("aws:ec2/"));
  expect([...new Set(types)].sort()).toEqual([
    "aws:ec2/internetGateway:InternetGateway",
    "aws:ec2/routeTable:RouteTable",
    "aws:ec2/routeTableAssociation:RouteTableAssociation",
    "aws:ec2/securityGroup:SecurityGroup",
    "aws:ec2/subnet:Subnet",
    "aws:ec2/vpc:Vpc",
    "aws:ec2/vpcEndpoint:VpcEndpoint",
  ]);
  const tables = declared.all("aws:ec2/routeTable:RouteTable");
  expect(tables.map(({ inputs }) => inputs.routes)).toEqual([undefined, undefined, undefined]);
  const zones = declared.all("aws:ec2/subnet:Subnet").map(({ inputs }) => inputs.availabilityZone);
  expect(zones).toEqual(["eu-west-1a", "eu-west-1b", "eu-west-1c"]);
  const { subnetIds, publiclyAccessible } = declared.one("warehouse-workgroup").inputs;
  expect([subnetIds, publiclyAccessible]).toEqual([
    ["subnet-1b07b8cfce52dd953", "subnet-c5117c82a5e044b12", "subnet-4fc624bde3c1e0021"],
    false,
  ]);
  const [data, s3] = declared.all("aws:ec2/vpcEndpoint:VpcEndpoint").map(({ inputs }) => inputs);
  expect(data?.serviceName).toBe("com.amazonaws.eu-west-1.redshift-data");
  expect(data?.subnetIds).toEqual(subnetIds);
  expect(s3?.serviceName).toBe("com.amazonaws.eu-west-1.s3");
  expect(s3?.routeTableIds).toEqual(["rtb-1b07b8cfce52dd953", "rtb-c5117c82a5e044b12", "rtb-4fc624bde3c1e0021"]);
  const previewed = await declare(example("warehouse"), { config, preview: true });
  const named = ({ resources }: typeof declared) => resources.map(({ type, name }) => `${type} ${name}`);
  expect(named(previewed)).toEqual(named(declared));
  expect(previewed.one("warehouse-workgroup").inputs.subnetIds).not.toEqual(subnetIds);
});

test("delivery declares Firehose beside the lake, with a backup, and its hook is in the package", async () => {
  const declared = await declare(example("delivery"));
  expect(declared.outputs).toEqual({
    streamName: "sales-stream",
    deliveryStreamName: "sales-delivery-delivery",
    backupBucketName: "sales-delivery-backup",
  });
  const code = await packageOf(declared.one("sales-delivery-transform-function"));
  expect(code).toMatch(/\.test\s*===?\s*(true|!0)/);
});

test("dashboard draws its table and the unformatted records for a group of the account", async () => {
  const analysts = "arn:aws:quicksight:us-east-1:123456789012:group/default/analysts";
  const declared = await declare(example("dashboard"), { config: { "shop:analysts": analysts } });
  expect(declared.outputs).toEqual({
    streamName: "sales-stream",
    dashboardUrl: "https://us-east-1.quicksight.aws.amazon.com/sn/dashboards/project-stack-sales",
  });
  expect(declared.all("aws:quicksight/dataSet:DataSet").map(({ name }) => name)).toEqual([
    "sales-data-set-sales",
    "sales-data-set-unformatted",
  ]);
  const state = JSON.parse(declared.one("sales-dashboard").inputs.desiredState);
  expect(state.Permissions.map(({ Principal }: { Principal: string }) => Principal)).toEqual([analysts]);
  expect(state.Definition.Sheets[0].Visuals.map((visual: object) => Object.keys(visual)[0])).toEqual([
    "KPIVisual",
    "KPIVisual",
    "KPIVisual",
    "LineChartVisual",
    "BarChartVisual",
    "PieChartVisual",
    "HeatMapVisual",
    "TableVisual",
    "BarChartVisual",
  ]);
});
