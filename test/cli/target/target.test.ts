/** Commands on a deployed stack, which a served cloud stands for: it is found by the outputs and an endpoint alone. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type ServedStack, serveStack } from "../support/servedStack";

/** A bucket that its policy closes to everybody. */
const CLOSED = `
  const closed = new aws.s3.Bucket("closed");
  new aws.s3.BucketPolicy("closed", { bucket: closed.id, policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Deny", Principal: "*", Action: "s3:ListBucket", Resource: closed.arn }],
  }) });
  outputs.closedBucket = closed.id;
  outputs.replayStateMachineArn = new Replay("again", { router }).stateMachineArn;
`;

let stack: ServedStack;
beforeAll(async () => {
  stack = await serveStack({ more: CLOSED, records: 40 });
  writeFileSync(path.join(stack.work, "out.json"), JSON.stringify(stack.outputs));
}, 240_000);
afterAll(() => stack.stop());

const run = (...argv: string[]) => stack.run([...argv, "--outputs", "out.json"]);

/** A `pulumi` on the PATH that prints the outputs of the stack prod. */
function withPulumi(): Record<string, string> {
  const bin = path.join(stack.work, "bin");
  mkdirSync(bin, { recursive: true });
  const script = `#!/bin/sh
case "$*" in
  "stack output --json --stack prod") cat "${stack.work}/out.json" ;;
  "stack output --json") cat "${stack.work}/out.json" ;;
  *) echo "error: no stack named '$5' found" >&2; exit 255 ;;
esac
`;
  writeFileSync(path.join(bin, "pulumi"), script);
  chmodSync(path.join(bin, "pulumi"), 0o755);
  return { PATH: `${bin}${path.delimiter}${process.env.PATH}` };
}

describe("query", () => {
  test("runs on Athena as it runs over the files, and tells the bytes", async () => {
    const sql = 'SELECT "_format", count(*) AS n FROM records GROUP BY 1 ORDER BY 1';
    const [there, here] = [await run("query", sql), await stack.run(["query", sql])];
    expect(there.code).toBe(0);
    expect(there.err).toMatch(/^scanned [\d.]+ k?B in the workgroup lake-workgroup-\w+\n$/);
    expect(there.out).toMatch(/^_format +n\n/);
    expect(there.out).toBe(here.out);
    const json = ["--json", sql];
    expect((await run("query", ...json)).out).toBe((await stack.run(["query", ...json])).out);
  }, 120_000);

  test("reads the outputs of --stack, or of the selected stack, with the Pulumi CLI", async () => {
    const env = withPulumi();
    const argv = ["query", "--deployed", "SELECT count(*) > 0 FROM records"];
    const named = await stack.run([...argv, "--stack", "prod"], env);
    expect(named).toMatchObject({ code: 0, out: "true\n" });
    expect(await stack.run(argv, env)).toEqual(named);
    const other = await stack.run([...argv, "--stack", "other"], env);
    expect(other).toEqual({
      code: 1,
      out: "",
      err: "streamlake query: pulumi stack output --json --stack other failed: error: no stack named 'other' found\n",
    });
  }, 120_000);

  test("an unknown table fails with those that exist", async () => {
    const { code, err } = await run("query", "SELECT * FROM recods");
    expect(code).toBe(1);
    expect(err).toMatch(
      /^streamlake query: TABLE_NOT_FOUND: .+ does not exist; did you mean records\?; the tables are records, unformatted\n$/,
    );
  }, 120_000);
});

describe("inspect", () => {
  test("groups the same records as it does from the files, and writes the bytes of one", async () => {
    const [there, here] = [await run("inspect", "--since", "1h"), await stack.run(["inspect"])];
    expect(there.code).toBe(0);
    const [title, ...groups] = there.out.split("\n");
    expect(title).toMatch(
      /^8 unformatted records of the stack of out\.json, the hours \d{4}-\d\d-\d\dT\d\d to \d{4}-\d\d-\d\dT\d\d \(UTC\)$/,
    );
    expect(groups).toEqual(here.out.split("\n").slice(1));
    const id = /shardId-\d+\/\d+\/0/.exec(there.out)?.[0] ?? "";
    expect(await run("inspect", "--record", id)).toEqual(await stack.run(["inspect", "--record", id]));
  }, 120_000);

  test("an hour without objects has no records", async () => {
    expect(await run("inspect", "--hour", "2020-01-01T00")).toEqual({
      code: 0,
      out: "0 unformatted records of the stack of out.json, the hour 2020-01-01T00 (UTC)\n",
      err: "",
    });
  }, 120_000);
});

describe("tail", () => {
  function start(...argv: string[]) {
    const bin = path.join(__dirname, "../../../bin/streamlake.js");
    const env = { ...process.env, AWS_ENDPOINT_URL: stack.endpoint };
    const tail = spawn(process.execPath, [bin, "tail", ...argv], { cwd: stack.work, env });
    const printed = { out: "", err: "" };
    tail.stderr.on("data", (chunk) => {
      printed.err += chunk;
    });
    return { tail, printed };
  }

  test("prints the same records from S3 as from the files of the served run, until Ctrl-C", async () => {
    const ids = async (...argv: string[]) => {
      const { tail, printed } = start("unformatted", "--since", "24h", ...argv);
      tail.stdout.on("data", (chunk) => {
        printed.out += chunk;
        if (printed.out.split("\n").length > 8) tail.kill("SIGINT");
      });
      const [code] = await once(tail, "exit");
      expect({ code, err: printed.err }).toEqual({ code: 130, err: "" });
      const lines = printed.out.trimEnd().split("\n");
      return lines.map((line) => JSON.parse(line) as { _table: string; id: string }).map(({ id }) => id);
    };
    const [there, here] = [await ids("--outputs", "out.json"), await ids()];
    expect(there).toHaveLength(8);
    expect(there.sort()).toEqual(here.sort());
  }, 120_000);

  test("ends quietly when the reader of the pipe has ended", async () => {
    const { tail, printed } = start("rows", "--since", "24h", "--outputs", "out.json");
    tail.stdout.destroy();
    const [code] = await once(tail, "exit");
    expect({ code, ...printed }).toEqual({ code: 141, out: "", err: "" });
  }, 120_000);
});

test("flush and replay start the state machines of the outputs", async () => {
  const flushed = await run("flush");
  expect(flushed).toMatchObject({ code: 0, err: "" });
  expect(flushed.out).toMatch(/^nothing to do: every row that landed is in its table\ntook /);
  const replayed = await run("replay");
  expect(replayed).toMatchObject({ code: 0, err: "" });
  const executions = stack.outputs.replayStateMachineArn?.replace(":stateMachine:", ":execution:");
  expect(replayed.out).toContain(`started ${executions}:`);
  expect(replayed.out).toMatch(/8 records/);
}, 120_000);

const usage: [string, string[], string][] = [
  [
    "both a run and a stack",
    ["query", "SELECT 1", "--run", "1", "--deployed"],
    "query: --run reads a local run, and --deployed a stack on AWS; give only one",
  ],
  [
    "two sources of outputs",
    ["query", "SELECT 1", "--outputs", "out.json", "--stack", "prod"],
    "query: --outputs and --stack are two sources of the outputs; give only one",
  ],
  [
    "an endpoint of a local run",
    ["query", "SELECT 1", "--endpoint-url", "http://127.0.0.1:1"],
    "query: --endpoint-url needs --deployed or --outputs",
  ],
  [
    "a state machine and a stack",
    ["flush", "--deployed", "--workflow", "arn:aws:states:us-east-1:000000000000:stateMachine:x"],
    "flush: --workflow and --deployed both name a stack on AWS; give only one",
  ],
  [
    "a function and a stack",
    ["replay", "--outputs", "out.json", "--function", "x"],
    "replay: --function and --outputs both name a target on AWS; give only one",
  ],
  ["no hour", ["inspect", "--hour", "today"], 'inspect: --hour must be an hour, as 2026-11-20T10 (UTC), not "today"'],
  [
    "hours twice",
    ["inspect", "--hour", "2026-11-20T10", "--since", "6h"],
    "inspect: --hour and --since both name hours; give only one",
  ],
  [
    "too many hours",
    ["inspect", "--since", "31d"],
    'inspect: --since must be a time such as 6h or 3d, at most 30d, not "31d"',
  ],
  ["a prefix of a local run", ["inspect", "--prefix", "clicks/"], "inspect: --prefix needs --deployed or --outputs"],
  [
    "a prefix without its end",
    ["inspect", "--deployed", "--prefix", "clicks"],
    'inspect: --prefix must end with "/", as clicks/, not "clicks"',
  ],
];

test.each(usage)("%s is wrong usage", async (_case, argv, message) => {
  expect(await stack.run(argv)).toEqual({ code: 2, out: "", err: `streamlake ${message}\n` });
});

describe("a stack that cannot be read fails with one line", () => {
  const given = (changes: Record<string, string | undefined>) =>
    writeFileSync(path.join(stack.work, "given.json"), JSON.stringify({ ...stack.outputs, ...changes }));
  const fails = async (argv: string[], env: Record<string, string | undefined> = {}) => {
    const { code, out, err } = await stack.run([...argv, "--outputs", "given.json"], env);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    return err;
  };

  test("an output that is missing", async () => {
    given({ bucketName: undefined });
    expect(await fails(["inspect"])).toBe(
      `streamlake inspect: ${stack.work}/given.json has no output bucketName; export it from the program\n`,
    );
  });

  test("a file of outputs that is not there, or is a directory", async () => {
    const file = path.join(stack.work, "none.json");
    expect(await stack.run(["inspect", "--outputs", "none.json"])).toEqual({
      code: 1,
      out: "",
      err: `streamlake inspect: --outputs: there is no file ${file}; make it by: pulumi stack output --json > FILE\n`,
    });
    expect((await stack.run(["inspect", "--outputs", "."])).err).toBe(
      `streamlake inspect: --outputs: ${stack.work} is a directory; it must be what pulumi stack output --json prints\n`,
    );
  });

  test("no Pulumi CLI", async () => {
    const { code, err } = await stack.run(["inspect", "--deployed"], { PATH: path.dirname(process.execPath) });
    expect(code).toBe(1);
    expect(err).toBe(
      "streamlake inspect: pulumi stack output --json failed: the Pulumi CLI is not on the PATH; install it, or give --outputs FILE with what it prints elsewhere\n",
    );
  });

  test("a bucket that denies it", async () => {
    given({ bucketName: stack.outputs.closedBucket });
    expect(await fails(["inspect"])).toMatch(
      /^streamlake inspect: AWS denies it: .+; the command needs s3:ListBucket on the lake's bucket and s3:GetObject below unformatted\/, as DataLake\.readAccess\(\) lists them\n$/,
    );
  });

  test("a bucket and a workgroup that do not exist", async () => {
    given({ bucketName: "gone", workgroupName: "gone" });
    const end = "; deploy it, or set AWS_PROFILE and AWS_REGION to its account and region\n";
    const start = "AWS does not find what the outputs of the stack of given.json name in us-east-1: ";
    expect(await fails(["inspect"])).toBe(`streamlake inspect: ${start}The specified bucket does not exist${end}`);
    expect(await fails(["query", "SELECT 1"])).toBe(`streamlake query: ${start}WorkGroup gone is not found${end}`);
  });

  test("no credentials", async () => {
    given({});
    const none = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined, AWS_PROFILE: undefined };
    const env = { ...none, AWS_ENDPOINT_URL: undefined, AWS_EC2_METADATA_DISABLED: "true", HOME: stack.work };
    expect(await fails(["query", "SELECT 1"], env)).toBe(
      "streamlake: no AWS credentials were found; set AWS_PROFILE or AWS_ACCESS_KEY_ID, or log in with: aws sso login\n",
    );
  });

  test("nothing listens", async () => {
    given({});
    expect(await fails(["inspect"], { AWS_ENDPOINT_URL: "http://127.0.0.1:1" })).toBe(
      "streamlake: nothing listens at http://127.0.0.1:1; start a local cloud there with: streamlake local --serve --port 1\n",
    );
  });
});

test("a stack without a local run may be a deployed one", async () => {
  const { code, err } = await stack.run(["query", "SELECT 1", "--stack", "prod"]);
  expect(code).toBe(1);
  expect(err).toBe(
    `streamlake query: there is no run of the stack "prod" in ${stack.work}/.streamlake; start one with: streamlake local; --deployed reads the stack on AWS\n`,
  );
});
