/** Programs in YAML and Python on the installed library: what they deploy is what the same program in TypeScript deploys. */
import { readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { touched } from "../pulumi/eventLog";
import {
  countRows,
  existing,
  openStack,
  packages,
  REPOSITORY,
  runHour,
  type StackOnLocalAws,
} from "../pulumi/shippedStack";
import { type InstalledLibrary, installLibrary } from "./installedLibrary";
import { installPythonSdk, pythonEnvironment } from "./pythonSdk";

const CONFIG = {
  "aws:region": "us-east-1",
  "streamlake:allowDataDeletion": true,
  // Schemas are recorded from TypeScript programs.
  "streamlake:checkSchemas": false,
};
const PROVIDERS = [{ name: "aws", path: path.join(REPOSITORY, "test/engines/pulumi/plugin") }];

let library: InstalledLibrary;
let inTypeScript: string;
beforeAll(() => {
  library = installLibrary();
  inTypeScript = library.program("typescript");
});
afterAll(() => library?.remove());

/** A row in JSON, two in NDJSON, two in CSV; a word, and JSON that ends too early. */
const PAYLOADS = ['{"a":1}', '{"a":2}\n{"a":3}\n', "a,b\n4,x\n5,y\n", "neither", '{"a":'].map((text) =>
  Buffer.from(text),
);

describe.each(["yaml", "python"])("%s", (language) => {
  let stack: StackOnLocalAws;
  let made: Record<string, string>;

  beforeAll(async () => {
    const project = library.program(language);
    const env = language === "python" ? pythonEnvironment(project) : {};
    stack = await openStack({
      project,
      configDirectory: project,
      stack: "dev",
      config: CONFIG,
      providers: PROVIDERS,
      env,
    });
    if (language === "python") await installPythonSdk(stack.engine, library.plugin, project);
  });
  afterAll(() => stack?.close());

  test("up makes the components with all that is in them", async () => {
    const up = await stack.engine.up();
    expect(up).toMatchObject({ code: 0, errors: [], warnings: [] });
    const components = up.steps.filter(({ type }) => type.startsWith("streamlake:"));
    expect(components.map(({ op, type, name }) => `${op} ${type} ${name}`).sort()).toEqual([
      "create streamlake:index:CallbackFunction hourly-plan",
      "create streamlake:index:CallbackFunction hourly-reconcile",
      "create streamlake:index:CallbackFunction router-router",
      "create streamlake:index:DataLake lake",
      "create streamlake:index:FormatRouter router",
      "create streamlake:index:HourlyEtl hourly",
      "create streamlake:index:StreamIngest clicks",
    ]);
    made = packages(stack);
    expect(Object.keys(made).sort()).toEqual([
      "hourly-plan-function",
      "hourly-reconcile-function",
      "router-router-function",
    ]);
  });

  test("records go through, to SQL", async () => {
    const outputs = await stack.engine.outputs();
    expect(Object.keys(outputs).sort()).toEqual(["databaseName", "failureTopicArn", "streamName", "workgroupName"]);
    await runHour(stack, outputs.streamName, PAYLOADS);
    expect(await countRows(stack, outputs, ["records", "unformatted"])).toEqual({ records: 5, unformatted: 2 });
    expect(stack.cloud.usage().denied).toEqual([]);
  });

  test("a second up changes nothing", async () => {
    const again = await stack.engine.up();
    expect(again).toMatchObject({ code: 0, errors: [] });
    expect(touched(again)).toEqual([]);
  });

  test("the same program in TypeScript takes the stack over, and changes nothing", async () => {
    const file = path.join(stack.engine.directory, "Pulumi.yaml");
    const before = readFileSync(file, "utf8");
    const { runtime } = parse(readFileSync(path.join(inTypeScript, "Pulumi.yaml"), "utf8")) as { runtime: object };
    const { name, plugins } = parse(before) as { name: string; plugins: object };
    writeFileSync(file, stringify({ name, runtime, main: path.join(inTypeScript, "index.ts"), plugins }));
    const taken = await stack.engine.up();
    expect(taken).toMatchObject({ code: 0, errors: [] });
    // Resources that other languages need: the provider of the components.
    expect(touched(taken).filter((step) => !step.includes(" pulumi:providers:"))).toEqual([]);
    expect(packages(stack)).toEqual(made);
    writeFileSync(file, before);
  });

  test("destroy leaves nothing", async () => {
    expect(await stack.engine.destroy()).toMatchObject({ code: 0, errors: [] });
    expect(existing(stack)).toEqual([]);
  });
});
