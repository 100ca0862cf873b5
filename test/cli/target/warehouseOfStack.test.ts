/** SQL in the warehouse of a deployed stack: the command and the SDK's client against local's Data API. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ListStatementsCommand, RedshiftDataClient } from "@aws-sdk/client-redshift-data";
import { dispatch } from "../../../cli/dispatch";
import { Interrupted } from "../../../cli/errors";
import type { Io } from "../../../cli/terminal/io";
import { systemClock } from "../../../local/cloud/clock";
import { openDuckDb } from "../../../local/duckdb/duckdb";
import { makeRedshift, type Redshift } from "../../local/support/redshift";
import { testIo } from "../support/testIo";

let redshift: Redshift;
let outputs: string;

beforeAll(async () => {
  redshift = await makeRedshift();
  outputs = path.join(redshift.dataDir, "outputs.json");
  const failureTopicArn = "arn:aws:sns:eu-central-1:123456789012:failures";
  writeFileSync(
    outputs,
    JSON.stringify({ warehouseWorkgroupName: "shop", warehouseDatabaseName: "dev", failureTopicArn }),
  );
  await redshift.run('CREATE SCHEMA "lake"');
  await redshift.run('CREATE TABLE "lake"."orders" ("id" VARCHAR(20), "total" DOUBLE PRECISION, "tags" SUPER)');
  await redshift.run(`INSERT INTO "lake"."orders" VALUES ('a', 2.5, NULL), ('b', NULL, NULL)`);
  await redshift.run('CREATE TABLE "lake"."digits" ("n" INTEGER)');
  await redshift.run('INSERT INTO "lake"."digits" VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)');
});
afterAll(() => redshift.close());

async function query(argv: readonly string[], changes: Partial<Io> = {}) {
  const io = testIo({ cwd: redshift.dataDir, ...changes });
  const code = await dispatch(
    ["query", "--warehouse", "--outputs", outputs, "--endpoint-url", redshift.url, ...argv],
    io,
  );
  return { code, out: io.out().toString(), err: io.err() };
}

test("rows are printed in every form, with the types of the query", async () => {
  const sql = "SELECT id, total, total IS NULL AS missing FROM lake.orders ORDER BY id";
  const table = "id  total  missing\n──  ─────  ───────\na     2.5  false\nb          true\n2 rows\n";
  expect(await query([sql])).toEqual({ code: 0, out: table, err: "" });
  expect((await query(["SELECT count(*) FROM lake.orders"])).out).toBe("2\n");
  expect((await query(["--output", "csv", sql])).out).toBe("id,total,missing\na,2.5,false\nb,,true\n");
  expect((await query(["--output", "ndjson", sql])).out).toBe(
    '{"id":"a","total":2.5,"missing":false}\n{"id":"b","total":null,"missing":true}\n',
  );
  expect((await query(["--quiet", sql])).out).toBe("a\t2.5\tfalse\nb\t\ttrue\n");
});

test("a Parquet file has the types of Redshift's columns", async () => {
  const sql = `SELECT 7::smallint AS small, 8::bigint AS big, 2.50::decimal(5,2) AS price, DATE '2026-11-21' AS day,
    TIMESTAMP '2026-11-21 10:00:00.5' AS at, 'x'::varchar(5) AS word, JSON_PARSE('{"k":[1,"x"]}') AS free`;
  expect(await query(["--file", "all.parquet", sql])).toEqual({
    code: 0,
    out: "",
    err: "wrote 1 row to all.parquet\n",
  });
  const db = await openDuckDb();
  const file = path.join(redshift.dataDir, "all.parquet");
  const [row] = await db.rows(`SELECT *, typeof(price) AS price_type, typeof(big) AS big_type FROM '${file}'`);
  db.close();
  expect(row).toEqual({
    small: 7,
    big: "8",
    price: "2.50",
    day: "2026-11-21",
    at: "2026-11-21 10:00:00.5",
    word: "x",
    free: '{"k":[1,"x"]}',
    price_type: "DECIMAL(5,2)",
    big_type: "BIGINT",
  });
});

test("all pages of a result are read", async () => {
  const sql = `SELECT a.n + 10 * b.n + 100 * c.n + 1000 * d.n AS number FROM lake.digits a, lake.digits b, lake.digits c, lake.digits d
    WHERE d.n < 3 ORDER BY 1`;
  expect(await query(["--file", "numbers.csv", sql])).toMatchObject({
    code: 0,
    err: "wrote 3,000 rows to numbers.csv\n",
  });
  const expected = Array.from({ length: 3000 }, (_, number) => `${number}\n`).join("");
  expect(readFileSync(path.join(redshift.dataDir, "numbers.csv"), "utf8")).toBe(`number\n${expected}`);
});

test.each([
  ["SELECT * FROM orders", 'ERROR: relation "orders" does not exist; did you mean lake.orders?'],
  [
    "SELECT * FROM lake.oders",
    'ERROR: relation "lake.oders" does not exist; did you mean lake.orders?; the tables are lake.digits, lake.orders',
  ],
])("the error of %s is one line with the tables", async (sql, line) => {
  expect(await query([sql])).toEqual({ code: 1, out: "", err: `streamlake query: ${line}\n` });
});

test("a statement without a result set reports the rows that it changed", async () => {
  expect(await query(["INSERT INTO lake.digits VALUES (10), (11)"])).toEqual({
    code: 0,
    out: "0 rows\n",
    err: "the statement has no result; it changed 2 rows\n",
  });
  expect((await query(["DELETE FROM lake.digits WHERE n > 9"])).err).toContain("it changed 2 rows");
});

test("a statement whose rows Redshift does not count reports no number", async () => {
  const send = RedshiftDataClient.prototype.send as unknown as (...given: unknown[]) => Promise<object>;
  const uncounted = jest.spyOn(RedshiftDataClient.prototype, "send").mockImplementation(async function (
    this: unknown,
    ...given: unknown[]
  ) {
    const answer = await send.apply(this, given);
    return "ResultRows" in answer ? { ...answer, ResultRows: -1 } : answer;
  } as never);
  try {
    const { code, err } = await query(["DELETE FROM lake.digits WHERE n > 99"]);
    expect([code, err]).toEqual([0, "the statement has no result\n"]);
  } finally {
    uncounted.mockRestore();
  }
});

test("integers whose digits the SDK rounds are refused by the name of their column", async () => {
  expect(await query(["SELECT 9007199254740993::bigint AS id"])).toEqual({
    code: 1,
    out: "",
    err: 'streamlake query: column "id": integers beyond 9007199254740991 do not arrive whole; CAST them to VARCHAR\n',
  });
  expect((await query(["SELECT CAST(9007199254740993::bigint AS VARCHAR) AS id"])).out).toBe("9007199254740993\n");
});

test("Ctrl-C cancels the statement", async () => {
  const stop = new AbortController();
  const clock = {
    ...systemClock,
    sleep: async (_: number, signal?: AbortSignal) => {
      stop.abort(new Interrupted());
      signal?.throwIfAborted();
    },
  };
  const endless = `SELECT count(*) FROM ${"abcdefghijkl"
    .split("")
    .map((name) => `lake.digits ${name}`)
    .join(", ")}`;
  expect(await query([endless], { clock, signal: stop.signal })).toEqual({ code: 130, out: "", err: "" });
  await redshift.cloud.service("redshift-data").idle?.();
  const client = new RedshiftDataClient(redshift.clientConfig());
  const { Statements = [] } = await client.send(new ListStatementsCommand({ Status: "ABORTED" }));
  client.destroy();
  expect(Statements.map(({ QueryString }) => QueryString)).toEqual([endless]);
});

test("an unknown workgroup and missing outputs are named", async () => {
  const other = path.join(redshift.dataDir, "other.json");
  writeFileSync(other, JSON.stringify({ warehouseWorkgroupName: "gone", workgroupName: "athena" }));
  const ask = async (...argv: string[]) => {
    const io = testIo({ cwd: redshift.dataDir, env: { AWS_REGION: "eu-central-1" } });
    const given = ["query", "--warehouse", "--outputs", other, "--endpoint-url", redshift.url, ...argv, "SELECT 1"];
    return { code: await dispatch(given, io), err: io.err() };
  };
  expect(await ask()).toEqual({
    code: 1,
    err: `streamlake query: ${other} has no output warehouseDatabaseName; export it from the program\n`,
  });
  expect(await ask("--database", "dev")).toEqual({
    code: 1,
    err: `streamlake query: AWS does not find what the outputs of the stack of ${other} name in eu-central-1: Redshift endpoint doesn't exist in this region. The workgroup is gone; deploy it, or set AWS_PROFILE and AWS_REGION to its account and region\n`,
  });
});

test("a role with the permissions of Warehouse.queryAccess() may query; without them, the error names them", async () => {
  const running = {
    Effect: "Allow",
    Action: ["redshift-data:ExecuteStatement", "redshift-serverless:GetCredentials"],
    Resource: redshift.workgroup.arn,
  };
  const looking = {
    Effect: "Allow",
    Action: ["redshift-data:CancelStatement", "redshift-data:DescribeStatement", "redshift-data:GetStatementResult"],
    Resource: "*",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: IAM's policy variable
    Condition: { StringEquals: { "redshift-data:statement-owner-iam-userid": "${aws:userid}" } },
  };
  const as = async (name: string, statements: object[]) => {
    const config = redshift.clientConfig(await redshift.role(name, statements));
    const { accessKeyId, secretAccessKey, sessionToken } = (config as { credentials: Record<string, string> })
      .credentials;
    const before = { ...process.env };
    Object.assign(process.env, {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
    });
    try {
      return await query(["SELECT count(*) FROM lake.orders"], { env: { AWS_ACCESS_KEY_ID: accessKeyId } });
    } finally {
      process.env = before;
    }
  };
  expect(await as("analyst", [running, looking])).toEqual({ code: 0, out: "2\n", err: "" });
  const { code, err } = await as("guest", [looking]);
  expect({ code, err }).toEqual({
    code: 1,
    err: expect.stringMatching(
      /^streamlake query: AWS denies it: User: .*guest.* is not authorized to perform: redshift-data:ExecuteStatement on resource: .+; the command needs redshift-data:ExecuteStatement and redshift-serverless:GetCredentials on the workgroup, and what else Warehouse\.queryAccess\(\) lists\n$/,
    ),
  });
});
