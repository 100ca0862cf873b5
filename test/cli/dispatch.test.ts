import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { dispatch } from "../../cli/dispatch";
import { Interrupted } from "../../cli/errors";
import { testIo } from "./support/testIo";

const run = async (...argv: string[]) => {
  const io = testIo();
  const code = await dispatch(argv, io);
  return { code, out: io.out().toString(), err: io.err() };
};

test("help lists the commands and exits 0; no command at all is a wrong command line", async () => {
  const help = await run("--help");
  expect(help.code).toBe(0);
  expect(help.out).toMatch(/^streamlake <command> \[options\]\n/);
  for (const name of ["local", "produce", "query", "schemas", "inspect"])
    expect(help.out).toMatch(new RegExp(`^  ${name}  `, "m"));
  expect((await run()).code).toBe(2);
});

test("the version is the package's", async () => {
  const { version } = require("../../package.json") as { version: string };
  expect(await run("--version")).toEqual({ code: 0, out: `${version}\n`, err: "" });
});

test.each([
  "local",
  "flush",
  "produce",
  "query",
  "lint",
  "schemas",
  "inspect",
  "console",
  "replay",
  "runs",
  "watch",
  "smoke",
])("%s has help that names every option once", async (command) => {
  const { code, out, err } = await run(command, "--help");
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toMatch(new RegExp(`^streamlake ${command} `));
  const options = [...out.matchAll(/^ {2}--([a-z-]+)/gm)].map(([, name]) => name);
  expect(options).toContain("help");
  expect(new Set(options).size).toBe(options.length);
});

test.each([
  [
    ["launch"],
    'streamlake: unknown command "launch"; use one of init, local, flush, produce, query, cost, lint, view, schemas, inspect, tail, status, trace, console, replay, runs, watch, smoke, completion\n',
  ],
  [["queyr", "SELECT 1"], 'streamlake: unknown command "queyr"; did you mean query?\n'],
  [["query", "--jsno", "SELECT 1"], "streamlake query: unknown option --jsno; did you mean --json?\n"],
  [["local", "--records", "-5"], 'streamlake local: --records must be a whole number from 0 to 1000000000, not "-5"\n'],
  [
    ["query", "SELECT 1", "--stack", "../dev"],
    'streamlake query: --stack must have only letters, digits, "-", "_" and ".", not "../dev"\n',
  ],
  [
    ["local", "--stack", ".."],
    'streamlake local: --stack must have only letters, digits, "-", "_" and ".", not ".."\n',
  ],
  [
    ["local", "--flush-every", "10s"],
    "streamlake local: --flush-every needs --serve; a run without it runs the hourly step once\n",
  ],
  [["local", "--api"], "streamlake local: --api sends files; give --input\n"],
  [["local", "--frobnicate"], "streamlake local: unknown option --frobnicate; see --help\n"],
  [
    ["local", "--records", "ten"],
    'streamlake local: --records must be a whole number from 0 to 1000000000, not "ten"\n',
  ],
  [["local", "--formats", "json,xml"], 'streamlake local: --formats accepts json, ndjson, csv, binary, not "xml"\n'],
  [["local", "--port", "70000"], 'streamlake local: --port must be a whole number from 1 to 65535, not "70000"\n'],
  [["local", "extra"], 'streamlake local: unexpected argument "extra"; see --help\n'],
  [["produce"], "streamlake produce: --stream is missing, or --api; see --help\n"],
  [
    ["produce", "--stream", "s", "--csv", "f", "--records", "5"],
    "streamlake produce: --csv sends files and --records generates records; give only one of them\n",
  ],
  [
    ["produce", "--stream", "s", "--batch", "501"],
    'streamlake produce: --batch must be a whole number from 1 to 500 with --stream, not "501"\n',
  ],
  [
    ["produce", "--stream", "s", "--endpoint-url", "localhost:1"],
    'streamlake produce: --endpoint-url must be an address such as http://127.0.0.1:4566, not "localhost:1"\n',
  ],
  [["query"], "streamlake query: SQL is missing; see --help\n"],
  [["smoke"], "streamlake smoke: give one of --stack and --outputs; see --help\n"],
  [["inspect", "--hex"], "streamlake inspect: --hex needs --record\n"],
])("%j is one line on stderr and exit 2", async (argv, message) => {
  expect(await run(...argv)).toEqual({ code: 2, out: "", err: message });
});

test.each([
  [
    "Region is missing",
    "streamlake: no AWS region is set; set AWS_REGION, or name a profile that has one in AWS_PROFILE\n",
  ],
  [
    "Could not load credentials from any providers",
    "streamlake: no AWS credentials were found; set AWS_PROFILE or AWS_ACCESS_KEY_ID, or log in with: aws sso login\n",
  ],
  [
    "sending stopped after 0 records: Region is missing",
    "streamlake: no AWS region is set; set AWS_REGION, or name a profile that has one in AWS_PROFILE\n",
  ],
  ["one\n\tat two", "streamlake: one\n"],
])("the error %j is one line with the way out", async (message, line) => {
  const io = testIo({
    clock: {
      now: () => {
        throw new Error(message);
      },
      sleep: async () => undefined,
    },
  });
  expect(await dispatch(["produce", "--stream", "s"], io)).toBe(1);
  expect(io.err()).toBe(line);
});

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("%s ends a command with %d, and no error is printed", async (signal, code) => {
  const interrupt = new AbortController();
  interrupt.abort(new Interrupted(signal));
  const io = testIo({ signal: interrupt.signal });
  expect(await dispatch(["produce", "--stream", "s", "--csv", "/none"], io)).toBe(code);
  expect(io.err()).toBe("");
});

test("the binary starts the command and gives the shell its exit code", async () => {
  const bin = path.join(__dirname, "../../bin/streamlake.js");
  const attempt = promisify(execFile)(process.execPath, [bin, "inspect", "--dir", "/nonexistent"]);
  await expect(attempt).rejects.toMatchObject({
    code: 1,
    stdout: "",
    stderr: "streamlake inspect: there is no run in /nonexistent; start one with: streamlake local\n",
  });
});
