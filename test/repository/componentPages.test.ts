/** The pages of docs/components/: as fresh as the sources, complete, and with numbers that the costs' table has. */
import { pages, writtenPages } from "./support/componentPages/pages";
import { PROGRAMS } from "./support/componentPages/programs";
import { readResources } from "./support/componentPages/readResources";
import { readPublicTypes } from "./support/componentPages/readTypes";

const types = readPublicTypes();

test("docs/components/ is what `npm run docs` makes of the sources", async () => {
  expect(writtenPages()).toEqual(await pages());
});

test("every component has a page", () => {
  expect(Object.keys(PROGRAMS).sort()).toEqual(types.names);
  expect(Object.keys(writtenPages()).sort()).toEqual(["README.md", ...types.names.map((name) => `${name}.md`)].sort());
});

test("inherited arguments are on the page, with the comment and the default of their own declaration", () => {
  const { args } = types.component("FormatRouter");
  const argument = (name: string) => args.members?.find((member) => member.name === name);
  expect(argument("parallelizationFactor")).toEqual({
    name: "parallelizationFactor",
    type: "number",
    required: false,
    text: "Concurrent batches of each shard, 1 to 10; records of one stream partition key stay in order. Not for records that\na KPL producer aggregated.",
    defaultText: "1",
    examples: [],
  });
  expect(argument("lake")).toMatchObject({ type: "Lake", required: true });
  expect(argument("secrets")).toMatchObject({ examples: ["secrets: { SALT: { secretArn: salt.arn } }"] });
});

test("neither private nor internal members are outputs", () => {
  const outputs = (name: string) => types.component(name).outputs.map((member) => member.name);
  expect(outputs("FormatRouter")).toEqual(["functionName", "monitoring", "routing"]);
  expect(outputs("HourlyEtl")).toEqual(["stateMachineArn", "failureTopicArn", "monitoring"]);
  expect(outputs("StreamIngest")).toEqual(["streamName", "streamArn", "retentionHours", "monitoring"]);
});

test("resources and permissions tell on what they depend", async () => {
  const { resources, roles, access } = await readResources(PROGRAMS.StreamFunction as (typeof PROGRAMS)[string]);
  const when = (name: string) => resources.find((resource) => resource.name === name)?.when;
  expect(when("<name>-mapping")).toEqual([]);
  expect(when("<name>-failed")).toEqual(["not with `lake`"]);
  expect(when("<name>-alarm-errors")).toEqual(["with `alarms`"]);
  const lines = roles["<name>-handler-role"] ?? [];
  expect(lines.find(({ actions }) => actions.includes("kinesis:GetRecords"))?.when).toEqual([]);
  expect(lines.find(({ actions }) => actions.includes("kinesis:SubscribeToShard"))?.when).toEqual(["with `consumer`"]);
  expect(access).toEqual({});
});

test("every argument that is documented has a meaning", () => {
  const silent = types.names.flatMap((name) =>
    (types.component(name).args.members ?? [])
      .filter(({ text, examples }) => text === "" && examples.length === 0)
      .map((member) => `${name}: ${member.name}`),
  );
  expect(silent).toEqual([]);
});

test("every optional argument has a default", () => {
  const silent = types.names.flatMap((name) =>
    (types.component(name).args.members ?? [])
      .filter(({ required, defaultText }) => !required && defaultText === undefined)
      .map((member) => `${name}: ${member.name}`),
  );
  expect(silent).toEqual([]);
});
