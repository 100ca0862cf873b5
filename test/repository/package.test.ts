/** The package itself: packed from a copy of this checkout, installed in an empty directory, used by a program of its own. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { createInterface } from "node:readline";
import { contradictions, controls } from "streamlake/policy";
import { consoleAssets } from "../../cli/console/assets";
import { RunningPack } from "../policy/support/runningPack";

const ROOT = path.resolve(__dirname, "../..");
const LEFT_BEHIND = new Set(["node_modules", "dist", ".git", ".engines", ".streamlake", "coverage", "test"]);

const work = fs.mkdtempSync(path.join(os.tmpdir(), "streamlake-package-"));
const checkout = path.join(work, "checkout");
const app = path.join(work, "app");
let packed: { filename: string; files: { path: string }[] };

function run(command: string, args: readonly string[], cwd: string): string {
  try {
    return execFileSync(command, args, { cwd, encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${command} ${args.join(" ")}\n${stdout}\n${stderr}`);
  }
}

/** Installs the packed library alone; its peers are linked, so that the test does not fetch hundreds of megabytes. */
function install(directory: string): void {
  const tarball = path.join(checkout, packed.filename);
  const quick = ["--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts", "--legacy-peer-deps"];
  run("npm", ["install", ...quick, tarball], directory);
  for (const peer of ["@pulumi", "typescript", "@types/node"]) link(peer, directory);
}

function link(name: string, directory = app): void {
  const target = path.join(directory, "node_modules", name);
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.symlinkSync(path.join(ROOT, "node_modules", name), target);
}

const PROGRAM = `
import { createHash } from "node:crypto";
import { DataLake, FormatRouter, HourlyEtl, StreamIngest, type Row } from "streamlake";
import { mask } from "./mask";

export function program() {
  const stream = new StreamIngest("clicks");
  const lake = new DataLake("lake", { tables: { records: {}, orders: { columns: [{ name: "total", type: "double" }] } } });
  new FormatRouter("router", {
    stream,
    lake,
    hooks: {
      transform: (row: Row) => {
        const { mask } = require("./mask") as typeof import("./mask");
        return { ...row, user: mask(String(row.user)) };
      },
      table: (row) => ("total" in row ? "orders" : "records"),
    },
  });
  new HourlyEtl("hourly", { lake });
  return { streamName: stream.streamName };
}
export const used = [createHash, mask];
`;

const LOCAL = `
import { DataLake, FormatRouter, HourlyEtl, StreamIngest } from "streamlake";

const stream = new StreamIngest("clicks");
const lake = new DataLake("lake");
const factor = 2;
new FormatRouter("router", { stream, lake, hooks: { transform: (row) => ({ ...row, twice: Number(row.quantity) * factor }) } });
new HourlyEtl("hourly", { lake });
export const streamName = stream.streamName;
export const databaseName = lake.databaseName;
`;

const MASK = "export const mask = (text: string): string => text.length + ' masked by the program';\n";

const CHECK = `
import { declare, kinesisEvent, type Declared } from "streamlake/testing";
import { program } from "./program";

async function main(): Promise<void> {
  const declared: Declared = await declare(program, { preview: process.argv[2] === "preview" });
  const { inputs } = declared.one("router-router-function");
  const code: string = await (await inputs.code.assets)["index.js"].text;
  console.log(JSON.stringify({
    outputs: declared.outputs,
    resources: declared.resources.length,
    masked: code.includes("masked by the program"),
    checkout: code.includes("streamlake-package-"),
    script: (await declared.one("hourly-script").inputs.source.path),
    event: kinesisEvent([{ data: "a" }]).Records[0]?.kinesis.data,
  }));
}
void main();
`;

/** Every format and a registry: the largest packages that there are. */
const SIZES = `
import { ContentAlerts, DataLake, FormatRouter, HourlyEtl, Replay, SchemaRegistry, StreamIngest } from "streamlake";
import { declare } from "streamlake/testing";

function program() {
  const stream = new StreamIngest("in");
  const lake = new DataLake("lake");
  const schemaRegistry = new SchemaRegistry("shop", { schemas: { order: { format: "avro", definition: '"long"' } } });
  const formats = {
    json: {}, ndjson: {}, csv: {}, xml: {}, avro: {}, parquet: {}, messagepack: {}, cbor: {},
    binary: {
      layouts: [
        { name: "reading", magic: "534c01", endianness: "big" as const, fields: [{ name: "id", type: "u16" as const }] },
      ],
    },
    protobuf: { messages: [{ proto: 'syntax = "proto3"; message Reading { string sensor = 1; }' }] },
  };
  const router = new FormatRouter("router", { stream, lake, formats, schemaRegistry });
  new Replay("replay", { router });
  new ContentAlerts("alerts", { stream, lake, formats, schemaRegistry, rules: { any: () => false as const } });
  new HourlyEtl("etl", { lake });
}

async function main(): Promise<void> {
  const declared = await declare(program);
  const sizes: Record<string, number> = {};
  for (const { name, inputs } of declared.all("aws:lambda/function:Function")) {
    sizes[name] = Buffer.byteLength(await (await inputs.code.assets)["index.js"].text);
  }
  console.log(JSON.stringify(sizes));
}
void main();
`;

beforeAll(() => {
  fs.mkdirSync(checkout);
  for (const entry of fs.readdirSync(ROOT).filter((name) => !LEFT_BEHIND.has(name))) {
    fs.cpSync(path.join(ROOT, entry), path.join(checkout, entry), { recursive: true });
  }
  fs.symlinkSync(path.join(ROOT, "node_modules"), path.join(checkout, "node_modules"));
  [packed] = JSON.parse(run("npm", ["pack", "--json", "--silent"], checkout));

  fs.mkdirSync(app);
  fs.writeFileSync(path.join(app, "package.json"), '{"name":"app","version":"1.0.0","private":true}\n');
  install(app);
  const compilerOptions = {
    target: "ES2022",
    module: "node16",
    strict: true,
    skipLibCheck: true,
    outDir: "out",
    types: ["node"],
  };
  fs.writeFileSync(path.join(app, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
  fs.writeFileSync(path.join(app, "program.ts"), PROGRAM);
  fs.writeFileSync(path.join(app, "mask.ts"), MASK);
  fs.writeFileSync(path.join(app, "check.ts"), CHECK);
  fs.writeFileSync(path.join(app, "sizes.ts"), SIZES);
  fs.writeFileSync(path.join(app, "Pulumi.yaml"), "name: app\nruntime: nodejs\nmain: out/program.js\n");
  run(process.execPath, ["node_modules/typescript/bin/tsc"], app);
}, 180_000);

afterAll(() => fs.rmSync(work, { recursive: true, force: true }));

test("the installed console has the pages that a checkout bundles", () => {
  const script = `const { consoleAssets } = require("./node_modules/streamlake/dist/cli/console/assets.js");
    process.stdout.write(JSON.stringify(consoleAssets()))`;
  expect(JSON.parse(run(process.execPath, ["-e", script], app))).toEqual(consoleAssets());
});

test("the package holds the compiled library, the command and the Glue script, and no sources or tests", () => {
  const files = packed.files.map(({ path: file }) => file);
  for (const file of [
    "dist/index.js",
    "dist/index.d.ts",
    "dist/local/testing.js",
    "dist/console/app.js",
    "dist/console/app.css",
    "dist/console/LICENSES.txt",
    "bin/streamlake.js",
    "bin/transpiled.js",
    "jobs/flatten_hour.py",
    "plugin/PulumiPlugin.yaml",
    "plugin/main.js",
    "plugin/package.json",
    "plugin/pulumi-resource-streamlake",
    "plugin/schema.json",
  ]) {
    expect(files).toContain(file);
  }
  const isSource = (file: string) => file.endsWith(".ts") && !file.endsWith(".d.ts");
  expect(files.filter((file) => isSource(file) && !/^(template|examples)\//.test(file))).toEqual([]);
  expect(files.filter((file) => file.startsWith("template/")).sort()).toEqual([
    "template/Pulumi.yaml",
    "template/README.md",
    "template/gitignore",
    "template/index.ts",
    "template/pipeline.test.ts",
    "template/pipeline.ts",
    "template/tsconfig.json",
  ]);
  expect(files.filter((file) => /^(test|dist\/test|node_modules)\//.test(file))).toEqual([]);
  // Not policy/config: it exempts resources of the shipped program, which is not in the package.
  expect(files.filter((file) => file.startsWith("policy/")).sort()).toEqual([
    "policy/PulumiPolicy.yaml",
    "policy/index.js",
  ]);
});

test.each(["update", "preview"])("a program of its own builds and runs under mocks, as an %s", (mode) => {
  const said = JSON.parse(run(process.execPath, ["out/check.js", mode], app));
  expect(said).toEqual({
    outputs: mode === "update" ? { streamName: "clicks-stream" } : "<unknown>",
    resources: 70,
    masked: true,
    checkout: false,
    script: fs.realpathSync(path.join(app, "node_modules/streamlake/jobs/flatten_hour.py")),
    event: "YQ==",
  });
});

test("the policy pack of the package answers Pulumi, wherever it is started", async () => {
  const pack = await RunningPack.start(path.join(app, "node_modules/streamlake/policy"), app);
  try {
    const { name, version, policiesList } = await pack.info();
    expect([name, version]).toEqual(["streamlake", "0.1.0"]);
    expect(policiesList.map((policy) => policy.name)).toEqual(
      [...controls, ...contradictions].map((policy) => policy.name),
    );
    const stream = { type: "aws:kinesis/stream:Stream", props: { encryptionType: "NONE", retentionPeriod: 168 } };
    expect((await pack.violations([stream])).map(({ control }) => control)).toEqual(["Kinesis.1"]);
  } finally {
    pack.stop();
  }
});

test("bundled from the published library, every package is at most 1 MB, whatever it enables", () => {
  const sizes: Record<string, number> = JSON.parse(run(process.execPath, ["out/sizes.js"], app));
  expect(Object.keys(sizes).sort()).toEqual([
    "alerts-alerts-function",
    "etl-plan-function",
    "etl-reconcile-function",
    "replay-chunk-function",
    "replay-plan-function",
    "router-router-function",
  ]);
  expect(Object.entries(sizes).filter(([, bytes]) => bytes > 1_000_000)).toEqual([]);
  expect(sizes["router-router-function"]).toBeGreaterThan(500_000);
});

test("each component can be imported alone, and is the class that the library exports", () => {
  const { exports } = JSON.parse(fs.readFileSync(path.join(ROOT, "package.json"), "utf8"));
  const alone = Object.keys(exports).filter((name) => name.startsWith("./components/"));
  const script = `
    const names = ${JSON.stringify(alone)}.map((name) => name.split("/")[2]);
    const classOf = (name) => name[0].toUpperCase() + name.slice(1);
    const same = (name) => require("streamlake/components/" + name)[classOf(name)] === require("streamlake")[classOf(name)];
    console.log(names.filter(same).map(classOf).join());
  `;
  expect(run(process.execPath, ["-e", script], app).trim()).toBe(
    "CallbackFunction,ContentAlerts,DataLake,DeliveryStream,FormatRouter,HourlyEtl,IngestApi,LakeDashboard,PipelineAlarms,PipelineDashboard,Replay,SchemaRegistry,ServingTable,StreamFunction,StreamIngest,Warehouse",
  );
});

test.each(["node10", "node16"])("the types of single components resolve with moduleResolution %s", (resolution) => {
  const program = path.join(app, `alone-${resolution}`);
  fs.mkdirSync(program);
  fs.writeFileSync(
    path.join(program, "alone.ts"),
    `import { StreamIngest } from "streamlake/components/streamIngest";
import { declare } from "streamlake/testing";
export const hours: number = new StreamIngest("in").retentionHours;
export const declared = declare(() => undefined);
`,
  );
  const options = ["--ignoreConfig", "--strict", "--skipLibCheck", "--noEmit", "--target", "es2022", "--types", "node"];
  const module = resolution === "node10" ? ["commonjs", "--ignoreDeprecations", "6.0"] : ["node16"];
  const compiler = path.join(app, "node_modules/typescript/bin/tsc");
  const settings = [...options, "--moduleResolution", resolution, "--module", ...module];
  expect(run(process.execPath, [compiler, ...settings, "alone.ts"], program)).toBe("");
});

test("requiring the library loads neither the AWS SDK nor DuckDB", () => {
  const script =
    'require("streamlake"); console.log(Object.keys(require.cache).filter((file) => /@aws-sdk|@duckdb/.test(file)).length)';
  expect(run(process.execPath, ["-e", script], app).trim()).toBe("0");
});

test("the command of the package answers", () => {
  expect(run(process.execPath, ["node_modules/.bin/streamlake", "--help"], app)).toContain(
    "streamlake <command> [options]",
  );
});

test("the provider of the package starts, and says its port", async () => {
  const provider = spawn(path.join(app, "node_modules/streamlake/plugin/pulumi-resource-streamlake"), ["127.0.0.1:1"]);
  try {
    const [line] = await once(createInterface({ input: provider.stdout }), "line");
    expect(line).toMatch(/^\d{4,5}$/);
  } finally {
    provider.kill();
  }
});

test("the command of the package runs the program, to SQL results", () => {
  link("@duckdb");
  fs.writeFileSync(path.join(app, "Pulumi.dev.yaml"), "config:\n  aws:region: us-east-1\n");
  fs.writeFileSync(path.join(app, "local.ts"), LOCAL);
  fs.writeFileSync(path.join(app, "Pulumi.yaml"), "name: app\nruntime: nodejs\nmain: local.ts\n");
  const options = ["--records", "60", "--formats", "json,csv", "--report", "report.json"];
  run(process.execPath, ["node_modules/.bin/streamlake", "local", ...options], app);
  const { ledger, unformatted, sent } = JSON.parse(fs.readFileSync(path.join(app, "report.json"), "utf8"));
  expect(ledger).toMatchObject({ lost: 0, duplicated: 0, balanced: true });
  expect(sent).toMatchObject({ records: 60, malformed: 12 });
  expect(unformatted.records).toBe(12);
});

test("any version of DuckDB goes: all of its versions are pre-releases, which no other range takes in", () => {
  const { peerDependencies } = JSON.parse(fs.readFileSync(path.join(ROOT, "package.json"), "utf8"));
  expect(peerDependencies["@duckdb/node-api"]).toBe("*");
});

describe("a project that init writes", () => {
  const shop = path.join(work, "shop");
  const bin = (name: string) => path.join(shop, "node_modules", name);
  const streamlake = (...args: string[]) => run(process.execPath, ["node_modules/.bin/streamlake", ...args], shop);

  beforeAll(() => {
    run(process.execPath, [path.join(app, "node_modules/.bin/streamlake"), "init", "shop"], work);
    const written = JSON.parse(fs.readFileSync(path.join(shop, "package.json"), "utf8"));
    expect(written.dependencies.streamlake).toBe("^0.1.0");
    const own = { ...written, dependencies: {}, devDependencies: {} };
    fs.writeFileSync(path.join(shop, "package.json"), JSON.stringify(own));
    install(shop);
    link("vitest", shop);
  }, 180_000);

  test("compiles", () => {
    run(process.execPath, [bin("typescript/bin/tsc")], shop);
  });

  test("without DuckDB, local ends before anything runs", () => {
    expect(() => streamlake("local")).toThrow(
      'streamlake: local runs Glue jobs and Athena queries on DuckDB, and the package "@duckdb/node-api" does not load: npm install @duckdb/node-api',
    );
    expect(fs.existsSync(path.join(shop, ".streamlake"))).toBe(false);
  });

  test("runs locally without stack configuration, on records of the formats that its router takes", () => {
    link("@duckdb", shop);
    const out = streamlake("local", "--records", "200", "--report", "report.json");
    expect(out).toMatch(/^There is no Pulumi\.dev\.yaml: the stack dev runs with defaults, in us-east-1\.\n/);
    const { ledger, sent, tables } = JSON.parse(fs.readFileSync(path.join(shop, "report.json"), "utf8"));
    expect(ledger).toMatchObject({ lost: 0, duplicated: 0, balanced: true });
    expect(ledger.records).toEqual({ sent: 200, landed: 160, unformatted: 40, failed: 0 });
    expect(Object.keys(sent.byFormat).sort()).toEqual(["csv", "json", "ndjson"]);
    const columns = (table: string) => tables[table].columns.map(({ name }: { name: string }) => name);
    expect(columns("sales")).toEqual([
      "_id",
      "_arrived",
      "_format",
      "sale_id",
      "sold_at",
      "shop",
      "total",
      "dt",
      "hour",
    ]);
    expect(tables.sales.rows).toBeGreaterThan(100);
    expect(tables.readings.rows).toBeGreaterThan(5);
  });

  test("its own tests pass, with Vitest", () => {
    const out = run(
      process.execPath,
      [bin("vitest/vitest.mjs"), "run", "--reporter=json", "--testTimeout=120000"],
      shop,
    );
    const { numPassedTests, numTotalTests } = JSON.parse(out.slice(out.indexOf("{")));
    expect([numPassedTests, numTotalTests]).toEqual([3, 3]);
  });

  test("the same tests pass with Jest", () => {
    const tests = fs.readFileSync(path.join(shop, "pipeline.test.ts"), "utf8");
    fs.writeFileSync(path.join(shop, "jest.spec.ts"), tests.replace(/^import .* from "vitest";$/m, ""));
    const transform = { "^.+\\.ts$": [path.join(ROOT, "node_modules/ts-jest"), { diagnostics: false }] };
    const config = { rootDir: shop, testMatch: ["**/jest.spec.ts"], testTimeout: 120_000, transform };
    const args = ["--config", JSON.stringify(config), "--json", "--silent", "--runInBand"];
    const out = run(process.execPath, [path.join(ROOT, "node_modules/jest/bin/jest.js"), ...args], shop);
    const { numPassedTests, numTotalTests } = JSON.parse(out.slice(out.indexOf("{")));
    expect([numPassedTests, numTotalTests]).toEqual([3, 3]);
  });

  test("an ES module imports the library and its testing tools", () => {
    const script = `
      import { DataLake, FormatRouter, StreamIngest } from "streamlake";
      import { declare, kinesisEvent, routeRecords } from "streamlake/testing";
      const pipeline = () => new FormatRouter("router", {
        stream: new StreamIngest("in"),
        lake: new DataLake("lake"),
        hooks: { transform: (row) => ({ ...row, seen: true }) },
      });
      const { rows } = await routeRecords(pipeline, ['{"id":1}']);
      const { resources } = await declare(pipeline);
      console.log(JSON.stringify({ rows, router: resources.some(({ name }) => name === "router-router-function"), events: typeof kinesisEvent }));
    `;
    fs.writeFileSync(path.join(shop, "script.mjs"), script);
    expect(JSON.parse(run(process.execPath, ["script.mjs"], shop))).toEqual({
      rows: { records: [{ id: 1, seen: true }] },
      router: true,
      events: "function",
    });
  });
});
