/** Names that Pulumi derives from a component's name: refused where a service would refuse them. */
import {
  CallbackFunction,
  ContentAlerts,
  DataLake,
  DeliveryStream,
  FormatRouter,
  Replay,
  SchemaRegistry,
  ServingTable,
  StreamIngest,
} from "streamlake";
import { declare } from "streamlake/testing";

const long = (length: number) => "n".repeat(length);

type Refused = [name: string, program: () => unknown, message: string];

const refused: Refused[] = [
  [
    "a lake with an underscore",
    () => new DataLake("my_lake"),
    'DataLake "my_lake": its S3 bucket would be named "my_lake-results-…", which AWS refuses; name the component with lower-case letters, digits and "-".',
  ],
  ["a lake with a capital", () => new DataLake("Lake"), 'its S3 bucket would be named "Lake-results-…"'],
  ...["xn--lake", "sthree-lake", "amzn-s3-demo-lake"].map(
    (name): Refused => [
      `a lake named ${name}`,
      () => new DataLake(name),
      `DataLake "${name}": AWS reserves names that begin with "${name.slice(0, -4)}", and its S3 bucket would; use another name.`,
    ],
  ),
  [
    "a lake whose buckets' names are too long",
    () => new DataLake(long(44)),
    `its name has 44 characters, and with "-crawler-role" and Pulumi's 8 its IAM role would have more than 64; use at most 43, as "${long(43)}".`,
  ],
  [
    "a lake with access logs",
    () => new DataLake(long(44), { accessLogs: true }),
    `with "-access-logs" and Pulumi's 8 its S3 bucket would have more than 63; use at most 43,`,
  ],
  [
    "a router",
    () => new FormatRouter(long(41), { stream: new StreamIngest("in"), lake: new DataLake("lake") }),
    `FormatRouter "${long(41)}": its name has 41 characters, and with "-router-function" and Pulumi's 8 its Lambda function would have more than 64; use at most 40,`,
  ],
  [
    "alerts",
    () => {
      const args = { stream: new StreamIngest("in"), lake: new DataLake("lake"), rules: { any: () => false as const } };
      return new ContentAlerts("my alerts", args);
    },
    'its SNS topic would be named "my alerts-topic-…", which AWS refuses;',
  ],
  [
    "a view",
    () => new ServingTable(long(37), { stream: new StreamIngest("in"), lake: new DataLake("lake") }),
    `with "-fold-handler-function" and Pulumi's 8 its Lambda function would have more than 64; use at most 34,`,
  ],
  [
    "a delivery stream",
    () => new DeliveryStream(long(40), { stream: new StreamIngest("in"), lake: new DataLake("lake") }),
    `with "-transform-function" and Pulumi's 8 its Lambda function would have more than 64; use at most 37,`,
  ],
  [
    "a replay",
    () => {
      const router = new FormatRouter("in", { stream: new StreamIngest("in"), lake: new DataLake("lake") });
      return new Replay(long(43), { router });
    },
    `with "-chunk-function" and Pulumi's 8 its Lambda function would have more than 64; use at most 41,`,
  ],
  [
    "a function",
    () => new CallbackFunction(long(48), { factory: () => () => undefined }),
    `with "-function" and Pulumi's 8 its Lambda function would have more than 64; use at most 47,`,
  ],
  [
    "a registry",
    () => new SchemaRegistry("my shop", { schemas: { orders: { format: "json", definition: "{}" } } }),
    'SchemaRegistry "my shop": its registry would be named "project-stack-my shop", which AWS refuses; name the component with letters, digits, "-", "_", "$", "#" and ".".',
  ],
  [
    "a registry whose name is too long",
    () => new SchemaRegistry(long(242), { schemas: { orders: { format: "json", definition: "{}" } } }),
    "its name has 242 characters, and with project and stack its registry would have more than 255; use at most 241.",
  ],
  ["a stream", () => new StreamIngest("a/b"), 'its Kinesis stream would be named "a/b-stream-…", which AWS refuses;'],
];

test.each(refused)("%s is refused", async (_, program, message) => {
  await expect(declare(program)).rejects.toThrow(message);
});

test("the longest name that fits is taken", async () => {
  const declared = await declare(() => new DataLake(long(43), { accessLogs: true }));
  expect(declared.one(`${long(43)}-access-logs`).name).toHaveLength(55);
});
