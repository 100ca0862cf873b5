/** Records routed in a unit test: the rows, the reasons, and the secrets, variables and schemas that the test gives. */
import { gzipSync } from "node:zlib";
import { getStack } from "@pulumi/pulumi";
import { DataLake, FormatRouter, type FormatRouterArgs, SchemaRegistry, StreamIngest } from "streamlake";
import { declare, routeRecords } from "streamlake/testing";
import { createRandom } from "../../../cli/generate/random";
import { aggregate } from "../../formats/support/aggregate";

const pipeline =
  (args: Partial<FormatRouterArgs> = {}) =>
  () =>
    new FormatRouter("router", {
      stream: new StreamIngest("shop"),
      lake: new DataLake("lake", { tables: { records: {}, orders: {} } }),
      ...args,
    });

test("records of every enabled format become rows, in the order of the records", async () => {
  const routed = await routeRecords(pipeline(), [
    '{"id":1}',
    "id,name\n00123,ann\n7,\n",
    Buffer.from('{"id":2}\n{"id":12345678901234567890}\n'),
    { data: '{"id":3}', partitionKey: "three" },
  ]);
  expect(routed.rows).toEqual({
    records: [
      { id: 1 },
      { id: "00123", name: "ann" },
      { id: "7", name: "" },
      { id: 2 },
      { id: 12345678901234567890n },
      { id: 3 },
    ],
  });
  expect(routed.landed.map(({ record, format, table }) => [record, format, table])).toEqual([
    [0, "json", "records"],
    [1, "csv", "records"],
    [1, "csv", "records"],
    [2, "ndjson", "records"],
    [2, "ndjson", "records"],
    [3, "json", "records"],
  ]);
  expect(routed.landed[2]?.id).toBe(
    "shardId-000000000000/49590338271490256608559692538361571095921575989136588899/0.1",
  );
  expect(routed).toMatchObject({ unformatted: [], failedBatches: [] });
});

test("hooks run with what they capture, and their refusals and errors are unformatted with the reason", async () => {
  const currency = "EUR";
  const router = pipeline({
    hooks: {
      transform: (row) => ({ ...row, currency, total: JSON.parse(String(row.total)) }),
      accept: (row) => Number(row.total) >= 0 || "total is negative",
      table: (row) => ("order_id" in row ? "orders" : "records"),
    },
  });
  const routed = await routeRecords(router, [
    '{"order_id":"a","total":"5"}',
    '{"total":"-1"}',
    '{"total":"five"}',
    "\u0000\u0001",
    "order_id,total\nb,6\nc,-6\n",
  ]);
  expect(routed.rows).toEqual({
    orders: [
      { order_id: "a", total: 5, currency: "EUR" },
      { order_id: "b", total: 6, currency: "EUR" },
    ],
  });
  expect(routed.unformatted).toEqual([
    { record: 1, reason: "rejected", detail: "total is negative" },
    {
      record: 2,
      reason: "hook",
      detail: expect.stringMatching(
        /^transform threw SyntaxError \(test\/local\/testing\/routeRecords\.test\.ts:\d+\): Unexpected token/,
      ),
    },
    { record: 3, reason: "format", detail: "unknown: 2 bytes of text match none of json, ndjson, csv" },
    { record: 4, row: 1, reason: "rejected", detail: "total is negative" },
  ]);
});

const parsed = (text: string) => JSON.parse(text) as number;

test("the error of a hook names the line that threw and its callers", async () => {
  const router = pipeline({ hooks: { transform: (row) => ({ total: parsed(String(row.total)) }) } });
  const { unformatted } = await routeRecords(router, ['{"total":"five"}']);
  const file = "test/local/testing/routeRecords\\.test\\.ts";
  expect(unformatted[0]?.detail).toMatch(
    new RegExp(`^transform threw SyntaxError \\(${file}:\\d+, called from ${file}:\\d+\\): Unexpected token`),
  );
});

test("a router that declare has made routes too, with the variables that its program declares", async () => {
  let router: FormatRouter | undefined;
  await declare(() => {
    const stream = new StreamIngest("shop");
    router = new FormatRouter("router", {
      stream,
      lake: new DataLake("lake"),
      environment: { STAGE: "test", STREAM: stream.streamName },
      hooks: {
        transform: ({ id = 0 }) => ({
          id,
          from: `${process.env.STAGE} ${process.env.STREAM} ${process.env.LAKE_BUCKET}`,
        }),
      },
    });
  });
  expect((await routeRecords(router as FormatRouter, ['{"id":1}'])).rows).toEqual({
    records: [{ id: 1, from: "test shop-stream lake-lake" }],
  });
  const environment = { STAGE: "other" };
  expect((await routeRecords(router as FormatRouter, ['{"id":1}'], { environment })).rows).toEqual({
    records: [{ id: 1, from: "other shop-stream lake-lake" }],
  });
  expect([process.env.STAGE, process.env.LAKE_BUCKET]).toEqual([undefined, undefined]);
});

const salted = pipeline({
  secrets: {
    SALT: { secretArn: "arn:aws:secretsmanager:us-east-1:123456789012:secret:salt-AbCdEf" },
    PEPPER: { parameterArn: "arn:aws:ssm:us-east-1:123456789012:parameter/pepper" },
  },
  hooks: { transform: (row, { secret }) => ({ ...row, salt: secret("SALT"), other: secret(String(row.other)) }) },
});

test("secrets have the values that the test gives; the router fails a batch whose secret cannot be read", async () => {
  const secrets = { SALT: "s", PEPPER: "p" };
  const routed = await routeRecords(salted, ['{"other":"PEPPER"}', '{"other":"CUMIN"}'], { secrets });
  expect(routed.rows).toEqual({ records: [{ other: "p", salt: "s" }] });
  expect(routed.unformatted).toEqual([
    {
      record: 1,
      reason: "hook",
      detail: expect.stringMatching(/: "CUMIN" is not a declared secret; the secrets are SALT, PEPPER$/),
    },
  ]);
  const denied = new Error("AccessDeniedException");
  const failed = await routeRecords(salted, ['{"a":1}', '{"a":2}'], { secrets: { ...secrets, PEPPER: denied } });
  expect(failed).toEqual({
    rows: {},
    landed: [],
    unformatted: [],
    failedBatches: [{ records: [0, 1], error: denied }],
  });
});

test("schemas of the registry are those of the test, by version id", async () => {
  const id = "b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63";
  const frame = (version: string) =>
    Buffer.concat([Buffer.from([3, 0]), Buffer.from(version.replaceAll("-", ""), "hex"), Buffer.from([2, 0x61])]);
  const text = JSON.stringify({ type: "record", name: "Order", fields: [{ name: "id", type: "string" }] });
  const router = () =>
    pipeline({
      formats: { avro: {} },
      schemaRegistry: new SchemaRegistry("shop", { schemas: { order: { format: "avro", definition: text } } }),
    })();
  const routed = await routeRecords(router, [frame(id), frame("00000000-9c96-4e4a-a687-fb5de9ef0c63")], {
    schemas: { [id]: { format: "avro", text } },
  });
  expect(routed.rows).toEqual({ records: [{ id: "a" }] });
  expect(routed.unformatted).toMatchObject([{ record: 1, reason: "format" }]);
});

test("user records of an aggregated record are in their order", async () => {
  const users = ['{"id":1}', "?", '{"id":2}'].map((text) => ({ partitionKey: "a", payload: Buffer.from(text) }));
  const routed = await routeRecords(pipeline(), ['{"id":0}', aggregate(users)]);
  expect(routed.rows).toEqual({ records: [{ id: 0 }, { id: 1 }, { id: 2 }] });
  expect(routed.unformatted).toMatchObject([{ record: 1, reason: "format" }]);
});

test("more records than an event holds are routed in several", async () => {
  const records = Array.from({ length: 10_001 }, (_, id) => JSON.stringify({ id }));
  const { rows } = await routeRecords(pipeline(), records);
  expect(rows.records?.map(({ id }) => id)).toEqual(records.map((_, id) => id));
});

test("a record that ends its batch early is followed by the others", async () => {
  // 20 records of 4 MiB exceed the 64 MiB that a batch may unpack; 5 of 6 characters are the same.
  const words = createRandom(7);
  const text = Array.from({ length: 700_000 }, () => `abcde${words.integer(0, 9)}`).join("");
  const large = Array.from({ length: 20 }, (_, id) => gzipSync(JSON.stringify({ id, text })));
  const { landed, unformatted } = await routeRecords(pipeline(), [...large, '{"id":20}']);
  expect(landed.map(({ row }) => row.id)).toEqual(Array.from({ length: 21 }, (_, id) => id));
  expect(unformatted).toEqual([]);
});

test("calls at the same time do not see each other's variables", async () => {
  const hooks = { transform: () => ({ stage: String(process.env.STAGE) }) };
  const stages = ["one", "two", "three"];
  const routed = await Promise.all(
    stages.map((STAGE) => routeRecords(pipeline({ hooks }), ['{"id":1}'], { environment: { STAGE } })),
  );
  expect(routed.map(({ rows }) => rows.records)).toEqual(stages.map((stage) => [{ stage }]));
});

test("options of the program reach it", async () => {
  const router = () => {
    const stack = getStack();
    return pipeline({ hooks: { transform: () => ({ stack }) } })();
  };
  expect((await routeRecords(router, ['{"id":1}'], { stack: "prod" })).rows).toEqual({ records: [{ stack: "prod" }] });
});

async function declared(preview: boolean): Promise<FormatRouter> {
  let router: FormatRouter | undefined;
  await declare(
    () => {
      router = pipeline()();
    },
    { preview },
  );
  return router as FormatRouter;
}

describe("with packaged", () => {
  test("the router's package runs, with the variables, secrets and schemas of the test", async () => {
    const currency = "EUR";
    const router = pipeline({
      environment: { STAGE: "test" },
      secrets: { SALT: { secretArn: "arn:aws:secretsmanager:us-east-1:123456789012:secret:salt-AbCdEf" } },
      hooks: {
        transform: (row, { secret }) => {
          const { basename } = require("node:path") as typeof import("node:path");
          if (row.id === 3) throw new Error("three");
          return {
            ...row,
            currency,
            salt: secret("SALT"),
            stage: String(process.env.STAGE),
            file: basename(__filename),
          };
        },
        accept: (row) => row.id !== 2 || "two",
      },
    });
    const records = ['{"id":1}', '{"id":2}', '{"id":3}'];
    const routed = await routeRecords(router, records, { packaged: true, secrets: { SALT: "s" } });
    expect(routed.rows).toEqual({
      records: [{ id: 1, currency: "EUR", salt: "s", stage: "test", file: "index.js" }],
    });
    expect(routed.unformatted).toEqual([
      { record: 1, reason: "rejected", detail: "two" },
      {
        record: 2,
        reason: "hook",
        detail: expect.stringMatching(
          /^transform threw Error \(test\/local\/testing\/routeRecords\.test\.ts:\d+\): three$/,
        ),
      },
    ]);
    expect(routed.failedBatches).toEqual([]);
    expect([process.env.AWS_ENDPOINT_URL, process.env.SECRET_SALT]).toEqual([undefined, undefined]);
    const secrets = { SALT: new Error("not today") };
    const { failedBatches } = await routeRecords(router, records, { packaged: true, secrets });
    expect(failedBatches).toMatchObject([{ records: [0, 1, 2] }]);
    expect(String(failedBatches[0]?.error)).toContain('the secret "SALT" cannot be read');
  });

  test("a value that does not survive the packaging shows", async () => {
    const counted = { all: 0 };
    const hooks = {
      transform: () => {
        counted.all += 1;
        return { all: counted.all };
      },
    };
    const router = pipeline({ hooks });
    expect((await routeRecords(router, ['{"id":1}'])).rows).toEqual({ records: [{ all: 1 }] });
    expect((await routeRecords(router, ['{"id":1}'])).rows).toEqual({ records: [{ all: 2 }] });
    // A package starts with the values of the deployment.
    expect((await routeRecords(router, ['{"id":1}'], { packaged: true })).rows).toEqual({ records: [{ all: 3 }] });
    expect(counted.all).toBe(2);
  });
});

describe("refused are", () => {
  const refused: [string, () => unknown, string][] = [
    [
      "secrets without values",
      () => routeRecords(salted, [], { secrets: { SALT: "s" } }),
      'routeRecords: the router reads PEPPER; give values for the test: secrets: { PEPPER: "…" }',
    ],
    [
      "secrets that the router does not declare",
      () => routeRecords(salted, [], { secrets: { SALT: "s", PEPPER: "p", CUMIN: "c" } }),
      'routeRecords: "CUMIN" is not a declared secret; the secrets are SALT, PEPPER',
    ],
    [
      "secrets of a router that has none",
      () => routeRecords(pipeline(), [], { secrets: { SALT: "s" } }),
      'routeRecords: "SALT" is not a declared secret, and there are none; declare it in the argument secrets',
    ],
    [
      "a router of a preview",
      async () => routeRecords(await declared(true), []),
      "routeRecords: the router was declared with preview, and its environment is unknown; leave preview out",
    ],
    [
      "options of the program beside a router",
      async () => routeRecords(await declared(false), [], { stack: "prod" }),
      "routeRecords: stack: options of the program, but the router is declared already; pass the program, or give them to declare",
    ],
    [
      "a program that returns another component",
      () => routeRecords((() => new StreamIngest("shop")) as never, []),
      "routeRecords: the program returned StreamIngest; it must return its FormatRouter",
    ],
    [
      "a program that returns nothing",
      () => routeRecords((() => undefined) as never, []),
      "routeRecords: the program returned undefined; it must return its FormatRouter",
    ],
    [
      "what is not a router",
      () => routeRecords("router" as never, []),
      "routeRecords: expected a FormatRouter, or a program that returns one, and got string",
    ],
  ];
  test.each(refused)("%s", async (_, call, message) => {
    await expect(call()).rejects.toThrow(new Error(message));
  });
});
