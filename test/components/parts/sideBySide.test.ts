/** What holds for all components together: previews, two instances side by side, names, parents, and permissions. */
import * as pulumi from "@pulumi/pulumi";
import {
  ContentAlerts,
  count,
  DataLake,
  DeliveryStream,
  FormatRouter,
  HourlyEtl,
  IngestApi,
  LakeDashboard,
  PipelineAlarms,
  PipelineDashboard,
  pie,
  Replay,
  SchemaRegistry,
  ServingTable,
  StreamFunction,
  StreamIngest,
  Warehouse,
} from "streamlake";
import { type Declared, declare, UNKNOWN } from "streamlake/testing";
import { listed } from "../support/listed";

const alarms = { topicArn: "arn:aws:sns:us-east-1:123456789012:alarms" };

/** One of everything, with all that is optional. */
function everything(name: string): void {
  const stream = new StreamIngest(`${name}-ingest`, { consumers: ["router"] });
  const oncall = new PipelineAlarms(`${name}-oncall`, { components: [stream], emails: ["on-call@example.com"] });
  const lake = new DataLake(`${name}-lake`, {
    tables: { records: {}, orders: { columns: [{ name: "total", type: "double" }] } },
  });
  const schemaRegistry = new SchemaRegistry(`${name}-registry`, {
    schemas: { orders: { format: "avro", definition: '"long"' } },
  });
  const router = new FormatRouter(`${name}-router`, { stream, lake, consumer: "router", alarms, schemaRegistry });
  new Replay(`${name}-replay`, { router, alarms });
  new HourlyEtl(`${name}-etl`, { lake, alarms });
  new StreamFunction(`${name}-audit`, { stream, handler: () => undefined, alarms });
  new ServingTable(`${name}-view`, { stream, lake, alarms, timeToLiveDays: 30 });
  new DeliveryStream(`${name}-delivery`, { stream, lake, table: "orders", alarms, sourceBackup: true });
  const jwt = { issuer: "https://login.example.com/", audiences: ["shop"] };
  new IngestApi(`${name}-api`, { stream, authorization: "JWT", jwt, alarms });
  const subnetIds = ["subnet-a", "subnet-b", "subnet-c"];
  const tables = { orders: { columns: [{ name: "total", type: "double" as const }] } };
  const declaredLake = new DataLake(`${name}-lake-declared`, { tables });
  new DeliveryStream(`${name}-delivery-parquet`, { stream, lake: declaredLake, alarms, parquet: true });
  const analysts = "arn:aws:quicksight:us-east-1:123456789012:group/default/analysts";
  const visuals = [pie({ title: "Formats", table: "orders", slices: "_format", value: count() })];
  new LakeDashboard(`${name}-dashboard`, { lake, visuals, viewers: [analysts], importMode: "SPICE" });
  new Warehouse(`${name}-warehouse`, { lake: declaredLake, vpcId: "vpc-1", subnetIds, alarms });
  new PipelineDashboard(`${name}-overview`, { components: [stream, lake, router], alarms: oncall });
  new ContentAlerts(`${name}-alerts`, { stream, lake, rules: { large: (row) => Number(row.total) > 1 && "large" } });
}

const one = () => everything("a");
const two = () => {
  everything("a");
  everything("b");
};

test("a preview declares the same resources as an update", async () => {
  const update = listed(await declare(one));
  const preview = await declare(one, { preview: true });
  expect(listed(preview)).toEqual(update);
  expect(preview.one("a-router-router-policy").inputs.policy).toBe(UNKNOWN);
});

test("two instances of everything declare twice as much, and no name twice", async () => {
  const single = listed(await declare(one));
  const both = listed(await declare(two));
  expect(both).toHaveLength(single.length * 2);
  expect(new Set(both).size).toBe(both.length);
});

test("every name begins with its component's", async () => {
  const { resources } = await declare(one);
  const components = [
    "a-ingest",
    "a-lake",
    "a-router",
    "a-etl",
    "a-alerts",
    "a-audit",
    "a-registry",
    "a-replay",
    "a-view",
    "a-api",
    "a-warehouse",
    "a-delivery",
    "a-dashboard",
    "a-oncall",
    "a-overview",
  ];
  const strangers = resources.filter(({ name }) => !components.some((component) => name.startsWith(component)));
  expect(strangers.map(({ name }) => name)).toEqual([]);
});

test("names that AWS needs fixed tell instances, stacks and projects apart", async () => {
  const fixed = ({ resources }: Declared) =>
    resources.flatMap(({ type, inputs }) =>
      /namedQuery|catalogTable|logStream|apigatewayv2\/stage/.test(type)
        ? []
        : [
            inputs.dataSourceId ??
              inputs.dataSetId ??
              inputs.name ??
              inputs.registryName ??
              inputs.namespaceName ??
              inputs.dashboardName,
          ].filter(Boolean),
    );
  expect(fixed(await declare(two, { project: "shop", stack: "dev" })).sort()).toEqual([
    "/aws/vendedlogs/states/shop-dev-a-etl-workflow",
    "/aws/vendedlogs/states/shop-dev-a-replay-workflow",
    "/aws/vendedlogs/states/shop-dev-a-warehouse-workflow",
    "/aws/vendedlogs/states/shop-dev-b-etl-workflow",
    "/aws/vendedlogs/states/shop-dev-b-replay-workflow",
    "/aws/vendedlogs/states/shop-dev-b-warehouse-workflow",
    "shop-dev-a-dashboard",
    "shop-dev-a-dashboard-orders",
    "shop-dev-a-dashboard-orders",
    "shop-dev-a-overview",
    "shop-dev-a-registry",
    "shop-dev-a-warehouse",
    "shop-dev-a-warehouse",
    "shop-dev-b-dashboard",
    "shop-dev-b-dashboard-orders",
    "shop-dev-b-dashboard-orders",
    "shop-dev-b-overview",
    "shop-dev-b-registry",
    "shop-dev-b-warehouse",
    "shop-dev-b-warehouse",
    "shop_dev_a_lake",
    "shop_dev_a_lake_declared",
    "shop_dev_b_lake",
    "shop_dev_b_lake_declared",
  ]);
});

test("no policy has a wildcard action, and only what AWS gives no resource has the resource *", async () => {
  const { resources } = await declare(one);
  const statements = resources
    .filter(({ type }) => type === "aws:iam/rolePolicy:RolePolicy")
    .flatMap(({ name, inputs }) =>
      JSON.parse(inputs.policy).Statement.map((statement: object) => ({ name, ...statement })),
    );
  expect(statements.length).toBeGreaterThan(20);
  expect(statements.filter(({ Action }) => Action.some((action: string) => action.includes("*")))).toEqual([]);
  const anywhere = statements.filter(({ Resource }) => Resource.includes("*"));
  expect(anywhere.map(({ name, Action }) => [name, Action[0]])).toEqual([
    ["a-etl-workflow-policy", "logs:CreateLogDelivery"],
    ["a-replay-chunk-policy", "glue:GetSchemaVersion"],
    ["a-replay-workflow-policy", "logs:CreateLogDelivery"],
    ["a-router-router-policy", "glue:GetSchemaVersion"],
    ["a-warehouse-plan-policy", "redshift-data:DescribeStatement"],
    ["a-warehouse-workflow-policy", "redshift-data:CancelStatement"],
    ["a-warehouse-workflow-policy", "logs:CreateLogDelivery"],
  ]);
});

test("no managed policy is attached to any role", async () => {
  const { resources } = await declare(one);
  expect(resources.filter(({ type }) => /policyAttachment/i.test(type))).toEqual([]);
  const roles = resources.filter(({ type }) => type === "aws:iam/role:Role");
  expect(roles.filter(({ inputs }) => inputs.managedPolicyArns)).toEqual([]);
});

test("every log group has a retention", async () => {
  const groups = (await declare(one)).all("aws:cloudwatch/logGroup:LogGroup");
  expect(groups.map(({ name, inputs }) => [name, inputs.retentionInDays])).toEqual([
    ["a-alerts-alerts-logs", 30],
    ["a-api-access-logs", 30],
    ["a-api-handler-logs", 30],
    ["a-audit-handler-logs", 30],
    ["a-delivery-logs", 30],
    ["a-delivery-parquet-logs", 30],
    ["a-delivery-parquet-transform-logs", 30],
    ["a-delivery-transform-logs", 30],
    ["a-etl-plan-logs", 30],
    ["a-etl-reconcile-logs", 30],
    ["a-etl-workflow-logs", 30],
    ["a-replay-chunk-logs", 30],
    ["a-replay-plan-logs", 30],
    ["a-replay-workflow-logs", 30],
    ["a-router-router-logs", 30],
    ["a-view-fold-handler-logs", 30],
    ["a-warehouse-plan-logs", 30],
    ["a-warehouse-workflow-logs", 30],
  ]);
});

test("resources are children of their component: the parents in Pulumi's state", async () => {
  const declared = await declare(() => {
    const stream = new StreamIngest("in");
    const lake = new DataLake("lake");
    const router = new FormatRouter("router", { stream, lake });
    const etl = new HourlyEtl("etl", { lake });
    const registry = new SchemaRegistry("registry", { schemas: { orders: { format: "avro", definition: '"long"' } } });
    const alerts = new ContentAlerts("alerts", { stream, lake, rules: { never: () => false } });
    const nodes: pulumi.Resource[] = [
      stream.nodes.stream,
      lake.nodes.lake?.bucket as pulumi.Resource,
      lake.nodes.workgroup as pulumi.Resource,
      router.nodes.mapping,
      router.nodes.function,
      router.nodes.function.nodes.function,
      etl.nodes.job.job,
      etl.nodes.plan.nodes.role,
      etl.nodes.workflow.machine,
      registry.nodes.registry,
      registry.nodes.schemas.orders as pulumi.Resource,
      alerts.nodes.mapping,
    ];
    return pulumi.all(nodes.map(({ urn }) => urn));
  });
  expect(declared.outputs).toEqual([
    "urn:pulumi:stack::project::streamlake:index:StreamIngest$aws:kinesis/stream:Stream::in-stream",
    "urn:pulumi:stack::project::streamlake:index:DataLake$aws:s3/bucket:Bucket::lake-lake",
    "urn:pulumi:stack::project::streamlake:index:DataLake$aws:athena/workgroup:Workgroup::lake-workgroup",
    "urn:pulumi:stack::project::streamlake:index:FormatRouter$aws:lambda/eventSourceMapping:EventSourceMapping::router-mapping",
    "urn:pulumi:stack::project::streamlake:index:FormatRouter$streamlake:index:CallbackFunction::router-router",
    "urn:pulumi:stack::project::streamlake:index:CallbackFunction$aws:lambda/function:Function::router-router-function",
    "urn:pulumi:stack::project::streamlake:index:HourlyEtl$aws:glue/job:Job::etl-job",
    "urn:pulumi:stack::project::streamlake:index:CallbackFunction$aws:iam/role:Role::etl-plan-role",
    "urn:pulumi:stack::project::streamlake:index:HourlyEtl$aws:sfn/stateMachine:StateMachine::etl-workflow",
    "urn:pulumi:stack::project::streamlake:index:SchemaRegistry$aws:glue/registry:Registry::registry-registry",
    "urn:pulumi:stack::project::streamlake:index:SchemaRegistry$aws:glue/schema:Schema::registry-schema-orders",
    "urn:pulumi:stack::project::streamlake:index:ContentAlerts$aws:lambda/eventSourceMapping:EventSourceMapping::alerts-mapping",
  ]);
});

test("every transform is offered its resource, and what it changes is declared", async () => {
  const seen: string[] = [];
  const see = (args: object, _: object, name: string) => {
    seen.push(name);
    Object.assign(args, { region: "eu-west-1" });
  };
  const bucket = {
    bucket: see,
    encryption: see,
    lifecycle: see,
    ownership: see,
    policy: see,
    publicAccess: see,
    versioning: see,
  };
  const fn = { function: see, role: see, policy: see, logs: see };
  const declared = await declare(() => {
    const stream = new StreamIngest("in", { consumers: ["c"], transform: { stream: see, consumer: see } });
    new SchemaRegistry("registry", {
      schemas: { orders: { format: "avro", definition: '"long"' } },
      transform: { registry: see, schema: see },
    });
    const lake = new DataLake("lake", {
      transform: {
        lake: bucket,
        results: bucket,
        failed: bucket,
        database: see,
        table: see,
        crawler: { crawler: see, role: see, policy: see },
        workgroup: see,
        query: see,
      },
    });
    new FormatRouter("router", { stream, lake, alarms, transform: { function: fn, mapping: see, alarm: see } });
    new ContentAlerts("alerts", {
      stream,
      lake,
      rules: { never: () => false },
      transform: { topic: see, function: fn, mapping: see },
    });
    new HourlyEtl("etl", {
      lake,
      alarms,
      transform: {
        job: { script: see, job: see, role: see, policy: see },
        plan: fn,
        reconcile: fn,
        failures: see,
        workflow: { machine: see, role: see, policy: see, logs: see },
        schedule: { schedule: see, role: see, policy: see, failedStarts: see },
        alarm: see,
      },
    });
  });
  const raw = declared.resources.filter(({ component }) => !component);
  expect(seen.sort()).toEqual(raw.map(({ name }) => name).sort());
  const regional = raw.filter(({ type }) => !type.startsWith("aws:iam/")); // IAM has no regions
  expect(regional.filter(({ inputs }) => inputs.region !== "eu-west-1").map(({ name }) => name)).toEqual([]);
});
