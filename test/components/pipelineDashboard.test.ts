/** A dashboard of a whole program: the literal body, its limits, and what is refused. */
import {
  DataLake,
  FormatRouter,
  PipelineAlarms,
  PipelineDashboard,
  type PipelineDashboardArgs,
  StreamIngest,
} from "streamlake";
import { declare } from "streamlake/testing";

const TOPIC = "arn:aws:sns:us-east-1:123456789012:ops";

const stream =
  (args: Partial<PipelineDashboardArgs> = {}) =>
  () => {
    const components = [new StreamIngest("in")];
    const alarms = new PipelineAlarms("oncall", { components, topicArn: TOPIC });
    new PipelineDashboard("overview", { components, alarms, ...args });
  };

const graph = { width: 8, height: 6 };
const properties = { view: "timeSeries", stacked: false, region: "us-east-1" };
const axis = (label: string) => ({ yAxis: { left: { min: 0, label, showUnits: false } } });
const ofStream = (metricName: string, label: string) => [
  "AWS/Kinesis",
  metricName,
  "StreamName",
  "in-stream",
  { stat: "Sum", label },
];

const BODY = {
  start: "-PT24H",
  periodOverride: "inherit",
  widgets: [
    {
      type: "text",
      x: 0,
      y: 0,
      width: 24,
      height: 4,
      properties: {
        markdown: "# overview\n\nDeclared by Pulumi: the next update takes back changes that are made in the console.",
      },
    },
    {
      type: "alarm",
      x: 0,
      y: 4,
      width: 24,
      height: 3,
      properties: {
        title: "Alarms",
        alarms: ["arn:aws:cloudwatch:us-east-1:123456789012:alarm:oncall-alarm-in-throttled-writes"],
      },
    },
    { type: "text", x: 0, y: 7, width: 24, height: 1, properties: { markdown: "## Records and rows" } },
    {
      type: "metric",
      x: 0,
      y: 8,
      ...graph,
      properties: {
        title: "in: records that arrive",
        ...properties,
        period: 300,
        metrics: [ofStream("IncomingRecords", "accepted"), ofStream("WriteProvisionedThroughputExceeded", "refused")],
        ...axis("records"),
      },
    },
    { type: "text", x: 0, y: 14, width: 24, height: 1, properties: { markdown: "## What costs" } },
    {
      type: "metric",
      x: 0,
      y: 15,
      ...graph,
      properties: {
        title: "in: bytes that arrive",
        ...properties,
        period: 3600,
        metrics: [ofStream("IncomingBytes", "in")],
        ...axis("bytes"),
      },
    },
  ],
};

test("its body is that of its components and alarms, byte for byte", async () => {
  const { inputs } = (await declare(stream(), { project: "shop.eu", stack: "dev" })).one("overview-dashboard");
  expect(inputs.dashboardName).toBe("shop-eu-dev-overview");
  expect(inputs.dashboardBody).toBe(JSON.stringify(BODY));
});

test("graphs lie three in a row, and the header links logs", async () => {
  const declared = await declare(() => {
    const [source, lake] = [new StreamIngest("in"), new DataLake("lake")];
    const router = new FormatRouter("router", { stream: source, lake, alarms: { topicArn: TOPIC } });
    new PipelineDashboard("overview", { components: [router], hours: 6 });
  });
  const { start, widgets } = JSON.parse(declared.one("overview-dashboard").inputs.dashboardBody);
  expect(start).toBe("-PT6H");
  expect(widgets[0].properties.markdown).toContain(
    "Logs: [router](https://us-east-1.console.aws.amazon.com/cloudwatch/home#logsV2:log-groups/log-group/router-router-logs)",
  );
  // Its own alarms are shown without PipelineAlarms.
  expect(widgets[1].properties.alarms).toHaveLength(10);
  const errors = widgets.findIndex(({ properties }: { properties: { markdown?: string } }) =>
    /Errors/.test(properties.markdown ?? ""),
  );
  const places = widgets.slice(errors + 1, errors + 5).map(({ x, y }: { x: number; y: number }) => [x, y]);
  const top = widgets[errors].y + 1;
  expect(places).toEqual([
    [0, top],
    [8, top],
    [16, top],
    [0, top + 6],
  ]);
});

test.each<[string, Partial<PipelineDashboardArgs>, string]>([
  ["no component", { components: [] }, "components is empty; give at least one."],
  [
    "a stranger",
    { components: [{} as never] },
    "components[0] is not a component that has graphs; give components of this package, as a FormatRouter.",
  ],
  [
    "other alarms",
    { alarms: { topicArn: TOPIC } as never },
    "alarms is not a PipelineAlarms; give the component itself.",
  ],
  ["hours", { hours: 0 }, "hours is 0; use a whole number from 1 to 720 hours."],
])("%s is refused", async (_, args, problem) => {
  await expect(declare(stream(args))).rejects.toThrow(`PipelineDashboard "overview": ${problem}`);
});

test("a component that is given twice, and too many of them, are refused", async () => {
  const twice = () => {
    const one = new StreamIngest("in");
    new PipelineDashboard("overview", { components: [one, one] });
  };
  await expect(declare(twice)).rejects.toThrow(
    'PipelineDashboard "overview": components has StreamIngest "in" twice; give it once.',
  );
  const many = () => {
    const components = Array.from({ length: 241 }, (_, index) => new StreamIngest(`in${index}`));
    new PipelineDashboard("overview", { components });
  };
  await expect(declare(many)).rejects.toThrow(
    'PipelineDashboard "overview": its 241 components have 482 graphs, and a dashboard has at most 500 widgets; use several dashboards.',
  );
});
