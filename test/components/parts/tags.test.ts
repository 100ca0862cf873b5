/** Tags: which resources of each component get them, and which tags are refused. */
import { readFileSync } from "node:fs";
import * as path from "node:path";
import {
  CallbackFunction,
  ContentAlerts,
  count,
  DataLake,
  DeliveryStream,
  FormatRouter,
  HourlyEtl,
  IngestApi,
  LakeDashboard,
  PipelineAlarms,
  pie,
  Replay,
  SchemaRegistry,
  ServingTable,
  StreamFunction,
  StreamIngest,
  Warehouse,
} from "streamlake";
import { declare } from "streamlake/testing";

const alarms = { topicArn: "arn:aws:sns:us-east-1:123456789012:alarms" };

/** One of everything, with all that is optional. */
function everything(tags?: Record<string, string>) {
  return () => {
    const stream = new StreamIngest("in", { consumers: ["router"], tags });
    new PipelineAlarms("oncall", { components: [stream], tags });
    const lake = new DataLake("lake", {
      tables: { records: {}, orders: { columns: [{ name: "total", type: "double" }] } },
      accessLogs: true,
      tags,
    });
    const definition = '"long"';
    const schemaRegistry = new SchemaRegistry("registry", {
      schemas: { orders: { format: "avro", definition } },
      tags,
    });
    const router = new FormatRouter("router", { stream, lake, consumer: "router", alarms, schemaRegistry, tags });
    new Replay("replay", { router, alarms, tags });
    new HourlyEtl("hourly", { lake, alarms, tags });
    new ContentAlerts("alerts", { stream, lake, alarms, rules: { large: () => "large" }, tags });
    new StreamFunction("audit", { stream, alarms, handler: () => undefined, tags });
    new ServingTable("view", { stream, lake, alarms, tags });
    new DeliveryStream("delivery", { stream, lake, alarms, sourceBackup: true, tags });
    new IngestApi("api", { stream, alarms, tags });
    const tables = { orders: { columns: [{ name: "total", type: "double" as const }] } };
    const subnetIds = ["subnet-a", "subnet-b", "subnet-c"];
    new Warehouse("warehouse", {
      lake: new DataLake("declared", { tables, tags }),
      vpcId: "vpc-1",
      subnetIds,
      alarms,
      tags,
    });
    new LakeDashboard("dashboard", {
      lake,
      viewers: ["arn:aws:quicksight:us-east-1:123456789012:group/default/analysts"],
      visuals: [pie({ title: "Formats", table: "orders", slices: "_format", value: count() })],
      importMode: "SPICE",
      tags,
    });
    new CallbackFunction("own", { factory: () => () => "own", tags });
  };
}

/** True if the provider's type has the input `tags`. */
function hasTags(type: string): boolean {
  const file = path.join(path.dirname(require.resolve("@pulumi/aws/package.json")), `${type.split(":")[1]}.d.ts`);
  return /^ {4}tags\?: pulumi\.Input</m.test(readFileSync(file, "utf8"));
}

test("every resource that AWS can tag has the tags, but for objects; no other has tags", async () => {
  const { resources } = await declare(everything({ team: "shop" }));
  const raw = resources.filter(({ component }) => !component);
  const tagged = new Set(raw.filter(({ inputs }) => inputs.tags).map(({ type }) => type));
  const untagged = new Set(raw.filter(({ inputs }) => !inputs.tags).map(({ type }) => type));
  expect([...tagged].filter((type) => !hasTags(type))).toEqual([]);
  expect([...untagged].filter((type) => hasTags(type))).toEqual(["aws:s3/bucketObjectv2:BucketObjectv2"]);
  expect([...tagged].filter((type) => untagged.has(type))).toEqual([]);
  expect(raw.flatMap(({ inputs }) => (inputs.tags ? [inputs.tags] : []))).toEqual(
    raw.flatMap(({ inputs }) => (inputs.tags ? [{ team: "shop" }] : [])),
  );
  expect(tagged.size).toBe(27);
});

test("without the argument nothing has tags, in a preview as well", async () => {
  for (const preview of [false, true]) {
    const { resources } = await declare(everything(), { preview });
    expect(resources.filter(({ inputs }) => inputs.tags).map(({ name }) => name)).toEqual([]);
  }
});

test("a preview tags the same resources", async () => {
  const namesOf = async (preview: boolean) =>
    (await declare(everything({ team: "shop" }), { preview })).resources
      .filter(({ inputs }) => inputs.tags)
      .map(({ name }) => name);
  expect(await namesOf(true)).toEqual(await namesOf(false));
});

test("a transform's tags are added, and win", async () => {
  const declared = await declare(() => {
    new StreamIngest("in", {
      tags: { team: "shop", stage: "dev" },
      transform: {
        stream: (args) => {
          args.tags = { stage: "test", owner: "ada" };
        },
      },
    });
  });
  expect(declared.one("in-stream").inputs.tags).toEqual({ team: "shop", stage: "test", owner: "ada" });
});

const wrong: [string, Record<string, string>, string][] = [
  ["a reserved key", { "aws:team": "x" }, 'tags: "aws:team" begins with "aws:", which AWS reserves; use another key.'],
  ["a wrong key", { "team!": "x" }, 'tags: "team!" is not a key; use 1 to 128 letters, digits, spaces and "_.:/=+-@".'],
  [
    "a wrong value",
    { team: "a;b" },
    'tags: the value of "team" is not one; use at most 256 letters, digits, spaces and "_.:/=+-@".',
  ],
  [
    "too many",
    Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, "v"])),
    "tags has 51 keys; a resource has at most 50.",
  ],
];

test.each(wrong)("refuses %s", async (_, tags, message) => {
  await expect(declare(() => new StreamIngest("in", { tags }))).rejects.toThrow(
    new Error(`StreamIngest "in": ${message}`),
  );
});
