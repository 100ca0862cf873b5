/** Dashboards as AWS's client sees them: declared ones, calls, permissions, and bodies that CloudWatch refuses. */
import {
  CloudWatchClient,
  DeleteDashboardsCommand,
  GetDashboardCommand,
  ListDashboardsCommand,
  PutDashboardCommand,
} from "@aws-sdk/client-cloudwatch";
import { cloudwatchService } from "../../../../local/services/cloudwatch/service";
import { type TestCloud, testCloud } from "../../support/testCloud";

const TYPE = "aws:cloudwatch/dashboard:Dashboard";
const ARN = "arn:aws:cloudwatch::123456789012:dashboard/shop";
const ALARM = "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:errors";

let world: TestCloud;
let client: CloudWatchClient;
beforeEach(async () => {
  world = await testCloud(cloudwatchService);
  client = new CloudWatchClient(world.clientConfig());
});
afterEach(async () => {
  client.destroy();
  await world.close();
});

const graph = (more: object = {}) => ({
  type: "metric",
  x: 0,
  y: 0,
  width: 8,
  height: 6,
  properties: { region: "eu-central-1", metrics: [["AWS/Kinesis", "IncomingRecords", "StreamName", "in"]], ...more },
});
const bodyOf = (...widgets: object[]) => JSON.stringify({ widgets });
const get = () => client.send(new GetDashboardCommand({ DashboardName: "shop" }));

test("a declared dashboard is found, changed and gone", async () => {
  const inputs = { dashboardName: "shop", dashboardBody: bodyOf(graph()) };
  const { id, outputs } = await world.declare(TYPE, "shop", inputs);
  expect([id, outputs.dashboardArn]).toEqual(["shop", ARN]);
  expect(await get()).toMatchObject({ DashboardArn: ARN, DashboardBody: inputs.dashboardBody, DashboardName: "shop" });
});

test("dashboards are put, listed by their names, and deleted together or not at all", async () => {
  for (const DashboardName of ["shop", "stock"]) {
    const put = new PutDashboardCommand({ DashboardName, DashboardBody: bodyOf() });
    expect((await client.send(put)).DashboardValidationMessages).toEqual([]);
  }
  const { DashboardEntries } = await client.send(new ListDashboardsCommand({ DashboardNamePrefix: "sh" }));
  expect(DashboardEntries).toEqual([
    { DashboardName: "shop", DashboardArn: ARN, LastModified: expect.any(Date), Size: 14 },
  ]);
  const removed = (...DashboardNames: string[]) => client.send(new DeleteDashboardsCommand({ DashboardNames }));
  await expect(removed("shop", "none")).rejects.toThrow("Dashboard none does not exist");
  expect((await get()).DashboardBody).toBe('{"widgets":[]}');
  await removed("shop");
  await expect(get()).rejects.toThrow("Dashboard shop does not exist");
});

test.each<[string, unknown, string, string]>([
  ["no JSON", "{", "", "Should be a valid JSON object"],
  ["no widgets", "{}", "", 'Should have property "widgets", an array'],
  ["501 widgets", bodyOf(...Array(501).fill(graph())), "/widgets", "Should NOT have more than 500 items"],
  [
    "a type",
    bodyOf({ type: "pie" }),
    "/widgets/0/type",
    "Should be one of alarm, chart, custom, explorer, log, metric, text",
  ],
  ["a width", bodyOf({ ...graph(), width: 25 }), "/widgets/0/width", "Should be an integer from 1 to 24"],
  ["a place", bodyOf({ ...graph(), y: undefined }), "/widgets/0", "Should have x and y together"],
  [
    "no region",
    bodyOf(graph({ region: undefined })),
    "/widgets/0/properties",
    'Should have property "region", a string',
  ],
  [
    "no metrics",
    bodyOf(graph({ metrics: undefined })),
    "/widgets/0/properties",
    'Should have property "metrics" or "annotations"',
  ],
  [
    "a dimension without a value",
    bodyOf(graph({ metrics: [["AWS/Kinesis", "IncomingRecords", "StreamName", { stat: "Sum" }]] })),
    "/widgets/0/properties/metrics/0",
    "Should have a value for each dimension",
  ],
  [
    "a period",
    bodyOf(graph({ period: 90 })),
    "/widgets/0/properties/period",
    "Should be 1, 5, 10, 30 or a multiple of 60",
  ],
  [
    "no text",
    bodyOf({ type: "text", properties: {} }),
    "/widgets/0/properties",
    'Should have property "markdown", a string',
  ],
  [
    "no alarm",
    bodyOf({ type: "alarm", properties: { alarms: [] } }),
    "/widgets/0/properties/alarms",
    "Should have 1 to 100 items",
  ],
  [
    "an alarm's name",
    bodyOf({ type: "alarm", properties: { alarms: [ALARM, "errors"] } }),
    "/widgets/0/properties/alarms/1",
    "Should be the ARN of an alarm",
  ],
])("a body with %s is refused", async (_, body, dataPath, message) => {
  const put = new PutDashboardCommand({ DashboardName: "shop", DashboardBody: String(body) });
  await expect(client.send(put)).rejects.toThrow(
    `The dashboard body is invalid, there are 1 validation errors: ${JSON.stringify([{ message, dataPath }])}`,
  );
  await expect(world.declare(TYPE, "shop", { dashboardName: "shop", dashboardBody: body })).rejects.toThrow(
    "The dashboard body is invalid",
  );
});

test("a name with a dot is refused", async () => {
  const put = new PutDashboardCommand({ DashboardName: "shop.eu", DashboardBody: bodyOf() });
  await expect(client.send(put)).rejects.toThrow("The value shop.eu for field DashboardName is invalid");
});
