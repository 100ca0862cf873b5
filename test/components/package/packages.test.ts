/** Every package, executed as Lambda executes it and compared with the handler that was never bundled. */
import { fork } from "node:child_process";
import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { gunzipSync } from "node:zlib";
import {
  DataLake,
  defineSchema,
  FormatRouter,
  type FormatRouterArgs,
  HourlyEtl,
  SchemaRegistry,
  StreamIngest,
} from "streamlake";
import { declare, kinesisEvent } from "streamlake/testing";
import { MAX_PACKAGE_BYTES } from "../../../components/package/bundleCallback";
import { functionPlaces } from "../../../components/package/functionPlaces";
import { FORMATS } from "../../../formats/registry";
import { glueSchemas } from "../../../functions/effects/glueSchemas";
import { createPlanHours } from "../../../functions/planHours";
import { createReconcile } from "../../../functions/reconcile";
import { createRouter } from "../../../functions/router";
import { defaults } from "../../../lake/defaults";
import { packageOf } from "../support/listed";

const AVRO = '{"type":"record","name":"Order","fields":[{"name":"total","type":"double"}]}';
const GLUE_ANSWER = JSON.stringify({ DataFormat: "AVRO", SchemaDefinition: AVRO });

/** A bucket over HTTP, as far as the handlers go: PUT, GET, ranges, ListObjectsV2; and, by POST, a registry of one schema. */
class BucketServer {
  readonly objects = new Map<string, Buffer>();
  private readonly server = http.createServer((request, response) => void this.answer(request, response));

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "", "http://127.0.0.1");
    const key = decodeURIComponent(url.pathname).replace(/^\/bucket\/?/, "");
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.method === "POST") return void response.end(GLUE_ANSWER);
    if (request.method === "PUT") return this.put(request, response, key, Buffer.concat(chunks));
    if (key === "") return this.list(url, response);
    const body = this.objects.get(key);
    if (!body) {
      response.writeHead(404, { "content-type": "application/xml" });
      return void response.end("<Error><Code>NoSuchKey</Code><Message>no such key</Message></Error>");
    }
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
    response.writeHead(range ? 206 : 200);
    response.end(range ? body.subarray(Number(range[1]), Number(range[2]) + 1) : body);
  }

  private put(request: http.IncomingMessage, response: http.ServerResponse, key: string, body: Buffer): void {
    const exists = request.headers["if-none-match"] === "*" && this.objects.has(key);
    if (exists) response.writeHead(412, { "content-type": "application/xml" });
    else this.objects.set(key, unchunked(request, body));
    response.end(exists ? "<Error><Code>PreconditionFailed</Code><Message>there</Message></Error>" : "");
  }

  private list(url: URL, response: http.ServerResponse): void {
    const prefix = url.searchParams.get("prefix") ?? "";
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort();
    const delimited = url.searchParams.has("delimiter");
    const folders = new Set(keys.map((key) => `${prefix}${key.slice(prefix.length).split("/")[0]}/`));
    const contents = keys.map(
      (key) => `<Contents><Key>${key}</Key><Size>${this.objects.get(key)?.length}</Size></Contents>`,
    );
    const prefixes = [...folders].map((folder) => `<CommonPrefixes><Prefix>${folder}</Prefix></CommonPrefixes>`);
    response.writeHead(200, { "content-type": "application/xml" });
    response.end(
      `<ListBucketResult><IsTruncated>false</IsTruncated>${(delimited ? prefixes : contents).join("")}</ListBucketResult>`,
    );
  }
}

/** The payload of an `aws-chunked` body with a trailing checksum. */
function unchunked(request: http.IncomingMessage, body: Buffer): Buffer {
  if (!request.headers["content-encoding"]?.includes("aws-chunked")) return body;
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const end = body.indexOf("\r\n", at);
    const size = Number.parseInt(body.toString("latin1", at, end), 16);
    if (size === 0) return Buffer.concat(parts);
    parts.push(body.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
}

const RUNNER = `
  const { handler } = require(process.argv[2]);
  process.on("message", async (event) => {
    try { process.send({ result: await handler(event, {}) }); }
    catch (error) { process.send({ error: { name: error.name, message: error.message } }); }
  });
`;

/** Invokes the package in a process of its own, with nothing else in its directory. */
async function invoke(code: string, event: object, endpoint: string): Promise<unknown> {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "package-"));
  fs.writeFileSync(path.join(directory, "index.js"), code);
  fs.writeFileSync(path.join(directory, "runner.js"), RUNNER);
  const env = { ...ENVIRONMENT, AWS_ENDPOINT_URL: endpoint };
  const child = fork(path.join(directory, "runner.js"), [path.join(directory, "index.js")], {
    env,
    execArgv: [],
    silent: true,
  });
  try {
    return await new Promise((resolve, reject) => {
      child.once("message", resolve);
      child.once("error", reject);
      child.once("exit", (exitCode) => reject(new Error(`the package's process ended with ${exitCode}`)));
      child.send(event);
    });
  } finally {
    child.removeAllListeners();
    child.kill();
    fs.rmSync(directory, { recursive: true });
  }
}

const ENVIRONMENT = {
  AWS_REGION: "us-east-1",
  AWS_LAMBDA_FUNCTION_NAME: "function",
  AWS_ACCESS_KEY_ID: "key",
  AWS_SECRET_ACCESS_KEY: "secret",
  LAKE_BUCKET: "bucket",
  STREAM_NAME: "clicks",
};

const { raw, unformatted, parquet, ledger } = defaults.prefixes;
const bundled = new BucketServer();
const direct = new BucketServer();
let endpoints: [string, string];
const before = { ...process.env };

beforeAll(async () => {
  endpoints = [await bundled.listen(), await direct.listen()];
  Object.assign(process.env, ENVIRONMENT, { AWS_ENDPOINT_URL: endpoints[1] });
});

afterAll(() => {
  process.env = before;
  bundled.close();
  direct.close();
});

beforeEach(() => {
  bundled.objects.clear();
  direct.objects.clear();
  jest.spyOn(console, "log").mockImplementation();
});

afterEach(() => jest.restoreAllMocks());

const pipeline =
  (router: Partial<FormatRouterArgs> = {}) =>
  () => {
    const stream = new StreamIngest("in");
    const lake = new DataLake("lake");
    new FormatRouter("router", { stream, lake, ...router });
    new HourlyEtl("etl", { lake });
  };

async function packageText(name: string, router?: Partial<FormatRouterArgs>): Promise<string> {
  return packageOf((await declare(pipeline(router))).one(name));
}

const RECORDS: Parameters<typeof kinesisEvent>[0] = [
  { data: '{"id":1,"price":12345678901234567890}', partitionKey: "a" },
  { data: '{"id":2}\n{"id":3}' },
  { data: "id,name\n4,d\n5,e\n" },
  { data: Buffer.from([0xff, 0x00, 0x12]) },
  { data: "" },
];
const EVENT = kinesisEvent(RECORDS);

const config = {
  formats: { json: {}, ndjson: {}, csv: {} },
  table: "records",
  prefixes: { raw, unformatted },
  concurrentWrites: 8,
};

test("the router's package lands the same objects, byte for byte, as the router itself", async () => {
  const code = await packageText("router-router-function");
  expect(await invoke(code, EVENT, endpoints[0])).toEqual({ result: { batchItemFailures: [] } });
  expect(await createRouter(config, { formats: FORMATS })(EVENT)).toEqual({ batchItemFailures: [] });
  expect([...bundled.objects.keys()].map((key) => key.split("/").slice(0, 2).join("/")).sort()).toEqual([
    "raw/records",
    "unformatted/records",
  ]);
  expect([...bundled.objects].sort()).toEqual([...direct.objects].sort());
});

test("the same with hooks, which travel in the package", async () => {
  const floor = 2;
  const hooks: FormatRouterArgs["hooks"] = {
    transform: (row) => ({ ...row, hooked: true }),
    accept: (row) => (Number(row.id) >= floor ? true : `id below ${floor}`),
    table: (row) => {
      if (row.id === "4") throw new Error("no table for it");
      return typeof row.id === "string" ? "texts" : "numbers";
    },
  };
  const code = await packageText("router-router-function", { hooks });
  expect(await invoke(code, EVENT, endpoints[0])).toEqual({ result: { batchItemFailures: [] } });
  const places = functionPlaces({ ...hooks });
  expect(Object.keys(places)).toEqual(["transform", "accept", "table"]);
  // The package describes an error with the line that threw, which follows the first line of the hook.
  const [file, line] = places.table?.split(":") ?? [];
  const hookPlaces = { ...places, table: `${file}:${Number(line) + 1}` };
  await createRouter({ ...config, hookPlaces }, { hooks, formats: FORMATS })(EVENT);
  expect([...bundled.objects.keys()].map((key) => key.split("/").slice(0, 2).join("/")).sort()).toEqual([
    "raw/numbers",
    "raw/texts",
    "unformatted/records",
  ]);
  expect([...bundled.objects].sort()).toEqual([...direct.objects].sort());
});

test("the package of a router with a registry and every format is within the limit, and lands the same", async () => {
  const formats: FormatRouterArgs["formats"] = {
    json: {},
    ndjson: {},
    csv: {},
    xml: {},
    avro: {},
    parquet: {},
    messagepack: {},
    cbor: {},
    binary: {
      layouts: [{ name: "reading", magic: "534c01", endianness: "big", fields: [{ name: "id", type: "u16" }] }],
    },
    protobuf: { messages: [{ proto: 'syntax = "proto3"; message Reading { string sensor = 1; }' }] },
  };
  const declared = await declare(
    () => {
      const stream = new StreamIngest("in");
      const schema = defineSchema({ name: "orders", fields: { total: "double" } });
      const lake = new DataLake("lake", { tables: { records: {}, orders: { schema } } });
      const schemaRegistry = new SchemaRegistry("shop", { schemas: { order: { format: "avro", definition: AVRO } } });
      new FormatRouter("all", { stream, lake, formats, schemaRegistry });
    },
    { config: { "streamlake:checkSchemas": "false" } },
  );
  const code = await packageOf(declared.one("all-router-function"));
  expect(Object.keys(formats).sort()).toEqual(Object.keys(FORMATS).sort());
  expect(code.length).toBeLessThan(MAX_PACKAGE_BYTES);

  const framed = Buffer.concat([Buffer.from("0300", "hex"), Buffer.alloc(16, 7), Buffer.alloc(8)]);
  const event = kinesisEvent([{ data: framed }, ...RECORDS]);
  expect(await invoke(code, event, endpoints[0])).toEqual({ result: { batchItemFailures: [] } });
  await createRouter({ ...config, formats }, { formats: FORMATS, schemas: glueSchemas() })(event);
  const raw = [...bundled.objects].find(([key]) => key.startsWith("raw/"));
  expect(gunzipSync(raw?.[1] ?? "").toString()).toContain('"_format":"avro"');
  expect([...bundled.objects].sort()).toEqual([...direct.objects].sort());
});

test("the planning package finds the same hours as the planner itself", async () => {
  for (const { objects } of [bundled, direct]) {
    objects.set("raw/records/dt=2026-11-20/hour=09/shardId-000000000000-1-2-2.ndjson.gz", Buffer.from("a"));
    objects.set("raw/orders/dt=2026-11-20/hour=08/shardId-000000000000-1-2-2.ndjson.gz", Buffer.from("a"));
  }
  const execution = "arn:aws:states:us-east-1:123456789012:execution:etl:one";
  const claim = { step: "claim", execution, hour: "2026-11-20T09" };
  const held = { isHeld: true, holder: execution, isLeft: true };
  const plan = { step: "plan", execution, skip: [] };
  const expected = {
    hours: [
      { hour: "2026-11-20T08", tables: "orders" },
      { hour: "2026-11-20T09", tables: "records" },
    ],
    isMore: false,
    isCrawlDue: true,
    requests: 0,
  };
  const code = await packageText("etl-plan-function");
  expect(await invoke(code, claim, endpoints[0])).toEqual({ result: held });
  expect(await invoke(code, plan, endpoints[0])).toEqual({ result: expected });
  const handler = createPlanHours({
    prefixes: { raw, ledger },
    workflow: "etl",
    lookbackHours: 168,
    hoursPerPass: 48,
    hasCrawler: true,
  });
  expect(await handler(claim)).toEqual(held);
  expect(await handler(plan)).toEqual(expected);
});

test("the reconciling package fails with the same broken ledger as the reconciler itself", async () => {
  const code = await packageText("etl-reconcile-function");
  const input = { hour: "2026-11-20T09", tables: "records" };
  const said =
    'table "records", hour 2026-11-20T09: the job left no report "ledger/records/dt=2026-11-20/hour=09/job.json"';
  const { error } = (await invoke(code, input, endpoints[0])) as { error: { name: string; message: string } };
  expect(error.name).toBe("LedgerBroken");
  expect(error.message).toContain(said);
  const handler = createReconcile({ prefixes: { raw, parquet, ledger } });
  await expect(handler(input)).rejects.toMatchObject({ name: "LedgerBroken", message: error.message });
});

test("each package is at most 1 MB, and the same bytes each time", async () => {
  const [first, second] = await Promise.all([declare(pipeline()), declare(pipeline())]);
  for (const name of ["router-router-function", "etl-plan-function", "etl-reconcile-function"]) {
    const code = await packageOf(first.one(name));
    expect(code.length).toBeLessThanOrEqual(1_000_000);
    expect((await packageOf(second.one(name))) === code).toBe(true);
  }
});

test("a preview packs the same bytes as an update, in every stack", async () => {
  const update = await packageText("router-router-function");
  const preview = await declare(pipeline(), { preview: true, stack: "prod", project: "other" });
  expect((await packageOf(preview.one("router-router-function"))) === update).toBe(true);
});
