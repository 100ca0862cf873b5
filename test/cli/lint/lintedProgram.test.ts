/** The shipped stacks and the examples have no contradiction, and a fault in one of them is found. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse } from "yaml";
import { lintedProgram } from "../../../cli/lint/lintedProgram";
import { type Declaration, Program } from "../../../lint/program";
import { findContradictions } from "../../../lint/rules";

const ROOT = path.resolve(__dirname, "../../..");
const EXAMPLES = path.join(ROOT, "examples");
const examples = [
  ...readdirSync(EXAMPLES).filter((file) => file.endsWith(".ts")),
  "crime/index.ts",
  "retail/index.ts",
].map((file) => [file, path.join(EXAMPLES, file)] as const);

/** The answers that the examples need, as test/examples.test.ts gives them. */
const config = {
  "aws:region": "us-east-1",
  "shop:salt": "any",
  "shop:chat": "https://chat.example",
  "shop:analysts": "arn:aws:quicksight:us-east-1:123456789012:group/default/analysts",
};
const EVERYTHING = {
  "streamlake:tables": '{"records":{"columns":[{"name":"total","type":"double"}]}}',
  "streamlake:dashboard": "true",
  "streamlake:delivery": "true",
  "streamlake:ingestApi": "true",
  "streamlake:servingTable": '{"key":"customer"}',
  "streamlake:warehouse": '{"vpcId":"vpc-1","subnetIds":["subnet-1","subnet-2","subnet-3"]}',
};

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), "lint-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function shipped(stack: string, more: Record<string, string> = {}): Promise<Program> {
  const main = path.join(directory, `${stack}-${Object.keys(more).length}.js`);
  // Each stack evaluates the program's modules anew.
  const program = JSON.stringify(path.join(ROOT, "stacks/index"));
  writeFileSync(
    main,
    `module.exports = () => { let o; jest.isolateModules(() => { o = require(${program}); }); return o; };`,
  );
  const given = (parse(readFileSync(path.join(ROOT, `Pulumi.${stack}.yaml`), "utf8")) as { config: object }).config;
  const own = Object.fromEntries(Object.entries(given).map(([key, value]) => [key, String(value)]));
  return lintedProgram({ name: "streamlake", main, config: { ...own, ...more } }, stack, {});
}

const found = (program: Program) =>
  findContradictions(program, { recordsPerDay: 1e6 }).map(({ rule, resource }) => `${rule} ${resource.name}`);

/** The program with other inputs of one resource. */
function changed(program: Program, type: string, inputs: object): Program {
  const [first] = program.all(type);
  if (!first) throw new Error(`the program has no ${type}`);
  const other: Declaration = { ...first, inputs: { ...first.inputs, ...inputs } };
  const replaced = (all: readonly Declaration[]) => all.map((one) => (one === first ? other : one));
  const links = ({ links }: Declaration) => new Map([...links].map(([input, all]) => [input, replaced(all)] as const));
  return new Program(replaced(program.resources).map((one) => Object.assign(one, { links: links(one) })));
}

test.each(["dev", "staging", "prod"])(
  "the shipped stack %s has no contradiction, and a fault in it is found",
  async (stack) => {
    const program = await shipped(stack);
    expect(found(program)).toEqual([]);
    expect(program.all("aws:lambda/eventSourceMapping:EventSourceMapping").map(({ name }) => name)).toContain(
      "router-mapping",
    );
    const [mapping] = program.all("aws:lambda/eventSourceMapping:EventSourceMapping");
    const faulty = changed(program, "aws:lambda/eventSourceMapping:EventSourceMapping", {
      maximumRecordAgeInSeconds: 604_800,
    });
    expect(found(faulty)).toEqual([`record-age ${mapping?.name}`]);
  },
);

test("nor has prod with all its parts", async () => {
  expect(found(await shipped("prod", EVERYTHING))).toEqual([]);
});

test.each(examples)("the example %s has no contradiction, and a fault in it is found", async (file, main) => {
  const program = await lintedProgram({ name: "shop", main, config }, "dev", {});
  expect(found(program)).toEqual([]);
  const functions = program.all("aws:lambda/function:Function");
  expect({ file, functions: functions.length }).not.toEqual({ file, functions: 0 });
  // One letter of the name is missing.
  const FunctionName = functions[0]?.name.slice(0, -1);
  const alarm: Declaration = {
    type: "aws:cloudwatch/metricAlarm:MetricAlarm",
    name: "dead",
    inputs: { namespace: "AWS/Lambda", metricName: "Errors", dimensions: { FunctionName } },
    names: [],
    links: new Map(),
    parent: undefined,
  };
  expect(found(new Program([...program.resources, alarm]))).toEqual(["dead-metrics dead"]);
});
