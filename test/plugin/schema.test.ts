/** The schema under version control is the one of the components, and a change that breaks other languages is named. */
import { makers } from "../../plugin/provider";
import { committedSchema, generatedSchema } from "./support/generatedSchema";
import { schemaBreaks } from "./support/schemaBreaks";

const committed = committedSchema();

test("no change of the components breaks programs in other languages, or it is recorded: npm run schema -- --breaking", () => {
  const generated = generatedSchema(Object.keys(makers));
  expect(schemaBreaks(committed, generated)).toEqual([]);
  // What breaks nobody is recorded by `npm run schema`.
  expect(generated).toEqual(committed);
}, 120_000);

test("the schema has the components, with outputs by which programs find what was made", () => {
  const outputs = Object.entries(committed.resources).map(([token, { properties = {} }]) => [
    token,
    Object.keys(properties),
  ]);
  expect(Object.fromEntries(outputs)).toEqual({
    "streamlake:index:DataLake": ["bucketName", "failedBucketArn", "databaseName", "workgroupName"],
    "streamlake:index:DeliveryStream": ["deliveryStreamName", "deliveryStreamArn"],
    "streamlake:index:FormatRouter": ["functionName"],
    "streamlake:index:HourlyEtl": ["stateMachineArn", "failureTopicArn"],
    "streamlake:index:IngestApi": ["url"],
    "streamlake:index:LakeDashboard": ["dashboardId", "dashboardArn", "url"],
    "streamlake:index:SchemaRegistry": ["registryArn"],
    "streamlake:index:PipelineAlarms": ["topicArn"],
    "streamlake:index:PipelineDashboard": ["dashboardName"],
    "streamlake:index:ServingTable": ["tableName", "tableArn"],
    "streamlake:index:StreamIngest": ["streamName", "streamArn"],
    "streamlake:index:Warehouse": [
      "workgroupName",
      "workgroupArn",
      "databaseName",
      "schema",
      "adminSecretArn",
      "stateMachineArn",
      "failureTopicArn",
    ],
  });
});

test("components are inputs of each other, and no input is of any type at all", () => {
  const router = committed.resources["streamlake:index:FormatRouter"]?.inputProperties;
  expect([router?.stream?.$ref, router?.lake?.$ref, router?.schemaRegistry?.$ref]).toEqual([
    "#/resources/streamlake:index:StreamIngest",
    "#/resources/streamlake:index:DataLake",
    "#/resources/streamlake:index:SchemaRegistry",
  ]);
  expect(JSON.stringify(committed)).not.toContain("pulumi.json#/Any");
});

test("hooks and transforms are TypeScript's alone", () => {
  const names = Object.values(committed.resources).flatMap(({ inputProperties }) => Object.keys(inputProperties ?? {}));
  expect(names.filter((name) => name === "hooks" || name === "transform")).toEqual([]);
});

test("numbers are whole, but for inputs that take fractions", () => {
  const { resources, types } = committed;
  const numbersIn = (name: string, properties: object = {}) =>
    Object.entries(properties).flatMap(([property, { type }]) => (type === "number" ? [`${name}.${property}`] : []));
  const found = [
    ...Object.entries(resources).flatMap(([token, { inputProperties }]) => numbersIn(token, inputProperties)),
    ...Object.entries(types).flatMap(([token, { properties }]) => numbersIn(token, properties)),
  ];
  expect(found).toEqual(["streamlake:index:DeliveryStream.batchMebibytes", "streamlake:index:ChangedAlarm.threshold"]);
});

test("a default that lies in TypeScript is said by its value", () => {
  const { inputProperties } = committed.resources["streamlake:index:StreamIngest"] ?? {};
  expect(inputProperties?.retentionHours?.description).toBe(
    "How long records stay readable, hours, 24 to 8760. Default: 168.",
  );
});
