/** A delivery stream on Pulumi's engine: from a preview through changes of its settings to its end. */
import * as path from "node:path";
import { type EngineRun, touched } from "./eventLog";
import { existing, openStack, type StackOnLocalAws } from "./shippedStack";
import { expectSteadyRefresh, expectSteadyUp } from "./steadyStack";

const PROJECT = path.join(__dirname, "programs/delivery");
const CONFIG = { "aws:region": "us-east-1" };
const DELIVERY = "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream shop-delivery";

let stack: StackOnLocalAws;
beforeAll(async () => {
  stack = await openStack({ project: PROJECT, configDirectory: PROJECT, stack: "dev", config: CONFIG });
});
afterAll(() => stack?.close());

const changedBy = ({ steps }: EngineRun) => steps.find(({ name, op }) => op === "update" && name === "shop-delivery");

test("up makes what a preview announces, and a second one changes nothing", async () => {
  expect(await expectSteadyUp(stack)).toContain(`create ${DELIVERY}`);
});

test("a refresh finds nothing changed", async () => {
  await expectSteadyRefresh(stack);
});

test("buffers change the delivery stream in place, and the alarms on its delay", async () => {
  stack.engine.configure({ ...CONFIG, "delivery:bufferSeconds": "60" });
  const changed = await stack.engine.up();
  expect(changed).toMatchObject({ code: 0, errors: [] });
  expect(touched(changed).sort()).toEqual([
    "update aws:cloudwatch/metricAlarm:MetricAlarm shop-alarm-backup-freshness",
    "update aws:cloudwatch/metricAlarm:MetricAlarm shop-alarm-freshness",
    `update ${DELIVERY}`,
  ]);
  expect(changedBy(changed)?.changed).toEqual([
    "extendedS3Configuration.bufferingInterval",
    "extendedS3Configuration.s3BackupConfiguration.bufferingInterval",
  ]);
});

test("parquet adds a table and a view, and changes the delivery stream in place; a second up changes nothing", async () => {
  stack.engine.configure({ ...CONFIG, "delivery:bufferSeconds": "60", "delivery:parquet": "true" });
  const changed = await stack.engine.up();
  expect(changed).toMatchObject({ code: 0, errors: [] });
  expect(touched(changed).sort()).toEqual([
    "create aws:cloudwatch/metricAlarm:MetricAlarm shop-alarm-failed-conversions",
    "create aws:glue/catalogTable:CatalogTable shop-delivered",
    "create aws:glue/catalogTable:CatalogTable shop-delivered-files",
    "update aws:iam/rolePolicy:RolePolicy shop-policy",
    "update aws:iam/rolePolicy:RolePolicy shop-transform-policy",
    `update ${DELIVERY}`,
    "update aws:lambda/function:Function shop-transform-function",
  ]);
  expect(changedBy(changed)?.changed).toEqual([
    "extendedS3Configuration.compressionFormat",
    "extendedS3Configuration.dataFormatConversionConfiguration",
    "extendedS3Configuration.fileExtension",
    "extendedS3Configuration.prefix",
    // Smaller batches, because rows that do not fit into an answer are not written by the function.
    "extendedS3Configuration.processingConfiguration.processors[0].parameters[1].parameterValue",
  ]);
  expect(touched(await stack.engine.up())).toEqual([]);
  const refreshed = await stack.engine.refresh("--expect-no-changes");
  expect(refreshed).toMatchObject({ code: 0, errors: [] });
});

test("destroy leaves the stream, the lake and the backup", async () => {
  const destroyed = await stack.engine.destroy();
  expect(destroyed).toMatchObject({ code: 0, errors: [] });
  const left = existing(stack);
  for (const bucket of ["lake-lake", "shop-backup"]) expect(left).toContain(`aws:s3/bucket:Bucket ${bucket}`);
  expect(left).toContain("aws:kinesis/stream:Stream orders-stream");
  expect(left.filter((resource) => /^aws:(lambda|glue|kinesis\/firehose)/.test(resource))).toEqual([]);
});

test("what may be deleted is gone after destroy", async () => {
  const deletable = await openStack({
    project: PROJECT,
    configDirectory: PROJECT,
    stack: "dev",
    config: {
      ...CONFIG,
      "delivery:deletable": "true",
      "delivery:parquet": "true",
      "streamlake:allowDataDeletion": "true",
    },
  });
  try {
    expect(await deletable.engine.up()).toMatchObject({ code: 0, errors: [] });
    expect(await deletable.engine.destroy()).toMatchObject({ code: 0, errors: [] });
    expect(existing(deletable)).toEqual([]);
  } finally {
    await deletable.close();
  }
});
