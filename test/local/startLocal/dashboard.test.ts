/** Every graph of a dashboard is alive: its metrics have the dimensions of declared resources, and a run publishes them. */
import {
  DataLake,
  DeliveryStream,
  FormatRouter,
  HourlyEtl,
  IngestApi,
  PipelineAlarms,
  PipelineDashboard,
  Replay,
  ServingTable,
  StreamIngest,
  Warehouse,
} from "streamlake";
import type { StepFunctionsService } from "../../../local/services/stepFunctions/service";
import type { LocalCloud } from "../../../local/startLocal";
import { start, stopAll, stoppedClock } from "../support/start";

afterAll(stopAll);

function program() {
  const stream = new StreamIngest("in");
  const lake = new DataLake("lake", {
    tables: { orders: { columns: [{ name: "total", type: "double" }] }, copies: {} },
  });
  const handler = { stream, eventMetrics: true, batchWindowSeconds: 0 };
  const router = new FormatRouter("router", { ...handler, lake });
  const view = new ServingTable("view", { ...handler, lake, key: "customer" });
  const copy = new DeliveryStream("copy", { stream, lake, table: "copies" });
  const etl = new HourlyEtl("etl", { lake });
  const replay = new Replay("replay", { router });
  const api = new IngestApi("api", { stream, authorization: "NONE" });
  const subnetIds = ["subnet-a", "subnet-b", "subnet-c"];
  const warehouse = new Warehouse("warehouse", { lake, vpcId: "vpc-1", subnetIds });
  const components = [stream, lake, router, view, copy, etl, replay, api, warehouse];
  const alarms = new PipelineAlarms("oncall", { components });
  const { dashboardName } = new PipelineDashboard("overview", { components, alarms });
  return {
    dashboardName,
    stream: stream.streamName,
    replay: replay.stateMachineArn,
    url: api.url,
    workgroup: lake.workgroupName,
    database: lake.databaseName,
  };
}

interface Widget {
  readonly type: string;
  readonly properties: {
    readonly title: string;
    readonly period: number;
    readonly alarms: readonly string[];
    readonly metrics: readonly (readonly (string | { stat: string })[])[];
  };
}

/** Metrics that are absent while nothing fails: Lambda, Firehose and the functions publish them only then. */
const ONLY_ON_FAULTS =
  /^(Unformatted\.|Failed$|FailedWrites$|Unfolded|DroppedEventCount|OnFailureDestination|4xx|5xx|ExecutionsFailed)/;

test("each metric belongs to a declared resource, and each graph has data after a run", async () => {
  // The clock of the functions, whose logs have metrics.
  const cloud = await start(program, { clock: { ...stoppedClock, now: () => Date.now() } });
  await run(cloud);
  const { dashboardName: DashboardName } = cloud.outputs;
  const { DashboardBody } = (await cloud.call("cloudwatch", "GetDashboard", { DashboardName })) as {
    DashboardBody: string;
  };
  const { widgets } = JSON.parse(DashboardBody) as { widgets: Widget[] };
  const known = new Set(
    cloud.resources.flatMap(({ id, inputs, outputs }) => [id, ...Object.values({ ...inputs, ...outputs })]),
  );
  const now = Date.now();
  const dead: string[] = [];
  const strange: string[] = [];
  for (const { properties } of widgets.filter(({ type }) => type === "metric")) {
    const { title, period: Period, metrics } = properties;
    const MetricDataQueries = metrics.map((metric, index) => {
      const [Namespace, MetricName, ...rest] = metric.slice(0, -1) as string[];
      const Dimensions = rest.flatMap((Name, at) => (at % 2 === 0 ? [{ Name, Value: String(rest[at + 1]) }] : []));
      strange.push(
        ...Dimensions.filter(({ Name, Value }) => !/^Query/.test(Name) && !known.has(Value)).map(
          ({ Value }) => `${title}: ${Value}`,
        ),
      );
      const { stat: Stat } = metric.at(-1) as { stat: string };
      return { Id: `m${index}`, MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period, Stat } };
    });
    const range = { StartTime: new Date(now - 86_400_000), EndTime: new Date(now + 3_600_000) };
    const { MetricDataResults } = (await cloud.call("cloudwatch", "GetMetricData", {
      MetricDataQueries,
      ...range,
    })) as {
      MetricDataResults: { Values: number[] }[];
    };
    const empty = MetricDataQueries.filter((_, index) => MetricDataResults[index]?.Values.length === 0);
    const missing = empty.filter(({ MetricStat }) => !ONLY_ON_FAULTS.test(String(MetricStat.Metric.MetricName)));
    dead.push(...missing.map(({ MetricStat }) => `${title}: ${MetricStat.Metric.MetricName}`));
  }
  expect(strange).toEqual([]);
  expect(dead).toEqual([]);
  const shown = widgets.find(({ type }) => type === "alarm")?.properties.alarms ?? [];
  const declared = cloud.resources.filter(({ type }) => type === "aws:cloudwatch/metricAlarm:MetricAlarm");
  expect([...shown].sort()).toEqual(declared.map(({ outputs }) => String(outputs.arn)).sort());
});

/** Records by the stream and the API, an hour that is processed, a load, a replay and a query. */
async function run(cloud: LocalCloud): Promise<void> {
  const { stream, url, replay, workgroup, database } = cloud.outputs as Record<string, string>;
  const texts = ["{broken", ...Array(3).fill('{"customer":"c-1","total":1}')];
  const Records = texts.map((text, index) => ({ Data: Buffer.from(text), PartitionKey: `k${index}` }));
  await cloud.call("kinesis", "PutRecords", { StreamName: stream, Records });
  await fetch(`${url}/records`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: texts[1] ?? "",
  });
  await cloud.drain();
  await cloud.fireSchedules(new Date(Date.now() + 3_600_000));
  const states = cloud.service("states") as StepFunctionsService;
  await states.execution(await cloud.startNow({ stateMachineArn: replay as string, input: "{}" })).ended;
  const { QueryExecutionId } = (await cloud.call("athena", "StartQueryExecution", {
    QueryString: "SELECT count(*) FROM orders",
    QueryExecutionContext: { Database: database },
    WorkGroup: workgroup,
  })) as { QueryExecutionId: string };
  for (;;) {
    const { QueryExecution } = (await cloud.call("athena", "GetQueryExecution", { QueryExecutionId })) as {
      QueryExecution: { Status: { State: string } };
    };
    if (!/RUNNING|QUEUED/.test(QueryExecution.Status.State)) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
